/* SPDX-License-Identifier: Apache-2.0 */
#include "common/call.h"
#include "common/clock.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;
static Sfp__RequestHeader header;
static struct call call;

static const Sfp__Caller nobody = SFP__CALLER__INIT;

static void set_up(void)
{
        arena = arena_new(0);
        header = (Sfp__RequestHeader)SFP__REQUEST_HEADER__INIT;
        header.has_deadline_us = 1;
        header.deadline_us = 1000000;
        call_init(&call, arena, NULL, &header, &nobody);
}

static void tear_down(void)
{
        arena_free(arena);
}

TEST(nobody_has_no_role)
{
        ck_assert(!call_has_role(&call, "user"));
        ck_assert_uint_eq(strlen(call.trace.trace_id), 32);
}
END_TEST

TEST(a_role_is_had_by_its_whole_name)
{
        char *roles[] = {"user", "moderator"};
        Sfp__Caller caller = SFP__CALLER__INIT;
        caller.roles = roles;
        caller.n_roles = 2;
        call_init(&call, arena, NULL, &header, &caller);
        ck_assert(call_has_role(&call, "user"));
        ck_assert(call_has_role(&call, "moderator"));
        ck_assert(!call_has_role(&call, "mod"));
        ck_assert(!call_has_role(&call, "admin"));
}
END_TEST

TEST(the_time_left_is_never_negative)
{
        ck_assert_int_gt(call_time_left(&call), 900000);
        call.deadline_us = clock_now_us() - 1;
        ck_assert_int_eq(call_time_left(&call), 0);
        call.deadline_us = INT64_MIN / 2;
        ck_assert_int_eq(call_time_left(&call), 0);
}
END_TEST

TEST(a_deadline_beyond_reason_is_an_hour)
{
        header.deadline_us = UINT64_MAX;
        call_init(&call, arena, NULL, &header, &nobody);
        ck_assert_int_gt(call_time_left(&call), 3500LL * 1000000);
        ck_assert_int_le(call_time_left(&call), 3600LL * 1000000);
}
END_TEST

TEST(a_failure_is_recorded_with_its_problem)
{
        ck_assert_int_eq(call_fail(&call, STATUS_NOT_FOUND, "there is no %s", "share"), STATUS_NOT_FOUND);
        ck_assert_int_eq(call.problem, PROBLEM_NOT_FOUND);
        ck_assert_str_eq(call.failure, "there is no share");
        ck_assert_int_eq(call_problem(&call, PROBLEM_ILLEGAL_TRANSITION, "not %d", 7), STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(call.problem, PROBLEM_ILLEGAL_TRANSITION);
        ck_assert_str_eq(call.failure, "not 7");
}
END_TEST

TEST(an_invalid_field_is_a_violation)
{
        ck_assert_int_eq(call_invalid(&call, "tags[2]", "not_allowed", "is %s", "taken"), STATUS_INVALID_ARGUMENT);
        ck_assert_uint_eq(call.violations.count, 1);
        ck_assert_str_eq(call.violations.errors[0]->field, "tags[2]");
        ck_assert_str_eq(call.violations.errors[0]->message, "is taken");
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/call", FORK, T(nobody_has_no_role), T(a_role_is_had_by_its_whole_name),
        T(the_time_left_is_never_negative), T(a_deadline_beyond_reason_is_an_hour),
        T(a_failure_is_recorded_with_its_problem), T(an_invalid_field_is_a_violation))
