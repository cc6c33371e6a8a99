/* SPDX-License-Identifier: Apache-2.0 */
/* What is meant for somebody, in order. The key of an activity is the same on every page as long as nobody reacts to it
 * and nobody is followed: so pages go on where the last ended. */
#include "common/clock.h"
#include "common/page.h"
#include "common/rpc.h"
#include "sfp/feed.pb-c.h"
#include "svc-feed/activity_columns.h"
#include "svc-feed/policy.h"

#include <string.h>

#define FEED_RPCS(RPC)                                                                                                 \
        RPC(ListFeed, list_feed, Feed__ListFeedRequest, Feed__ActivityList)                                            \
        RPC(ListTrending, list_trending, Feed__ListTrendingRequest, Feed__TrendingList)
RPC_DECLARE(FEED_RPCS)

/* Six hours of newness for whom the viewer follows, by name. */
#define KEY "(a.hot_key + CASE WHEN f.is_followed THEN 21600000 ELSE 0 END)"

/* By name alone: else following somebody would tell what they share without one. */
#define FOLLOWED_JOIN                                                                                                  \
        " LEFT JOIN (SELECT target_id, true AS is_followed FROM follows WHERE user_id = $3::text::uuid) f"             \
        " ON f.target_id = a.actor_user_id AND a.visibility <> 'anonymous'"

#define FILTERS                                                                                                                          \
        " AND (cardinality($4::text[]) = 0 OR a.type = ANY ($4::text[])) AND ($5::text IS NULL OR a.created_at > $5::text::timestamptz)" \
        " AND " NOT_BLOCKED("$3", "a.actor_user_id") " AND NOT " IS_MUTED("$3")

/* No personal key is below its hot_key, so what is ranked behind the page before is among the first of those below it.
 */
#define CANDIDATES(source, condition)                                                                                  \
        "(SELECT a.* FROM " source " WHERE " condition                                                                 \
        " AND a.hot_key <= $1::bigint ORDER BY a.hot_key DESC LIMIT 1000)"

/* What is for some alone is looked for by whom it is for, not among everybody's. */
#define IS_NARROW "a.status = 'published' AND NOT a.is_retracted AND NOT a.is_open"
#define OF_OTHERS IS_NARROW " AND a.actor_user_id IS DISTINCT FROM $3::text::uuid"
#define FROM_OPEN CANDIDATES("activities a", "a.is_open")
#define FROM_OWN  CANDIDATES("activities a", IS_NARROW " AND a.actor_user_id = $3::text::uuid")
#define FROM_CONNECTIONS                                                                                               \
        CANDIDATES("follows c JOIN activities a ON a.actor_user_id = c.user_id",                                       \
                OF_OTHERS " AND c.target_id = $3::text::uuid AND a.visibility = 'connections'")
#define FROM_GROUPS                                                                                                    \
        CANDIDATES("group_members g JOIN activities a ON a.group_id = g.group_id",                                     \
                OF_OTHERS " AND g.user_id = $3::text::uuid AND a.visibility = 'group'")

static const char SQL_RELEVANCE[] = "SELECT " ACTIVITY_COLUMNS ", " ACTIVITY_VIEWER_COLUMNS("$3") ", " HOURS_TOLD(
        "(" KEY
        "::double precision / 3600000)") " AS score,"
                                         " CASE WHEN " IS_ACTIVITY_OWNER(
                                                 "$3") " THEN 'yours' WHEN f.is_followed THEN 'followed' WHEN a.interest >= 3 THEN 'popular'"
                                                       " ELSE 'recent' END AS why_top, " KEY
                                                       " AS page_key, a.id AS page_id"
                                                       " FROM (" FROM_OPEN " UNION ALL " FROM_OWN
                                                       " UNION ALL " FROM_CONNECTIONS " UNION ALL " FROM_GROUPS
                                                       ") a" FOLLOWED_JOIN " WHERE (" KEY
                                                       ", a.id) < ($1::bigint, $2::uuid)" FILTERS " ORDER BY " KEY
                                                       " DESC, a.id DESC";
static const char SQL_FOLLOWING[] = "SELECT " ACTIVITY_COLUMNS ", " ACTIVITY_VIEWER_COLUMNS("$3") ", " HOURS_TOLD(
        "(a.new_key::double precision / 3600000000)") " AS score,"
                                                      " 'followed' AS why_top, a.new_key AS page_key, a.id AS page_id FROM activities a WHERE (a.new_key, a.id) < ($1::bigint, $2::uuid)"
                                                      " AND a.actor_user_id IN (SELECT target_id FROM follows WHERE user_id = $3::text::uuid)"
                                                      " AND a.visibility <> 'anonymous' AND a.status = 'published' AND NOT a.is_retracted AND " IS_FOR(
                                                              "$3") FILTERS " ORDER BY a.new_key DESC, a.id DESC";

/* A thing trends when TREND_LEAST people react to it; below TREND_SHOWN it is not said how many they are. */
enum { TREND_LEAST = 3, TREND_SHOWN = 10 };

static const char SQL_TRENDING[] =
        "SELECT a.type, (array_agg(a.id ORDER BY a.hot_key DESC))[1] AS activity_id,"
        " coalesce(a.object_type, 'feed_activity') AS \"object.type\", coalesce(a.object_id, min(a.id::text)) AS \"object.id\","
        " CASE WHEN count(DISTINCT r.user_id) >= $6::integer THEN count(DISTINCT r.user_id)::integer END AS distinct_actors,"
        " power(count(DISTINCT r.user_id) - 1, 2) * power(0.5::double precision,"
        "  extract(epoch FROM now() - max(r.created_at))::double precision / 7200) AS score"
        " FROM activity_reactions r JOIN activities a ON a.id = r.activity_id"
        " WHERE r.kind <> 'bookmark' AND r.created_at > now() - make_interval(hours => $2::integer) AND a.is_open"
        " AND ($3::text IS NULL OR a.type = $3) AND " NOT_BLOCKED("$1", "a.actor_user_id") " AND NOT " IS_MUTED(
                "$1") " GROUP BY a.type, a.object_type, a.object_id, CASE WHEN a.object_id IS NULL THEN a.id END"
                      " HAVING count(DISTINCT r.user_id) >= $5::integer ORDER BY score DESC, activity_id LIMIT $4";

static status list_feed(struct call *call, const Feed__ListFeedRequest *in, Feed__ActivityList *out)
{
        int64_t now_us = clock_unix_us(); /* in front of the look: what comes meanwhile is new the next time */
        const char *sql = strcmp(in->mode, "following") == 0 ? SQL_FOLLOWING : SQL_RELEVANCE;
        TRY(page_rows(
                call, &in->base, &out->base, sql, call->caller->user_id, db_texts(in->n_types, in->types), in->since));
        for (size_t i = 0; i < out->n_items; i++)
                out->items[i]->summary = (char *)(size_t)activity_summary(out->items[i]->type);
        out->new_since = arena_alloc(call->arena, CLOCK_RFC3339_SIZE);
        clock_rfc3339(now_us, out->new_since);
        return STATUS_OK;
}

static status list_trending(struct call *call, const Feed__ListTrendingRequest *in, Feed__TrendingList *out)
{
        int hours = strcmp(in->window, "7d") == 0 ? 7 * 24 : 24;
        return db_rows(call, &out->base, "items", SQL_TRENDING, call->caller->user_id, hours, in->type, in->limit,
                (int)TREND_LEAST, (int)TREND_SHOWN);
}

RPC_TABLE(feed_rpcs, FEED_RPCS);
