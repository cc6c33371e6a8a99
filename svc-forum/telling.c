/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/telling.h"

#include "common/db.h"
#include "common/rpc_call.h"
#include "sfp/feed.pb-c.h"
#include "sfp/forum.pb-c.h"
#include "svc-forum/topic_columns.h"

/* Is u.user_id without a name in the topic of post p? */
#define IS_NAMELESS                                                                                                            \
        "(EXISTS (SELECT FROM forum_topics t WHERE t.id = p.topic_id AND t.is_anonymous AND t.created_by_user_id = u.user_id)" \
        " OR EXISTS (SELECT FROM forum_posts a WHERE a.topic_id = p.topic_id AND a.is_anonymous AND a.author_user_id = u.user_id))"

/* Those who watch, and the author of what is replied to, as far as the post's event has not named them. */
static const char SQL_OF_REPLY[] =
        "SELECT p.topic_id, coalesce((SELECT array_agg(w.user_id) FROM (SELECT u.user_id FROM ("
        "  SELECT r.user_id FROM topic_readers r WHERE r.topic_id = p.topic_id AND r.level = 'watching'"
        "  UNION SELECT o.author_user_id FROM forum_posts o WHERE o.id = p.reply_to_post_id AND o.author_user_id IS NOT NULL) u"
        " WHERE u.user_id <> p.author_user_id AND (p.is_anonymous OR " IS_NAMELESS ")"
        " AND " NOT_BLOCKED("p.author_user_id",
                "u.user_id") " AND NOT EXISTS (SELECT FROM topic_readers m WHERE m.topic_id = p.topic_id AND m.user_id = u.user_id AND m.level = 'muted')"
                             " ORDER BY u.user_id LIMIT 100) w), '{}') AS ids"
                             " FROM forum_posts p WHERE p.id = $1 AND p.status = 'published' AND p.author_user_id IS NOT NULL";
static const char SQL_OF_ACCEPTANCE[] =
        "SELECT p.topic_id, CASE WHEN p.is_anonymous AND p.author_user_id IS NOT NULL"
        " AND p.author_user_id IS DISTINCT FROM t.created_by_user_id THEN ARRAY[p.author_user_id] ELSE '{}' END AS ids"
        " FROM forum_posts p JOIN forum_topics t ON t.id = p.topic_id WHERE p.id = $1 AND p.is_best_answer";

/* Nobody, when the post is not there any more. */
static status find(struct call *call, const char *sql, const char *post_id, Forum__Audience *out)
{
        PGresult *found;
        TRY(db_query(call, &found, sql, post_id));
        return PQntuples(found) == 0 ? STATUS_OK : db_one(call, &out->base, sql, post_id);
}

static status schedule(struct call *call, const char *sql, const char *kind, const char *post_id)
{
        Forum__Audience audience = FORUM__AUDIENCE__INIT;
        TRY(find(call, sql, post_id, &audience));
        return audience.n_ids == 0 ? STATUS_OK : job_schedule(call, kind, post_id, 0, (ProtobufCBinaryData){0, NULL});
}

status telling_of_reply(struct call *call, const char *post_id)
{
        return schedule(call, SQL_OF_REPLY, TELL_REPLY, post_id);
}

status telling_of_acceptance(struct call *call, const char *post_id)
{
        return schedule(call, SQL_OF_ACCEPTANCE, TELL_ACCEPTED, post_id);
}

/* svc-feed tells each of them once, however often it is asked. */
static status tell(struct call *call, const Forum__Audience *audience, Feed__NotifyRequest *request)
{
        ProtobufCMessage *reply;
        for (size_t i = 0; i < audience->n_ids; i++) {
                request->user_id = audience->ids[i];
                TRY(rpc_call(call, "sfp.feed.Feed.Notify", &request->base, &reply));
        }
        return STATUS_OK;
}

status tell_reply(struct call *call, const struct due_job *job)
{
        Forum__Audience audience = FORUM__AUDIENCE__INIT;
        Feed__NotifyRequest request = FEED__NOTIFY_REQUEST__INIT;
        TRY(find(call, SQL_OF_REPLY, job->key, &audience));
        request.type = (char *)(size_t) "reply_posted";
        request.object_type = (char *)(size_t) "forum_topic";
        request.object_id = audience.topic_id;
        request.event_key = arena_printf(call->arena, "forum reply %s", job->key);
        return tell(call, &audience, &request);
}

status tell_accepted(struct call *call, const struct due_job *job)
{
        Forum__Audience audience = FORUM__AUDIENCE__INIT;
        Feed__NotifyRequest request = FEED__NOTIFY_REQUEST__INIT;
        TRY(find(call, SQL_OF_ACCEPTANCE, job->key, &audience));
        request.type = (char *)(size_t) "answer_accepted";
        request.object_type = (char *)(size_t) "forum_post";
        request.object_id = (char *)(size_t)job->key;
        request.event_key = arena_printf(call->arena, "forum answer %s", job->key);
        return tell(call, &audience, &request);
}
