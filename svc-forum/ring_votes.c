/* SPDX-License-Identifier: Apache-2.0 */
/* Votes of a ring are taken out and put back as moderators decide. What counts them, on posts and their topics, moves
 * in the same statement; whoever keeps credit for them is told vote by vote. */
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "sfp/forum.pb-c.h"

#include <string.h>

#define RING_VOTE_RPCS(RPC) RPC(RuleOnVotes, rule_on_votes, Forum__VotesRuling, Forum__RuledVotes)
RPC_DECLARE(RING_VOTE_RPCS)

static const char SQL_RING[] = "SELECT post_id, kind FROM vote_rings WHERE post_id = $1 ORDER BY kind FOR UPDATE";
/* Always in the same order, so that two of them never wait for each other. */
static const char SQL_LOCK[] =
        "SELECT FROM forum_topics WHERE id IN (SELECT p.topic_id FROM ring_votes v JOIN forum_posts p ON p.id = v.post_id"
        " WHERE v.ring_post_id = $1) ORDER BY id FOR UPDATE";
static const char SQL_STATE[] = "UPDATE vote_rings SET state = $2 WHERE post_id = $1";

/* `moved` gives post_id, user_id and kind of votes, `sign` how each counts. */
#define MOVE(moved, sign)                                                                                                       \
        moved ", by_post AS (SELECT post_id, " sign " * count(*) FILTER (WHERE kind = 'like') AS likes,"                        \
              " " sign " * count(*) FILTER (WHERE kind = 'helpful') AS helpful,"                                                \
              " " sign " * count(*) FILTER (WHERE kind = 'not_helpful') AS not_helpful FROM moved GROUP BY 1),"                 \
              " of_topics AS (UPDATE forum_topics t SET likes_count = t.likes_count + s.likes,"                                 \
              "  helpful_votes = t.helpful_votes + s.helpful, not_helpful_votes = t.not_helpful_votes + s.not_helpful"          \
              "  FROM (SELECT p.topic_id, sum(b.likes)::integer AS likes, sum(b.helpful)::integer AS helpful,"                  \
              "   sum(b.not_helpful)::integer AS not_helpful FROM by_post b JOIN forum_posts p ON p.id = b.post_id"             \
              "   GROUP BY 1) s WHERE t.id = s.topic_id),"                                                                      \
              " of_posts AS (UPDATE forum_posts p SET likes_count = p.likes_count + b.likes::integer,"                          \
              "  helpful_votes = p.helpful_votes + b.helpful::integer,"                                                         \
              "  not_helpful_votes = p.not_helpful_votes + b.not_helpful::integer FROM by_post b WHERE p.id = b.post_id)"       \
              " SELECT m.post_id, p.topic_id, m.kind, CASE WHEN NOT p.is_anonymous THEN p.author_user_id END AS author_user_id" \
              " FROM moved m JOIN forum_posts p ON p.id = m.post_id ORDER BY m.post_id, m.kind"

static const char SQL_VOID[] = MOVE(
        "WITH moved AS (DELETE FROM post_reactions r USING ring_votes v WHERE v.ring_post_id = $1 AND NOT v.is_voided"
        "  AND r.post_id = v.post_id AND r.user_id = v.user_id AND r.kind = v.kind RETURNING r.post_id, r.user_id, r.kind),"
        " marked AS (UPDATE ring_votes v SET is_voided = true FROM moved m WHERE v.ring_post_id = $1"
        "  AND v.post_id = m.post_id AND v.user_id = m.user_id AND v.kind = m.kind)",
        "-1");
/* Who has voted anew meanwhile, or the other way, has the last word. */
static const char SQL_RESTORE[] = MOVE(
        "WITH back AS (UPDATE ring_votes SET is_voided = false WHERE ring_post_id = $1 AND is_voided"
        "  RETURNING post_id, user_id, kind, created_at),"
        " moved AS (INSERT INTO post_reactions (post_id, user_id, kind, created_at) SELECT b.post_id, b.user_id, b.kind, b.created_at"
        "  FROM back b WHERE NOT EXISTS (SELECT FROM post_reactions r WHERE r.post_id = b.post_id AND r.user_id = b.user_id"
        "   AND (r.kind = 'helpful' OR r.kind = 'not_helpful') AND (b.kind = 'helpful' OR b.kind = 'not_helpful'))"
        "  ON CONFLICT DO NOTHING RETURNING post_id, user_id, kind)",
        "1");

static status tell(struct call *call, const Forum__RingVote *vote, bool is_void)
{
        Forum__VotesVoided voided = FORUM__VOTES_VOIDED__INIT;
        Forum__VotesRestored restored = FORUM__VOTES_RESTORED__INIT;
        char *recipients[] = {vote->author_user_id};
        voided.post_id = restored.post_id = vote->post_id;
        voided.topic_id = restored.topic_id = vote->topic_id;
        voided.kind = restored.kind = vote->kind;
        voided.n_recipient_user_ids = restored.n_recipient_user_ids = vote->author_user_id != NULL;
        voided.recipient_user_ids = restored.recipient_user_ids = recipients;
        if (strcmp(vote->kind, "not_helpful") == 0)
                return STATUS_OK; /* told to nobody, and nobody has credit for it */
        return event_publish(call, is_void ? &voided.base : &restored.base);
}

static status move(struct call *call, const Forum__VotesRuling *in, bool is_void, Forum__RuledVotes *out)
{
        Forum__RingVoteList votes = FORUM__RING_VOTE_LIST__INIT;
        TRY(db_rows(call, &votes.base, "items", is_void ? SQL_VOID : SQL_RESTORE, in->post_id));
        for (size_t i = 0; i < votes.n_items; i++) {
                TRY(tell(call, votes.items[i], is_void));
                out->likes += strcmp(votes.items[i]->kind, "like") == 0;
                out->helpful += strcmp(votes.items[i]->kind, "helpful") == 0;
        }
        out->votes = (int32_t)votes.n_items;
        return STATUS_OK;
}

static status rule_on_votes(struct call *call, const Forum__VotesRuling *in, Forum__RuledVotes *out)
{
        Forum__VoteRingList rings = FORUM__VOTE_RING_LIST__INIT;
        bool is_void = strcmp(in->decision, "void") == 0;
        TRY(db_rows(call, &rings.base, "items", SQL_RING, in->post_id));
        if (rings.n_items == 0)
                return call_fail(call, STATUS_NOT_FOUND, "there is no such ring");
        TRY(db_exec(call, SQL_LOCK, in->post_id));
        out->has_votes = out->has_likes = out->has_helpful = 1;
        TRY(move(call, in, is_void, out));
        return db_later(call, NULL, SQL_STATE, in->post_id, is_void ? "voided" : "restored");
}

RPC_TABLE(ring_vote_rpcs, RING_VOTE_RPCS);
