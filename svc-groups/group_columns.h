/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a group `g`, the plan `l` and the caller's part `p` in it, and who may see one at all. `viewer`
 * is the place of the caller's user id ("$2"). */
#pragma once

#include "common/people.h"

#define LIVE     "('requested', 'active', 'delinquent', 'suspended', 'leaving')"
#define COUNTED  "('active', 'delinquent', 'suspended', 'leaving')"
#define STANDING "('active', 'delinquent', 'suspended')"

#define GROUP_SOURCE(viewer)                                                                                           \
        "group_savings_goals g LEFT JOIN group_goal_participations p"                                                  \
        " ON p.group_goal_id = g.id AND p.user_id = " viewer " AND p.state IN " LIVE

/* Those who are in it see it; others once it is open, unless a moderator has hidden it, it is private, or one of the
 * two has blocked the other. */
#define GROUP_IS_LISTED(viewer)                                                                                        \
        "(NOT g.is_hidden AND g.visibility <> 'private' AND g.status IN ('open', 'active', 'paused', 'reached')"       \
        " AND " NOT_BLOCKED(viewer, "g.created_by_user_id") ")"
#define GROUP_IS_VISIBLE(viewer) "(p.id IS NOT NULL OR " GROUP_IS_LISTED(viewer) ")"

/* Of the target, two decimals, cut off; what was paid out was there. */
#define PROGRESS(g)                                                                                                    \
        "least(100, floor(10000::numeric * coalesce(" g ".closing_amount, " g ".current_amount) / " g                  \
        ".target_amount) / 100)::float8"

#define GROUP_COLUMNS                                                                                                                                                                             \
        "g.id, " AUTHOR_COLUMNS("created_by", "g.created_by_user_id",                                                                                                                             \
                "CASE WHEN f.is_pseudonym THEN 'group:' || g.id END") ","                                                                                                                         \
                                                                      " g.title, g.description, g.goal_type, g.target_amount,"                                                                    \
                                                                      " g.current_amount, g.currency, g.target_date, g.total_participants, g.max_participants,"                                   \
                                                                      " " PROGRESS(                                                                                                               \
                                                                              "g") " AS progress_percentage, g.status, g.pause_reason, g.visibility, g.version,"                                  \
                                                                                   " p.id AS \"my_participation.id\", p.role AS \"my_participation.role\","                                       \
                                                                                   " p.state AS \"my_participation.state\", p.total_contributed AS \"my_participation.total_contributed\","       \
                                                                                   " p.personal_target AS \"my_participation.personal_target\", p.display_as AS \"my_participation.display_as\"," \
                                                                                   " CASE WHEN p.role = 'gadmin' AND p.is_approved THEN g.invite_token END AS invite_token,"                      \
                                                                                   " CASE WHEN p.is_approved THEN CASE WHEN g.pending_title IS NULL THEN g.text_state ELSE 'pending_review' END"  \
                                                                                   " END AS text_state"

/* Behind GROUP_SOURCE: does the founder appear by name? */
#define FOUNDER_JOIN                                                                                                   \
        " LEFT JOIN LATERAL (SELECT bool_or(display_as = 'pseudonym') AS is_pseudonym FROM group_goal_participations"  \
        " WHERE user_id = g.created_by_user_id AND group_goal_id = g.id) f ON true"
