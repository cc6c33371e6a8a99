/* SPDX-License-Identifier: Apache-2.0 */
/* What ends matches from outside: blocks, sanctions, and whoever is no mentor any more. */
#pragma once

#include "common/consumer.h"

/* Ends all requests and matches of a mentor. */
MUST_CHECK status separate_mentor(struct call *call, const char *mentor_profile_id);

extern const struct event_consumer separation_consumers[];
