/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of a pattern, and that nothing is missed for it: wherever a rule matches, one of its needles is there.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "svc-moderation/needles.h"
#include "tests/suite.h"

#include <pcre2.h>
#include <stdio.h>
#include <string.h>

static const struct {
        const char *pattern, *needles; /* one after another; "" when nothing is known */
} patterns[] = {
        {"guarant", "guarant"},
        {"guaranteed returns", "guarante"},
        {"\\bfre+ money\\b", " money"},
        {"(?:bitcoin|btc)s?", "bitcoin btc"},
        {"(?:dm|pm) me", " me"},
        {"(?:dm|message)? now", " now"},
        {"whats ?app", "whats"},
        {"x{2}yz|\\$ ?\\d", ""},
        {"ab{0,2}cd{3}", "cd"},
        {"a+b+c+", ""},
        {"no(?=thing here) risk(?!y)", "no risk"},
        {"[abc]def[^]g]hi", "def"},
        {"it\\.me/join", "it.me/jo"},
        {"(?:one|(?:two|three))", "one two three"},
        {"\\b(?:quux|get\\W{1,3}rich)\\b", "quux rich"},
        {"one|.", ""},
        {"(?i)guarant", ""},
        {"(*NO_JIT)guarant", ""},
        {"(guarant)\\1", ""},
        {"\\x67uarant", ""},
        {"\\Qguarant\\E", ""},
        {"[\\c]guarant]", ""}, /* one class: "\\c]" is one character */
        {"[[:alpha:]]guarant", ""},
        {"", ""},
};

static const char *told(const struct needles *needles)
{
        static char out[1000];
        size_t at = 0;
        out[0] = '\0';
        for (size_t i = 0; i < needles->count; i++)
                at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s", i > 0 ? " " : "",
                        (int)needles->items[i].length, (const char *)needles->items[i].bytes);
        return out;
}

TEST(the_rarest_piece_that_must_be_there_is_read_of_a_pattern)
{
        for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
                struct needles needles;
                needles_read(patterns[i].pattern, &needles);
                ck_assert_msg(strcmp(told(&needles), patterns[i].needles) == 0, "%s: \"%s\"", patterns[i].pattern,
                        told(&needles));
        }
}
END_TEST

static const char *const rules[] = {
#define RULE(id, category, class, weight, pattern) pattern,
#include "svc-moderation/rules.def"
#undef RULE
};

enum { N_RULES = sizeof rules / sizeof *rules, TEXTS = 20000, WORDS = 12 };

/* Words out of the rules themselves, put together anew: many of these texts match something. */
static const char *words_of(const char *pattern, unsigned *seed, char out[static 32])
{
        size_t length = strlen(pattern), from = (*seed = *seed * 1103515245 + 12345) / 65536 % length, n = 0;
        while (from < length && strchr("abcdefghijklmnopqrstuvwxyz", pattern[from]) == NULL)
                from++;
        while (from < length && n < 31 && strchr("abcdefghijklmnopqrstuvwxyz ", pattern[from]) != NULL)
                out[n++] = pattern[from++];
        out[n] = '\0';
        return out;
}

static void make_text(unsigned *seed, char *out, size_t room)
{
        size_t at = 0, rule = (*seed = *seed * 1103515245 + 12345) / 65536 % N_RULES;
        for (int i = 0; i < WORDS; i++) {
                char word[32];
                at += (size_t)snprintf(
                        out + at, room - at, "%s%s", i > 0 ? " " : "", words_of(rules[rule], seed, word));
        }
}

static bool matches(const pcre2_code *code, const char *text)
{
        pcre2_match_data *data = pcre2_match_data_create(1, NULL);
        int count = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, NULL);
        pcre2_match_data_free(data);
        return count >= 0;
}

static int count_matches(size_t rule, const struct needles *needles, unsigned seed, int *let_through)
{
        int error, found = 0;
        PCRE2_SIZE offset;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)rules[rule], PCRE2_ZERO_TERMINATED,
                PCRE2_DOTALL | PCRE2_NO_AUTO_CAPTURE, &error, &offset, NULL);
        for (int i = 0; i < TEXTS / N_RULES; i++) {
                char text[1000];
                struct haystack haystack;
                make_text(&seed, text, sizeof text);
                haystack_init(&haystack, (const unsigned char *)text, strlen(text));
                bool may = haystack_may_hold(&haystack, needles), does = matches(code, text);
                ck_assert_msg(may || !does, "%s\n%s", rules[rule], text);
                *let_through += may;
                found += does;
        }
        pcre2_code_free(code);
        return found;
}

TEST(no_rule_misses_a_text_for_its_needles)
{
        int found = 0, let_through = 0, unknown = 0;
        for (size_t i = 0; i < N_RULES; i++) {
                struct needles needles;
                needles_read(rules[i], &needles);
                unknown += needles.count == 0;
                for (unsigned seed = 0; seed < 4; seed++)
                        found += count_matches(i, &needles, seed, &let_through);
        }
        ck_assert_int_ge(found, 50);
        ck_assert_int_lt(unknown, N_RULES / 4);
        ck_assert_int_lt(let_through, TEXTS * 4 / 3);
}
END_TEST

SUITE("svc-moderation/needles", FORK, T(the_rarest_piece_that_must_be_there_is_read_of_a_pattern),
        T(no_rule_misses_a_text_for_its_needles))
