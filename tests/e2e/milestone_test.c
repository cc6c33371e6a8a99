/* SPDX-License-Identifier: Apache-2.0 */
/* Milestones and celebrations; and what becomes of a group when somebody is blocked, reported or gone. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"

#include <string.h>

#define NOWHERE "0b5f6f0e-6c3c-4a55-9d3e-00000000dead"

static const char *celebrations_of(const char *group, const char *milestone)
{
        return text("/groups/%s/milestones/%s/celebrations", group, milestone);
}

TEST(milestones_are_reached_in_order)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *place = group_place(group, "milestones");
        ck_assert_int_eq(length_at(get(bob, place), "items"), 4);
        expect_status(post(ann, place, JSON({"title" : "A tenth", "at_percentage" : 10})), 201);
        expect_problem(post(ann, place, JSON({"title" : "Twice", "at_percentage" : 10})), 409, "already_exists");
        expect_problem(post(ann, place, JSON({"title" : "Both", "at_percentage" : 10, "at_amount" : 5})), 422,
                "validation_failed");
        expect_problem(post(ann, place, JSON({"title" : "Beyond", "at_amount" : 100001})), 422, "validation_failed");
        expect_problem(post(bob, place, JSON({"title" : "Mine", "at_percentage" : 11})), 403, "forbidden");
        expect_problem(get(new_user(), place), 403, "forbidden");
        ck_assert_int_eq(length_at(pay(bob, group, 50000), "milestones_reached"), 3);
        struct answer answer = get(bob, place);
        ck_assert_str_eq(text_at(answer, "items[0].title"), "A tenth");
        ck_assert(has(answer, "items[2].reached_at"));
        ck_assert(!has(answer, "items[3].reached_at"));
}
END_TEST

TEST(what_is_reached_is_celebrated_once_in_each_way)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        struct answer paid = pay(bob, group, 25000);
        const char *place = celebrations_of(group, text_at(paid, "milestones_reached[0]"));
        struct answer answer = post(ann, place, JSON({"kind" : "thanks", "message" : "Well done, ask me@example.com"}));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "message"), "Well done, ask [email 1]");
        ck_assert_str_eq(text_at(answer, "status"), "published");
        expect_problem(post(ann, place, JSON({"kind" : "thanks"})), 409, "already_exists");
        expect_problem(post(ann, place, JSON({"kind" : "fireworks"})), 422, "validation_failed");
        expect_problem(post(new_user(), place, JSON({"kind" : "thanks"})), 403, "forbidden");
        expect_problem(post(ann, celebrations_of(group, NOWHERE), JSON({"kind" : "thanks"})), 404, "not_found");
        const char *ahead = text_at(get(bob, group_place(group, "milestones")), "items[3].id");
        expect_problem(post(ann, celebrations_of(group, ahead), JSON({"kind" : "thanks"})), 409, "conflict");
        ck_assert_int_eq(length_at(get(bob, place), "items"), 1);
        ck_assert_int_eq(events_of("groups", "groups.celebration.created", group), 1);
}
END_TEST

TEST(words_that_wait_are_seen_by_their_author_alone)
{
        struct user ann = new_user(), bob = new_user();
        const char *group = active_group(ann, 1, &bob);
        const char *place = celebrations_of(group, text_at(pay(bob, group, 25000), "milestones_reached[0]"));
        struct answer answer = post(ann, place, JSON({"kind" : "thanks", "message" : "you should just kill yourself"}));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        ck_assert_int_eq(length_at(get(ann, place), "items"), 1);
        ck_assert_int_eq(length_at(get(bob, place), "items"), 0);
        ck_assert_int_eq(events_of("groups", "groups.celebration.created", group), 0);
}
END_TEST

TEST(a_draft_with_words_that_wait_does_not_open)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/groups/",
                JSON({"title" : "you should just kill yourself", "goal_type" : "other", "target_amount" : 5}));
        expect_status(answer, 201);
        const char *group = text_at(answer, "id");
        ck_assert_str_eq(text_at(answer, "text_state"), "pending_review");
        expect_problem(take_action(ann, group_path(group), "open", false), 409, "illegal_transition");
        expect_status(patch(ann, group_path(group), JSON({"title" : "A quiet house"})), 200);
        lead_to(ann, group_path(group), "open", "open");
        answer = patch(ann, group_path(group), JSON({"title" : "you should just kill yourself"}));
        ck_assert_str_eq(text_at(answer, "title"), "A quiet house");
        ck_assert_str_eq(text_at(answer, "text_state"), "pending_review");
}
END_TEST

TEST(a_moderator_freezes_and_only_a_moderator_thaws)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod");
        const char *group = active_group(ann, 1, &bob);
        lead_to(mod, group_path(group), "freeze", "paused");
        expect_problem(pay(bob, group, 5), 409, "conflict");
        expect_problem(take_action(ann, group_path(group), "resume", false), 409, "illegal_transition");
        lead_to(mod, group_path(group), "resume", "active");
        expect_status(pay(bob, group, 5), 201);
}
END_TEST

TEST(who_is_blocked_finds_no_group_and_joins_none)
{
        struct member ann = new_member(), bob = new_member();
        const char *group = founded(ann.user, "open");
        lead_to(ann.user, group_path(group), "open", "open");
        expect_status(get(bob.user, group_path(group)), 200);
        expect_status(relate(ann.user, bob, JSON({"blocked" : true})), 200);
        ck_assert(AWAIT(20, get(bob.user, group_path(group)).status == 404));
        expect_problem(post(bob.user, group_place(group, "participants"), "{}"), 404, "not_found");
        ck_assert(!lists(get(bob.user, "/groups/?limit=50"), group));
}
END_TEST

static void erase(struct user who)
{
        struct answer answer = del(who, "/profile?confirm=true&cooling_off=false");
        expect_status(answer, 202);
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert_msg(AWAIT(30, strcmp(text_at(get(who, job), "state"), "completed") == 0), "%s", get(who, job).body);
}

TEST(who_is_erased_takes_their_money_and_leaves_an_heir)
{
        struct member ann = new_member();
        struct user members[] = {new_user(), new_user()};
        const char *group = active_group(ann.user, 2, members);
        const char *heir = part_of(members[1], group);
        expect_status(
                patch(ann.user, text("/groups/%s/participants/%s", group, heir), JSON({"role" : "treasurer"})), 200);
        pay(ann.user, group, 3000);
        pay(members[0], group, 500);
        erase(ann.user);
        struct answer answer = get(members[1], group_path(group));
        ck_assert_str_eq(text_at(answer, "my_participation.role"), "gadmin");
        ck_assert_str_eq(text_at(answer, "created_by.kind"), "deleted");
        ck_assert_int_eq(number_at(answer, "current_amount"), 500);
        ck_assert(AWAIT(20, number_at(get(members[1], group_path(group)), "total_participants") == 2));
        ck_assert(!dump_has(sql_dump_beside_events("groups"), ann.user.id));
        ck_assert_str_eq(
                text_at(get(members[1], group_place(group, "contributions")), "items[1].user.kind"), "deleted");
}
END_TEST

TEST(a_group_that_nobody_is_left_in_ends)
{
        struct member ann = new_member();
        const char *group = founded(ann.user, "open");
        lead_to(ann.user, group_path(group), "open", "open");
        erase(ann.user);
        const char *state = text("SELECT status FROM groups.group_savings_goals WHERE id = '%s'", group);
        ck_assert(AWAIT(20, strcmp(sql_text(state), "cancelled") == 0));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/milestone", NO_FORK, T(milestones_are_reached_in_order),
        T(what_is_reached_is_celebrated_once_in_each_way), T(words_that_wait_are_seen_by_their_author_alone),
        T(a_draft_with_words_that_wait_does_not_open), T(a_moderator_freezes_and_only_a_moderator_thaws),
        T(who_is_blocked_finds_no_group_and_joins_none), T(who_is_erased_takes_their_money_and_leaves_an_heir),
        T(a_group_that_nobody_is_left_in_ends))
