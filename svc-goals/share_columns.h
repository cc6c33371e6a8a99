/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a share `s`, as the fields of Goals__Share, and of its reader, whose tags stand at the places `actor`
 * and `owner` ("$2"). The one place that says what a share looks like, and to whom: others see a public one as
 * published or completed, whatever its owner is doing to it.
 *
 * The joins are lateral so that each row costs one index look-up, whatever the planner believes of the tables' sizes:
 * as plain joins a list of 20 read the whole of share_reactions while its statistics were young. */
#pragma once

#define SHARE_COLUMNS                                                                                                    \
        "s.id, s.goal_category, s.goal_title, s.goal_description, s.target_amount_range, s.current_progress_percentage," \
        " s.user_age_group, s.user_income_range, s.user_location_region, s.strategy_description, s.tips_and_lessons,"    \
        " s.tags, s.likes_count, s.inspiration_votes, s.is_verified_completion, s.template_id, s.version,"               \
        " s.published_at::date AS published_on,"                                                                         \
        " CASE WHEN o.is_owner IS NULL AND s.status <> 'completed' THEN 'published' ELSE s.status END AS status,"        \
        " coalesce(r.liked, false) AS \"viewer.liked\", coalesce(r.inspired, false) AS \"viewer.inspired\","             \
        " coalesce(o.is_owner, false) AS \"viewer.is_owner\""

#define OWNER_JOIN(owner)                                                                                              \
        " LEFT JOIN LATERAL (SELECT true AS is_owner FROM share_owners WHERE share_id = s.id AND owner_tag = " owner   \
        " LIMIT 1) o ON true"

#define SHARE_SOURCE(actor, owner)                                                                                             \
        "anonymous_goal_shares s" OWNER_JOIN(                                                                                  \
                owner) " LEFT JOIN LATERAL (SELECT bool_or(kind = 'like') AS liked, bool_or(kind = 'inspiration') AS inspired" \
                       " FROM share_reactions WHERE share_id = s.id AND actor_tag = " actor ") r ON true"

/* No block stands between its owner and the viewer, whose tag as an owner is at `owner`. */
#define NOT_BLOCKED_OWNER(owner)                                                                                       \
        "NOT EXISTS (SELECT FROM share_owners w JOIN blocked_owners b ON b.owner_tag = w.owner_tag"                    \
        " WHERE w.share_id = s.id AND b.viewer_tag = " owner ")"

/* Who may see it at all. Part of every statement that reads one. */
#define IS_VISIBLE(owner) "(o.is_owner OR (s.is_public AND " NOT_BLOCKED_OWNER(owner) "))"
