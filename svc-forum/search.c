/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and posts by their words. The query is made once and joined to both; snippets are cut of what is on the page
 * only. */
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/forum.pb-c.h"
#include "svc-forum/post_columns.h"

#include <string.h>

#define SEARCH_RPCS(RPC) RPC(Search, search, Forum__SearchRequest, Forum__SearchList)
RPC_DECLARE(SEARCH_RPCS)

#define KEY_OF(rank) "(1000000000 * " rank ")::bigint"

/* $5: any of the words will do. */
#define QUERY                                                                                                          \
        "(SELECT CASE WHEN $5::boolean THEN replace(plainto_tsquery('english', $4)::text, '&', '|')::tsquery"          \
        " ELSE websearch_to_tsquery('english', $4) END AS words OFFSET 0) q"

#define OF_TOPICS                                                                                                               \
        "SELECT 'topic' AS type, t.id, t.id AS topic_id, t.title, coalesce(t.title || '. ' || t.description, t.title) AS text," \
        " ts_rank(t.search, q.words)::double precision AS score FROM forum_topics t, " QUERY                                    \
        " WHERE t.is_listed AND t.search @@ q.words AND $8 IS DISTINCT FROM 'post'"                                             \
        " AND ($6::uuid IS NULL OR t.category_id = $6::uuid) AND ($7::text IS NULL OR t.tags @> ARRAY[$7::text])"               \
        " AND " NOT_BLOCKED("$3", "t.created_by_user_id")

#define OF_POSTS                                                                                                       \
        "SELECT 'post' AS type, p.id, p.topic_id, t.title, p.content AS text,"                                         \
        " ts_rank(p.search, q.words)::double precision AS score"                                                       \
        " FROM forum_posts p JOIN forum_topics t ON t.id = p.topic_id, " QUERY                                         \
        " WHERE t.is_listed AND p.status = 'published' AND p.search @@ q.words AND $8 IS DISTINCT FROM 'topic'"        \
        " AND ($6::uuid IS NULL OR t.category_id = $6::uuid) AND ($7::text IS NULL OR t.tags @> ARRAY[$7::text])"      \
        " AND " NOT_BLOCKED("$3", "t.created_by_user_id") " AND " NOT_BLOCKED("$3", "p.author_user_id")

static const char SQL_SEARCH[] = "SELECT f.type, f.id, f.topic_id, f.title, f.score, " KEY_OF(
        "f.score") " AS page_key, f.id AS page_id,"
                   " ts_headline('english', f.text, q.words, 'StartSel=**, StopSel=**, MaxWords=30, MinWords=10') AS snippet"
                   " FROM (" OF_TOPICS " UNION ALL " OF_POSTS ") f, " QUERY " WHERE (" KEY_OF(
                           "f.score") ", f.id) < ($1::bigint, $2::uuid) ORDER BY " KEY_OF("f.score") " DESC, f.id DESC";

static status search(struct call *call, const Forum__SearchRequest *in, Forum__SearchList *out)
{
        bool is_similar = strcmp(in->mode, "similar") == 0;
        return page_rows(call, &in->base, &out->base, SQL_SEARCH, call->caller->user_id, in->q, (int)is_similar,
                in->category_id, in->tag, in->type);
}

RPC_TABLE(search_rpcs, SEARCH_RPCS);
