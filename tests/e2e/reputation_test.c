/* SPDX-License-Identifier: Apache-2.0 */
/* Credit for what people do, and what comes of it. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mesh_ask.h"

#include "common/status.h"
#include "sfp/anonymize.pb-c.h"

#include <string.h>

/* Tells svc-anonymize, as svc-goals would, that somebody has done something without a name. */
static int tell(struct member who, char *reason, const char *object)
{
        Anonymize__CreditRequest request = ANONYMIZE__CREDIT_REQUEST__INIT;
        request.user_id = (char *)(size_t)who.user.id;
        request.reason = reason;
        request.object_ref = (char *)(size_t)object;
        return mesh_ask("goals", "svc-anonymize", "sfp.anonymize.Anonymize.Credit", &request.base, NULL, NULL);
}

/* Credit without a name is given at some time of the next hours: now. */
static void let_time_pass(void)
{
        sql("UPDATE anonymize.jobs SET due_at = now() WHERE kind = 'credit'");
}

static int score_of(struct member who)
{
        return (int)number_at(get(who.user, "/profile"), "reputation_score");
}

TEST(credit_is_given_once_for_one_thing)
{
        struct member ann = new_member();
        for (int i = 0; i < 3; i++) {
                ck_assert_int_eq(tell(ann, "goal_shared", "share-1"), STATUS_OK);
                let_time_pass();
                ck_assert(AWAIT(20, score_of(ann) == 3));
        }
        ck_assert_int_eq(tell(ann, "goal_shared", "share-2"), STATUS_OK);
        let_time_pass();
        ck_assert(AWAIT(20, score_of(ann) == 6));
        struct answer profile = get(ann.user, "/profile");
        ck_assert_int_eq((int)number_at(profile, "total_contributions"), 2);
        ck_assert_str_eq(text_at(profile, "achievement_badges[0]"), "first-steps");
        ck_assert(!dump_has(sql_dump_beside_events("anonymize"), "share-1"));
}
END_TEST

TEST(a_day_has_a_cap_and_contributions_count_on)
{
        struct member ann = new_member();
        for (int i = 0; i < 4; i++)
                ck_assert_int_eq(tell(ann, "goal_shared", text("share-%d", i)), STATUS_OK);
        let_time_pass();
        ck_assert(AWAIT(20, number_at(get(ann.user, "/profile"), "total_contributions") == 4));
        ck_assert_int_eq(score_of(ann), 6);
        struct user ops = new_user_as("ops");
        struct answer checked = get(ops, "/status/consistency?scope=anonymize");
        expect_status(checked, 200);
        ck_assert_int_eq(length_at(checked, "drifted"), 0);
}
END_TEST

TEST(a_level_rises_with_the_score_and_is_told)
{
        struct member ann = new_member();
        ck_assert_int_eq(tell(ann, "goal_completed", "share-1"), STATUS_OK);
        ck_assert_int_eq(tell(ann, "goal_completed", "share-2"), STATUS_OK);
        let_time_pass();
        ck_assert(AWAIT(20, score_of(ann) == 20));
        ck_assert_str_eq(text_at(get(ann.user, "/profile"), "experience_level"), "learner");
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.outbox WHERE subject = '%s' AND type LIKE"
                                         " '%%.profile.level.changed.v1'",
                                 ann.profile_id)),
                1);
        ck_assert_str_eq(text_at(get(new_member().user, ann.path), "experience_level"), "learner");
}
END_TEST

TEST(achievements_show_what_is_earned_and_how_far_the_rest_is)
{
        struct member ann = new_member();
        ck_assert_int_eq(length_at(get(ann.user, "/profile/achievements"), "items"), 0);
        ck_assert_int_eq(tell(ann, "goal_completed", "share-1"), STATUS_OK);
        let_time_pass();
        ck_assert(AWAIT(20, score_of(ann) == 10));
        struct answer earned = get(ann.user, "/profile/achievements");
        ck_assert_int_eq(length_at(earned, "items"), 1);
        ck_assert_str_eq(text_at(earned, "items[0].badge_id"), "finisher");
        ck_assert_int_eq((int)number_at(earned, "items[0].progress"), 100);
        ck_assert(has(earned, "items[0].earned_at"));
        struct answer all = get(ann.user, "/profile/achievements?all=true");
        ck_assert_int_gt(length_at(all, "items"), 10);
        for (int i = 0; i < length_at(all, "items"); i++)
                if (strcmp(text_at(all, text("items[%d].badge_id", i)), "well-regarded") == 0)
                        ck_assert_int_eq((int)number_at(all, text("items[%d].progress", i)), 10);
        expect_problem(get(new_user(), "/profile/achievements"), 404, "not_found");
}
END_TEST

TEST(what_is_said_in_the_forum_earns_credit_and_what_is_taken_back_loses_it)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *question = topic(ann.user);
        const char *answer = posted(bob.user, question);
        ck_assert(AWAIT(20, score_of(ann) == 2 && score_of(bob) == 1));
        const char *best = text("%s/best-answer", topic_path(question));
        expect_status(put(ann.user, best, text("{\"post_id\": \"%s\"}", answer)), 200);
        ck_assert(AWAIT(20, score_of(bob) == 16));
        const char *like = text("%s/reactions/like", post_path(answer));
        expect_status(put(ann.user, like, NULL), 200);
        ck_assert(AWAIT(20, score_of(bob) == 17));
        const char *helpful = text("%s/reactions/helpful", post_path(answer));
        expect_status(put(ann.user, helpful, NULL), 200);
        ck_assert(AWAIT(20, score_of(bob) == 20));
        expect_status(del(ann.user, like), 200);
        ck_assert(AWAIT(20, score_of(bob) == 19)); /* the like alone is taken back */
        for (int i = 0; i < 3; i++) {
                expect_status(put(ann.user, text("%s/reactions/not_helpful", post_path(answer)), NULL), 200);
                ck_assert(AWAIT(20, score_of(bob) == 16));
                expect_status(put(ann.user, helpful, NULL), 200);
                ck_assert(AWAIT(20, score_of(bob) == 19));
        }
        expect_status(del(ann.user, helpful), 200);
        ck_assert(AWAIT(20, score_of(bob) == 16));
        expect_status(del(ann.user, best), 200);
        ck_assert(AWAIT(20, score_of(bob) == 1));
        ck_assert_int_eq(score_of(ann), 2);
        ck_assert_int_eq((int)number_at(get(bob.user, "/profile"), "total_contributions"), 1);
        ck_assert_int_eq(length_at(get(new_user_as("ops"), "/status/consistency?scope=anonymize"), "drifted"), 0);
}
END_TEST

TEST(what_is_said_without_a_name_earns_nothing)
{
        struct member ann = new_member();
        const char *hidden = topic_in(category(), ann.user, ", \"anonymous\": true");
        const char *open = topic(ann.user);
        ck_assert(AWAIT(20, score_of(ann) == 2)); /* events of a service come in order */
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM anonymize.reputation_entries WHERE object_ref = '%s'", open)), 1);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM anonymize.reputation_entries WHERE object_ref = '%s'", hidden)),
                0);
}
END_TEST

TEST(a_ruling_on_a_profile_hides_it_and_costs_until_it_is_reversed)
{
        struct member ann = new_member();
        struct member bob = new_member();
        struct user mod = new_user_as("mod"), other_mod = new_user_as("mod");
        expect_status(patch(ann.user, "/profile", JSON({"display_name" : "Rude Ann", "bio" : "Rude"})), 200);
        reported(bob.user, "profile", ann.profile_id, "harassment");
        const char *action = ruled(mod, case_of(mod, "profile", ann.profile_id), "hide", "");
        ck_assert(AWAIT(20, strcmp(text_at(get(bob.user, ann.path), "display_name"), "member") == 0));
        ck_assert_str_eq(text_at(get(ann.user, "/profile"), "display_name"), "Rude Ann");
        ck_assert_int_eq(score_of(ann), 0); /* not at once: it would tell whose something is */
        ck_assert(AWAIT(20, sql_number("SELECT count(*) FROM anonymize.jobs WHERE kind = 'credit'") > 0));
        let_time_pass();
        ck_assert(AWAIT(20, score_of(ann) == -5));
        const char *appeal = appealed(ann.user, action);
        expect_status(step_appeal(other_mod, appeal, "claim"), 200);
        expect_status(step_appeal(other_mod, appeal, "grant"), 200);
        ck_assert(AWAIT(20, strcmp(text_at(get(bob.user, ann.path), "display_name"), "Rude Ann") == 0));
        ck_assert(AWAIT(20, score_of(ann) == 0));
}
END_TEST

TEST(what_no_service_tells_is_refused)
{
        struct member ann = new_member();
        ck_assert_int_eq(tell(ann, "being_nice", "x"), STATUS_INVALID_ARGUMENT);
        ck_assert_int_eq(score_of(ann), 0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/reputation", NO_FORK, T(credit_is_given_once_for_one_thing),
        T(a_day_has_a_cap_and_contributions_count_on), T(a_level_rises_with_the_score_and_is_told),
        T(achievements_show_what_is_earned_and_how_far_the_rest_is), T(what_no_service_tells_is_refused),
        T(what_is_said_in_the_forum_earns_credit_and_what_is_taken_back_loses_it),
        T(what_is_said_without_a_name_earns_nothing), T(a_ruling_on_a_profile_hides_it_and_costs_until_it_is_reversed))
