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

#define FEED_RPCS(RPC) RPC(ListFeed, list_feed, Feed__ListFeedRequest, Feed__ActivityList)
RPC_DECLARE(FEED_RPCS)

/* What the request narrows it to. */
#define IS_ASKED_FOR                                                                                                   \
        " AND (cardinality($4::text[]) = 0 OR a.type = ANY ($4::text[]))"                                              \
        " AND ($5::text IS NULL OR a.created_at > $5::text::timestamptz)"

/* Not behind a block, not muted. As values: looked up for each row that comes this far, so that rows keep the order
 * they come in, and a page ends the search. */
#define IS_LOOKED_UP(table, column)                                                                                    \
        "coalesce((SELECT true FROM " table " l WHERE l.user_id = $3::text::uuid AND l." column                        \
        " = a.actor_user_id), false)"
#define IS_WELCOME " AND NOT " IS_LOOKED_UP("blocks", "other_id") " AND NOT " IS_LOOKED_UP("mutes", "target_id")

/* By name alone: else following somebody would tell what they share without one. */
#define IS_FOLLOWED                                                                                                    \
        "(a.visibility <> 'anonymous'"                                                                                 \
        " AND (a.actor_user_id IN (SELECT f.target_id FROM follows f WHERE f.user_id = $3::text::uuid)) IS TRUE)"
#define FOLLOWS_ANYBODY "EXISTS (SELECT FROM follows f WHERE f.user_id = $3::text::uuid)"

/* Six hours of newness for whom the viewer follows, in milliseconds. */
#define BONUS           "21600000"
#define KEY_FOLLOWED    "(a.hot_key + " BONUS ")"
#define KEY             "(a.hot_key + CASE WHEN " IS_FOLLOWED " THEN " BONUS " ELSE 0 END)"

/* As many as are looked through for a page, whatever of them is filtered out. */
#define CANDIDATES(source, condition, highest)                                                                         \
        "(SELECT a.* FROM " source " WHERE " condition " AND a.hot_key <= " highest                                    \
        " ORDER BY a.hot_key DESC, a.id DESC LIMIT 1000)"

/* Of what is open to all. Who asks for types or for what is new is not given what is left of a thousand others: the
 * rarest type is found, and what is new, whose key is not below that moment, behind whatever many like. Both are
 * spelled so that the planner walks the index that is in this order: that of types does not say is_open, and the moment
 * is no range that it takes for a narrow one. */
#define IS_OPEN_OF_TYPE                                                                                                \
        "a.type = t.type AND a.status = 'published' AND NOT a.is_retracted AND a.visibility IN ('community', 'anonymous')"
#define IS_NEW                                                                                                         \
        " AND a.created_at > $5::text::timestamptz AND (a.hot_key, a.id) >= (micros($5::text::timestamptz) / 1000,"    \
        " '00000000-0000-0000-0000-000000000000')"
#define OF_ALL_TYPES(condition, highest) CANDIDATES("activities a", "a.is_open" condition, highest)
#define OF_EACH_TYPE(condition, highest)                                                                               \
        "(SELECT a.* FROM (SELECT DISTINCT unnest($4::text[])) t (type) CROSS JOIN LATERAL " CANDIDATES(               \
                "activities a", IS_OPEN_OF_TYPE condition, highest) " a)"
#define NEW_OF_ALL_TYPES(condition, highest) OF_ALL_TYPES(IS_NEW condition, highest)
#define NEW_OF_EACH_TYPE(condition, highest) OF_EACH_TYPE(IS_NEW condition, highest)

/* Those of a source behind the page before, in order. */
#define RANKED(key, is_followed, source, condition)                                                                    \
        "(SELECT a.*, " key " AS key, " is_followed " AS is_followed FROM " source " a WHERE (" key                    \
        ", a.id) < ($1::bigint, $2::uuid)" condition IS_ASKED_FOR " ORDER BY " key " DESC, a.id DESC)"

/* What is open to all is in the order of its key but for whom the viewer follows: these come apart, and of the others
 * no more is looked at than the page has room for. */
#define FROM_OPEN(candidates)                                                                                          \
        RANKED("a.hot_key", "false", candidates("", "$1::bigint"), " AND " IS_FOLLOWED " IS NOT TRUE" IS_WELCOME)
#define FROM_FOLLOWED(candidates)                                                                                      \
        RANKED(KEY_FOLLOWED, "true", candidates(" AND " FOLLOWS_ANYBODY, "$1::bigint - " BONUS),                       \
                " AND " IS_FOLLOWED IS_WELCOME)

/* What is for some alone is looked for by whom it is for, not among everybody's. */
#define IS_NARROW "a.status = 'published' AND NOT a.is_retracted AND NOT a.is_open"
#define OF_OTHERS IS_NARROW " AND a.actor_user_id IS DISTINCT FROM $3::text::uuid"
#define FROM_OWN  RANKED("a.hot_key", "false", "activities", " AND " IS_NARROW " AND a.actor_user_id = $3::text::uuid")
#define OF_CONNECTIONS                                                                                                 \
        CANDIDATES("follows c JOIN activities a ON a.actor_user_id = c.user_id",                                       \
                OF_OTHERS " AND c.target_id = $3::text::uuid AND a.visibility = 'connections'", "$1::bigint")
#define OF_GROUPS                                                                                                      \
        CANDIDATES("group_members g JOIN activities a ON a.group_id = g.group_id",                                     \
                OF_OTHERS " AND g.user_id = $3::text::uuid AND a.visibility = 'group'", "$1::bigint")
#define FROM_NARROW RANKED(KEY, IS_FOLLOWED, "(" OF_CONNECTIONS " UNION ALL " OF_GROUPS ")", IS_WELCOME)

#define WHY                                                                                                            \
        "CASE WHEN " IS_ACTIVITY_OWNER(                                                                                \
                "$3") " THEN 'yours' WHEN a.is_followed THEN 'followed' WHEN a.interest >= 3 THEN 'popular' ELSE 'recent' END"
#define SCORE(hours) HOURS_TOLD("(" hours ")") " AS score"

#define KEY_IN_HOURS "a.key::double precision / 3600000"
#define SHOWN        ACTIVITY_COLUMNS ", " ACTIVITY_VIEWER_COLUMNS("$3") ", " SCORE(KEY_IN_HOURS) ", " WHY " AS why_top"
#define FROM_EVERYWHERE(candidates)                                                                                    \
        FROM_OPEN(candidates) " UNION ALL " FROM_FOLLOWED(candidates) " UNION ALL " FROM_OWN " UNION ALL " FROM_NARROW
#define RELEVANCE(candidates)                                                                                          \
        "SELECT " SHOWN                                                                                                \
        ", a.key AS page_key, a.id AS page_id FROM (" FROM_EVERYWHERE(candidates) ") a ORDER BY a.key DESC, a.id DESC"

/* By whether types are asked for, and what is new. */
static const char *const sql_relevance[2][2] = {
        {RELEVANCE(OF_ALL_TYPES), RELEVANCE(NEW_OF_ALL_TYPES)}, {RELEVANCE(OF_EACH_TYPE), RELEVANCE(NEW_OF_EACH_TYPE)}};

/* Of everybody followed as many as the page may want ($6): the rest of what they have told may be any number. */
#define IS_BY_NAME "a.visibility <> 'anonymous' AND a.status = 'published' AND NOT a.is_retracted AND " IS_FOR("$3")
#define LATEST_OF_EACH                                                                                                 \
        "(SELECT a.* FROM activities a WHERE a.actor_user_id = f.target_id"                                            \
        " AND (a.new_key, a.id) < ($1::bigint, $2::uuid) AND " IS_BY_NAME IS_ASKED_FOR                                 \
        " ORDER BY a.new_key DESC, a.id DESC LIMIT $6::integer)"

static const char SQL_FOLLOWING[] = "SELECT " ACTIVITY_COLUMNS ", " ACTIVITY_VIEWER_COLUMNS("$3") ", " SCORE(
        "a.new_key::double precision / 3600000000") ", 'followed' AS why_top, a.new_key AS page_key, a.id AS page_id FROM follows f CROSS JOIN LATERAL " LATEST_OF_EACH
                                                    " a WHERE f.user_id = $3::text::uuid AND " NOT_BLOCKED(
                                                            "$3", "f.target_id") " AND NOT " IS_MUTED("$3",
                                                            "f.target_id") " ORDER BY a.new_key DESC, a.id DESC";

/* Enough for the page, what is passed over and the next one, or for what is counted. */
static int most_of(const Feed__ListFeedRequest *in)
{
        return in->count != NULL ? PAGE_COUNT_MAX + 1 : in->offset + in->limit + 1;
}

static status list_followed(struct call *call, const Feed__ListFeedRequest *in, Feed__ActivityList *out)
{
        return page_rows(call, &in->base, &out->base, SQL_FOLLOWING, call->caller->user_id,
                db_texts(in->n_types, in->types), in->since, most_of(in));
}

static status list_relevant(struct call *call, const Feed__ListFeedRequest *in, Feed__ActivityList *out)
{
        const char *sql = sql_relevance[in->n_types > 0][in->since != NULL];
        return page_rows(
                call, &in->base, &out->base, sql, call->caller->user_id, db_texts(in->n_types, in->types), in->since);
}

static status list_feed(struct call *call, const Feed__ListFeedRequest *in, Feed__ActivityList *out)
{
        int64_t now_us = clock_unix_us(); /* in front of the look: what comes meanwhile is new the next time */
        TRY(strcmp(in->mode, "following") == 0 ? list_followed(call, in, out) : list_relevant(call, in, out));
        for (size_t i = 0; i < out->n_items; i++)
                out->items[i]->summary = (char *)(size_t)activity_summary(out->items[i]->type);
        out->new_since = arena_alloc(call->arena, CLOCK_RFC3339_SIZE);
        clock_rfc3339(now_us, out->new_since);
        return STATUS_OK;
}

RPC_TABLE(feed_rpcs, FEED_RPCS);
