/* SPDX-License-Identifier: Apache-2.0 */
/* What ends matches from outside: blocks, sanctions, and whoever is no mentor any more. */
#pragma once

#include "common/consumer.h"
#include "sfp/mentor.pb-c.h"

/* Ends each of them in the way its state asks for; they are locked. */
MUST_CHECK status matches_break(struct call *call, const Mentor__IdList *ids);

/* Ends all requests and matches of a mentor, who is locked. */
MUST_CHECK status separate_mentor(struct call *call, const char *mentor_profile_id);

extern const struct event_consumer separation_consumers[];
