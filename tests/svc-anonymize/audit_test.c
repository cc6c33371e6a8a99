/* SPDX-License-Identifier: Apache-2.0 */
/* The audit of what is built here. A few in ten million runs fail by chance. */
#include "tests/svc-anonymize/audit.h"

#include "tests/suite.h"

TEST(t1_one_person_changes_no_count_s_likelihood_by_more_than_epsilon)
{
        ck_assert(audit_ratio());
}
END_TEST

TEST(t1_nor_whether_anything_is_said)
{
        ck_assert(audit_ratio_of_appearance());
}
END_TEST

TEST(t1_nor_everything_that_is_said_together)
{
        ck_assert(audit_ratio_of_everything());
}
END_TEST

TEST(t2_noise_is_as_published)
{
        ck_assert(audit_fit());
}
END_TEST

TEST(t3_which_numbers_come_out_does_not_tell_the_data)
{
        ck_assert(audit_lattice());
}
END_TEST

TEST(t6_nothing_is_said_of_fewer_than_k_in_a_million_cohorts)
{
        ck_assert(audit_too_few());
}
END_TEST

TEST(t6_k_people_are_hardly_ever_enough)
{
        ck_assert(audit_just_enough());
}
END_TEST

TEST(t6_groups_appear_as_often_as_published)
{
        ck_assert(audit_threshold());
}
END_TEST

TEST(t7_outputs_do_not_tell_of_each_other)
{
        ck_assert(audit_independence());
}
END_TEST

TEST(t8_time_does_not_tell_the_noise)
{
        ck_assert(audit_timing());
}
END_TEST

SUITE("svc-anonymize/audit", FORK, T(t1_one_person_changes_no_count_s_likelihood_by_more_than_epsilon),
        T(t1_nor_whether_anything_is_said), T(t1_nor_everything_that_is_said_together), T(t2_noise_is_as_published),
        T(t3_which_numbers_come_out_does_not_tell_the_data), T(t6_nothing_is_said_of_fewer_than_k_in_a_million_cohorts),
        T(t6_k_people_are_hardly_ever_enough), T(t6_groups_appear_as_often_as_published),
        T(t7_outputs_do_not_tell_of_each_other), T(t8_time_does_not_tell_the_noise))
