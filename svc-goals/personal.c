/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-goals knows of a person, and shows them as others see it: their shares, found by their tag, and their
 * reactions. Both go with them. */
#include "common/personal.h"

#include "common/db.h"
#include "common/preview.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/identity.h"
#include "svc-goals/share_states.h"

enum { SHARES_MAX = 2000 };

static const char SQL_EXPORT_SHARES[] =
        "SELECT json_build_object('id', s.id, 'goal_category', s.goal_category, 'goal_title', s.goal_title,"
        " 'goal_description', s.goal_description, 'target_amount_range', s.target_amount_range, 'status', s.status,"
        " 'current_progress_percentage', s.current_progress_percentage, 'strategy_description', s.strategy_description,"
        " 'tips_and_lessons', s.tips_and_lessons, 'tags', s.tags, 'published_on', s.published_at::date)"
        " FROM anonymous_goal_shares s JOIN share_owners o ON o.share_id = s.id WHERE o.owner_tag = $1 ORDER BY s.id";
static const char SQL_EXPORT_PROGRESS[] =
        "SELECT json_build_object('share_id', p.share_id, 'on_date', p.on_date, 'percentage', p.percentage, 'note', p.note)"
        " FROM share_progress p JOIN share_owners o USING (share_id) WHERE o.owner_tag = $1 ORDER BY p.share_id, p.on_date";
static const char SQL_EXPORT_REACTIONS[] = "SELECT json_build_object('share_id', share_id, 'kind', kind)"
                                           " FROM share_reactions WHERE actor_tag = $1 ORDER BY share_id, kind";
static const char SQL_SHARED[] = "SELECT count(*) AS items, max(s.published_at) AS last_at FROM anonymous_goal_shares s"
                                 " JOIN share_owners o ON o.share_id = s.id WHERE o.owner_tag = $1 AND s.is_public";
static const char SQL_OWN[] = "SELECT s.id, s.status, s.goal_category FROM anonymous_goal_shares s"
                              " JOIN share_owners o ON o.share_id = s.id WHERE o.owner_tag = $1"
                              " ORDER BY s.id LIMIT $2 FOR UPDATE OF s";
static const char SQL_ERASE_BLOCKS[] = "DELETE FROM blocked_owners WHERE $1 IN (viewer_tag, owner_tag)";
/* Counters are of rows, so they go down with them; one statement a kind of each share at most. */
static const char SQL_ERASE_REACTIONS[] =
        "WITH gone AS (DELETE FROM share_reactions WHERE actor_tag = $1 RETURNING share_id, kind),"
        " counted AS (SELECT share_id, count(*) FILTER (WHERE kind = 'like')::integer AS likes,"
        "             count(*) FILTER (WHERE kind = 'inspiration')::integer AS inspirations FROM gone GROUP BY share_id)"
        " UPDATE anonymous_goal_shares s SET likes_count = s.likes_count - c.likes,"
        " inspiration_votes = s.inspiration_votes - c.inspirations, hot_key = coalesce(hot_key(s.likes_count - c.likes,"
        " s.inspiration_votes - c.inspirations, s.published_at), s.hot_key) FROM counted c WHERE s.id = c.share_id";

/* Each is withdrawn as its owner could do it. */
static status withdraw_all(struct call *call, const char *user_id, const char *mode, int64_t *rows)
{
        (void)mode;
        Goals__ShareList own = GOALS__SHARE_LIST__INIT;
        TRY(db_rows(call, &own.base, "items", SQL_OWN, identity_owner_of(call, user_id), (int)SHARES_MAX));
        const char **ids = arena_alloc(call->arena, own.n_items * sizeof *ids + 1);
        for (size_t i = 0; i < own.n_items; i++) {
                TRY(share_purge(call, own.items[i]));
                ids[i] = own.items[i]->id;
        }
        *rows += (int64_t)own.n_items;
        return share_outdate(call, own.n_items, ids);
}

const struct personal_table goals_personal[] = {
        {.name = "goal_shares",
                .sql_export = SQL_EXPORT_SHARES,
                .key = identity_owner_of,
                .erase = withdraw_all,
                .sql_erase = SQL_ERASE_BLOCKS,
                .feature = "goal_sharing",
                .sql_shared = SQL_SHARED},
        {.name = "goal_progress", .sql_export = SQL_EXPORT_PROGRESS, .key = identity_owner_of},
        {.name = "goal_reactions",
                .sql_export = SQL_EXPORT_REACTIONS,
                .sql_erase = SQL_ERASE_REACTIONS,
                .key = identity_actor_of},
        {0},
};

const struct preview_kind goals_previews[] = {
        {.resource = "shares",
                .sql_ids = "SELECT s.id FROM anonymous_goal_shares s JOIN share_owners o ON o.share_id = s.id"
                           " WHERE o.owner_tag = $1 AND s.status <> 'removed' ORDER BY s.new_key DESC",
                .key = identity_owner_of,
                .method = "sfp.goals.Goals.GetShare",
                .id_field = "share_id",
                .content_kind = "goal_share"},
        {0},
};
