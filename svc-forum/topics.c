/* SPDX-License-Identifier: Apache-2.0 */
/* One topic: begun, read, changed, deleted. No text is listed before it was cleaned and ruled on. */
#include "common/buffer.h"
#include "common/content.h"
#include "common/db.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-forum/announce.h"
#include "svc-forum/polls.h"
#include "svc-forum/topic_columns.h"
#include "svc-forum/topic_states.h"
#include "svc-forum/viewer.h"

#include <string.h>

#define TOPIC_RPCS(RPC)                                                                                                \
        RPC(CreateTopic, create_topic, Forum__CreateTopicRequest, Forum__Topic)                                        \
        RPC(GetTopic, get_topic, Forum__GetTopicRequest, Forum__Topic)                                                 \
        RPC(UpdateTopic, update_topic, Forum__UpdateTopicRequest, Forum__Topic)                                        \
        RPC(DeleteTopic, delete_topic, Forum__GetTopicRequest, Sfp__Empty)
RPC_DECLARE(TOPIC_RPCS)

enum { TITLE, DESCRIPTION, OPTIONS, OPTIONS_MAX = 10, TEXTS_MAX = OPTIONS + OPTIONS_MAX };

static const char *const text_names[TEXTS_MAX] = {"title", "description", "options[0]", "options[1]", "options[2]",
        "options[3]", "options[4]", "options[5]", "options[6]", "options[7]", "options[8]", "options[9]"};

static const char SQL_GATE[] =
        "SELECT c.status, c.is_moderated, c.minimum_experience_level, c.forum_type = 'announcement' AS is_announcement,"
        " level_rank(c.minimum_experience_level) <= coalesce((SELECT level_rank(experience_level) FROM people"
        "  WHERE user_id = $2::text::uuid), 1) AS is_level_met,"
        " ($3::boolean OR EXISTS (SELECT FROM category_moderators m WHERE m.category_id = c.id AND m.user_id = $2::text::uuid))"
        "  AS is_moderator FROM forum_categories c WHERE c.id = $1 FOR SHARE OF c";
static const char SQL_INSERT[] =
        "INSERT INTO forum_topics (id, category_id, created_by_user_id, is_anonymous, title, description, post_type, tags, status,"
        " was_public) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
static const char SQL_WATCH[] = "INSERT INTO topic_readers (topic_id, user_id, level) VALUES ($1, $2, 'watching')";
static const char SQL_COUNT[] = "UPDATE forum_categories SET topics_count = topics_count + $2::integer WHERE id = $1";
static const char SQL_GET[] = "SELECT " TOPIC_COLUMNS ", " IS_TOPIC_OWNER(
        "$2") " AS \"viewer.is_owner\", " IS_TOPIC_MODERATOR("$2",
        "$3") " AS \"viewer.is_moderator\" FROM forum_topics t" READER_JOIN("$2") " WHERE t.id = $1"
                                                                                  " AND " TOPIC_IS_VISIBLE("$2", "$3");
static const char SQL_VIEW[] =
        "WITH seen AS (INSERT INTO topic_readers (topic_id, user_id, viewed_at) VALUES ($1, $2, now())"
        " ON CONFLICT (topic_id, user_id) DO UPDATE SET viewed_at = now()"
        " WHERE topic_readers.viewed_at IS NULL OR topic_readers.viewed_at < now() - interval '24 hours' RETURNING 1)"
        " UPDATE forum_topics SET views_count = views_count + 1 WHERE id = $1 AND EXISTS (SELECT FROM seen)";
static const char SQL_EDIT[] =
        "UPDATE forum_topics SET title = coalesce($2, title), description = coalesce($3, description),"
        " tags = CASE WHEN cardinality($4::text[]) > 0 THEN $4::text[] ELSE tags END, category_id = coalesce($5, category_id),"
        " edited_at = now(), version = version + $6::integer WHERE id = $1";
static const char SQL_FORGET_AUTHOR[] =
        "UPDATE forum_topics SET created_by_user_id = NULL, version = version + 1 WHERE id = $1";

/* What a poll needs, and nothing else takes. */
static status check_options(struct call *call, const Forum__CreateTopicRequest *in)
{
        bool is_poll = strcmp(in->post_type, "poll") == 0;
        if (is_poll && in->n_options < 2)
                return call_invalid(call, "options", "required", "a poll has two options or more");
        if (!is_poll && in->n_options > 0)
                return call_invalid(call, "options", "not_allowed", "are for a poll only");
        return STATUS_OK;
}

static status enter_category(struct call *call, const char *category_id, Forum__CategoryGate *out)
{
        status found = db_one(call, &out->base, SQL_GATE, category_id, call->caller->user_id, call_is_moderator(call));
        if (found == STATUS_NOT_FOUND)
                return call_invalid(call, "category_id", "not_found", "there is no such category");
        TRY(found);
        if (strcmp(out->status, "active") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the category is archived: it takes no new topics");
        if (out->is_announcement && !out->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "announcements are made by moderators");
        if (!out->is_level_met && !out->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED,
                        "topics here are begun by those of the level %s or above", out->minimum_experience_level);
        return STATUS_OK;
}

static status review_new(
        struct call *call, const Forum__CreateTopicRequest *in, const Forum__CategoryGate *gate, struct review *out)
{
        char *texts[TEXTS_MAX] = {[TITLE] = in->title, [DESCRIPTION] = in->description};
        for (size_t i = 0; i < in->n_options; i++)
                texts[OPTIONS + i] = in->options[i];
        TRY(review_texts(call, "forum_topic", OPTIONS + in->n_options, text_names, texts, out));
        if (gate->is_moderated && !gate->is_moderator && out->outcome == REVIEW_PUBLISH) {
                out->outcome = REVIEW_HOLD; /* whatever the machine thinks of it: people look at it here */
                out->verdict = "hold";
        }
        return STATUS_OK;
}

static status load_visible(struct call *call, const char *id, Forum__Topic *out)
{
        TRY(db_one(call, &out->base, SQL_GET, id, call->caller->user_id, call_is_moderator(call)));
        return strcmp(out->post_type, "poll") == 0 ? poll_load(call, id, &out->poll) : STATUS_OK;
}

/* Announces what is listed from its beginning, and has a moderator look at what waits. */
static status send_on_its_way(
        struct call *call, const Forum__CreateTopicRequest *in, char *id, const struct review *review)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        if (review->outcome == REVIEW_HOLD)
                return content_hold(call, "forum_topic", id, review);
        topic.id = id;
        topic.category_id = in->category_id;
        topic.post_type = in->post_type;
        topic.is_anonymous = in->anonymous;
        topic.author_user_id = call->caller->user_id;
        TRY(db_exec(call, SQL_COUNT, in->category_id, 1));
        return announce_topic_created(call, &topic);
}

static status create_topic(struct call *call, const Forum__CreateTopicRequest *in, Forum__Topic *out)
{
        struct review review;
        Forum__CategoryGate gate = FORUM__CATEGORY_GATE__INIT;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        in->anonymous ? uuid_v4(id) : uuid_v7(id);
        TRY(check_options(call, in));
        TRY(enter_category(call, in->category_id, &gate));
        TRY(review_new(call, in, &gate, &review));
        struct lifecycle_subject topic = {.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        bool is_held = review.outcome == REVIEW_HOLD;
        TRY(lifecycle_step(call, &topic_lifecycle, &topic, is_held ? "hold" : "create", NULL, NULL));
        TRY(db_exec(call, SQL_INSERT, id, in->category_id, call->caller->user_id, (int)in->anonymous,
                review.texts[TITLE], review.texts[DESCRIPTION], in->post_type, db_texts(in->n_tags, in->tags),
                topic.state, (int)!is_held));
        TRY(db_exec(call, SQL_WATCH, id, call->caller->user_id));
        TRY(poll_create(call, id, in->n_options, review.texts + OPTIONS));
        TRY(send_on_its_way(call, in, id, &review));
        TRY(load_visible(call, id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        if (is_held)
                call_succeed_as(call, 202);
        return STATUS_OK;
}

static status get_topic(struct call *call, const Forum__GetTopicRequest *in, Forum__Topic *out)
{
        TRY(load_visible(call, in->topic_id, out));
        return db_exec(call, SQL_VIEW, in->topic_id, call->caller->user_id);
}

/* Its author while it is open; a moderator as long as others see it. */
static status check_editor(struct call *call, const Forum__Topic *topic, const Forum__UpdateTopicRequest *in)
{
        if (!topic->viewer->is_owner && !topic->viewer->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its author or a moderator may change a topic");
        if (in->category_id != NULL && !topic->viewer->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only a moderator may move a topic");
        if (strcmp(topic->status, "open") != 0 && !topic->viewer->is_moderator)
                return call_fail(
                        call, STATUS_FAILED_PRECONDITION, "the topic is %s: it is not to be changed", topic->status);
        return STATUS_OK;
}

static status move_count(struct call *call, const Forum__Topic *topic, const char *category_id)
{
        Forum__CategoryGate gate = FORUM__CATEGORY_GATE__INIT;
        if (category_id == NULL || strcmp(category_id, topic->category_id) == 0 || topic->status[0] == 'r')
                return STATUS_OK;
        TRY(enter_category(call, category_id, &gate));
        TRY(db_exec(call, SQL_COUNT, topic->category_id, -1));
        return db_exec(call, SQL_COUNT, category_id, 1);
}

static status store_edit(
        struct call *call, const Forum__Topic *topic, const Forum__UpdateTopicRequest *in, const struct review *review)
{
        bool is_held = review->outcome == REVIEW_HOLD && strcmp(topic->status, "open") == 0;
        if (is_held) {
                TRY(topic_step(call, topic, "owner", "hold", NULL));
                TRY(content_hold(call, "forum_topic", in->topic_id, review));
        }
        TRY(db_exec(call, SQL_EDIT, in->topic_id, review->texts[TITLE], review->texts[DESCRIPTION],
                db_texts(in->n_tags, in->tags), in->category_id, (int)!is_held));
        return is_held ? STATUS_OK : announce_topic_updated(call, in->topic_id);
}

static status update_topic(struct call *call, const Forum__UpdateTopicRequest *in, Forum__Topic *out)
{
        struct review review;
        Forum__Topic seen = FORUM__TOPIC__INIT, topic = FORUM__TOPIC__INIT;
        char *texts[] = {[TITLE] = in->title, [DESCRIPTION] = in->description};
        TRY(topic_load(call, in->topic_id, false, &seen));
        TRY(check_editor(call, &seen, in));
        TRY(call_expect_version(call, seen.version));
        TRY(review_texts(call, "forum_topic", OPTIONS, text_names, texts, &review));
        TRY(topic_load(call, in->topic_id, true, &topic));
        if (topic.version != seen.version)
                return call_fail(call, STATUS_ABORTED, "the topic was changed meanwhile: read it again");
        TRY(move_count(call, &topic, in->category_id));
        TRY(store_edit(call, &topic, in, &review));
        TRY(load_visible(call, in->topic_id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        return STATUS_OK;
}

static status delete_topic(struct call *call, const Forum__GetTopicRequest *in, Sfp__Empty *out)
{
        (void)out;
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load(call, in->topic_id, true, &topic));
        TRY(call_expect_version(call, topic.version));
        if (!topic.viewer->is_owner && !topic.viewer->is_moderator)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its author or a moderator may delete a topic");
        if (!topic.viewer->is_owner)
                return topic_step(call, &topic, "mod", "remove", NULL);
        if (!topic.is_discussed)
                return topic_step(call, &topic, "owner", "delete", NULL);
        TRY(db_exec(call, SQL_FORGET_AUTHOR, in->topic_id));
        return announce_topic_updated(call, in->topic_id);
}

RPC_TABLE(topic_rpcs, TOPIC_RPCS);
