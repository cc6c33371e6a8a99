/* SPDX-License-Identifier: Apache-2.0 */
/* An audit that cannot fail is none: a build that uses what it has drawn twice must not pass. */
#include "tests/svc-anonymize/audit.h"

#include "tests/suite.h"

TEST(noise_that_is_used_twice_is_found_out_by_correlation)
{
        ck_assert(!audit_independence());
}
END_TEST

SUITE("svc-anonymize/audit_paired_noise", FORK, T(noise_that_is_used_twice_is_found_out_by_correlation))
