/* SPDX-License-Identifier: Apache-2.0 */
#include "common/status.h"
#include "tests/suite.h"

#include <string.h>

TEST(the_numbers_are_those_of_grpc)
{
        static const char *const names[] = {"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED",
                "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
                "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
        ck_assert_int_eq(STATUS_COUNT, sizeof names / sizeof *names);
        for (int i = 0; i < STATUS_COUNT; i++)
                ck_assert_str_eq(status_name(i), names[i]);
}
END_TEST

TEST(a_number_outside_the_table_is_unknown)
{
        static const int outside[] = {-1, STATUS_COUNT, 1000, -2147483647 - 1, 2147483647};
        for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
                ck_assert_int_eq(status_from_number(outside[i]), STATUS_UNKNOWN);
                ck_assert_str_eq(status_name(outside[i]), "UNKNOWN");
        }
        ck_assert_int_eq(status_from_number(STATUS_ABORTED), STATUS_ABORTED);
}
END_TEST

TEST(the_problem_of_a_status_has_that_status)
{
        for (int code = STATUS_OK + 1; code < STATUS_COUNT; code++) {
                status back = problem_status(status_problem((status)code));
                /* Three have no problem of their own: a client learns no more than that it failed. */
                status expected = code == STATUS_UNKNOWN || code == STATUS_DATA_LOSS ? STATUS_INTERNAL
                                  : code == STATUS_OUT_OF_RANGE                      ? STATUS_INVALID_ARGUMENT
                                                                                     : (status)code;
                ck_assert_msg(back == expected, "%s", status_name(code));
        }
}
END_TEST

TEST(every_problem_is_a_failure_a_client_can_tell)
{
        for (int i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++) {
                ck_assert_int_ne(problem_status((enum problem)i), STATUS_OK);
                ck_assert_int_ge(problem_http((enum problem)i), 400);
                ck_assert_int_lt(problem_http((enum problem)i), 600);
                ck_assert_str_ne(problem_title((enum problem)i), "");
        }
}
END_TEST

TEST(the_codes_of_problems_are_unique_words)
{
        for (int i = PROBLEM_NONE + 1; i < PROBLEM_COUNT; i++) {
                const char *code = problem_code((enum problem)i);
                ck_assert_int_eq(problem_find(code), i);
                ck_assert_uint_eq(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
        }
}
END_TEST

TEST(what_is_no_code_finds_no_problem)
{
        ck_assert_int_eq(problem_find(NULL), PROBLEM_NONE);
        ck_assert_int_eq(problem_find(""), PROBLEM_NONE);
        ck_assert_int_eq(problem_find("NOT_FOUND"), PROBLEM_NONE);
        ck_assert_int_eq(problem_find("not_found "), PROBLEM_NONE);
        ck_assert_str_eq(problem_code(PROBLEM_NONE), "internal");
}
END_TEST

SUITE("common/status", FORK, T(the_numbers_are_those_of_grpc), T(a_number_outside_the_table_is_unknown),
        T(the_problem_of_a_status_has_that_status), T(every_problem_is_a_failure_a_client_can_tell),
        T(the_codes_of_problems_are_unique_words), T(what_is_no_code_finds_no_problem))
