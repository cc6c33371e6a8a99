/* SPDX-License-Identifier: Apache-2.0 */
/* The model that ships may not get worse: floors a little below what it reaches on texts it has not seen, which are not
 * part of this tree. Where they are not beside the checkout nothing is tested. */
#include "svc-moderation/training/evaluation.h"
#include "svc-moderation/training/evasion.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
        enum rules_category category;
        double area, precision, recall; /* precision and recall at 0.8 */
} floors[] = {
        {CATEGORY_spam, 0.94, 0.96, 0.74},
        {CATEGORY_scam, 0.89, 0.95, 0.60},
        {CATEGORY_self_harm, 0.87, 0.94, 0.30},
        {CATEGORY_sexual, 0.77, 0.90, 0.45},
        {CATEGORY_misinformation, 0.63, 0.65, 0.20},
        {CATEGORY_harassment, 0.47, 0.80, 0.07},
        {CATEGORY_hate, 0.47, 0.80, 0.04},
};

/* Of the functional suites: what begins so and ends so, and how many of them pass at 0.5. */
static const struct {
        const char *source, *begins, *ends;
        double passes;
} suites[] = {
        {"fincheck", "scam_", "", 0.80},
        {"fincheck", "crisis_", "", 0.90},
        {"fincheck", "ok_", "", 0.97},
        {"hatecheck", "", "_nh", 0.75},
        {"hatecheck", "", "_h", 0.60},
        {"madlibs", "", "_ok", 0.95},
        {"xstest", "", "", 0.97},
};

struct asked {
        struct corpus corpus;
        struct model *model;
        double *scores;
};

static bool ask(struct asked *asked, const char *path)
{
        const char *why;
        if (access(path, R_OK) != 0)
                return printf("skipped: there is no %s\n", path), false;
        corpus_init(&asked->corpus);
        ck_assert_int_eq(corpus_load(&asked->corpus, path, NULL), STATUS_OK);
        ck_assert_int_eq(model_load(MODERATION_MODEL, &asked->model, &why), STATUS_OK);
        asked->scores = evaluation_scores(asked->model, &asked->corpus);
        return true;
}

static void forget(struct asked *asked)
{
        free(asked->scores); /* allow(free): evaluation_scores made it */
        model_free(asked->model);
        corpus_fini(&asked->corpus);
}

TEST(the_model_that_ships_reaches_its_floors)
{
        struct asked asked;
        struct evaluation figures;
        if (!ask(&asked, MODERATION_DATA "/dev.jsonl.gz"))
                return;
        evaluation_make(&asked.corpus, asked.scores, &figures);
        for (size_t i = 0; i < sizeof floors / sizeof *floors; i++) {
                const struct evaluation_row *row = &figures.categories[floors[i].category];
                ck_assert_double_ge(row->area, floors[i].area);
                ck_assert_double_ge(row->precision[1], floors[i].precision);
                ck_assert_double_ge(row->recall[1], floors[i].recall);
                ck_assert_double_le(row->calibration, 0.02);
        }
        ck_assert_double_ge(figures.macro, 0.745);
        ck_assert_double_le(figures.finance_alarm[1], 0.001);
        forget(&asked);
}

static bool ends_with(const char *text, const char *end)
{
        size_t length = strlen(text), size = strlen(end);
        return length >= size && strcmp(text + length - size, end) == 0;
}

static bool passes(const struct corpus_row *row, const double *scores)
{
        for (int i = 0; i < CATEGORY_COUNT; i++) {
                bool is_so = (row->labels >> i & 1) != 0, is_judged = is_so || (row->unknown >> i & 1) == 0;
                if (is_judged && (scores[i] >= 0.5) != is_so)
                        return false;
        }
        return true;
}

TEST(what_only_looks_like_it_passes_and_what_is_it_does_not)
{
        struct asked asked;
        if (!ask(&asked, MODERATION_DATA "/functional_dev.jsonl.gz"))
                return;
        for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
                size_t count = 0, passed = 0;
                for (size_t k = 0; k < asked.corpus.count; k++) {
                        const struct corpus_row *row = &asked.corpus.rows[k];
                        if (strcmp(row->source, suites[i].source) != 0 || !ends_with(row->func, suites[i].ends) ||
                                strncmp(row->func, suites[i].begins, strlen(suites[i].begins)) != 0)
                                continue;
                        count++;
                        passed += passes(row, asked.scores + k * CATEGORY_COUNT);
                }
                ck_assert_uint_gt(count, 0);
                ck_assert_msg((double)passed >= suites[i].passes * (double)count, "%s %s*%s: %zu of %zu",
                        suites[i].source, suites[i].begins, suites[i].ends, passed, count);
        }
        forget(&asked);
}

TEST(no_disguise_hides_much)
{
        struct asked asked;
        if (!ask(&asked, MODERATION_DATA "/dev.jsonl.gz"))
                return;
        struct evaluation_recall plain = evaluation_disguised(asked.model, &asked.corpus, EVALUATION_PLAIN);
        ck_assert_double_ge(plain.share[0], 0.44);
        for (int how = 0; how < EVASION_COUNT; how++) {
                struct evaluation_recall recall = evaluation_disguised(asked.model, &asked.corpus, how);
                ck_assert_msg(recall.share[0] >= plain.share[0] - 0.1, "%s", evasion_name((enum evasion)how));
        }
        forget(&asked);
}
END_TEST

SUITE("svc-moderation/floors", FORK, T(the_model_that_ships_reaches_its_floors),
        T(what_only_looks_like_it_passes_and_what_is_it_does_not), T(no_disguise_hides_much))
