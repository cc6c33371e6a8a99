/* SPDX-License-Identifier: Apache-2.0 */
/* Reactions to posts. Rows and counters, the post's and its topic's, change in one statement under the topic's lock, so
 * that a counter always is the number of its rows. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-forum/announce.h"
#include "svc-forum/policy.h"
#include "svc-forum/post_states.h"

#include <string.h>

#define REACTION_RPCS(RPC)                                                                                             \
        RPC(SetReaction, set_reaction, Forum__ReactionRequest, Forum__Reaction)                                        \
        RPC(ClearReaction, clear_reaction, Forum__ReactionRequest, Forum__Reaction)
RPC_DECLARE(REACTION_RPCS)

/* `changes` gives kind and by how much its count moves. Whole numbers of rows: a statement without change moves none.
 */
#define COUNT(changes)                                                                                                  \
        ", moved AS (SELECT coalesce(sum(n) FILTER (WHERE kind = 'like'), 0)::integer AS likes,"                        \
        " coalesce(sum(n) FILTER (WHERE kind = 'helpful'), 0)::integer AS helpful,"                                     \
        " coalesce(sum(n) FILTER (WHERE kind = 'not_helpful'), 0)::integer AS not_helpful,"                             \
        " count(*) FILTER (WHERE kind = $2) > 0 AS is_change FROM (" changes ") c),"                                    \
        " of_topic AS (UPDATE forum_topics t SET likes_count = t.likes_count + m.likes,"                                \
        " helpful_votes = t.helpful_votes + m.helpful, not_helpful_votes = t.not_helpful_votes + m.not_helpful"         \
        " FROM moved m WHERE t.id = (SELECT topic_id FROM forum_posts WHERE id = $1))"                                  \
        " UPDATE forum_posts p SET likes_count = p.likes_count + m.likes, helpful_votes = p.helpful_votes + m.helpful," \
        " not_helpful_votes = p.not_helpful_votes + m.not_helpful FROM moved m WHERE p.id = $1"                         \
        " RETURNING p.likes_count, p.helpful_votes, p.quality_score, m.is_change, m.helpful < 0 AS is_helpful_gone"

static const char SQL_SET[] =
        "WITH gone AS (DELETE FROM post_reactions WHERE post_id = $1 AND user_id = $3 AND kind ="
        "  CASE $2 WHEN 'helpful' THEN 'not_helpful' WHEN 'not_helpful' THEN 'helpful' END RETURNING kind),"
        " come AS (INSERT INTO post_reactions (post_id, kind, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING kind)" COUNT(
                "SELECT kind, 1 AS n FROM come UNION ALL SELECT kind, -1 FROM gone");
static const char SQL_CLEAR[] =
        "WITH gone AS (DELETE FROM post_reactions WHERE post_id = $1 AND kind = $2 AND user_id = $3 RETURNING kind)" COUNT(
                "SELECT kind, -1 AS n FROM gone");

static status load_post(struct call *call, const char *id, Forum__Post *out)
{
        TRY(post_load(call, id, true, out));
        if (strcmp(out->status, "published") != 0 || !topic_takes_reactions(out->topic_status))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the post takes no reactions any more");
        return STATUS_OK;
}

/* What is not helpful is told to nobody; that it is not helpful any more is. */
static bool is_private(const char *kind)
{
        return strcmp(kind, "not_helpful") == 0;
}

static status change_reaction(struct call *call, const Forum__ReactionRequest *in, const Forum__Post *post,
        const char *sql, bool is_active, Forum__Reaction *out)
{
        Forum__ReactionRow row = FORUM__REACTION_ROW__INIT;
        TRY(db_one(call, &row.base, sql, in->post_id, in->kind, call->caller->user_id));
        out->kind = in->kind;
        out->has_active = out->has_likes_count = out->has_helpful_votes = out->has_quality_score = 1;
        out->active = is_active;
        out->likes_count = row.likes_count;
        out->helpful_votes = row.helpful_votes;
        out->quality_score = row.quality_score;
        if (is_private(in->kind) && row.is_helpful_gone)
                return announce_reaction(call, post, "helpful", false);
        return row.is_change && !is_private(in->kind) ? announce_reaction(call, post, in->kind, is_active) : STATUS_OK;
}

static status set_reaction(struct call *call, const Forum__ReactionRequest *in, Forum__Reaction *out)
{
        Forum__Post post = FORUM__POST__INIT;
        TRY(load_post(call, in->post_id, &post));
        if (post.viewer->is_owner)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "one's own post takes no reaction");
        return change_reaction(call, in, &post, SQL_SET, true, out);
}

static status clear_reaction(struct call *call, const Forum__ReactionRequest *in, Forum__Reaction *out)
{
        Forum__Post post = FORUM__POST__INIT;
        TRY(load_post(call, in->post_id, &post));
        return change_reaction(call, in, &post, SQL_CLEAR, false, out);
}

RPC_TABLE(reaction_rpcs, REACTION_RPCS);
