/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a share `s`, as the fields of Goals__Share, and of its reader, whose tags stand at the places `actor`
 * and `owner` ("$2"). The one place that says what a share looks like, and to whom: others see a public one as
 * published or completed, whatever its owner is doing to it. */
#pragma once

#define SHARE_COLUMNS                                                                                                    \
        "s.id, s.goal_category, s.goal_title, s.goal_description, s.target_amount_range, s.current_progress_percentage," \
        " s.user_age_group, s.user_income_range, s.user_location_region, s.strategy_description, s.tips_and_lessons,"    \
        " s.tags, s.likes_count, s.inspiration_votes, s.is_verified_completion, s.template_id, s.version,"               \
        " s.published_at::date AS published_on,"                                                                         \
        " CASE WHEN o.share_id IS NULL AND s.status <> 'completed' THEN 'published' ELSE s.status END AS status,"        \
        " l.share_id IS NOT NULL AS \"viewer.liked\", i.share_id IS NOT NULL AS \"viewer.inspired\","                    \
        " o.share_id IS NOT NULL AS \"viewer.is_owner\""

#define SHARE_SOURCE(actor, owner)                                                                                     \
        "anonymous_goal_shares s"                                                                                      \
        " LEFT JOIN share_owners o ON o.share_id = s.id AND o.owner_tag = " owner                                      \
        " LEFT JOIN share_reactions l ON l.share_id = s.id AND l.actor_tag = " actor " AND l.kind = 'like'"            \
        " LEFT JOIN share_reactions i ON i.share_id = s.id AND i.actor_tag = " actor " AND i.kind = 'inspiration'"

/* Who may see it at all. Part of every statement that reads one. */
#define IS_VISIBLE "(s.is_public OR o.share_id IS NOT NULL)"
