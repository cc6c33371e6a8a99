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
}
END_TEST

TEST(nobodys_word_is_a_verdict_and_every_honest_one_is_heard)
{
        ck_assert_double_eq(report_weight("leader", 100000, 0), REPORT_WEIGHT_MAX);
        ck_assert_double_eq(report_weight("newcomer", 2, 7), REPORT_WEIGHT_MIN);
        ck_assert_double_eq(report_weight("newcomer", 0, 9), REPORT_WEIGHT_MIN);
}
END_TEST

TEST(who_is_nearly_always_wrong_is_muted_until_they_are_not)
{
        ck_assert(!reporter_is_muted(0, 9) && reporter_is_muted(0, 10));
        ck_assert(reporter_is_muted(1, 9) && !reporter_is_muted(2, 8));
        ck_assert(reporter_is_muted(19, 81) && !reporter_is_muted(20, 80));
        ck_assert_double_eq(report_weight("leader", 0, 64), 0);
}
END_TEST

TEST(a_full_queue_takes_what_is_urgent)
{
        static const struct {
                int severity;
                double weight;
                bool is_by_machine, enters_full, enters_with_room;
        } rows[] = {{9, 0, false, true, true}, {7, 0, false, false, false}, {7, 0.1, false, true, true},
                {7, 0, true, true, true}, {6, 8, false, false, true}, {3, 1, true, false, true},
                {3, 0, false, false, false}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                ck_assert(case_may_enter(rows[i].severity, rows[i].weight, rows[i].is_by_machine, false) ==
                          rows[i].enters_full);
                ck_assert(case_may_enter(rows[i].severity, rows[i].weight, rows[i].is_by_machine, true) ==
                          rows[i].enters_with_room);
        }
        ck_assert(is_visible_while_it_waits(category_severity("misinformation")));
        ck_assert(!is_visible_while_it_waits(category_severity("harassment")));
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
        T(nobodys_word_is_a_verdict_and_every_honest_one_is_heard),
        T(who_is_nearly_always_wrong_is_muted_until_they_are_not), T(a_full_queue_takes_what_is_urgent),
        T(only_what_is_wrong_keeps_a_waiting_thing_back), T(a_step_is_only_for_those_whose_it_is))
