/* SPDX-License-Identifier: Apache-2.0 */
/* An audit that cannot fail is none: a build that shows everybody from the tenth on must not pass. */
#include "tests/svc-anonymize/audit.h"

#include "tests/suite.h"

TEST(a_true_count_as_threshold_is_found_out_by_the_ratio)
{
        ck_assert(!audit_ratio_of_appearance());
}
END_TEST

TEST(a_true_count_as_threshold_is_found_out_at_k)
{
        ck_assert(!audit_just_enough());
}
END_TEST

TEST(a_true_count_as_threshold_is_found_out_by_frequencies)
{
        ck_assert(!audit_threshold());
}
END_TEST

SUITE("svc-anonymize/audit_bare_threshold", FORK, T(a_true_count_as_threshold_is_found_out_by_the_ratio),
        T(a_true_count_as_threshold_is_found_out_at_k), T(a_true_count_as_threshold_is_found_out_by_frequencies))
