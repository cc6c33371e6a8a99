/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions about topics, posts and challenges, without database, clock or network. */
#pragma once

#include "common/lifecycle.h"

enum {
        REOPEN_DAYS = 7,         /* how long an author may open their closed topic again */
        SOLVED_CLOSE_DAYS = 14,  /* after which a solved topic closes */
        ARCHIVE_IDLE_DAYS = 365, /* after which a topic nobody posts in is archived */
        FREEZES_A_MONTH = 2,     /* days of a month that a streak survives without a check-in */
        RECIPIENTS_MAX = 100,    /* of an event */
};

/* The lives of a topic, a post and a challenge. A topic's guards take a Forum__Topic, a challenge's none. */
extern const struct transition topic_transitions[];
extern const struct transition post_transitions[];
extern const struct transition challenge_transitions[];

/* May everybody see a topic in this state? */
bool topic_is_listed(const char *state);

/* Does a topic in this state take reactions to its posts? */
bool topic_takes_reactions(const char *state);

/* How many days in a row up to `today` somebody has checked in: `days`, whole days since 1970, the latest first, each
 * once. A day without is bridged by a freeze as long as its month has one left; a bridged day counts for nothing. Today
 * may still be without. *freezes_left: of the month of `today`. */
int streak_of(const int *days, size_t n_days, int today, int *freezes_left);
