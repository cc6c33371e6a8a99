/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a mentor `t`, and who may see one. `viewer` is the place of the caller's user id ("$2"). */
#pragma once

#include "common/people.h"

#define MENTOR_COLUMNS(viewer)                                                                                             \
        "t.id, " AUTHOR_COLUMNS("user_profile", "t.user_id",                                                               \
                "NULL") ", t.status = 'listed' AS is_available,"                                                           \
                        " t.is_verified_mentor, t.expertise_areas, t.specializations, t.max_mentees,"                      \
                        " t.max_mentees - t.live_matches AS free_slots, t.hourly_rate, t.currency, t.languages, t.styles," \
                        " t.mentor_rating, t.total_reviews, t.trial_days, t.version,"                                      \
                        " CASE WHEN t.user_id = " viewer "::uuid THEN t.status END AS status"

/* Those who are listed, but for a block; oneself; whom one has had to do with as a mentee. */
#define MENTOR_IS_LISTED(viewer) "(t.status = 'listed' AND " NOT_BLOCKED(viewer, "t.user_id") ")"
#define MENTOR_IS_VISIBLE(viewer)                                                                                      \
        "(t.user_id = " viewer "::uuid OR " MENTOR_IS_LISTED(                                                          \
                viewer) " OR (t.status = 'unlisted'"                                                                   \
                        " AND EXISTS (SELECT FROM mentorship_matches mm WHERE mm.mentor_profile_id = t.id"             \
                        "  AND mm.mentee_user_id = " viewer "::uuid) AND " NOT_BLOCKED(viewer, "t.user_id") "))"
