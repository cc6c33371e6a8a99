/* SPDX-License-Identifier: Apache-2.0 */
/* Figures for admins: each says what it is, what it comes to and what it came to before, and none is of so few people
 * that one of them could be seen in it. The days are of 2001, which nobody else has. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"

#include <string.h>

static const char *const boards[] = {
        "community-health", "privacy-metrics", "moderation-efficiency", "performance", "user-satisfaction"};

/* So many people say on that day that they are so satisfied. */
static void answered(const char *day, int people, int score)
{
        sql(text("INSERT INTO anonymize.feedback (feature, day, person_tag, score)"
                 " SELECT 'goals', '%s', decode(md5(n::text), 'hex'), %d FROM generate_series(1, %d) n",
                day, score, people));
}

static void tear_down(void)
{
        sql("DELETE FROM anonymize.feedback WHERE day < '2002-01-01'");
        scene_end();
}

static struct answer ask_board(const char *board, const char *from, const char *to)
{
        struct answer answer = get(new_user_as("admin"), text("/status/dashboards/%s?from=%s&to=%s", board, from, to));
        expect_status(answer, 200);
        ck_assert(is_true_at(answer, "complete"));
        return answer;
}

/* Where the series of this name is: "series[3]". */
static const char *place_of(struct answer answer, const char *name)
{
        for (int i = 0; i < length_at(answer, "series"); i++)
                if (strcmp(text_at(answer, text("series[%d].name", i)), name) == 0)
                        return text("series[%d]", i);
        ck_abort_msg("there is no %s in %s", name, answer.body);
}

static struct answer ask_2001(const char *from, const char *to)
{
        return ask_board("user-satisfaction", from, to);
}

TEST(every_series_says_what_it_is)
{
        for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
                struct answer answer = ask_board(boards[i], "2001-06-01", "2001-06-02");
                for (int n = 0; n < length_at(answer, "series"); n++) {
                        const char *place = text("series[%d]", n);
                        ck_assert_uint_gt(strlen(text_at(answer, text("%s.definition", place))), 10);
                        ck_assert_ptr_nonnull(
                                strstr("things people hours percent stars", text_at(answer, text("%s.unit", place))));
                        ck_assert_ptr_nonnull(strstr("sum mean", text_at(answer, text("%s.over_time", place))));
                }
        }
}
END_TEST

TEST(a_day_of_few_people_is_not_told_and_is_in_no_sum)
{
        answered("2001-03-01", 9, 5);
        answered("2001-03-02", 12, 4);
        struct answer answer = ask_2001("2001-03-01", "2001-03-03");
        const char *answers = place_of(answer, "answers"), *score = place_of(answer, "score");
        ck_assert_int_eq(length_at(answer, text("%s.points", answers)), 1);
        ck_assert_str_eq(text_at(answer, text("%s.points[0].day", answers)), "2001-03-02");
        ck_assert_double_eq(number_at(answer, text("%s.points[0].value", answers)), 12);
        ck_assert_double_eq(number_at(answer, text("%s.total", answers)), 12);
        ck_assert_double_eq(number_at(answer, text("%s.total", score)), 4);
        ck_assert_double_eq(number_at(answer, text("%s.min_people", answers)), 10);
        ck_assert(!has(answer, text("%s.previous_total", answers)));
        ck_assert(!has(answer, text("%s.change", answers)));
        ck_assert_ptr_null(strstr(answer.body, "\"people\":"));
}
END_TEST

TEST(a_period_is_compared_with_the_one_before)
{
        answered("2001-04-01", 20, 2);
        answered("2001-04-03", 10, 3);
        answered("2001-04-04", 15, 5);
        struct answer answer = ask_2001("2001-04-03", "2001-04-04");
        const char *answers = place_of(answer, "answers"), *score = place_of(answer, "score");
        ck_assert_double_eq(number_at(answer, text("%s.total", answers)), 25);
        ck_assert_double_eq(number_at(answer, text("%s.previous_total", answers)), 20);
        ck_assert_double_eq(number_at(answer, text("%s.change", answers)), 0.25);
        ck_assert_double_eq_tol(number_at(answer, text("%s.total", score)), (10 * 3 + 15 * 5) / 25.0, 1e-9);
        ck_assert_double_eq(number_at(answer, text("%s.previous_total", score)), 2);
}
END_TEST

TEST(nothing_at_all_comes_to_nothing)
{
        struct answer answer = ask_2001("2001-05-01", "2001-05-02");
        const char *answers = place_of(answer, "answers");
        ck_assert_int_eq(length_at(answer, text("%s.points", answers)), 0);
        ck_assert(!has(answer, text("%s.total", answers)));
}
END_TEST

SUITE_WITH(scene_begin, tear_down, "e2e/dashboard", NO_FORK, T(every_series_says_what_it_is),
        T(a_day_of_few_people_is_not_told_and_is_in_no_sum), T(a_period_is_compared_with_the_one_before),
        T(nothing_at_all_comes_to_nothing))
