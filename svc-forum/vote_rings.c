/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/vote_rings.h"

#include "common/db.h"
#include "common/event.h"
#include "sfp/content.pb-c.h"
#include "sfp/forum.pb-c.h"

/* votes: of a day, with how many of the same kind the voter gave that author, and how many at all. busy: by those who
 * gave enough and most of theirs to that author. pairs: two of them who voted in step; members: of such pairs. rings:
 * three members and more, for an author of whom nothing was told for a week; shown is their post with most of these
 * votes. */
#define RINGS                                                                                                                   \
        "WITH votes AS (SELECT r.post_id, r.user_id, r.kind, r.created_at, p.author_user_id AS author,"                         \
        "  count(*) OVER (PARTITION BY p.author_user_id, r.kind, r.user_id) AS given,"                                          \
        "  count(*) OVER (PARTITION BY r.user_id) AS given_at_all FROM post_reactions r JOIN forum_posts p ON p.id = r.post_id" \
        "  WHERE r.created_at > now() - interval '1 day' AND p.status = 'published' AND p.author_user_id IS NOT NULL),"         \
        " busy AS (SELECT * FROM (SELECT *, dense_rank() OVER (PARTITION BY author, kind ORDER BY given DESC, user_id) AS rank" \
        "  FROM votes WHERE given >= $1 AND given * 2 >= given_at_all) v WHERE rank <= $2),"                                    \
        " pairs AS (SELECT x.author, x.kind, x.user_id AS one, y.user_id AS other FROM busy x JOIN busy y"                      \
        "  ON y.post_id = x.post_id AND y.kind = x.kind AND y.user_id > x.user_id"                                              \
        "  AND abs(extract(epoch FROM y.created_at - x.created_at)) <= $3 GROUP BY 1, 2, 3, 4 HAVING count(*) >= $1),"          \
        " members AS (SELECT author, kind, one AS voter FROM pairs UNION SELECT author, kind, other FROM pairs)"

static const char SQL_RINGS[] = RINGS
        ", rings AS (SELECT author, kind, count(*)::integer AS voters FROM members GROUP BY 1, 2 HAVING count(*) >= $4)"
        " SELECT (SELECT b.post_id FROM busy b WHERE b.author = g.author AND b.kind = g.kind GROUP BY 1"
        "  ORDER BY count(*) DESC, b.post_id LIMIT 1) AS post_id, g.kind, g.voters FROM rings g"
        " WHERE NOT EXISTS (SELECT FROM vote_rings t JOIN forum_posts p ON p.id = t.post_id WHERE p.author_user_id = g.author"
        "  AND t.kind = g.kind AND t.told_at > now() - interval '7 days') ORDER BY g.voters DESC LIMIT $5";
/* All votes of its members for that author: what a moderator can take out. */
static const char SQL_KEEP[] = RINGS
        " INSERT INTO ring_votes (ring_post_id, kind, post_id, user_id, created_at)"
        " SELECT $4::text::uuid, b.kind, b.post_id, b.user_id, b.created_at FROM busy b JOIN members m"
        "  ON m.author = b.author AND m.kind = b.kind AND m.voter = b.user_id"
        " WHERE b.kind = $5 AND b.author = (SELECT author_user_id FROM forum_posts WHERE id = $4::text::uuid) ON CONFLICT DO NOTHING";
static const char SQL_TOLD[] = "INSERT INTO vote_rings (post_id, kind) VALUES ($1, $2)"
                               " ON CONFLICT (post_id, kind) DO UPDATE SET told_at = now()";
static const char SQL_FORGET[] = "DELETE FROM vote_rings WHERE told_at < now() - interval '180 days'";

static status tell(struct call *call, const Forum__VoteRing *ring)
{
        Content__ContentHeld event = CONTENT__CONTENT_HELD__INIT;
        TRY(db_later(call, NULL, SQL_TOLD, ring->post_id, ring->kind));
        TRY(db_later(call, NULL, SQL_KEEP, (int)VOTE_RING_POSTS_MIN, (int)VOTE_RING_VOTERS_MAX,
                (int)VOTE_RING_TOGETHER_S, ring->post_id, ring->kind));
        event.object_type = (char *)(size_t) "forum_post";
        event.object_id = ring->post_id;
        event.verdict = (char *)(size_t) "hold";
        event.category = (char *)(size_t) "vote_ring";
        event.has_confidence_score = 1;
        event.confidence_score = 0.5;
        event.note = arena_printf(call->arena,
                "%d people reacted with %s to the same %d posts of this author or more, each within %d minutes of another"
                " and to little else in a day. The post itself was not found wanting.",
                ring->voters, ring->kind, VOTE_RING_POSTS_MIN, VOTE_RING_TOGETHER_S / 60);
        return event_publish(call, &event.base);
}

status look_for_rings(struct call *call)
{
        Forum__VoteRingList rings = FORUM__VOTE_RING_LIST__INIT;
        TRY(db_later(call, NULL, SQL_FORGET));
        TRY(db_rows(call, &rings.base, "items", SQL_RINGS, (int)VOTE_RING_POSTS_MIN, (int)VOTE_RING_VOTERS_MAX,
                (int)VOTE_RING_TOGETHER_S, (int)VOTE_RING_VOTERS_MIN, (int)VOTE_RINGS_MAX));
        for (size_t i = 0; i < rings.n_items; i++)
                TRY(tell(call, rings.items[i]));
        return STATUS_OK;
}
