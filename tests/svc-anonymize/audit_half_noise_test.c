/* SPDX-License-Identifier: Apache-2.0 */
/* An audit that cannot fail is none: a build with half of the noise must not pass. */
#include "tests/svc-anonymize/audit.h"

#include "tests/suite.h"

TEST(half_the_noise_is_found_out_by_the_ratio_of_a_count)
{
        ck_assert(!audit_ratio());
}
END_TEST

TEST(half_the_noise_is_found_out_by_everything_together)
{
        ck_assert(!audit_ratio_of_everything());
}
END_TEST

TEST(half_the_noise_is_found_out_by_its_fit)
{
        ck_assert(!audit_fit());
}
END_TEST

SUITE("svc-anonymize/audit_half_noise", FORK, T(half_the_noise_is_found_out_by_the_ratio_of_a_count),
        T(half_the_noise_is_found_out_by_everything_together), T(half_the_noise_is_found_out_by_its_fit))
