/* SPDX-License-Identifier: Apache-2.0 */
/* Both tables are read-only; everything here is a lookup. */
#include "common/status.h"

#include <stddef.h>
#include <string.h>

static const char *const status_names[STATUS_COUNT] = {
#define STATUS(name, number, problem) [number] = #name,
#include "common/status.def"
#undef STATUS
};

static const enum problem status_problems[STATUS_COUNT] = {
#define STATUS(name, number, problem) [number] = PROBLEM_##problem,
#include "common/status.def"
#undef STATUS
};

static const struct {
        const char *code;
        const char *title;
        int http;
        status status;
} problems[PROBLEM_COUNT] = {
        [PROBLEM_NONE] = {"internal", "Something went wrong on our side", 500, STATUS_INTERNAL},
#define PROBLEM(name, code, http, status, title) [PROBLEM_##name] = {code, title, http, STATUS_##status},
#include "common/problem.def"
#undef PROBLEM
};

const char *status_name(int code)
{
        return status_names[status_from_number(code)];
}

status status_from_number(int number)
{
        return number >= 0 && number < STATUS_COUNT ? (status)number : STATUS_UNKNOWN;
}

enum problem status_problem(status code)
{
        return status_problems[code];
}

const char *problem_code(enum problem problem)
{
        return problems[problem].code;
}

const char *problem_title(enum problem problem)
{
        return problems[problem].title;
}

int problem_http(enum problem problem)
{
        return problems[problem].http;
}

status problem_status(enum problem problem)
{
        return problems[problem].status;
}

enum problem problem_find(const char *code)
{
        for (int i = PROBLEM_NONE + 1; code != NULL && i < PROBLEM_COUNT; i++)
                if (strcmp(problems[i].code, code) == 0)
                        return (enum problem)i;
        return PROBLEM_NONE;
}
