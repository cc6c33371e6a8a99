/* SPDX-License-Identifier: Apache-2.0 */
#include "sfp/forum.pb-c.h"
#include "svc-forum/policy.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

#include <string.h>

TEST(the_lives_of_topics_posts_and_challenges_are_whole)
{
        ck_assert_int_eq(lifecycle_walk(topic_transitions, "deleted"), 8 * 16 * 3);
        ck_assert_int_eq(lifecycle_walk(post_transitions, "deleted"), 5 * 9 * 3);
        ck_assert_int_eq(lifecycle_walk(challenge_transitions, "ended cancelled"), 4 * 5 * 2);
}
END_TEST

TEST(an_author_opens_a_topic_again_for_a_week)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        const struct transition *row = lifecycle_find(topic_transitions, "closed", "reopen", "owner");
        ck_assert(!row->guard(&topic));
        topic.was_closed_lately = 1;
        ck_assert(row->guard(&topic));
        ck_assert_ptr_null(lifecycle_find(topic_transitions, "closed", "reopen", "owner mod")->guard);
        ck_assert_ptr_null(lifecycle_find(topic_transitions, "archived", "reopen", "owner"));
}
END_TEST

TEST(an_author_does_not_rule)
{
        ck_assert_ptr_null(lifecycle_find(topic_transitions, "pending_review", "approve", "owner"));
        ck_assert_ptr_null(lifecycle_find(topic_transitions, "hidden", "restore", "owner"));
        ck_assert_ptr_null(lifecycle_find(post_transitions, "pending_review", "approve", "owner"));
        ck_assert_ptr_null(lifecycle_find(post_transitions, "removed", "reinstate", "owner"));
}
END_TEST

TEST(what_is_listed_is_what_everybody_sees)
{
        ck_assert(topic_is_listed("open") && topic_is_listed("locked") && topic_is_listed("archived"));
        ck_assert(!topic_is_listed("hidden") && !topic_is_listed("pending_review") && !topic_is_listed("deleted"));
        ck_assert(topic_takes_reactions("closed") && !topic_takes_reactions("archived"));
}
END_TEST

enum { JUNE_1 = 20605, JULY_1 = JUNE_1 + 30 }; /* 2026-06-01 in days since 1970 */

static int streak(int today, int *left, size_t n, const int *days)
{
        return streak_of(days, n, today, left);
}

TEST(days_in_a_row_make_a_streak_that_today_may_still_lengthen)
{
        int left;
        const int days[] = {JUNE_1 + 9, JUNE_1 + 8, JUNE_1 + 7};
        ck_assert_int_eq(streak(JUNE_1 + 9, &left, 3, days), 3);
        ck_assert_int_eq(left, 2);
        ck_assert_int_eq(streak(JUNE_1 + 10, &left, 3, days), 3);
        ck_assert_int_eq(left, 2);
        ck_assert_int_eq(streak(JUNE_1, &left, 0, NULL), 0);
}
END_TEST

TEST(two_days_of_a_month_are_bridged_and_a_third_is_not)
{
        int left;
        const int two[] = {JUNE_1 + 9, JUNE_1 + 7, JUNE_1 + 5, JUNE_1 + 4};
        ck_assert_int_eq(streak(JUNE_1 + 9, &left, 4, two), 4);
        ck_assert_int_eq(left, 0);
        const int three[] = {JUNE_1 + 9, JUNE_1 + 7, JUNE_1 + 5, JUNE_1 + 3};
        ck_assert_int_eq(streak(JUNE_1 + 9, &left, 4, three), 3);
        ck_assert_int_eq(left, 0);
        const int wide[] = {JUNE_1 + 9, JUNE_1 + 5};
        ck_assert_int_eq(streak(JUNE_1 + 9, &left, 2, wide), 1);
        ck_assert_int_eq(left, 2);
}
END_TEST

TEST(each_month_has_its_own_freezes)
{
        int left;
        const int days[] = {JULY_1 + 3, JULY_1, JUNE_1 + 27};
        ck_assert_int_eq(streak(JULY_1 + 3, &left, 3, days), 3);
        ck_assert_int_eq(left, 0);
        ck_assert_int_eq(streak(JULY_1 + 20, &left, 3, days), 0);
}
END_TEST

SUITE("svc-forum/policy", FORK, T(the_lives_of_topics_posts_and_challenges_are_whole),
        T(an_author_opens_a_topic_again_for_a_week), T(an_author_does_not_rule),
        T(what_is_listed_is_what_everybody_sees), T(days_in_a_row_make_a_streak_that_today_may_still_lengthen),
        T(two_days_of_a_month_are_bridged_and_a_third_is_not), T(each_month_has_its_own_freezes))
