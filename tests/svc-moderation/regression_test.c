/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/training/regression.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>

enum { EXAMPLES = 60, COST = 12 };

struct board {
        struct examples examples;
        struct example items[EXAMPLES];
        uint32_t buckets[EXAMPLES][2];
        float values[EXAMPLES][2];
        float *weights, bias;
};

static void add(struct board *board, float x, float y, uint8_t labels, uint8_t unknown, float weight)
{
        size_t i = board->examples.count++;
        board->buckets[i][0] = 3;
        board->buckets[i][1] = 8;
        board->values[i][0] = x;
        board->values[i][1] = y;
        board->items[i] = (struct example){2, labels, unknown, weight, board->buckets[i], board->values[i]};
}

static struct board *make(void)
{
        struct board *board = calloc(1, sizeof *board);                    /* allow(calloc): too large for a stack */
        board->weights = calloc(FEATURES_BUCKETS, sizeof *board->weights); /* allow(calloc): the same */
        board->examples.items = board->items;
        for (int i = 0; i < 40; i++)
                add(board, (float)(i % 7) / 7, (float)(i % 5) / 5, i % 7 + i % 5 > 5 || i % 11 == 0, 0, 1);
        return board;
}

static void end(struct board *board)
{
        free(board->weights); /* allow(free): see make */
        free(board);          /* allow(free): see make */
}

/* What is to be as small as can be: half the squares of the weights, and what each error costs. */
static double price_of(const struct board *board, double by_x, double by_y, double by_bias)
{
        double x = (double)board->weights[3] + by_x, y = (double)board->weights[8] + by_y;
        double bias = (double)board->bias + by_bias, price = (x * x + y * y + bias * bias) / 2;
        for (size_t i = 0; i < board->examples.count; i++) {
                const struct example *example = &board->items[i];
                double sum = x * (double)example->values[0] + y * (double)example->values[1] + bias;
                double side = (example->labels & 1) != 0 ? 1 : -1;
                price += COST * (double)example->weight * log1p(exp(-side * sum));
        }
        return price;
}

TEST(no_answer_near_it_is_better)
{
        struct board *board = make();
        regression_fit(&board->examples, 0, board->weights, &board->bias);
        double best = price_of(board, 0, 0, 0);
        for (int sign = -1; sign <= 1; sign += 2) {
                ck_assert_double_lt(best, price_of(board, 0.3 * sign, 0, 0));
                ck_assert_double_lt(best, price_of(board, 0, 0.3 * sign, 0));
                ck_assert_double_lt(best, price_of(board, 0, 0, 0.3 * sign));
        }
        ck_assert(board->weights[3] > 1 && board->weights[8] > 1 && board->bias < -1);
        ck_assert(board->weights[4] == 0);
        end(board);
}

TEST(what_nobody_judged_teaches_nothing)
{
        struct board *board = make(), *more = make();
        for (int i = 0; i < 20; i++)
                add(more, 1, 1, 0, 1, 1);
        regression_fit(&board->examples, 0, board->weights, &board->bias);
        regression_fit(&more->examples, 0, more->weights, &more->bias);
        ck_assert(board->weights[3] == more->weights[3] && board->bias == more->bias);
        end(board);
        end(more);
}

TEST(a_heavier_example_counts_for_more)
{
        struct board *light = make(), *heavy = make();
        add(light, 1, 0, 0, 0, 0.01F);
        add(heavy, 1, 0, 0, 0, 20);
        regression_fit(&light->examples, 0, light->weights, &light->bias);
        regression_fit(&heavy->examples, 0, heavy->weights, &heavy->bias);
        ck_assert(heavy->weights[3] < light->weights[3] - 0.5F);
        end(light);
        end(heavy);
}

SUITE("svc-moderation/regression", FORK, T(no_answer_near_it_is_better), T(what_nobody_judged_teaches_nothing),
        T(a_heavier_example_counts_for_more))
