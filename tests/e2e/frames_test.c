/* SPDX-License-Identifier: Apache-2.0 */
/* What svc-feed does for other programs: it tells owners whom no event names, and gives the gateway a person's frames.
 */
#include "sfp/feed.pb-c.h"
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/mesh_ask.h"

#include "common/status.h"

#include <cjson/cJSON.h>
#include <string.h>

static int notify(struct user who, const char *type, const char *key)
{
        Feed__NotifyRequest request = FEED__NOTIFY_REQUEST__INIT;
        request.user_id = (char *)(size_t)who.id;
        request.type = (char *)(size_t)type;
        request.object_type = (char *)(size_t) "goal_share";
        request.object_id = (char *)(size_t) "8c0b6a0e-7c36-4e0c-9f43-3a4f5d0f1c11";
        request.event_key = (char *)(size_t)key;
        return mesh_ask("goals", "svc-feed", "sfp.feed.Feed.Notify", &request.base, NULL, NULL);
}

TEST(an_owner_is_told_once_for_a_key)
{
        struct user ann = new_user();
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(notify(ann, "new_inspiration_on_goal", ann.id), STATUS_OK);
        ck_assert_int_eq(notify(ann, "new_inspiration_on_goal", "another"), STATUS_OK);
        struct answer list = get(ann, "/notifications");
        ck_assert_int_eq(length_at(list, "items"), 1);
        ck_assert_int_eq(number_at(list, "items[0].count"), 2);
        ck_assert_str_eq(text_at(list, "items[0].category"), "goals");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM feed.frames WHERE user_id = '%s'"
                                         " AND type = 'new_inspiration_on_goal'",
                                 ann.id)),
                2);
        char *data = sql_text(text("SELECT data FROM feed.frames WHERE user_id = '%s' AND seq = 1", ann.id));
        cJSON *json = cJSON_Parse(data);
        ck_assert_ptr_nonnull(json);
        ck_assert_str_eq(cJSON_GetObjectItem(json, "object_type")->valuestring, "goal_share");
        cJSON_Delete(json);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM feed.outbox WHERE subject = '%s'"
                                         " AND type LIKE '%%.notifications.notification.created.v1'",
                                 ann.id)),
                2);
}
END_TEST

TEST(what_is_no_request_is_refused)
{
        struct user ann = new_user();
        ck_assert_int_eq(notify(ann, "Not A Word", "key"), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(
                notify((struct user){"nobody", NULL}, "new_inspiration_on_goal", "key"), STATUS_INVALID_ARGUMENT);
}
END_TEST

TEST(frames_are_for_users_only)
{
        Feed__ReadFramesRequest request = FEED__READ_FRAMES_REQUEST__INIT;
        ck_assert_int_eq(mesh_ask("goals", "svc-feed", "sfp.feed.Feed.ReadFrames", &request.base, NULL, NULL),
                STATUS_PERMISSION_DENIED);
}
END_TEST

static Feed__Frames *frames_after(struct user who, int64_t after_seq, int limit)
{
        ProtobufCMessage *out = NULL;
        Feed__ReadFramesRequest request = FEED__READ_FRAMES_REQUEST__INIT;
        request.has_after_seq = request.has_limit = 1;
        request.after_seq = after_seq;
        request.limit = limit;
        ck_assert_int_eq(mesh_ask_for(who.id, "svc-feed", "sfp.feed.Feed.ReadFrames", &request.base,
                                 &feed__frames__descriptor, &out),
                STATUS_OK);
        return (Feed__Frames *)out;
}

TEST(a_socket_goes_on_where_it_was)
{
        struct user ann = new_user();
        ck_assert_int_eq(frames_after(ann, 0, 10)->last_seq, 0);
        ck_assert_int_eq(frames_after(ann, 0, 10)->oldest_seq, 1);
        for (int i = 0; i < 5; i++)
                ck_assert_int_eq(notify(ann, "new_inspiration_on_goal", text("key %d", i)), STATUS_OK);
        Feed__Frames *all = frames_after(ann, 0, 10);
        ck_assert_int_eq(all->n_items, 5);
        ck_assert_int_eq(all->last_seq, 5);
        ck_assert_int_eq(all->oldest_seq, 1);
        ck_assert_str_eq(all->items[0]->type, "new_inspiration_on_goal");
        Feed__Frames *some = frames_after(ann, 2, 2);
        ck_assert_int_eq(some->n_items, 2);
        ck_assert_int_eq(some->items[0]->seq, 3);
        ck_assert_int_eq(frames_after(ann, 5, 10)->n_items, 0);
        sql(text("DELETE FROM feed.frames WHERE user_id = '%s' AND seq <= 3", ann.id));
        ck_assert_int_eq(frames_after(ann, 0, 10)->oldest_seq, 4);
        sql(text("DELETE FROM feed.frames WHERE user_id = '%s'", ann.id));
        ck_assert_int_eq(frames_after(ann, 0, 10)->oldest_seq, 6);
        ck_assert_int_eq(frames_after(new_user(), 0, 10)->n_items, 0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/frames", NO_FORK, T(an_owner_is_told_once_for_a_key),
        T(what_is_no_request_is_refused), T(frames_are_for_users_only), T(a_socket_goes_on_where_it_was))
