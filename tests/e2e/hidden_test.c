/* SPDX-License-Identifier: Apache-2.0 */
/* What only its owner may see is, for everybody else, not there: the same words as for what never was. */
#include "tests/e2e/database.h"
#include "tests/e2e/sharing.h"

#include "common/uuid.h"

#include <string.h>

static const char held_text[] = "you should just kill yourself, quoth the quillwort";

static const char *held(struct user user)
{
        struct answer answer = post(user, "/goal-sharing/",
                text("{\"goal_category\": \"home\", \"goal_title\": \"A hut\", \"goal_description\": \"%s\"}",
                        held_text));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        return text_at(answer, "id");
}

/* The body without the two members that differ from one request to the next. */
static const char *lasting(struct answer answer)
{
        cJSON *json = cJSON_Duplicate(answer.json, true);
        cJSON_DeleteItemFromObject(json, "instance");
        cJSON_DeleteItemFromObject(json, "trace_id");
        char *printed = cJSON_PrintUnformatted(json);
        const char *copy = text("%d %s", answer.status, printed);
        cJSON_free(printed);
        cJSON_Delete(json);
        return copy;
}

static struct answer try_everything(struct user user, const char *share, int i)
{
        switch (i) {
        case 0:
                return get(user, path_of(share));
        case 1:
                return patch(user, path_of(share), JSON({"goal_title" : "Mine now"}));
        case 2:
                return patch(user, path_of(share), JSON({"submit" : true}));
        case 3:
                return del(user, path_of(share));
        case 4:
                return put(user, reaction_to(share, "like"), NULL);
        default:
                return del(user, reaction_to(share, "inspiration"));
        }
}

static void expect_nothing_there(const char *share)
{
        struct user bob = new_user();
        char absent[UUID_SIZE];
        uuid_v4(absent);
        for (int i = 0; i < 6; i++) {
                struct answer answer = try_everything(bob, share, i);
                expect_problem(answer, 404, "not_found");
                ck_assert_str_eq(lasting(answer), lasting(try_everything(bob, absent, i)));
        }
        ck_assert(!lists(get(bob, "/goal-sharing/?sort=new"), share));
        ck_assert(!lists(get(bob, "/goal-sharing/?sort=hot&limit=50"), share));
        ck_assert(!lists(get(bob, "/goal-sharing/?owner=me"), share));
}

TEST(a_draft_is_not_there_for_others)
{
        struct user ann = new_user();
        const char *draft = drafted(ann, "A quillwort pond");
        expect_nothing_there(draft);
        ck_assert_str_eq(text_at(get(ann, path_of(draft)), "goal_title"), "A quillwort pond");
        ck_assert_str_eq(text_at(get(ann, path_of(draft)), "status"), "draft");
}

TEST(a_held_text_is_not_there_for_others)
{
        struct user ann = new_user();
        const char *share = held(ann);
        expect_nothing_there(share);
        ck_assert_str_eq(text_at(get(ann, path_of(share)), "goal_description"), held_text);
        ck_assert(lists(get(ann, "/goal-sharing/?owner=me"), share));
}

TEST(a_hidden_text_cannot_be_searched_for)
{
        held(new_user());
        drafted(new_user(), "A quillwort pond");
        ck_assert_int_eq(length_at(get(new_user(), "/goal-sharing/?q=quillwort"), "items"), 0);
}

TEST(a_hidden_text_is_sealed_in_the_database)
{
        const char *share = held(new_user());
        const char *draft = drafted(new_user(), "A quillwort pond");
        const char *dump = sql_dump("goals");
        ck_assert(dump_has(dump, share) && dump_has(dump, draft));
        ck_assert(!dump_has(dump, "quillwort"));
        ck_assert(!dump_has(dump, "kill yourself"));
}

TEST(an_owner_is_told_why_a_text_waits)
{
        struct answer answer = post(new_user(), "/goal-sharing/",
                text("{\"goal_category\": \"home\", \"goal_title\": \"A hut\", \"goal_description\": \"%s\"}",
                        held_text));
        ck_assert_int_eq(strncmp(text_at(answer, "notices[0]"), "waits for review: ", 18), 0);
}

TEST(a_held_edit_leaves_the_old_text_to_others)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *share = shared(ann, "A hut in the woods");
        struct answer answer = patch(ann, path_of(share), text("{\"goal_title\": \"%s\"}", held_text));
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        ck_assert_str_eq(text_at(answer, "goal_title"), held_text);
        ck_assert_str_eq(text_at(get(bob, path_of(share)), "goal_title"), "A hut in the woods");
        ck_assert_str_eq(text_at(get(bob, path_of(share)), "status"), "published");
        ck_assert(!dump_has(sql_dump("goals"), "quillwort"));
}

TEST(one_s_own_list_holds_one_s_own_in_every_state)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *own[] = {shared(ann, "A hut"), drafted(ann, "A plan"), held(ann)};
        const char *other = shared(bob, "Another hut");
        struct answer list = get(ann, "/goal-sharing/?owner=me");
        ck_assert_int_eq(length_at(list, "items"), 3);
        for (int i = 0; i < 3; i++)
                ck_assert(lists(list, own[i]));
        ck_assert(!lists(list, other));
        ck_assert_str_eq(text_at(list, "items[1].goal_title"), "A plan");
}

TEST(a_profile_is_one_s_own)
{
        struct user ann = new_user();
        put(ann, "/profile/demographics", JSON({"birth_year" : 1984}));
        expect_json(get(new_user(), "/profile/demographics"), JSON({}));
}

SUITE_WITH(scene_begin, scene_end, "e2e/hidden", NO_FORK, T(a_draft_is_not_there_for_others),
        T(a_held_text_is_not_there_for_others), T(a_hidden_text_cannot_be_searched_for),
        T(a_hidden_text_is_sealed_in_the_database), T(an_owner_is_told_why_a_text_waits),
        T(a_held_edit_leaves_the_old_text_to_others), T(one_s_own_list_holds_one_s_own_in_every_state),
        T(a_profile_is_one_s_own))
