/* SPDX-License-Identifier: Apache-2.0 */
/* Votes of a ring are taken out and put back as moderators decide. What counts them, on posts and their topics, moves
 * in the same statement; whoever keeps credit for them is told vote by vote. */
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "sfp/forum.pb-c.h"
#include "svc-forum/reaction_counts.h"

#include <string.h>

#define RING_VOTE_RPCS(RPC) RPC(RuleOnVotes, rule_on_votes, Forum__VotesRuling, Forum__RuledVotes)
RPC_DECLARE(RING_VOTE_RPCS)

static const char SQL_RING[] = "SELECT post_id, kind FROM vote_rings WHERE post_id = $1 ORDER BY kind FOR UPDATE";
/* Always in the same order, so that two of them never wait for each other. */
static const char SQL_LOCK[] =
        "SELECT FROM forum_topics WHERE id IN (SELECT p.topic_id FROM ring_votes v JOIN forum_posts p ON p.id = v.post_id"
        " WHERE v.ring_post_id = $1) ORDER BY id FOR UPDATE";

/* Whose each moved vote was for, unless nobody is known to have written the post. */
#define MOVED_VOTES                                                                                                       \
        " SELECT m.post_id, p.topic_id, m.kind, CASE WHEN NOT p.is_anonymous THEN p.author_user_id END AS author_user_id" \
        " FROM moved m JOIN forum_posts p ON p.id = m.post_id ORDER BY m.post_id, m.kind"

static const char SQL_VOID[] =
        "WITH moved AS (DELETE FROM post_reactions r USING ring_votes v WHERE v.ring_post_id = $1 AND NOT v.is_voided"
        "  AND r.post_id = v.post_id AND r.user_id = v.user_id AND r.kind = v.kind RETURNING r.post_id, r.user_id, r.kind),"
        " marked AS (UPDATE ring_votes v SET is_voided = true FROM moved m WHERE v.ring_post_id = $1"
        "  AND v.post_id = m.post_id AND v.user_id = m.user_id AND v.kind = m.kind)" COUNTS_FOLLOW("-1") MOVED_VOTES;
/* Who has voted anew meanwhile, or the other way, has the last word. */
static const char SQL_RESTORE[] =
        "WITH back AS (UPDATE ring_votes SET is_voided = false WHERE ring_post_id = $1 AND is_voided"
        "  RETURNING post_id, user_id, kind, created_at),"
        " moved AS (INSERT INTO post_reactions (post_id, user_id, kind, created_at) SELECT b.post_id, b.user_id, b.kind, b.created_at"
        "  FROM back b WHERE NOT EXISTS (SELECT FROM post_reactions r WHERE r.post_id = b.post_id AND r.user_id = b.user_id"
        "   AND (r.kind = 'helpful' OR r.kind = 'not_helpful') AND (b.kind = 'helpful' OR b.kind = 'not_helpful'))"
        "  ON CONFLICT DO NOTHING RETURNING post_id, user_id, kind)" COUNTS_FOLLOW("1") MOVED_VOTES;

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
                bool has_credit = votes.items[i]->author_user_id != NULL;
                TRY(tell(call, votes.items[i], is_void));
                out->likes += has_credit && strcmp(votes.items[i]->kind, "like") == 0;
                out->helpful += has_credit && strcmp(votes.items[i]->kind, "helpful") == 0;
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
        return move(call, in, is_void, out);
}

RPC_TABLE(ring_vote_rpcs, RING_VOTE_RPCS);
