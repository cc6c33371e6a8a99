/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/classifier.h"
#include "svc-moderation/rules.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

extern const unsigned char moderation_model[];
extern const size_t moderation_model_size;

static char path[] = "/tmp/sfp-classifier-XXXXXX";

/* The model built in, with another bias. */
static void put_file(float bias)
{
        struct model *model;
        const char *why;
        ck_assert_int_eq(model_read(moderation_model, moderation_model_size, &model, &why), STATUS_OK);
        model->head.bias[CATEGORY_scam] = bias;
        ck_assert_int_eq(model_save(model, path), STATUS_OK);
        model_free(model);
}

static float bias_in_force(struct classifier *classifier)
{
        struct classifier_model *held = classifier_take(classifier);
        float bias = classifier_model(held)->head.bias[CATEGORY_scam];
        classifier_put(held);
        return bias;
}

TEST(the_model_built_in_tells_a_scam_from_a_question_about_money)
{
        struct classifier *classifier;
        double scores[CATEGORY_COUNT];
        struct arena *arena = arena_new(0);
        ck_assert_int_eq(classifier_new("", &classifier), STATUS_OK);
        struct classifier_model *held = classifier_take(classifier);
        model_scores(classifier_model(held), arena,
                "Your bank account is suspended, verify your details now: http://a.example/login", scores);
        ck_assert_double_gt(scores[CATEGORY_scam], 0.5);
        model_scores(classifier_model(held), arena, "How large should an emergency fund be?", scores);
        for (int i = 0; i < CATEGORY_COUNT; i++)
                ck_assert_double_lt(scores[i], 0.5);
        classifier_put(held);
        classifier_free(classifier);
        arena_free(arena);
}

TEST(a_file_that_is_replaced_is_read_anew)
{
        struct classifier *classifier;
        close(mkstemp(path));
        put_file(1);
        ck_assert_int_eq(classifier_new(path, &classifier), STATUS_OK);
        put_file(2);
        ck_assert_float_eq(bias_in_force(classifier), 2);
        classifier_free(classifier);
        unlink(path);
}

TEST(a_broken_file_leaves_the_model_of_before)
{
        struct classifier *classifier;
        close(mkstemp(path));
        put_file(1);
        ck_assert_int_eq(classifier_new(path, &classifier), STATUS_OK);
        ck_assert_int_eq(truncate(path, 1000), 0);
        ck_assert_float_eq(bias_in_force(classifier), 1);
        classifier_free(classifier);
        ck_assert_int_eq(classifier_new(path, &classifier), STATUS_INVALID_ARGUMENT);
        unlink(path);
}

/* Of a text in which the rules found nothing. */
static struct rules_outcome nothing_found(void)
{
        struct rules_outcome outcome = {0};
        for (int i = 0; i < CATEGORY_COUNT; i++) {
                outcome.excuses[i] = 1;
                outcome.bars[i] = (struct rules_bar){RULES_THRESHOLD, RULES_REVIEW};
        }
        return outcome;
}

TEST(a_model_alone_has_a_person_look_and_never_refuses)
{
        struct rules_outcome outcome = nothing_found();
        double scores[CATEGORY_COUNT] = {[CATEGORY_scam] = 0.99};
        rules_join(&outcome, scores);
        ck_assert_int_eq(outcome.verdict, VERDICT_HOLD);
        ck_assert_int_eq(outcome.category, CATEGORY_scam);
        ck_assert_ptr_nonnull(outcome.message);
}

TEST(an_excuse_counts_against_a_model_too)
{
        struct rules_outcome outcome = nothing_found();
        double scores[CATEGORY_COUNT] = {[CATEGORY_scam] = 0.99};
        outcome.excuses[CATEGORY_scam] = 0.1;
        rules_join(&outcome, scores);
        ck_assert_int_eq(outcome.verdict, VERDICT_ALLOW);
}

TEST(who_is_in_distress_is_shown_where_help_is)
{
        struct rules_outcome outcome = nothing_found();
        double scores[CATEGORY_COUNT] = {[CATEGORY_self_harm] = 0.6};
        rules_join(&outcome, scores);
        ck_assert(outcome.resources);
        ck_assert_int_eq(outcome.verdict, VERDICT_ALLOW);
}

SUITE("svc-moderation/classifier", FORK, T(the_model_built_in_tells_a_scam_from_a_question_about_money),
        T(a_file_that_is_replaced_is_read_anew), T(a_broken_file_leaves_the_model_of_before),
        T(a_model_alone_has_a_person_look_and_never_refuses), T(an_excuse_counts_against_a_model_too),
        T(who_is_in_distress_is_shown_where_help_is))
