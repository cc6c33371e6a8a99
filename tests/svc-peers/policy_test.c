/* SPDX-License-Identifier: Apache-2.0 */
#include "common/schema.h"
#include "svc-peers/cells.h"
#include "svc-peers/period.h"
#include "svc-peers/policy.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EPSILON = 80000 };

static const struct metric *savings(void)
{
        return &policy_metrics[policy_metric("savings_rate")];
}

static struct standing standing_of(
        const struct metric *metric, const int64_t *counts, size_t n_counts, int64_t epsilon, int n_parts, double value)
{
        return policy_standing(metric, &(struct released_counts){n_counts, counts, epsilon, n_parts}, value);
}

TEST(a_value_falls_into_the_bin_it_reaches)
{
        ck_assert_int_eq(policy_bin(savings(), -100), 0);
        ck_assert_int_eq(policy_bin(savings(), -20), 1);
        ck_assert_int_eq(policy_bin(savings(), 9.99), 7);
        ck_assert_int_eq(policy_bin(savings(), 10), 8);
        ck_assert_int_eq(policy_bin(savings(), 100), 15);
}
END_TEST

TEST(a_value_is_clamped_to_what_is_public)
{
        static const double far[] = {1e308, -1e308, INFINITY, -INFINITY, 9223372036854775807.0, -9223372036854775808.0};
        for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
                int64_t expected = far[i] > 0 ? savings()->high : savings()->low;
                ck_assert_int_eq(policy_hundredths(savings(), far[i]), expected);
                ck_assert_int_eq(policy_bin(savings(), far[i]), far[i] > 0 ? 15 : 0);
        }
        ck_assert_int_eq(policy_hundredths(savings(), NAN), savings()->low);
        ck_assert_int_eq(policy_hundredths(savings(), 12.345), 1235);
}
END_TEST

TEST(edges_rise_and_fit_their_bins)
{
        for (int m = 0; m < METRICS; m++) {
                const struct metric *metric = &policy_metrics[m];
                ck_assert_int_le(metric->n_bins, BINS_MAX);
                for (int i = 1; i < metric->n_bins - 1; i++)
                        ck_assert_msg(metric->edges[i] > metric->edges[i - 1], "%s, edge %d", metric->name, i);
        }
}
END_TEST

TEST(every_bin_holds_something_that_may_be_said)
{
        struct schema *schema = schema_new();
        const struct schema_message *request = schema_message_find(schema, &peers__put_metrics_request__descriptor);
        for (unsigned i = 0; i < request->descriptor->n_fields; i++) {
                int m = policy_metric(request->descriptor->fields[i].name);
                if (m < 0)
                        continue;
                ck_assert((double)policy_metrics[m].edges[0] / 100 > request->rules[i]->real_min);
                ck_assert((double)policy_metrics[m].edges[policy_metrics[m].n_bins - 2] / 100 <
                          request->rules[i]->real_max);
        }
        schema_free(schema);
}
END_TEST

TEST(a_bin_is_named_by_its_edges)
{
        struct arena *arena = arena_new(0);
        ck_assert_str_eq(policy_bin_name(arena, savings(), 0), "under -20 %");
        ck_assert_str_eq(policy_bin_name(arena, savings(), 8), "10-12.5 %");
        ck_assert_str_eq(policy_bin_name(arena, savings(), 15), "50 % and more");
        arena_free(arena);
}
END_TEST

TEST(half_of_one_s_own_bin_is_below)
{
        int64_t counts[16] = {0};
        counts[0] = 40, counts[8] = 20, counts[15] = 40;
        struct standing standing = standing_of(savings(), counts, 16, 1000000000, 1, 10);
        ck_assert(standing.is_known);
        ck_assert_int_eq(standing.percentile, 50);
        ck_assert_int_ge(standing.low, 49); /* there was hardly any noise */
        ck_assert_int_le(standing.high, 51);
        ck_assert_int_eq(standing_of(savings(), counts, 16, 1000000000, 1, 60).percentile, 80);
}
END_TEST

TEST(where_less_is_better_the_percentile_turns_round)
{
        int64_t counts[15] = {0};
        const struct metric *debt = &policy_metrics[policy_metric("debt_to_income")];
        counts[0] = 50, counts[14] = 50;
        ck_assert_int_eq(standing_of(debt, counts, 15, 1000000000, 1, 0).percentile, 75);
        ck_assert_int_eq(standing_of(debt, counts, 15, 1000000000, 1, 200).percentile, 25);
}
END_TEST

TEST(noise_below_zero_is_nobody_and_nothing_left_is_not_known)
{
        int64_t counts[16] = {-5, -3};
        ck_assert(!standing_of(savings(), counts, 16, EPSILON, 1, 10).is_known);
        ck_assert_int_eq(policy_median(counts, 16), -1);
        counts[9] = 10;
        ck_assert_int_eq(standing_of(savings(), counts, 16, EPSILON, 1, 100).percentile, 100);
        ck_assert_int_eq(policy_median(counts, 16), 9);
        ck_assert(!standing_of(savings(), counts, 15, EPSILON, 1, 10).is_known);
}
END_TEST

TEST(more_noise_makes_wider_intervals)
{
        int64_t counts[16];
        for (int i = 0; i < 16; i++)
                counts[i] = 30;
        struct standing narrow = standing_of(savings(), counts, 16, 250000, 1, 10);
        struct standing wide = standing_of(savings(), counts, 16, 40000, 1, 10);
        struct standing summed = standing_of(savings(), counts, 16, 250000, 4, 10);
        ck_assert_int_lt(narrow.high - narrow.low, summed.high - summed.low);
        ck_assert_int_lt(narrow.high - narrow.low, wide.high - wide.low);
        ck_assert_int_ge(wide.low, 0);
        ck_assert_int_le(wide.high, 100);
}
END_TEST

TEST(an_interval_is_the_same_for_ever_and_around_what_is_told)
{
        int64_t counts[16] = {-9, 4, -2, 61, 13, 40, 77, 81, 90, 64, 20, -7, 11, 5, 0, 3};
        for (int value = -30; value < 60; value += 3) {
                struct standing first = standing_of(savings(), counts, 16, 180000, 1, value);
                struct standing again = standing_of(savings(), counts, 16, 180000, 1, value);
                ck_assert_int_eq(first.low, again.low);
                ck_assert_int_eq(first.high, again.high);
                ck_assert_int_le(first.low, first.percentile);
                ck_assert_int_ge(first.high, first.percentile);
        }
}
END_TEST

/* Four standard deviations of 2,000 tries about 95 of 100, and the half of a point that rounding outwards gives away.
 */
TEST(intervals_hold_as_often_as_they_say)
{
        enum { TRIES = 2000, PEOPLE = 500 };
        int held = 0;
        unsigned seed = 7;
        for (int i = 0; i < TRIES; i++) {
                int64_t truth[16] = {0}, counts[16];
                for (int j = 0; j < PEOPLE; j++)
                        truth[(rand_r(&seed) % 6) + (rand_r(&seed) % 6) + (rand_r(&seed) % 6)]++;
                for (int j = 0; j < 16; j++) {
                        double u = (rand_r(&seed) + 0.5) / (RAND_MAX + 1.0) - 0.5;
                        counts[j] = truth[j] + lround((u < 0 ? 1 : -1) * log(1 - 2 * fabs(u)) / 0.18);
                }
                int64_t below = truth[0] + truth[1] + truth[2] + truth[3] + truth[4] + truth[5] + truth[6];
                double share = 100 * ((double)below + (double)truth[7] / 2) / PEOPLE;
                struct standing standing = standing_of(savings(), counts, 16, 180000, 1, 8);
                held += standing.low <= share && share <= standing.high;
        }
        ck_assert_msg(held > TRIES * 93 / 100, "%d of %d", held, TRIES);
        ck_assert_msg(held < TRIES * 995 / 1000, "%d of %d", held, TRIES);
}
END_TEST

TEST(discipline_is_the_mean_of_what_is_given)
{
        double score;
        Peers__DisciplineInputs inputs = PEERS__DISCIPLINE_INPUTS__INIT;
        ck_assert(!policy_discipline(NULL, &score));
        ck_assert(!policy_discipline(&inputs, &score));
        inputs.has_saving_months = 1;
        inputs.saving_months = 6;
        ck_assert(policy_discipline(&inputs, &score));
        ck_assert_double_eq_tol(score, 50, 1e-9);
        inputs.has_credit_utilisation_percent = 1;
        inputs.credit_utilisation_percent = 10;
        ck_assert(policy_discipline(&inputs, &score));
        ck_assert_double_eq_tol(score, (25 * 50 + 20 * 90) / 45.0, 1e-9);
}
END_TEST

TEST(cohorts_widen_from_region_to_everybody)
{
        struct arena *arena = arena_new(0);
        ck_assert_str_eq(policy_cohort(arena, "40-49", "50k-100k", "Pacific", 0), "40-49/50k-100k/Pacific");
        ck_assert_str_eq(policy_cohort(arena, "40-49", "50k-100k", "Pacific", 1), "40-49/50k-100k");
        ck_assert_str_eq(policy_cohort(arena, "40-49", NULL, NULL, 2), "40-49");
        ck_assert_str_eq(policy_cohort(arena, NULL, NULL, NULL, 3), "all");
        ck_assert_ptr_null(policy_cohort(arena, "40-49", NULL, "Pacific", 0));
        ck_assert_ptr_null(policy_cohort(arena, NULL, "50k-100k", "Pacific", 2));
        arena_free(arena);
}
END_TEST

TEST(dimensions_are_asked_for_from_the_broadest)
{
        ck_assert_int_eq(policy_level_of(0, NULL), 0);
        ck_assert_int_eq(policy_level_of(1, (char *[]){"age"}), 2);
        ck_assert_int_eq(policy_level_of(3, (char *[]){"age", "income", "region"}), 0);
        ck_assert_int_eq(policy_level_of(1, (char *[]){"region"}), -1);
        ck_assert_int_eq(policy_level_of(2, (char *[]){"income", "age"}), -1);
}
END_TEST

static int64_t sum_of(const Peers__CellCount *cell, int metric)
{
        int64_t sum = 0;
        for (int i = 0; i < policy_metrics[metric].n_bins; i++)
                sum += cell_bins(cell, metric)[i];
        return sum;
}

static const uint8_t somebody[USER_ID_SIZE];

TEST(everybody_is_in_one_cell_and_in_one_bin)
{
        struct arena *arena = arena_new(0);
        struct cells cells = {.arena = arena};
        Peers__Snapshot snapshot = PEERS__SNAPSHOT__INIT;
        snapshot.has_savings_rate = 1;
        snapshot.age_group = "40-49";
        for (int i = 0; i < 3; i++) {
                snapshot.income_range = i == 0 ? "50k-100k" : NULL;
                cells_add(&cells, somebody, &snapshot);
        }
        ck_assert_uint_eq(cells.count, 2); /* of those whose income is known, and of those whose is not */
        int64_t people = 0;
        struct cell **list = cells_list_people(&cells);
        for (size_t i = 0; i < cells.count; i++) {
                ck_assert_int_eq(sum_of(list[i]->count, 0), list[i]->count->n_people);
                ck_assert_int_eq(sum_of(list[i]->count, 1), 0);
                ck_assert_int_eq(list[i]->n_people, list[i]->count->n_people);
                people += list[i]->count->n_people;
        }
        ck_assert_int_eq(people, 3);
        cells_forget_people(&cells);
        ck_assert_int_eq(list[0]->n_people, 0);
        arena_free(arena);
}
END_TEST

TEST(counting_goes_on_where_it_was_put_down)
{
        struct arena *arena = arena_new(0);
        struct cells before = {.arena = arena}, after = {.arena = arena};
        Peers__Snapshot snapshot = PEERS__SNAPSHOT__INIT;
        snapshot.has_debt_to_income = 1;
        snapshot.age_group = "40-49";
        cells_add(&before, somebody, &snapshot);
        ck_assert(cells_take(&after, before.count, cells_list(&before)));
        cells_add(&after, somebody, &snapshot);
        ck_assert_uint_eq(after.count, 1);
        ck_assert_int_eq(cells_list(&after)[0]->n_people, 2);
        ck_assert_int_eq(sum_of(cells_list(&after)[0], policy_metric("debt_to_income")), 2);
        Peers__CellCount other = PEERS__CELL_COUNT__INIT, *one = &other;
        other.age_group = "of another version";
        ck_assert(!cells_take(&after, 1, &one));
        arena_free(arena);
}
END_TEST

TEST(months_follow_each_other)
{
        char period[PERIOD_SIZE];
        period_shift("2026-11", 2, period);
        ck_assert_str_eq(period, "2027-01");
        period_shift("2026-01", -24, period);
        ck_assert_str_eq(period, "2024-01");
        period_at(0, period);
        ck_assert_str_eq(period, "1970-01");
        ck_assert(period_is_valid("2026-12"));
        ck_assert(!period_is_valid("2026-13"));
        ck_assert(!period_is_valid("2026-1a"));
        ck_assert(!period_is_valid("1026-01"));
}
END_TEST

SUITE("svc-peers/policy", FORK, T(a_value_falls_into_the_bin_it_reaches), T(a_value_is_clamped_to_what_is_public),
        T(edges_rise_and_fit_their_bins), T(every_bin_holds_something_that_may_be_said), T(a_bin_is_named_by_its_edges),
        T(half_of_one_s_own_bin_is_below), T(where_less_is_better_the_percentile_turns_round),
        T(noise_below_zero_is_nobody_and_nothing_left_is_not_known), T(more_noise_makes_wider_intervals),
        T(an_interval_is_the_same_for_ever_and_around_what_is_told), T(intervals_hold_as_often_as_they_say),
        T(discipline_is_the_mean_of_what_is_given), T(cohorts_widen_from_region_to_everybody),
        T(dimensions_are_asked_for_from_the_broadest), T(everybody_is_in_one_cell_and_in_one_bin),
        T(counting_goes_on_where_it_was_put_down), T(months_follow_each_other))
