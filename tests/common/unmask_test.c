/* SPDX-License-Identifier: Apache-2.0 */
#include "common/unmask.h"
#include "tests/suite.h"

static const struct {
        const char *text;
        const char *unmasked;
} samples[] = {
        {"plain words stay", "plain words stay"},
        {"g u a r a n t e e d returns", "guaranteed returns"},
        {"s-c.a_m fr33 inv3st", "scam free invest"},
        {"freeeee mmmoney", "fre money"},
        {"401k $500 50x 2024", "401k $500 50x 2024"},
        {"$cam Now!", "scam now!"},
        {"a b", "a b"},
        {"1 2 3 4", "1 2 3 4"},
        {"x y z", "xyz"},
        {"", ""},
        {"  \n ", " "},
        {"w a n t  t o  g o", "want to go"},
};

TEST(words_read_as_they_are_meant)
{
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
                struct folding folded, unmasked;
                folding_init(&folded, arena, samples[i].text);
                unmask(&unmasked, arena, &folded);
                ck_assert_str_eq((const char *)unmasked.bytes, samples[i].unmasked);
        }
        arena_free(arena);
}
END_TEST

TEST(spans_still_point_into_the_original)
{
        struct arena *arena = arena_new(0);
        struct folding folded, unmasked;
        folding_init(&folded, arena, "\u00FC f r e e");
        ck_assert(unmask(&unmasked, arena, &folded));
        ck_assert_str_eq((const char *)unmasked.bytes, "ufree");
        struct span span = folding_original(&unmasked, (struct span){1, 5});
        ck_assert_uint_eq(span.start, 2);
        ck_assert_uint_eq(span.end, 9);
        arena_free(arena);
}
END_TEST

SUITE("common/unmask", FORK, T(words_read_as_they_are_meant), T(spans_still_point_into_the_original))
