/* SPDX-License-Identifier: Apache-2.0 */
#include "sfp/goals.pb-c.h"
#include "svc-goals/policy.h"
#include "tests/common/lifecycle_walk.h"
#include "tests/suite.h"

#include <string.h>

TEST(the_life_of_a_share_is_whole)
{
        ck_assert_int_eq(lifecycle_walk(share_transitions, "withdrawn"), 8 * 17 * 3);
}
END_TEST

TEST(a_share_is_complete_at_a_hundred_percent_only)
{
        Goals__Share share = GOALS__SHARE__INIT;
        const struct transition *row = lifecycle_find(share_transitions, "published", "complete", "owner");
        share.current_progress_percentage = 99;
        ck_assert(!row->guard(&share));
        share.current_progress_percentage = 100;
        ck_assert(row->guard(&share));
}
END_TEST

TEST(nothing_becomes_public_without_a_ruling)
{
        for (const struct transition *row = share_transitions; row->action != NULL; row++)
                if (state_is_public(row->next) && strstr(row->from, "completed") == NULL &&
                        strstr(row->from, "published") == NULL)
                        ck_assert_str_eq(row->from, "pending_review");
}
END_TEST

TEST(an_owner_does_not_rule)
{
        ck_assert_ptr_null(lifecycle_find(share_transitions, "pending_review", "approve", "owner"));
        ck_assert_ptr_null(lifecycle_find(share_transitions, "pending_review", "pass", "owner mod"));
        ck_assert_ptr_null(lifecycle_find(share_transitions, "removed", "reinstate", "owner"));
}
END_TEST

TEST(a_verdict_that_is_not_known_waits_for_people)
{
        ck_assert_int_eq(outcome_of("allow"), OUTCOME_PUBLISH);
        ck_assert_int_eq(outcome_of("block"), OUTCOME_REFUSE);
        ck_assert_int_eq(outcome_of("perhaps"), OUTCOME_HOLD);
        ck_assert_int_eq(outcome_of(NULL), OUTCOME_RETRY);
}
END_TEST

SUITE("svc-goals/policy", FORK, T(the_life_of_a_share_is_whole), T(a_share_is_complete_at_a_hundred_percent_only),
        T(nothing_becomes_public_without_a_ruling), T(an_owner_does_not_rule),
        T(a_verdict_that_is_not_known_waits_for_people))
