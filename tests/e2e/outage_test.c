/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the platform are missing for a while. What depends on them says so, and comes back by itself. */
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/sharing.h"

#include <signal.h>

static const char share[] = JSON({"goal_category" : "home", "goal_title" : "A house"});

static void end(void)
{
        instance_up_all();
        scene_end();
}

static void expect_try_again(struct answer answer)
{
        expect_problem(answer, 503, "unavailable");
        ck_assert_ptr_nonnull(header_of(answer, "Retry-After"));
        ck_assert_int_gt(strtol(header_of(answer, "Retry-After"), NULL, 10), 0);
}

TEST(without_the_anonymizer_nothing_is_stored)
{
        struct user ann = new_user();
        const char *old = shared(ann, "Before");
        long before = stored_rows();
        instance_down("svc-anonymize");
        expect_try_again(post(ann, "/goal-sharing/", share));
        expect_try_again(post(
                ann, "/goal-sharing/", JSON({"goal_category" : "home", "goal_title" : "A draft", "submit" : false})));
        expect_try_again(patch(ann, path_of(old), JSON({"goal_title" : "After"})));
        ck_assert_int_eq(stored_rows(), before);
        ck_assert_str_eq(text_at(get(ann, path_of(old)), "goal_title"), "Before");
        instance_up("svc-anonymize");
        ck_assert(AWAIT(5, post(ann, "/goal-sharing/", share).status == 201));
}

TEST(without_the_anonymizer_all_else_goes_on)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *old = shared(ann, "Before");
        instance_down("svc-anonymize");
        expect_status(get(bob, path_of(old)), 200);
        expect_status(get(bob, "/goal-sharing/"), 200);
        expect_status(put(bob, reaction_to(old, "like"), NULL), 200);
        expect_status(patch(ann, path_of(old), JSON({"current_progress_percentage" : 50})), 200);
        expect_status(del(ann, path_of(old)), 204);
        expect_try_again(get(ann, "/profile/demographics"));
}

TEST(an_anonymizer_that_hangs_is_not_waited_for)
{
        struct user ann = new_user();
        long before = stored_rows();
        double began = now_s();
        instance_kill("svc-anonymize", SIGSTOP);
        struct answer answer = post(ann, "/goal-sharing/", share);
        ck_assert_msg(answer.status == 503 || answer.status == 504, "%d %s", answer.status, answer.body);
        ck_assert(now_s() - began < 6);
        ck_assert_int_eq(stored_rows(), before);
        instance_kill("svc-anonymize", SIGCONT);
        ck_assert(AWAIT(5, post(ann, "/goal-sharing/", share).status == 201));
        ck_assert_int_eq(sql_number("SELECT count(*) FROM goals.jobs WHERE kind = 'recheck_share'"), 0);
}

TEST(without_moderation_a_share_waits_and_is_published_later)
{
        struct user ann = new_user();
        struct user bob = new_user();
        instance_down("svc-moderation");
        struct answer answer = post(ann, "/goal-sharing/", share);
        const char *id = answer.status == 201 ? text_at(answer, "id") : "";
        bool is_hidden = get(bob, path_of(id)).status == 404 && !lists(get(bob, "/goal-sharing/?sort=new"), id);
        long n_open = sql_number(text("SELECT count(goal_title) FROM goals.anonymous_goal_shares WHERE id = '%s'", id));
        instance_up("svc-moderation");
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        ck_assert_str_eq(text_at(answer, "goal_title"), "A house");
        ck_assert_int_eq(length_at(answer, "notices"), 1);
        ck_assert(is_hidden);
        ck_assert_int_eq(n_open, 0);
        ck_assert_msg(AWAIT(30, get(bob, path_of(id)).status == 200), "it is not published after 30 s");
        ck_assert_str_eq(text_at(get(bob, path_of(id)), "goal_title"), "A house");
        ck_assert(lists(get(bob, "/goal-sharing/?sort=new"), id));
        ck_assert_str_eq(text_at(get(ann, path_of(id)), "status"), "published");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM goals.pending_texts WHERE share_id = '%s'", id)), 0);
}

/* What moderation would hold is held, not published, once it is asked. */
TEST(without_moderation_a_bad_text_is_not_published_later)
{
        struct user ann = new_user();
        instance_down("svc-moderation");
        struct answer answer = post(ann, "/goal-sharing/",
                JSON({"goal_category" : "home", "goal_title" : "you should just kill yourself"}));
        instance_up("svc-moderation");
        expect_status(answer, 201);
        const char *id = text_at(answer, "id");
        const char *held =
                text("SELECT count(*) FROM goals.lifecycle_history WHERE resource_id = '%s' AND action = 'hold'", id);
        ck_assert_msg(AWAIT(30, sql_number(held) == 1), "moderation is not asked again");
        expect_problem(get(new_user(), path_of(id)), 404, "not_found");
        ck_assert_str_eq(text_at(get(ann, path_of(id)), "status"), "pending_review");
}

TEST(without_the_database_one_is_told_to_try_again)
{
        struct user ann = new_user();
        const char *old = shared(ann, "Before");
        instance_down("postgres");
        struct answer list = get(ann, "/goal-sharing/");
        struct answer one = get(ann, path_of(old));
        struct answer create = post(ann, "/goal-sharing/", share);
        instance_up("postgres");
        expect_try_again(list);
        expect_try_again(one);
        expect_try_again(create);
        ck_assert(AWAIT(10, get(ann, path_of(old)).status == 200));
        ck_assert(AWAIT(10, post(ann, "/goal-sharing/", share).status == 201));
        ck_assert_int_eq(length_at(get(ann, "/goal-sharing/?owner=me"), "items"), 2);
}

TEST(a_database_that_is_killed_comes_back_with_all_it_had)
{
        struct user ann = new_user();
        const char *old = shared(ann, "Before");
        instance_kill("postgres", SIGKILL);
        double until = now_s() + 30;
        struct answer answer;
        bool has_failed = false;
        do {
                pause_ms(50);
                answer = get(ann, "/goal-sharing/?owner=me");
                has_failed |= answer.status != 200;
                ck_assert_msg(answer.status == 200 || answer.status == 503, "%d %s", answer.status, answer.body);
        } while ((!has_failed || answer.status != 200) && now_s() < until);
        ck_assert_msg(answer.status == 200, "it is not back after 30 s: %s", answer.body);
        ck_assert_msg(has_failed, "nobody noticed");
        ck_assert(lists(answer, old));
        ck_assert(AWAIT(10, post(ann, "/goal-sharing/", share).status == 201));
}

SUITE_WITH(scene_begin, end, "e2e/outage", NO_FORK, T(without_the_anonymizer_nothing_is_stored),
        T(without_the_anonymizer_all_else_goes_on), T(an_anonymizer_that_hangs_is_not_waited_for),
        T(without_moderation_a_share_waits_and_is_published_later),
        T(without_moderation_a_bad_text_is_not_published_later), T(without_the_database_one_is_told_to_try_again),
        T(a_database_that_is_killed_comes_back_with_all_it_had))
