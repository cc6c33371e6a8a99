/* SPDX-License-Identifier: Apache-2.0 */
/* That a moderator has looked at what is somebody's. */
#pragma once

#include "common/call.h"

/* Publishes it for the privacy ledger of whose it is, in the transaction of the look: nobody is shown what is not
 * recorded. Nothing when the caller is whose it is, or nobody is left (NULL). `purpose` as in PersonalDataAccessed. */
MUST_CHECK status look_record(struct call *call, const char *user_id, const char *purpose);
