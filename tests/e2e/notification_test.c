/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of what: once, as they want it, and by nobody they do not want to hear of. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

static int unread(struct user who)
{
        struct answer answer = get(who, "/notifications/unread-count");
        expect_status(answer, 200);
        return (int)number_at(answer, "unread");
}

/* How often of one kind, all groups together. */
static int told(struct user who, const char *type)
{
        struct answer list = get(who, text("/notifications?types=%s", type));
        int count = 0;
        for (int i = 0; i < length_at(list, "items"); i++)
                count += (int)number_at(list, text("items[%d].count", i));
        return count;
}

static struct answer put_preferences(struct user who, const char *body)
{
        struct answer seen = get(who, "/notifications/preferences");
        const char *const headers[] = {
                "Content-Type: application/json", text("If-Match: %s", header_of(seen, "ETag")), NULL};
        return ask(&(struct request){"PUT", "/notifications/preferences", who, body, strlen(body), headers});
}

static void like(struct user who, const char *post)
{
        expect_status(put(who, text("%s/reactions/like", post_path(post)), NULL), 200);
}

static long frames_of(struct user who)
{
        return sql_number(text("SELECT count(*) FROM feed.frames WHERE user_id = '%s'", who.id));
}

/* The notification of something later is there: what came before has been dealt with. */
static void let_come(struct user who, const char *topic_of_theirs, int count)
{
        posted(new_user(), topic_of_theirs);
        ck_assert(AWAIT(20, unread(who) == count));
}

TEST(an_author_is_told_of_replies_and_reactions_in_groups)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *id = topic(ann.user);
        posted(bob.user, id);
        posted(bob.user, id);
        const char *hers = posted(ann.user, id);
        like(bob.user, hers);
        ck_assert(AWAIT(20, told(ann.user, "reply_posted") == 2 && told(ann.user, "post_reaction") == 1));
        struct answer replies = get(ann.user, "/notifications?types=reply_posted");
        ck_assert_int_eq(length_at(replies, "items"), 1);
        ck_assert_str_eq(text_at(replies, "items[0].object_ref.id"), id);
        ck_assert(!is_true_at(replies, "items[0].read"));
        ck_assert_int_eq(length_at(replies, "items[0].actors"), 1);
        ck_assert(
                AWAIT(20, strcmp(text_at(get(ann.user, "/notifications?types=reply_posted"), "items[0].actors[0].kind"),
                                  "profile") == 0));
        ck_assert_ptr_null(strstr(get(ann.user, "/notifications").body, bob.user.id));
        ck_assert_int_eq(told(bob.user, "reply_posted"), 0);
}
END_TEST

TEST(what_is_read_is_unread_no_more)
{
        struct user ann = new_user();
        const char *id = topic(ann);
        const char *other = topic(ann);
        posted(new_user(), id);
        posted(new_user(), id);
        posted(new_user(), other);
        ck_assert(AWAIT(20, unread(ann) == 3));
        struct answer list = get(ann, "/notifications?limit=1");
        struct answer read =
                post(ann, "/notifications/read", text("{\"group_keys\": [\"reply_posted:forum_topic:%s\"]}", id));
        expect_status(read, 200);
        ck_assert_int_eq(number_at(read, "unread"), 1);
        ck_assert_int_eq(length_at(get(ann, "/notifications?unread=true"), "items"), 1);
        ck_assert_int_eq(length_at(get(ann, "/notifications?unread=false"), "items"), 1);
        struct answer rest = get(ann, text("/notifications?limit=1&cursor=%s", text_at(list, "next_cursor")));
        ck_assert_int_eq(length_at(rest, "items"), 1);
        expect_status(post(ann, "/notifications/read", JSON({"up_to_seq" : 3})), 200);
        ck_assert_int_eq(unread(ann), 0);
        struct answer wrong = post(ann, "/notifications/read", JSON({}));
        expect_problem(wrong, 422, "validation_failed");
        ck_assert_str_eq(text_at(wrong, "errors[0].field"), "ids");
}
END_TEST

TEST(numbers_have_no_gaps_and_each_event_is_one_notification)
{
        struct user ann = new_user();
        const char *id = topic(ann);
        for (int i = 0; i < 12; i++)
                posted(new_user(), id);
        ck_assert(AWAIT(30, unread(ann) == 12));
        ck_assert_int_eq(
                sql_number(
                        text("SELECT count(DISTINCT event_key) FROM feed.notifications WHERE user_id = '%s'", ann.id)),
                12);
        ck_assert_int_eq(sql_number(text("SELECT max(seq) FROM feed.notifications WHERE user_id = '%s'", ann.id)), 12);
        ck_assert_int_eq(sql_number(text("SELECT max(seq) FROM feed.frames WHERE user_id = '%s'", ann.id)), 12);
        ck_assert_int_eq(frames_of(ann), 12);
}
END_TEST

TEST(an_anonymous_post_tells_of_nobody)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *id = topic(ann);
        struct answer answer = post(bob, posts_path(id), JSON({"content" : "Between us.", "anonymous" : true}));
        expect_status(answer, 201);
        ck_assert(AWAIT(20, unread(ann) == 1));
        ck_assert_int_eq(length_at(get(ann, "/notifications"), "items[0].actors"), 0);
        ck_assert_ptr_null(strstr(get(ann, "/notifications").body, bob.id));
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM feed.notifications WHERE actor_user_id = '%s'", bob.id)), 0);
}
END_TEST

TEST(who_is_anonymous_is_told_and_no_event_names_them)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *id = topic_in(category(), ann, ", \"anonymous\": true");
        posted(bob, id);
        ck_assert(AWAIT(20, told(ann, "reply_posted") == 1));
        struct answer answer =
                post(bob, posts_path(topic(new_user())), JSON({"content" : "Elsewhere.", "anonymous" : true}));
        const char *other = text_at(answer, "topic_id");
        struct answer reply = post(ann, posts_path(other),
                text("{\"content\": \"To you\", \"reply_to_post_id\": \"%s\"}", text_at(answer, "id")));
        expect_status(reply, 201);
        ck_assert(AWAIT(20, told(bob, "reply_posted") == 1));
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM forum.outbox WHERE type LIKE '%%.community.post.created.%%'"
                                " AND position('%s'::bytea IN data) > 0 AND position('%s'::bytea IN data) > 0",
                        id, ann.id)),
                0);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM forum.outbox WHERE type LIKE '%%.community.post.created.%%'"
                                " AND position('%s'::bytea IN data) > 0 AND position('%s'::bytea IN data) > 0",
                        other, bob.id)),
                0);
}
END_TEST

TEST(of_a_category_that_is_off_nothing_comes)
{
        struct user ann = new_user();
        struct answer seen = put_preferences(ann, JSON({
                "modes" : [
                        {"category" : "community", "channel" : "in_app", "mode" : "instant"},
                        {"category" : "community", "channel" : "ws", "mode" : "off"}
                ]
        }));
        expect_status(seen, 200);
        const char *id = topic(ann);
        let_come(ann, id, 1);
        ck_assert_int_eq(frames_of(ann), 0);
        expect_status(put_preferences(ann, JSON({
                "modes" : [
                        {"category" : "community", "channel" : "in_app", "mode" : "off"},
                        {"category" : "community", "channel" : "ws", "mode" : "instant"}
                ]
        })),
                200);
        posted(new_user(), id);
        ck_assert(AWAIT(20, frames_of(ann) == 1));
        ck_assert_int_eq(unread(ann), 1);
}
END_TEST

TEST(in_quiet_hours_a_frame_waits_and_the_list_does_not)
{
        struct user ann = new_user();
        struct answer seen = put_preferences(ann, JSON({
                "quiet_hours" : [
                        {"weekday" : 1, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 2, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 3, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 4, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 5, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 6, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 7, "from_minute" : 0, "until_minute" : 1439},
                        {"weekday" : 1, "from_minute" : 1380, "until_minute" : 60},
                        {"weekday" : 2, "from_minute" : 1380, "until_minute" : 60},
                        {"weekday" : 3, "from_minute" : 1380, "until_minute" : 60},
                        {"weekday" : 4, "from_minute" : 1380, "until_minute" : 60},
                        {"weekday" : 5, "from_minute" : 1380, "until_minute" : 60},
                        {"weekday" : 6, "from_minute" : 1380, "until_minute" : 60},
                        {"weekday" : 7, "from_minute" : 1380, "until_minute" : 60}
                ],
                "time_zone" : "Europe/Berlin"
        }));
        expect_status(seen, 200);
        ck_assert_int_eq(length_at(seen, "quiet_hours"), 14);
        let_come(ann, topic(ann), 1);
        ck_assert_int_eq(frames_of(ann), 0);
        const char *due = text("SELECT count(*) FROM feed.jobs j JOIN feed.notifications n ON n.id::text = j.key::text"
                               " WHERE j.kind = 'deliver_frame' AND n.user_id = '%s'",
                ann.id);
        ck_assert_int_eq(sql_number(due), 1);
        sql(text("UPDATE feed.jobs SET due_at = now() WHERE kind = 'deliver_frame' AND key IN"
                 " (SELECT id::text FROM feed.notifications WHERE user_id = '%s')",
                ann.id));
        ck_assert(AWAIT(20, frames_of(ann) == 1));
}
END_TEST

TEST(preferences_are_changed_under_the_version_seen)
{
        struct user ann = new_user();
        struct answer seen = get(ann, "/notifications/preferences");
        ck_assert_int_eq(length_at(seen, "modes"), 32);
        ck_assert_str_eq(text_at(seen, "modes[0].mode"), "instant");
        expect_problem(put(ann, "/notifications/preferences", JSON({})), 428, "version_required");
        expect_status(put_preferences(ann, JSON({"strangers" : "connections"})), 200);
        const char *const headers[] = {
                "Content-Type: application/json", text("If-Match: %s", header_of(seen, "ETag")), NULL};
        expect_problem(ask(&(struct request){"PUT", "/notifications/preferences", ann, "{}", 2, headers}), 412,
                "version_mismatch");
        struct answer wrong = put_preferences(
                ann, JSON({"modes" : [ {"category" : "weather", "channel" : "ws", "mode" : "instant"} ]}));
        expect_problem(wrong, 422, "validation_failed");
        ck_assert_str_eq(text_at(wrong, "errors[0].field"), "modes[0].category");
        expect_problem(put_preferences(ann, JSON({"time_zone" : "Nowhere/Land"})), 422, "validation_failed");
}
END_TEST

TEST(who_is_muted_or_a_stranger_is_not_heard)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *id = topic(ann.user);
        expect_status(relate(ann.user, bob, JSON({"muted" : true})), 200);
        ck_assert(
                AWAIT(20, sql_number(text("SELECT count(*) FROM feed.mutes WHERE user_id = '%s'", ann.user.id)) == 1));
        posted(bob.user, id);
        posted(new_user(), id);
        ck_assert(AWAIT(20, told(ann.user, "reply_posted") == 1));
        expect_status(put_preferences(ann.user, JSON({"strangers" : "connections"})), 200);
        posted(new_user(), id);
        ck_assert_int_eq(told(ann.user, "reply_posted"), 1);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/notification", NO_FORK, T(an_author_is_told_of_replies_and_reactions_in_groups),
        T(what_is_read_is_unread_no_more), T(numbers_have_no_gaps_and_each_event_is_one_notification),
        T(an_anonymous_post_tells_of_nobody), T(who_is_anonymous_is_told_and_no_event_names_them),
        T(of_a_category_that_is_off_nothing_comes), T(in_quiet_hours_a_frame_waits_and_the_list_does_not),
        T(preferences_are_changed_under_the_version_seen), T(who_is_muted_or_a_stranger_is_not_heard))
