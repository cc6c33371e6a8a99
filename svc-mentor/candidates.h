/* SPDX-License-Identifier: Apache-2.0 */
/* Mentors as the formula of compatibility sees them, for one mentee. */
#pragma once

#include "common/call.h"
#include "sfp/mentor.pb-c.h"
#include "svc-mentor/compatibility.h"

enum { CANDIDATES_MAX = 200 };

/* What a mentee looks for; all empty for who has said nothing. */
MUST_CHECK status seeker_load(struct call *call, const char *user_id, Mentor__MenteeProfile *out);

/* Mentors with a place left whom the mentee may ask, the nearest in expertise first, at most CANDIDATES_MAX; with
 * `mentor_id` that one alone. `focus_areas` (none: the mentee profile's) are what they need now. */
MUST_CHECK status candidates_load(struct call *call, const char *user_id, const Mentor__MenteeProfile *seeker,
        const char *mentor_id, size_t n_focus, char *const *focus, Mentor__CandidateRowList *out);

struct compatibility candidate_score(const Mentor__CandidateRow *candidate, const char *top);

/* Has the candidate all that the mentee must have? */
bool candidate_has(const Mentor__CandidateRow *candidate, size_t n_must, char *const *must);
