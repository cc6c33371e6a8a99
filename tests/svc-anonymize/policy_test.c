/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-anonymize/policy.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

TEST(a_level_rises_at_its_bar)
{
        ck_assert_str_eq(policy_level("newcomer", 19), "newcomer");
        ck_assert_str_eq(policy_level("newcomer", 20), "learner");
        ck_assert_str_eq(policy_level("newcomer", 99), "learner");
        ck_assert_str_eq(policy_level("learner", 100), "contributor");
        ck_assert_str_eq(policy_level("newcomer", 5000), "leader");
}
END_TEST

TEST(a_level_falls_below_nine_tenths_of_its_bar_only)
{
        ck_assert_str_eq(policy_level("contributor", 90), "contributor");
        ck_assert_str_eq(policy_level("contributor", 89), "learner");
        ck_assert_str_eq(policy_level("leader", 900), "leader");
        ck_assert_str_eq(policy_level("leader", 899), "expert");
        ck_assert_str_eq(policy_level("leader", -50), "newcomer");
}
END_TEST

TEST(a_level_that_is_not_known_is_the_lowest)
{
        ck_assert_str_eq(policy_level("wizard", 0), "newcomer");
}
END_TEST

TEST(the_lives_of_privacy_jobs_are_whole)
{
        ck_assert_int_gt(lifecycle_walk(erasure_transitions, "completed cancelled"), 0);
        ck_assert_int_gt(lifecycle_walk(export_transitions, "expired failed"), 0);
}
END_TEST

TEST(an_erasure_that_runs_is_not_cancelled)
{
        ck_assert_ptr_null(lifecycle_find(erasure_transitions, "running", "cancel", "owner"));
        ck_assert_ptr_nonnull(lifecycle_find(erasure_transitions, "cooling_off", "cancel", "owner"));
}
END_TEST

SUITE("svc-anonymize/policy", FORK, T(a_level_rises_at_its_bar), T(a_level_falls_below_nine_tenths_of_its_bar_only),
        T(a_level_that_is_not_known_is_the_lowest), T(the_lives_of_privacy_jobs_are_whole),
        T(an_erasure_that_runs_is_not_cancelled))
