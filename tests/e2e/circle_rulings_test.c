/* SPDX-License-Identifier: Apache-2.0 */
/* Groups and mentors under the eyes of moderation: held, hidden, brought back, excluded. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"

#include <string.h>

#define HATE "You are a worthless idiot and everybody hates you"

static bool is_seen(const char *path)
{
        return get(new_user(), path).status == 200;
}

TEST(a_group_with_held_words_opens_once_they_are_let_through)
{
        struct user ann = new_user(), mod = new_user_as("mod");
        struct answer answer =
                post(ann, "/groups/", "{\"title\": \"" HATE "\", \"goal_type\": \"other\", \"target_amount\": 5}");
        expect_status(answer, 201);
        const char *group = text_at(answer, "id");
        ruled(mod, case_of(mod, "group_goal", group), "none", "");
        ck_assert(AWAIT(30, strcmp(text_at(get(ann, group_path(group)), "text_state"), "approved") == 0));
        lead_to(ann, group_path(group), "open", "open");
}
END_TEST

TEST(a_group_that_is_removed_is_frozen_until_the_appeal_is_granted)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *group = active_group(ann, 1, &bob);
        expect_status(pay(bob, group, 700), 201);
        reported(new_user(), "group_goal", group, "spam");
        const char *action = ruled(mod, case_of(mod, "group_goal", group), "remove", "");
        ck_assert_msg(AWAIT(30, !is_seen(group_path(group))), "it is still there");
        ck_assert_str_eq(text_at(get(bob, group_path(group)), "pause_reason"), "frozen");
        expect_problem(pay(bob, group, 5), 409, "conflict");
        expect_problem(take_action(ann, group_path(group), "resume", false), 409, "illegal_transition");
        const char *appeal = appealed(ann, action);
        expect_status(step_appeal(other, appeal, "claim"), 200);
        expect_status(step_appeal(other, appeal, "grant"), 200);
        ck_assert_msg(AWAIT(30, is_seen(group_path(group))), "it does not come back");
        ck_assert_str_eq(text_at(get(bob, group_path(group)), "status"), "active");
        expect_status(pay(bob, group, 5), 201);
}
END_TEST

TEST(a_review_that_is_hidden_does_not_count)
{
        struct user ann = new_user(), bob = new_user(), mod = new_user_as("mod"), other = new_user_as("mod");
        const char *match = matched(ann, bob), *mentor = text_at(get(ann, mentor_path("me")), "id");
        lead_to(bob, match_path(match), "end", "ended");
        struct answer answer = post(bob, match_place(match, "review"), "{\"rating\": 1, \"text\": \"" HATE "\"}");
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "status"), "pending_review");
        const char *review = text_at(answer, "id");
        expect_status(post(ann, match_place(match, "review"), JSON({"rating" : 4})), 201);
        ruled(mod, case_of(mod, "mentor_review", review), "none", "");
        const char *state = text("SELECT status FROM mentor.mentor_reviews WHERE id = '%s'", review);
        ck_assert(AWAIT(30, strcmp(sql_text(state), "sealed") == 0));
        run_job("reveal_reviews");
        ck_assert(AWAIT(30, number_at(get(bob, mentor_path(mentor)), "total_reviews") == 1));
        reported(ann, "mentor_review", review, "harassment");
        ruled(other, case_of(other, "mentor_review", review), "hide", "");
        ck_assert(AWAIT(30, number_at(get(bob, mentor_path(mentor)), "total_reviews") == 0));
        ck_assert_int_eq(length_at(get(bob, mentor_place(mentor, "reviews")), "items"), 0);
}
END_TEST

TEST(who_is_suspended_mentors_nobody)
{
        struct member ann = new_member();
        struct user bob = new_user(), mod = new_user_as("mod");
        const char *match = matched(ann.user, bob), *mentor = text_at(get(ann.user, mentor_path("me")), "id");
        expect_status(set_privacy(ann.user, JSON({"profile_visibility" : "community"})), 200);
        reported(bob, "profile", ann.profile_id, "harassment");
        ruled(mod, case_of(mod, "profile", ann.profile_id), "suspend", ", \"duration_s\": 3600");
        ck_assert_msg(AWAIT(30, strcmp(text_at(get(bob, match_path(match)), "status"), "ended") == 0), "it goes on");
        ck_assert_int_eq(length_at(get(bob, "/mentorship/matches?status=active"), "items"), 0);
        expect_problem(ask_mentor(new_user(), mentor, ""), 404, "not_found");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/circle_rulings", NO_FORK,
        T(a_group_with_held_words_opens_once_they_are_let_through),
        T(a_group_that_is_removed_is_frozen_until_the_appeal_is_granted), T(a_review_that_is_hidden_does_not_count),
        T(who_is_suspended_mentors_nobody))
