/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/rules.h"

#include "common/text.h"
#include "tests/suite.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { HOSTILE_SIZE = 64 << 10, THREADS = 4 };

static struct rules *rules;
static struct arena *arena;

static struct rules_outcome check(const char *text)
{
        struct rules_outcome out;
        if (rules == NULL) {
                ck_assert_int_eq(rules_new(0, NULL, &rules), STATUS_OK);
                arena = arena_new(0);
        }
        rules_check(rules, arena, text, RULES_THRESHOLD, &out);
        return out;
}

static const struct {
        const char *text;
        enum rules_category category;
        enum rules_verdict verdict;
} violations[] = {
        {"Guaranteed 20% returns a week, zero risk, DM me", CATEGORY_scam, VERDICT_BLOCK},
        {"Double your bitcoin in two days", CATEGORY_scam, VERDICT_BLOCK},
        {"Please send us your seed phrase so we can fix it", CATEGORY_scam, VERDICT_BLOCK},
        {"Pay a $50 processing fee and the loan is yours", CATEGORY_scam, VERDICT_BLOCK},
        {"Earn 3% daily, write me on Telegram", CATEGORY_scam, VERDICT_HOLD},
        {"Buy cheap followers here", CATEGORY_spam, VERDICT_BLOCK},
        {"see http://a.example/1 and http://b.example/2 and http://c.example/3", CATEGORY_spam, VERDICT_LABEL},
        {"you are such a worthless stupid idiot", CATEGORY_harassment, VERDICT_HOLD},
        {"I know where you live", CATEGORY_harassment, VERDICT_HOLD},
        {"All immigrants are vermin", CATEGORY_hate, VERDICT_HOLD},
        {"send nudes", CATEGORY_sexual, VERDICT_HOLD},
        {"The IRS cancels debt if you send this form", CATEGORY_misinformation, VERDICT_LABEL},
        {"House prices have never gone down", CATEGORY_misinformation, VERDICT_LABEL},
        {"g u a r a n t e e d 20% returns a week", CATEGORY_scam, VERDICT_BLOCK},
        {"D0uble y0ur b1tc0in now", CATEGORY_scam, VERDICT_BLOCK},
        {"do.uble yo.ur mo.ney", CATEGORY_scam, VERDICT_BLOCK},
        {"doooouble your moneeey", CATEGORY_scam, VERDICT_BLOCK},
        {"d\u200Bouble y\u043Eur \uFF4Doney", CATEGORY_scam, VERDICT_BLOCK},
};

TEST(violations_get_the_verdict_of_their_category)
{
        for (size_t i = 0; i < sizeof violations / sizeof *violations; i++) {
                struct rules_outcome out = check(violations[i].text);
                ck_assert_msg(out.verdict == violations[i].verdict, "%s: %s", violations[i].text,
                        rules_verdict_name(out.verdict));
                ck_assert_msg(out.category == violations[i].category, "%s: %s", violations[i].text,
                        rules_category_name(out.category));
                ck_assert_ptr_nonnull(out.message);
        }
}
END_TEST

static const char *const harmless[] = {"", "I would kill for a 4% mortgage",
        "Time to pull the trigger on the refinance", "I am such an idiot for buying at the top",
        "The employer match is a guaranteed return", "PSA: nobody honest will ever ask you to send your seed phrase",
        "Is this a scam? He says I can double my money",
        "I lost $500 to someone who promised guaranteed 20% returns a week. How do I report it?",
        "Our Jewish community group started a savings circle", "Niger and Nigeria use different currencies",
        "These bank fees make me want to scream", "Paid off $50k today!!!", "My 401k is up 12% this year",
        "The savings account pays 4% a year", "Essex county property tax", "Analysts and assets, class passes",
        "Never lost hope, paid 3 cards off"};

TEST(ordinary_talk_about_money_passes)
{
        for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
                struct rules_outcome out = check(harmless[i]);
                ck_assert_msg(out.verdict == VERDICT_ALLOW, "%s: %s by %s", harmless[i],
                        rules_verdict_name(out.verdict), out.n_matches > 0 ? out.matches[0].rule : "");
                ck_assert_ptr_null(out.message);
        }
}
END_TEST

static const char *const crises[] = {"I just want to die", "I have the pills ready, goodbye", "I can't go on like this",
        "they are better off without me", "thinking about suicide again", "w a n t  t o  d i e", "i wanna kill myself"};

TEST(a_crisis_is_met_with_help_and_never_blocked)
{
        for (size_t i = 0; i < sizeof crises / sizeof *crises; i++) {
                struct rules_outcome out = check(crises[i]);
                ck_assert_msg(out.resources, "%s", crises[i]);
                ck_assert_int_ne(out.verdict, VERDICT_BLOCK);
                ck_assert_int_ne(out.verdict, VERDICT_ALLOW);
        }
        ck_assert(!check("that trade was financial suicide").resources);
}
END_TEST

TEST(matches_name_the_rule_and_its_code_points)
{
        struct rules_outcome out = check("\u00FC\U0001F4B0 d\u200Bouble your money");
        ck_assert_uint_eq(out.n_matches, 1);
        ck_assert_str_eq(out.matches[0].rule, "scam_double_money");
        ck_assert_uint_eq(out.matches[0].start, 3);
        ck_assert_uint_eq(out.matches[0].length, 18);
}
END_TEST

TEST(below_the_threshold_the_milder_verdict_holds)
{
        struct rules_outcome out;
        check("");
        rules_check(rules, arena, "Double your bitcoin in two days", 0.95, &out);
        ck_assert_int_eq(out.verdict, VERDICT_HOLD);
        rules_check(rules, arena, "House prices have never gone down", 0.7, &out);
        ck_assert_int_eq(out.verdict, VERDICT_HOLD);
}
END_TEST

TEST(a_category_has_a_bar_of_its_own)
{
        static const struct rules_extra extra = {"no_quux", CATEGORY_sexual, 0.7, "quux"};
        struct rules *own;
        struct rules_outcome out;
        check("");
        ck_assert_int_eq(rules_new(1, &extra, &own), STATUS_OK);
        rules_check(own, arena, "all quux here", RULES_THRESHOLD, &out);
        ck_assert_int_eq(out.verdict, VERDICT_LABEL);
        rules_set_bar(own, CATEGORY_sexual, (struct rules_bar){0.6, 0.5});
        rules_check(own, arena, "all quux here", RULES_THRESHOLD, &out);
        ck_assert_int_eq(out.verdict, VERDICT_HOLD);
        rules_set_bar(own, CATEGORY_sexual, (struct rules_bar){0.9, 0.75});
        rules_check(own, arena, "all quux here", RULES_THRESHOLD, &out);
        ck_assert_int_eq(out.verdict, VERDICT_ALLOW);
        double scores[CATEGORY_COUNT] = {[CATEGORY_sexual] = 0.89};
        rules_join(&out, scores);
        ck_assert_int_eq(out.verdict, VERDICT_ALLOW);
        scores[CATEGORY_sexual] = 0.91;
        rules_join(&out, scores);
        ck_assert_int_eq(out.verdict, VERDICT_HOLD);
        rules_free(own);
}
END_TEST

static const char *const units[] = {"a", "@", "1", " ", ".", "\u200B", "a ", "send ", "guaranteed ", "http://a ",
        "you are a ", "if you ", "tax ", "$", "\U0001F4B0", "kill ", "bitcoin profit ", "never ", "1 2 ",
        "invest $1 to ", "risk "};

TEST(hostile_text_cannot_stall_the_rules)
{
        static char text[HOSTILE_SIZE + 16];
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
                size_t length = strlen(units[i]), used = 0;
                for (; used + length <= HOSTILE_SIZE; used += length)
                        memcpy(text + used, units[i], length);
                text[used] = '\0';
                clock_t start = clock();
                struct rules_outcome out = check(text);
                ck_assert_msg(clock() - start < 5 * CLOCKS_PER_SEC, "%s", units[i]);
                ck_assert(!out.is_unfinished || out.verdict >= VERDICT_HOLD);
                arena_reset(arena);
        }
}
END_TEST

TEST(a_text_that_is_too_long_is_held)
{
        static char text[RULES_TEXT_MAX + 2];
        memset(text, 'a', RULES_TEXT_MAX + 1);
        struct rules_outcome out = check(text);
        ck_assert_int_eq(out.verdict, VERDICT_HOLD);
        ck_assert(out.is_unfinished);
        ck_assert_uint_eq(out.n_matches, 0);
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
        *state ^= *state << 13;
        *state ^= *state >> 17;
        *state ^= *state << 5;
        return *state;
}

TEST(random_code_points_give_spans_inside_the_text)
{
        uint32_t state = 1234567;
        for (size_t round = 0; round < 2000; round++) {
                char text[512] = "double your money ";
                size_t length = next_random(&state) % 2 == 0 ? 0 : strlen(text);
                for (size_t i = next_random(&state) % 100; i > 0; i--) {
                        uint32_t point = next_random(&state) % (next_random(&state) % 3 == 0 ? 0x110000 : 0x80);
                        if (point != 0 && (point < 0xD800 || point > 0xDFFF))
                                length += text_encode(point, text + length);
                }
                text[length] = '\0';
                struct rules_outcome out = check(text);
                for (size_t i = 0; i < out.n_matches; i++) {
                        ck_assert_uint_gt(out.matches[i].length, 0);
                        ck_assert_uint_le(out.matches[i].start + out.matches[i].length, text_length(text));
                }
                arena_reset(arena);
        }
}
END_TEST

static void *check_often(void *shared)
{
        struct arena *own = arena_new(0);
        size_t blocked = 0;
        for (size_t i = 0; i < 200; i++) {
                struct rules_outcome out;
                rules_check(shared, own, "Double your bitcoin in two days", RULES_THRESHOLD, &out);
                blocked += out.verdict == VERDICT_BLOCK;
                arena_reset(own);
        }
        arena_free(own);
        return blocked == 200 ? shared : NULL;
}

TEST(threads_share_the_compiled_rules)
{
        pthread_t threads[THREADS];
        check("");
        for (size_t i = 0; i < THREADS; i++)
                ck_assert_int_eq(pthread_create(&threads[i], NULL, check_often, rules), 0);
        for (size_t i = 0; i < THREADS; i++) {
                void *result;
                pthread_join(threads[i], &result);
                ck_assert_ptr_eq(result, rules);
        }
        arena_free(arena);
        rules_free(rules);
}
END_TEST

SUITE("svc-moderation/rules", FORK, T(violations_get_the_verdict_of_their_category),
        T(ordinary_talk_about_money_passes), T(a_crisis_is_met_with_help_and_never_blocked),
        T(matches_name_the_rule_and_its_code_points), T(below_the_threshold_the_milder_verdict_holds),
        T(a_category_has_a_bar_of_its_own), T(hostile_text_cannot_stall_the_rules), T(a_text_that_is_too_long_is_held),
        T(random_code_points_give_spans_inside_the_text), T(threads_share_the_compiled_rules))
