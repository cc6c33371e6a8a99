/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a profile `p`, as the fields of Anonymize__Profile: what its owner sees. */
#pragma once

#define PROFILE_COLUMNS                                                                                                \
        "p.id, p.display_name, p.bio, p.avatar_url, p.location, p.expertise_areas, p.interest_areas, p.time_zone,"     \
        " p.locale, p.currency, p.reputation_score, p.total_contributions, p.experience_level, p.achievement_badges,"  \
        " p.version, p.waiting IS NOT NULL AS is_in_review"

/* What everybody may know of somebody who acts by name; a moderator can keep it from them. */
#define PERSON_NAME_AS(field)   "CASE WHEN p.is_hidden THEN 'member' ELSE p.display_name END AS \"" field "\""
#define PERSON_AVATAR_AS(field) "CASE WHEN NOT p.is_hidden THEN p.avatar_url END AS \"" field "\""
#define PERSON_NAME             PERSON_NAME_AS("display_name")
#define PERSON_AVATAR           PERSON_AVATAR_AS("avatar_url")
