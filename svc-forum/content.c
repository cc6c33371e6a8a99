/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and posts as moderation sees them, and its word applied to them. */
#include "common/content.h"

#include "common/db.h"
#include "svc-forum/post_states.h"
#include "svc-forum/topic_states.h"

#include <stddef.h>
#include <string.h>

static const char SQL_SHOW_TOPIC[] =
        "SELECT t.created_by_user_id AS author_user_id, t.status AS state, t.is_listed AS is_public, t.category_id AS parent_id,"
        " ARRAY[t.title] || CASE WHEN t.description IS NULL THEN '{}'::text[] ELSE ARRAY[t.description] END"
        " || ARRAY(SELECT o.text FROM poll_options o WHERE o.topic_id = t.id ORDER BY o.number) AS texts"
        " FROM forum_topics t WHERE t.id = $1";
static const char SQL_SHOW_POST[] =
        "SELECT p.author_user_id, p.status AS state, p.status = 'published' AND t.is_listed AS is_public, p.topic_id AS parent_id,"
        " ARRAY[p.content] AS texts FROM forum_posts p JOIN forum_topics t ON t.id = p.topic_id WHERE p.id = $1";

static status show_topic(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SHOW_TOPIC, id);
}

static status show_post(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SHOW_POST, id);
}

/* What was hidden or removed while it waited would wait again: whoever takes that back has looked at it. */
static status approve_waiting(struct call *call, const char *id)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load_own(call, id, &topic));
        return strcmp(topic.status, "pending_review") == 0 ? topic_step(call, &topic, "mod", "approve", NULL)
                                                           : STATUS_OK;
}

static status decide_topic(struct call *call, const char *id, const char *action, const char *reason)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load_own(call, id, &topic));
        TRY(topic_step(call, &topic, "mod", action, reason));
        bool is_back = strcmp(action, "restore") == 0 || strcmp(action, "reinstate") == 0;
        return is_back ? approve_waiting(call, id) : STATUS_OK;
}

static status decide_post(struct call *call, const char *id, const char *action, const char *reason)
{
        Forum__Post post = FORUM__POST__INIT;
        TRY(post_load_own(call, id, &post));
        return post_step(call, &post, "mod", action, reason);
}

const struct content_kind forum_content[] = {
        {"forum_topic", show_topic, decide_topic},
        {"forum_post", show_post, decide_post},
        {NULL, NULL, NULL},
};
