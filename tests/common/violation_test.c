/* SPDX-License-Identifier: Apache-2.0 */
#include "common/violation.h"
#include "tests/suite.h"

static struct arena *arena;
static struct violations violations;

static void set_up(void)
{
        arena = arena_new(0);
        violations = violations_in(arena);
}

static void tear_down(void)
{
        arena_free(arena);
}

TEST(a_path_reads_from_the_root)
{
        const struct field_path a = {NULL, "a", -1}, b = {&a, "b", 2}, c = {&b, "c", -1};
        const struct field_path first = {NULL, "list", 0};
        static const char *const expected[] = {"a", "a.b[2]", "a.b[2].c", "list[0]"};
        violation_add(&violations, &a, "required", "is missing");
        violation_add(&violations, &b, "required", "is missing");
        violation_add(&violations, &c, "required", "is missing");
        violation_add(&violations, &first, "required", "is missing");
        ck_assert_uint_eq(violations.count, 4);
        for (size_t i = 0; i < 4; i++)
                ck_assert_str_eq(violations.errors[i]->field, expected[i]);
}
END_TEST

TEST(a_message_is_formatted)
{
        const struct field_path path = {NULL, "a", -1};
        violation_add(&violations, &path, "too_long", "has %d of %s", 7, "five");
        ck_assert_str_eq(violations.errors[0]->code, "too_long");
        ck_assert_str_eq(violations.errors[0]->message, "has 7 of five");
}
END_TEST

TEST(the_first_twenty_are_kept)
{
        for (int i = 0; i < VIOLATIONS_MAX + 10; i++) {
                const struct field_path path = {NULL, "a", i};
                violation_add(&violations, &path, "required", "is missing");
        }
        ck_assert_uint_eq(violations.count, VIOLATIONS_MAX);
        ck_assert_str_eq(violations.errors[0]->field, "a[0]");
        ck_assert_str_eq(violations.errors[VIOLATIONS_MAX - 1]->field, "a[19]");
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/violation", FORK, T(a_path_reads_from_the_root), T(a_message_is_formatted),
        T(the_first_twenty_are_kept))
