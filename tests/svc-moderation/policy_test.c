/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/policy.h"
#include "tests/suite.h"

#include <string.h>

TEST(a_report_counts_one_and_more_with_experience)
{
        ck_assert_double_eq(report_weight("newcomer", 0, 0), 1);
        ck_assert_double_eq(report_weight(NULL, 0, 0), 1);
        ck_assert_double_eq(report_weight("leader", 0, 0), 3);
}
END_TEST

TEST(having_been_right_counts_only_after_five_rulings)
{
        ck_assert_double_eq(report_weight("newcomer", 5, 0), 1);
        ck_assert_double_eq_tol(report_weight("newcomer", 16, 0), 1 + 0.3 * 2 * 5, 1e-9);
        ck_assert_double_lt(report_weight("newcomer", 2, 6), 1);
        ck_assert_double_eq(report_weight("newcomer", 0, 64), 0);
}
END_TEST

TEST(harm_to_life_is_most_urgent)
{
        static const char *const others[] = {"hate", "scam", "harassment", "misinformation", "spam", "other"};
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                ck_assert_int_gt(category_severity("self_harm"), category_severity(others[i]));
        ck_assert_int_gt(category_severity("harassment"), category_severity("spam"));
}
END_TEST

TEST(only_what_is_wrong_keeps_a_waiting_thing_back)
{
        ck_assert_str_eq(held_verdict("none"), "allow");
        ck_assert_str_eq(held_verdict("warn"), "allow");
        ck_assert_str_eq(held_verdict("remove"), "block");
        ck_assert(!action_is_sanction("remove") && action_is_sanction("ban"));
        ck_assert(action_needs_duration("suspend") && !action_needs_duration("ban"));
}
END_TEST

TEST(a_step_is_only_for_those_whose_it_is)
{
        ck_assert_ptr_nonnull(lifecycle_find(case_transitions, "claimed", "resolve", "ruling"));
        ck_assert_ptr_null(lifecycle_find(case_transitions, "claimed", "resolve", "holder"));
        ck_assert_ptr_null(lifecycle_find(case_transitions, "escalated", "claim", "mod"));
        ck_assert_ptr_nonnull(lifecycle_find(case_transitions, "escalated", "claim", "admin"));
        ck_assert_ptr_null(lifecycle_find(report_transitions, "upheld", "withdraw", "owner"));
        ck_assert_ptr_null(lifecycle_find(appeal_transitions, "granted", "deny", "reviewer"));
        ck_assert_ptr_null(lifecycle_find(appeal_transitions, "under_review", "grant", "mod"));
}
END_TEST

SUITE("svc-moderation/policy", FORK, T(a_report_counts_one_and_more_with_experience),
        T(having_been_right_counts_only_after_five_rulings), T(harm_to_life_is_most_urgent),
        T(only_what_is_wrong_keeps_a_waiting_thing_back), T(a_step_is_only_for_those_whose_it_is))
