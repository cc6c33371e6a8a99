/* SPDX-License-Identifier: Apache-2.0 */
/* The lives of mentors, matches, sessions and reviews, without database, clock or network. */
#pragma once

#include "common/lifecycle.h"

enum {
        REQUESTS_MAX = 3,       /* a mentee's live requests; one alone with ordered choices */
        MENTEE_MATCHES_MAX = 3, /* a mentee's live matches */
        LATE_S = 3 * 3600,      /* a cancellation after this is a late one, and nothing is moved any more */
        EARLY_START_S = 600,    /* a session starts at most so long before its time */
        NO_SHOW_S = 600,        /* and nobody is absent before that */
};

/* How long things take, as PostgreSQL reads it. */
#define REQUEST_LIFE  "72 hours"
#define PAUSE_LIFE    "56 days"
#define REVIEW_LIFE   "14 days"
#define PROPOSAL_LIFE "48 hours"
#define FINISH_AFTER  "2 hours"
#define EXPIRE_AFTER  "24 hours"

extern const struct transition mentor_transitions[];  /* no guards */
extern const struct transition match_transitions[];   /* guards take a Mentor__MatchRow */
extern const struct transition session_transitions[]; /* guards take a Mentor__SessionRow */
extern const struct transition review_transitions[];  /* no guards */

/* Does the match take one of its mentor's places? */
bool match_is_live(const char *state);

/* May it have sessions and goals? */
bool match_is_working(const char *state);

/* Is the session's time taken? */
bool session_is_open(const char *state);

/* The Bayesian mean of `count` ratings with this sum: as if `RATING_PRIOR` reviews of the platform's mean had come
 * before. */
enum { RATING_PRIOR = 5 };
double rating_mean(int64_t sum, int64_t count, double platform_mean);

/* The other side. */
const char *other_side(const char *side);
