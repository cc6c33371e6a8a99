/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked for by a keyword, and that rules find it. */
#include "svc-moderation/keywords.h"
#include "svc-moderation/rules.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static void begin(void)
{
        arena = arena_new(0);
}

static void end(void)
{
        arena_free(arena);
}

TEST(keywords_become_one_pattern_of_letters_and_figures)
{
        static char *const keywords[] = {"Quux", "get  RICH!", "(a|b)+ 401k", "\u00C9clair"};
        ck_assert_str_eq(
                keywords_pattern(arena, 4, keywords), "\\b(?:quux|get\\W{0,3}rich|a\\W{0,3}b\\W{0,3}401k|eclair)\\b");
}
END_TEST

TEST(what_cannot_be_told_apart_is_no_keyword)
{
        static const struct {
                const char *keyword;
                bool is_valid;
        } rows[] = {{"quux", true}, {"a1", true}, {"x y", true}, {"\uFF51\uFF55\uFF55\uFF58", true}, {"x", false},
                {"", false}, {"--", false}, {"\u0436\u0436\u0436", false}, {"quux \u6F22\u5B57", false},
                {"\U0001F600\U0001F600", false}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                ck_assert_msg(keyword_is_valid(arena, rows[i].keyword) == rows[i].is_valid, "%s", rows[i].keyword);
}
END_TEST

static const struct {
        const char *text;
        bool is_found;
} texts[] = {
        {"We are Quuxing here", true},
        {"we are QUUXING.", true},
        {"we are q u u x i n g here", true},
        {"we are quu\u200Bx\u0456ng here", true},
        {"get rich with me", true},
        {"get-rich now", true},
        {"get\nrich now", true},
        {"unquuxing and quuxings", false},
        {"getrich", true},
        {"g3t-rich", true},
        {"forgetrich", false},
        {"get very rich", false},
        {"we get along, rich or poor", false},
        {"", false},
};

TEST(keywords_are_found_whole_and_in_disguise)
{
        static char *const keywords[] = {"quuxing", "get rich"};
        struct rules *rules;
        const struct rules_extra extra = {"words", CATEGORY_spam, 0.9, keywords_pattern(arena, 2, keywords)};
        ck_assert_int_eq(rules_new(1, &extra, &rules), STATUS_OK);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                struct rules_outcome out;
                bool is_found = false;
                rules_check(rules, arena, texts[i].text, RULES_THRESHOLD, &out);
                for (size_t m = 0; m < out.n_matches; m++)
                        is_found |= strcmp(out.matches[m].rule, "words") == 0;
                ck_assert_msg(is_found == texts[i].is_found, "%s", texts[i].text);
        }
        rules_free(rules);
}
END_TEST

SUITE_WITH(begin, end, "svc-moderation/keywords", FORK, T(keywords_become_one_pattern_of_letters_and_figures),
        T(what_cannot_be_told_apart_is_no_keyword), T(keywords_are_found_whole_and_in_disguise))
