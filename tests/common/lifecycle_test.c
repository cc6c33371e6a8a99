/* SPDX-License-Identifier: Apache-2.0 */
/* The walker, on a table of the test's own. */
#include "common/lifecycle.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

enum { SECOND_US = 1000000 };

static struct kit kit;

static bool is_ripe(const void *facts)
{
        return *(const bool *)facts;
}

/* clang-format off */
static const struct transition table[] = {
        {"sow",   LIFECYCLE_NEW,  "owner",     "sown"},
        {"grow",  "sown",         "sys",       "grown"},
        {"reap",  "grown",        "owner mod", "reaped", "gives_grain", "is_ripe", is_ripe},
        {"fence", "sown grown",   "mod",       "fenced"},
        {NULL},
};
/* clang-format on */

static const struct lifecycle plant = {.kind = "plant", .transitions = table};

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
}

static void tear_down(void)
{
        kit_close(&kit);
}

static status plan(const char *state, const char *action, const char *actors, bool ripe, struct lifecycle_step *out)
{
        const struct lifecycle_subject subject = {"", state, 1, actors, &ripe, 0};
        return lifecycle_plan(kit_call(&kit, NULL, SECOND_US), &plant, &subject, action, out);
}

TEST(an_action_leads_where_the_table_says)
{
        struct lifecycle_step step;
        ck_assert_int_eq(plan("sown", "grow", "sys", false, &step), STATUS_OK);
        ck_assert_str_eq(step.from, "sown");
        ck_assert_str_eq(step.to, "grown");
        ck_assert_str_eq(step.actor, "sys");
}
END_TEST

TEST(who_is_two_things_acts_as_the_first_that_the_table_names)
{
        struct lifecycle_step step;
        ck_assert_int_eq(plan("grown", "reap", "mod owner", true, &step), STATUS_OK);
        ck_assert_str_eq(step.actor, "owner");
        ck_assert_int_eq(plan("grown", "reap", "mod", true, &step), STATUS_OK);
        ck_assert_str_eq(step.actor, "mod");
}
END_TEST

TEST(what_is_not_in_the_table_is_illegal_and_says_what_is_not)
{
        struct lifecycle_step step;
        ck_assert_int_eq(plan("grown", "sow", "owner mod", true, &step), STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(kit.call.problem, PROBLEM_ILLEGAL_TRANSITION);
        ck_assert_int_eq(kit.call.n_allowed, 2);
        ck_assert_str_eq(kit.call.allowed[0], "reap");
        ck_assert_str_eq(kit.call.allowed[1], "fence");
}
END_TEST

TEST(an_action_of_others_is_illegal)
{
        struct lifecycle_step step;
        ck_assert_int_eq(plan("sown", "grow", "owner mod", true, &step), STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(plan("grown", "reap", "", true, &step), STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(kit.call.n_allowed, 0);
}
END_TEST

TEST(a_guard_refuses_and_says_what_it_wants)
{
        struct lifecycle_step step;
        ck_assert_int_eq(plan("grown", "reap", "owner", false, &step), STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(kit.call.problem, PROBLEM_ILLEGAL_TRANSITION);
        ck_assert_ptr_nonnull(strstr(kit.call.failure, "is_ripe"));
}
END_TEST

TEST(a_word_is_found_whole_or_not_at_all)
{
        ck_assert_ptr_null(lifecycle_find(table, "sow", "grow", "sys"));
        ck_assert_ptr_null(lifecycle_find(table, "sown", "grow", "sy"));
        ck_assert_ptr_null(lifecycle_find(table, "sown grown", "fence", "mod"));
        ck_assert_ptr_null(lifecycle_find(table, "", "fence", "mod"));
        ck_assert_ptr_nonnull(lifecycle_find(table, "grown", "fence", "mod"));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/lifecycle", FORK, T(an_action_leads_where_the_table_says),
        T(who_is_two_things_acts_as_the_first_that_the_table_names),
        T(what_is_not_in_the_table_is_illegal_and_says_what_is_not), T(an_action_of_others_is_illegal),
        T(a_guard_refuses_and_says_what_it_wants), T(a_word_is_found_whole_or_not_at_all))
