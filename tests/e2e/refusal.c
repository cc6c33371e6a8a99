/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/refusal.h"

#include "tests/e2e/instance.h"

#include <string.h>

static const char *pids;
static long rows;
static struct user ann;

void refusal_begin(void)
{
        scene_begin();
        ann = new_user();
        rows = stored_rows();
        pids = instance_pids();
}

void refusal_end(void)
{
        scene_end();
}

struct user sender(void)
{
        return ann;
}

void expect_no_insight(struct answer answer)
{
        static const char *const inside[] = {"postgres", "SELECT", "INSERT", "sqlstate", "relation", ".c:", "/tmp/",
                "/home/", "ipc:", "svc-", "nng", "libpq", "protobuf", "0x", "Assertion", "errno"};
        for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
                ck_assert_msg(strcasestr(answer.body, inside[i]) == NULL, "%s tells of %s", answer.body, inside[i]);
}

void expect_no_effect(void)
{
        ck_assert_int_eq(stored_rows(), rows);
        ck_assert_str_eq(instance_pids(), pids);
}

void expect_bad(
        struct answer answer, const char *what, int status, const char *code, const char *field, const char *why)
{
        ck_assert_msg(answer.status == status, "%s: answered %d, not %d: %s", what, answer.status, status, answer.body);
        const char *type = header_of(answer, "Content-Type");
        ck_assert_msg(type != NULL && strcmp(type, "application/problem+json") == 0, "%s: is a %s", what, type);
        ck_assert_msg(strcmp(text_at(answer, "code"), code) == 0, "%s: %s", what, answer.body);
        ck_assert_str_eq(text_at(answer, "type"), text("/problems/%s", code));
        ck_assert_int_eq(number_at(answer, "status"), status);
        ck_assert_int_eq(strlen(text_at(answer, "trace_id")), 32);
        ck_assert(*text_at(answer, "title") != '\0');
        if (field != NULL) {
                ck_assert_msg(has(answer, "errors[0]"), "%s names no field: %s", what, answer.body);
                ck_assert_msg(strcmp(text_at(answer, "errors[0].field"), field) == 0, "%s: %s", what, answer.body);
                ck_assert_msg(strcmp(text_at(answer, "errors[0].code"), why) == 0, "%s: %s", what, answer.body);
                ck_assert(*text_at(answer, "errors[0].message") != '\0');
        }
        expect_no_insight(answer);
}
