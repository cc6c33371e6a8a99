/* SPDX-License-Identifier: Apache-2.0 */
/* Votes cast in step, and what moderators decide about them. The votes stay with the service that counts them. */
#pragma once

#include "common/call.h"

#define VOTE_ANOMALY_CATEGORY "vote_ring"

/* Notes that a case tells of such votes; once more, that nothing is decided about the new ones. */
MUST_CHECK status vote_anomaly_note(struct call *call, const char *case_id);
