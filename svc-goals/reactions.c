/* SPDX-License-Identifier: Apache-2.0 */
/* Reactions to shares. Row and counter change in one statement, so that a counter always is the number of its rows. */
#include "common/db.h"
#include "common/rpc.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/announce.h"
#include "svc-goals/identity.h"
#include "svc-goals/owner_news.h"
#include "svc-goals/share_columns.h"

#include <string.h>

#define REACTION_RPCS(RPC)                                                                                             \
        RPC(SetReaction, set_reaction, Goals__ReactionRequest, Goals__Reaction)                                        \
        RPC(ClearReaction, clear_reaction, Goals__ReactionRequest, Goals__Reaction)
RPC_DECLARE(REACTION_RPCS)

/* Counts on share $1 move by the one row of `changed`, when there is one. */
#define COUNT_CHANGED(sign)                                                                                            \
        "UPDATE anonymous_goal_shares s SET likes_count = s.likes_count " sign " c.likes,"                             \
        " inspiration_votes = s.inspiration_votes " sign " c.inspirations,"                                            \
        " hot_key = hot_key(s.likes_count " sign " c.likes, s.inspiration_votes " sign                                 \
        " c.inspirations, s.published_at)"                                                                             \
        " FROM (SELECT count(*) FILTER (WHERE kind = 'like')::integer AS likes,"                                       \
        "       count(*) FILTER (WHERE kind = 'inspiration')::integer AS inspirations FROM changed) c"                 \
        " WHERE s.id = $1 AND s.is_public RETURNING likes_count, inspiration_votes, c.likes + c.inspirations > 0 AS is_change"

static const char SQL_SET[] = "WITH changed AS (INSERT INTO share_reactions (share_id, kind, actor_tag)"
                              " SELECT s.id, $2, $3 FROM anonymous_goal_shares s WHERE s.id = $1 AND s.is_public"
                              " ON CONFLICT DO NOTHING RETURNING kind) " COUNT_CHANGED("+");
static const char SQL_CLEAR[] =
        "WITH changed AS (DELETE FROM share_reactions WHERE share_id = $1 AND kind = $2 AND actor_tag = $3"
        " RETURNING kind) " COUNT_CHANGED("-");
static const char SQL_IS_OWNER[] =
        "SELECT coalesce(o.is_owner, false) AS is_owner FROM anonymous_goal_shares s" OWNER_JOIN(
                "$2") " WHERE s.id = $1 AND " IS_VISIBLE("$2");

static status change_reaction(
        struct call *call, const Goals__ReactionRequest *in, const char *sql, bool is_active, Goals__Reaction *out)
{
        Goals__ReactionRow row = GOALS__REACTION_ROW__INIT;
        TRY(db_one(call, &row.base, sql, in->share_id, in->kind, identity_actor(call)));
        out->kind = in->kind;
        out->has_active = out->has_likes_count = out->has_inspiration_votes = 1;
        out->active = is_active;
        out->likes_count = row.likes_count;
        out->inspiration_votes = row.inspiration_votes;
        if (!row.is_change)
                return STATUS_OK;
        if (is_active && strcmp(in->kind, "inspiration") == 0)
                TRY(owner_notify_inspired(call, in->share_id));
        return announce_reaction(call, in->share_id, in->kind, is_active);
}

static status set_reaction(struct call *call, const Goals__ReactionRequest *in, Goals__Reaction *out)
{
        Goals__Viewer viewer = GOALS__VIEWER__INIT;
        TRY(db_later(call, &viewer.base, SQL_IS_OWNER, in->share_id, identity_owner(call)));
        TRY(change_reaction(call, in, SQL_SET, true, out));
        if (viewer.is_owner)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "one's own share takes no reaction");
        return STATUS_OK;
}

static status clear_reaction(struct call *call, const Goals__ReactionRequest *in, Goals__Reaction *out)
{
        return change_reaction(call, in, SQL_CLEAR, false, out);
}

RPC_TABLE(reaction_rpcs, REACTION_RPCS);
