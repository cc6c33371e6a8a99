/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pairs.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

static struct pairs read_all(const char *text)
{
        struct pairs pairs = {0};
        ck_assert_msg(pairs_read(arena, text, 3, &pairs), "%s", text);
        return pairs;
}

static void assert_refused(const char *text)
{
        struct pairs pairs = {.count = 77};
        ck_assert_msg(!pairs_read(arena, text, 3, &pairs), "%s", text);
        ck_assert_uint_eq(pairs.count, 77);
}

TEST(pairs_stand_between_commas_with_blanks_around)
{
        struct pairs pairs = read_all(" a=1 , b.c = two%2C%20three,, d-e_f= ");
        ck_assert_uint_eq(pairs.count, 3);
        ck_assert_str_eq(pairs.all[0].name, "a");
        ck_assert_str_eq(pairs.all[0].value, "1");
        ck_assert_str_eq(pairs.all[1].name, "b.c");
        ck_assert_str_eq(pairs.all[1].value, "two, three");
        ck_assert_str_eq(pairs.all[2].value, "");
        ck_assert_uint_eq(read_all("").count, 0);
}
END_TEST

TEST(a_value_may_hold_signs)
{
        ck_assert_str_eq(read_all("authorization=Basic%20YQ==").all[0].value, "Basic YQ==");
}
END_TEST

TEST(what_is_not_well_formed_is_refused_whole)
{
        static const char *const bad[] = {"a", "=b", "a b=c", "a=%", "a=%4", "a=%zz", "a=%00", "a=%0a", "a=%0d%0aX: y",
                "a=\x7f", "a\n=b", "a=1,b=2,c=3,d=4"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_refused(bad[i]);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/pairs", FORK, T(pairs_stand_between_commas_with_blanks_around),
        T(a_value_may_hold_signs), T(what_is_not_well_formed_is_refused_whole))
