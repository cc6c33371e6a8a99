/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-feed/trending.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/rpc.h"
#include "sfp/feed.pb-c.h"
#include "svc-feed/activity_columns.h"

#include <string.h>

#define TRENDING_RPCS(RPC) RPC(ListTrending, list_trending, Feed__ListTrendingRequest, Feed__TrendingList)
RPC_DECLARE(TRENDING_RPCS)

/* A thing trends when TREND_LEAST people react to it; below TREND_SHOWN it is not said how many they are. Of each type
 * TREND_KEPT are kept: twice what one may ask for, since not all are for everybody. */
enum { TREND_LEAST = 3, TREND_SHOWN = 10, TREND_KEPT = 100, REACTIONS_MAX = 500000, DAY_H = 24, WEEK_H = 7 * 24 };

#define WEEK "7d"

/* Activities about one thing count together; those about nothing, each for itself. Rows stay that say the same. */
static const char SQL_COUNT[] =
        "WITH things AS (SELECT a.type, (array_agg(a.id ORDER BY a.hot_key DESC))[1] AS activity_id,"
        "  count(DISTINCT r.user_id)::integer AS actors, max(r.created_at) AS last_at"
        "  FROM (SELECT * FROM activity_reactions WHERE created_at > now() - make_interval(hours => $1::integer)"
        "   ORDER BY created_at DESC LIMIT $4::integer) r JOIN activities a ON a.id = r.activity_id"
        "  WHERE r.kind <> 'bookmark' AND a.is_open"
        "  GROUP BY a.type, a.object_type, a.object_id, CASE WHEN a.object_id IS NULL THEN a.id END"
        "  HAVING count(DISTINCT r.user_id) >= $2::integer),"
        " ranked AS (SELECT activity_id, actors, last_at, row_number() OVER (PARTITION BY type"
        "  ORDER BY trend_score(actors, last_at) DESC, activity_id) AS rank FROM things),"
        " gone AS (DELETE FROM trending t WHERE t.hours = $1::integer AND NOT EXISTS"
        "  (SELECT FROM ranked k WHERE k.activity_id = t.activity_id AND k.rank <= $3::integer) RETURNING 1),"
        " told AS (INSERT INTO trending AS t (hours, activity_id, actors, last_at)"
        "  SELECT $1::integer, activity_id, actors, last_at FROM ranked WHERE rank <= $3::integer"
        "  ON CONFLICT (hours, activity_id) DO UPDATE SET actors = excluded.actors, last_at = excluded.last_at"
        "  WHERE (t.actors, t.last_at) IS DISTINCT FROM (excluded.actors, excluded.last_at) RETURNING 1)"
        " SELECT WHERE EXISTS (SELECT FROM gone) OR EXISTS (SELECT FROM told)";
static const char SQL_LIST[] =
        "SELECT a.type, a.id AS activity_id, coalesce(a.object_type, 'feed_activity') AS \"object.type\","
        " coalesce(a.object_id, a.id::text) AS \"object.id\","
        " CASE WHEN t.actors >= $5::integer THEN t.actors END AS distinct_actors, trend_score(t.actors, t.last_at) AS score"
        " FROM trending t JOIN activities a ON a.id = t.activity_id WHERE t.hours = $2::integer AND a.is_open"
        " AND ($3::text IS NULL OR a.type = $3) AND " NOT_BLOCKED("$1", "a.actor_user_id") " AND NOT " IS_MUTED(
                "$1", "a.actor_user_id") " ORDER BY score DESC, activity_id LIMIT $4";

static status announce(struct call *call, const char *window)
{
        Feed__TrendingRefreshed event = FEED__TRENDING_REFRESHED__INIT;
        event.window = (char *)(size_t)window;
        event.has_version = true;
        event.version = clock_unix_us() / 1000;
        return event_publish(call, &event.base);
}

static status count(struct call *call, int hours, const char *window)
{
        PGresult *changed;
        TRY(db_query(call, &changed, SQL_COUNT, hours, (int)TREND_LEAST, (int)TREND_KEPT, (int)REACTIONS_MAX));
        return PQntuples(changed) == 0 ? STATUS_OK : announce(call, window);
}

status trending_count_day(struct call *call)
{
        return count(call, DAY_H, "24h");
}

status trending_count_week(struct call *call)
{
        return count(call, WEEK_H, WEEK);
}

static status list_trending(struct call *call, const Feed__ListTrendingRequest *in, Feed__TrendingList *out)
{
        int hours = strcmp(in->window, WEEK) == 0 ? WEEK_H : DAY_H;
        return db_rows(call, &out->base, "items", SQL_LIST, call->caller->user_id, hours, in->type, in->limit,
                (int)TREND_SHOWN);
}

RPC_TABLE(trending_rpcs, TRENDING_RPCS);
