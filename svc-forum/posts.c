/* SPDX-License-Identifier: Apache-2.0 */
/* Posts: written, listed, read, changed, deleted. Numbers are given under the topic's lock, so that they have no
 * gaps. */
#include "common/content.h"
#include "common/db.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-forum/announce.h"
#include "svc-forum/post_columns.h"
#include "svc-forum/post_states.h"
#include "svc-forum/topic_states.h"
#include "svc-forum/viewer.h"

#include <string.h>

#define POST_RPCS(RPC)                                                                                                 \
        RPC(ListPosts, list_posts, Forum__ListPostsRequest, Forum__PostList)                                           \
        RPC(CreatePost, create_post, Forum__CreatePostRequest, Forum__Post)                                            \
        RPC(GetPost, get_post, Forum__GetPostRequest, Forum__Post)                                                     \
        RPC(UpdatePost, update_post, Forum__UpdatePostRequest, Forum__Post)                                            \
        RPC(DeletePost, delete_post, Forum__DeletePostRequest, Sfp__Empty)
RPC_DECLARE(POST_RPCS)

#define SQL_LIST_BY(key)                                                                                               \
        "SELECT " POST_COLUMNS                                                                                         \
        ", " POST_VIEWER_COLUMNS("$3", "$4") ", p." key " AS page_key, p.id AS page_id" POST_SOURCE(                   \
                "$3") " WHERE p.topic_id = $5 AND (p." key                                                             \
                      ", p.id) < ($1::bigint, $2::uuid) AND " POST_IS_VISIBLE("$3", "$4") " ORDER BY p." key           \
                                                                                          " DESC, p.id DESC"

static const struct {
        const char *sort;
        const char *sql;
} lists[] = {
        {"number", SQL_LIST_BY("number_key")},
        {"answer", SQL_LIST_BY("answer_key")},
        {"new", SQL_LIST_BY("new_key")},
};

static const char SQL_GET[] = "SELECT " POST_COLUMNS ", " POST_VIEWER_COLUMNS("$2", "$3")
        POST_SOURCE("$2") " WHERE p.id = $1 AND " TOPIC_IS_VISIBLE("$2", "$3") " AND " POST_IS_VISIBLE("$2", "$3");
static const char SQL_REVISIONS[] =
        "SELECT content, until FROM post_revisions WHERE post_id = $1 ORDER BY version DESC LIMIT 50";
static const char SQL_INSERT[] =
        "WITH numbered AS (UPDATE forum_topics t SET last_post_number = last_post_number + 1,"
        "  posts_count = posts_count + $7::integer, last_posted_at = CASE WHEN $7 = 1 THEN now() ELSE last_posted_at END,"
        "  participants_count = participants_count + CASE WHEN $7 = 1 AND NOT EXISTS (SELECT FROM forum_posts p"
        "   WHERE p.topic_id = t.id AND p.author_user_id = $3 AND p.status = 'published') THEN 1 ELSE 0 END"
        "  WHERE t.id = $2 RETURNING last_post_number)"
        " INSERT INTO forum_posts (id, topic_id, author_user_id, is_anonymous, content, reply_to_post_id, status, post_number,"
        "  was_public) SELECT $1, $2, $3, $4, $5, $6, CASE WHEN $7 = 1 THEN 'published' ELSE 'pending_review' END,"
        "  last_post_number, $7 = 1 FROM numbered";
static const char SQL_FOLLOW[] = "INSERT INTO topic_readers (topic_id, user_id, level) VALUES ($1, $2, 'tracking')"
                                 " ON CONFLICT (topic_id, user_id) DO NOTHING";
static const char SQL_KEEP_REVISION[] = "INSERT INTO post_revisions (post_id, version, content) VALUES ($1, $2, $3)";
static const char SQL_EDIT[] = "UPDATE forum_posts SET content = $2, edited_at = now(), version = version + $3::integer"
                               " WHERE id = $1";

static status load_visible(struct call *call, const char *id, Forum__Post *out)
{
        return db_one(call, &out->base, SQL_GET, id, call->caller->user_id, call_is_moderator(call));
}

static const char *list_sql(const char *sort)
{
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
                if (strcmp(lists[i].sort, sort) == 0)
                        return lists[i].sql;
        return lists[0].sql;
}

static status list_posts(struct call *call, const Forum__ListPostsRequest *in, Forum__PostList *out)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load(call, in->topic_id, false, &topic));
        return page_rows(call, &in->base, &out->base, list_sql(in->sort), call->caller->user_id,
                call_is_moderator(call), in->topic_id);
}

static status check_open(struct call *call, const Forum__Topic *topic)
{
        if (strcmp(topic->status, "open") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the topic is %s: it takes no posts", topic->status);
        return STATUS_OK;
}

static status check_reply(struct call *call, const Forum__CreatePostRequest *in)
{
        Forum__Post post = FORUM__POST__INIT;
        if (in->reply_to_post_id == NULL)
                return STATUS_OK;
        status found = post_load(call, in->reply_to_post_id, false, &post);
        if (found == STATUS_NOT_FOUND || (found == STATUS_OK && strcmp(post.topic_id, in->topic_id) != 0))
                return call_invalid(call, "reply_to_post_id", "not_found", "there is no such post in this topic");
        return found;
}

/* In an anonymous topic its author stays anonymous, asked for or not: one name a person and topic. */
static bool is_anonymous(const Forum__CreatePostRequest *in, const Forum__Topic *topic)
{
        return in->anonymous || (topic->is_anonymous && topic->viewer->is_owner);
}

static status send_on_its_way(
        struct call *call, const Forum__CreatePostRequest *in, char *id, bool anonymous, const struct review *review)
{
        Forum__Post post = FORUM__POST__INIT;
        if (review->outcome == REVIEW_HOLD)
                return content_hold(call, "forum_post", id, review);
        post.id = id;
        post.topic_id = in->topic_id;
        post.reply_to_post_id = in->reply_to_post_id;
        post.author_user_id = call->caller->user_id;
        post.is_anonymous = anonymous;
        return announce_post_created(call, &post);
}

static status store_post(struct call *call, const Forum__CreatePostRequest *in, const Forum__Topic *topic,
        const struct review *review, char *id)
{
        bool anonymous = is_anonymous(in, topic);
        bool is_public = review->outcome == REVIEW_PUBLISH;
        struct lifecycle_subject post = {.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        anonymous ? uuid_v4(id) : uuid_v7(id);
        TRY(lifecycle_step(call, &post_lifecycle, &post, is_public ? "publish" : "hold", NULL, NULL));
        TRY(db_exec(call, SQL_INSERT, id, in->topic_id, call->caller->user_id, (int)anonymous, review->texts[0],
                in->reply_to_post_id, (int)is_public));
        TRY(db_exec(call, SQL_FOLLOW, in->topic_id, call->caller->user_id));
        return send_on_its_way(call, in, id, anonymous, review);
}

static status create_post(struct call *call, const Forum__CreatePostRequest *in, Forum__Post *out)
{
        struct review review;
        char *content = in->content;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        Forum__Topic seen = FORUM__TOPIC__INIT, topic = FORUM__TOPIC__INIT;
        TRY(topic_load(call, in->topic_id, false, &seen));
        TRY(check_open(call, &seen));
        TRY(check_reply(call, in));
        TRY(review_text(call, "forum_post", "content", &content, &review));
        TRY(topic_load(call, in->topic_id, true, &topic));
        TRY(check_open(call, &topic));
        TRY(store_post(call, in, &topic, &review, id));
        TRY(load_visible(call, id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        if (review.outcome == REVIEW_HOLD)
                call_succeed_as(call, 202);
        return STATUS_OK;
}

static status get_post(struct call *call, const Forum__GetPostRequest *in, Forum__Post *out)
{
        Forum__RevisionList revisions = FORUM__REVISION_LIST__INIT;
        TRY(load_visible(call, in->post_id, out));
        if (in->include == NULL || (!out->viewer->is_owner && !out->viewer->is_moderator))
                return STATUS_OK;
        TRY(db_rows(call, &revisions.base, "items", SQL_REVISIONS, in->post_id));
        out->n_revisions = revisions.n_items;
        out->revisions = revisions.items;
        return STATUS_OK;
}

static status check_editor(struct call *call, const Forum__Post *post)
{
        if (!post->viewer->is_owner && !post->viewer->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its author or a moderator may change a post");
        if (strcmp(post->status, "published") != 0)
                return call_fail(
                        call, STATUS_FAILED_PRECONDITION, "the post is %s: it is not to be changed", post->status);
        if (strcmp(post->topic_status, "open") != 0 && !post->viewer->is_moderator)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the topic is %s", post->topic_status);
        return STATUS_OK;
}

static status store_edit(struct call *call, const Forum__Post *post, const char *content, const struct review *review)
{
        bool is_held = review->outcome == REVIEW_HOLD;
        TRY(db_exec(call, SQL_KEEP_REVISION, post->id, post->version, post->content));
        if (is_held) {
                TRY(post_step(call, post, "owner", "hold", NULL));
                TRY(content_hold(call, "forum_post", post->id, review));
        }
        TRY(db_exec(call, SQL_EDIT, post->id, content, (int)!is_held));
        return is_held ? STATUS_OK : announce_post_edited(call, post);
}

static status update_post(struct call *call, const Forum__UpdatePostRequest *in, Forum__Post *out)
{
        struct review review;
        char *content = in->content;
        Forum__Post seen = FORUM__POST__INIT, post = FORUM__POST__INIT;
        TRY(post_load(call, in->post_id, false, &seen));
        TRY(check_editor(call, &seen));
        TRY(call_expect_version(call, seen.version));
        TRY(review_text(call, "forum_post", "content", &content, &review));
        TRY(post_load(call, in->post_id, true, &post));
        if (post.version != seen.version)
                return call_fail(call, STATUS_ABORTED, "the post was changed meanwhile: read it again");
        TRY(store_edit(call, &post, content, &review));
        TRY(load_visible(call, in->post_id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

static status delete_post(struct call *call, const Forum__DeletePostRequest *in, Sfp__Empty *out)
{
        (void)out;
        Forum__Post post = FORUM__POST__INIT;
        TRY(post_load(call, in->post_id, true, &post));
        TRY(call_expect_version(call, post.version));
        if (!post.viewer->is_owner && !post.viewer->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its author or a moderator may delete a post");
        return post.viewer->is_owner ? post_step(call, &post, "owner", "delete", NULL)
                                     : post_step(call, &post, "mod", "remove", NULL);
}

RPC_TABLE(post_rpcs, POST_RPCS);
