/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/announce.h"

#include "common/db.h"
#include "common/event.h"
#include "svc-forum/telling.h"
#include "svc-forum/topic_columns.h"

#include <string.h>

#define TEXT(value) ((char *)(size_t)(value))

/* Who watches a topic, and who wrote the post replied to: by name in this topic, not behind a block, not the author. */
static const char SQL_RECIPIENTS[] =
        "SELECT coalesce(array_agg(w.user_id), '{}') AS ids FROM (SELECT u.user_id FROM ("
        " SELECT r.user_id FROM topic_readers r WHERE r.topic_id = $1 AND r.level = 'watching'"
        " UNION SELECT o.author_user_id FROM forum_posts o WHERE o.id = $3 AND NOT o.is_anonymous AND o.author_user_id IS NOT NULL) u"
        " WHERE u.user_id <> $2::text::uuid AND " NOT_BLOCKED("$2",
                "u.user_id") ""
                             " AND NOT EXISTS (SELECT FROM topic_readers m WHERE m.topic_id = $1 AND m.user_id = u.user_id AND m.level = 'muted')"
                             " AND NOT EXISTS (SELECT FROM forum_topics t WHERE t.id = $1 AND t.is_anonymous AND t.created_by_user_id = u.user_id)"
                             " AND NOT EXISTS (SELECT FROM forum_posts a WHERE a.topic_id = $1 AND a.is_anonymous AND a.author_user_id = u.user_id)"
                             " ORDER BY u.user_id LIMIT 100) w";

status announce_category(struct call *call, const char *category_id)
{
        Forum__CategoryChanged event = FORUM__CATEGORY_CHANGED__INIT;
        event.category_id = TEXT(category_id);
        return event_publish(call, &event.base);
}

status announce_topic_created(struct call *call, const Forum__Topic *topic)
{
        Forum__TopicCreated event = FORUM__TOPIC_CREATED__INIT;
        event.topic_id = topic->id;
        event.category_id = topic->category_id;
        event.post_type = topic->post_type;
        event.actor_user_id = topic->is_anonymous ? NULL : topic->author_user_id;
        return event_publish(call, &event.base);
}

status announce_topic_updated(struct call *call, const char *topic_id)
{
        Forum__TopicUpdated event = FORUM__TOPIC_UPDATED__INIT;
        event.topic_id = TEXT(topic_id);
        return event_publish(call, &event.base);
}

status announce_topic_status(struct call *call, const char *topic_id, const char *from, const char *to, const char *by)
{
        Forum__TopicStatusChanged event = FORUM__TOPIC_STATUS_CHANGED__INIT;
        event.topic_id = TEXT(topic_id);
        event.from = TEXT(from);
        event.to = TEXT(to);
        event.by = TEXT(by);
        return event_publish(call, &event.base);
}

/* A post's author as the only one to be told; nobody where they are anonymous, gone, or the one who acts. */
static size_t author_as_recipient(const Forum__Post *post, const char *actor)
{
        return !post->is_anonymous && post->author_user_id != NULL &&
               (actor == NULL || strcmp(post->author_user_id, actor) != 0);
}

status announce_solved(struct call *call, const Forum__Topic *topic, const Forum__Post *post, bool is_solved)
{
        Forum__TopicSolved solved = FORUM__TOPIC_SOLVED__INIT;
        Forum__TopicUnsolved unsolved = FORUM__TOPIC_UNSOLVED__INIT;
        char *recipients[] = {post->author_user_id};
        const char *actor = call->caller->user_id;
        bool is_named = !topic->is_anonymous && actor != NULL && topic->author_user_id != NULL &&
                        strcmp(actor, topic->author_user_id) == 0;
        solved.topic_id = unsolved.topic_id = topic->id;
        solved.post_id = unsolved.post_id = post->id;
        solved.actor_user_id = is_named ? TEXT(actor) : NULL;
        solved.n_recipient_user_ids = unsolved.n_recipient_user_ids = author_as_recipient(post, actor);
        solved.recipient_user_ids = unsolved.recipient_user_ids = recipients;
        if (is_solved)
                TRY(telling_of_acceptance(call, post->id));
        return event_publish(call, is_solved ? &solved.base : &unsolved.base);
}

status announce_post_created(struct call *call, const Forum__Post *post)
{
        Forum__PostCreated event = FORUM__POST_CREATED__INIT;
        Forum__RowIds recipients = FORUM__ROW_IDS__INIT;
        event.post_id = post->id;
        event.topic_id = post->topic_id;
        event.reply_to_post_id = post->reply_to_post_id;
        if (!post->is_anonymous && post->author_user_id != NULL) {
                TRY(db_one(call, &recipients.base, SQL_RECIPIENTS, post->topic_id, post->author_user_id,
                        post->reply_to_post_id));
                event.actor_user_id = post->author_user_id;
                event.n_recipient_user_ids = recipients.n_ids;
                event.recipient_user_ids = recipients.ids;
        }
        TRY(telling_of_reply(call, post->id));
        return event_publish(call, &event.base);
}

status announce_post_edited(struct call *call, const Forum__Post *post)
{
        Forum__PostEdited event = FORUM__POST_EDITED__INIT;
        event.post_id = post->id;
        event.topic_id = post->topic_id;
        return event_publish(call, &event.base);
}

status announce_post_deleted(struct call *call, const Forum__Post *post)
{
        Forum__PostDeleted event = FORUM__POST_DELETED__INIT;
        event.post_id = post->id;
        event.topic_id = post->topic_id;
        return event_publish(call, &event.base);
}

status announce_reaction(struct call *call, const Forum__Post *post, const char *kind, bool is_set)
{
        Forum__ReactionSet set = FORUM__REACTION_SET__INIT;
        Forum__ReactionCleared cleared = FORUM__REACTION_CLEARED__INIT;
        char *recipients[] = {post->author_user_id};
        const char *actor = call->caller->user_id;
        size_t n_recipients = author_as_recipient(post, actor);
        set.post_id = cleared.post_id = post->id;
        set.topic_id = cleared.topic_id = post->topic_id;
        set.kind = cleared.kind = TEXT(kind);
        set.actor_user_id = cleared.actor_user_id = n_recipients > 0 ? TEXT(actor) : NULL;
        set.n_recipient_user_ids = cleared.n_recipient_user_ids = n_recipients;
        set.recipient_user_ids = cleared.recipient_user_ids = recipients;
        return event_publish(call, is_set ? &set.base : &cleared.base);
}
