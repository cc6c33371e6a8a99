/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/fan_out.h"
#include "sfp/consistency.pb-c.h"
#include "tests/suite.h"

static struct arena *arena;

static void set_up(void)
{
        arena = arena_new(0);
}

static void tear_down(void)
{
        arena_free(arena);
}

static Consistency__Report *report(int64_t checked, bool is_complete, size_t n_drifted)
{
        Consistency__Report *out = arena_alloc(arena, sizeof *out);
        consistency__report__init(out);
        out->has_checked = out->has_complete = 1;
        out->checked = checked;
        out->complete = is_complete;
        out->n_drifted = n_drifted;
        out->drifted = arena_alloc(arena, (n_drifted + 1) * sizeof *out->drifted);
        for (size_t i = 0; i < n_drifted; i++) {
                out->drifted[i] = arena_alloc(arena, sizeof **out->drifted);
                consistency__drift__init(out->drifted[i]);
                out->drifted[i]->key = arena_printf(arena, "%lld-%zu", (long long)checked, i);
        }
        return out;
}

TEST(numbers_are_added_and_lists_appended)
{
        Consistency__Report *into = report(3, true, 1);
        fan_out_join(arena, &into->base, &report(4, true, 2)->base);
        fan_out_join(arena, &into->base, &report(0, true, 0)->base);
        ck_assert_int_eq(into->checked, 7);
        ck_assert_int_eq(into->n_drifted, 3);
        ck_assert_str_eq(into->drifted[0]->key, "3-0");
        ck_assert_str_eq(into->drifted[2]->key, "4-1");
        ck_assert(into->complete);
}
END_TEST

TEST(a_whole_is_complete_when_all_its_parts_are)
{
        Consistency__Report *into = report(1, true, 0);
        fan_out_join(arena, &into->base, &report(1, false, 0)->base);
        fan_out_join(arena, &into->base, &report(1, true, 0)->base);
        ck_assert(!into->complete);
}
END_TEST

TEST(only_what_the_kit_serves_is_asked_everywhere)
{
        struct schema *schema = schema_new();
        ck_assert(fan_out_applies(schema_method_find(schema, "sfp.consistency.Consistency.Check")));
        ck_assert(!fan_out_applies(schema_method_find(schema, "sfp.goals.Goals.GetShare")));
        schema_free(schema);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/fan_out", FORK, T(numbers_are_added_and_lists_appended),
        T(a_whole_is_complete_when_all_its_parts_are), T(only_what_the_kit_serves_is_asked_everywhere))
