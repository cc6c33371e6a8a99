/* SPDX-License-Identifier: Apache-2.0 */
/* How an operation ended (status.def) and what a client is told about it (problem.def). */
#pragma once

typedef enum status {
#define STATUS(name, number, problem) STATUS_##name = number,
#include "common/status.def"
#undef STATUS
        STATUS_COUNT
} status;

enum problem {
        PROBLEM_NONE,
#define PROBLEM(name, code, http, status, title) PROBLEM_##name,
#include "common/problem.def"
#undef PROBLEM
        PROBLEM_COUNT
};

/* On functions that can fail: ignoring the result is a compile error. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Returns a failed status to the caller, and goes on otherwise. The one macro that hides a jump. */
#define TRY(expression)                                                                                                \
        do {                                                                                                           \
                status try_status = (expression);                                                                      \
                if (try_status != STATUS_OK)                                                                           \
                        return try_status;                                                                             \
        } while (0)

/* The code's name ("NOT_FOUND"); "UNKNOWN" for a number outside the table. */
const char *status_name(int code);

/* The code for a number off the wire: STATUS_UNKNOWN when it is outside the table. */
status status_from_number(int number);

/* The problem a plain failure with this status is reported as. */
enum problem status_problem(status code);

/* Columns of problem.def. `problem` must be a row of it. */
const char *problem_code(enum problem problem);
const char *problem_title(enum problem problem);
int problem_http(enum problem problem);
status problem_status(enum problem problem);

/* The row with this code; PROBLEM_NONE when there is none or `code` is NULL. */
enum problem problem_find(const char *code);
