/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "tools/exposition.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *rest;
static struct sample sample;

static void read_text(const char *text)
{
        rest = text;
}

static bool is_next(const char *name, const char *labels, double value)
{
        return exposition_next(&rest, &sample) && strlen(name) == sample.name.length &&
               memcmp(sample.name.at, name, sample.name.length) == 0 && strlen(labels) == sample.labels.length &&
               memcmp(sample.labels.at, labels, sample.labels.length) == 0 &&
               (sample.value == value || (isnan(value) && isnan(sample.value)));
}

TEST(samples_are_read_and_comments_passed_over)
{
        read_text("# HELP a A.\n# TYPE a counter\na 1\n\nb{c=\"d\"} 2.5 1700000000\nup +Inf");
        ck_assert(is_next("a", "", 1));
        ck_assert(is_next("b", "c=\"d\"", 2.5));
        ck_assert(is_next("up", "", INFINITY));
        ck_assert(!exposition_next(&rest, &sample));
}
END_TEST

TEST(labels_may_hold_braces_commas_and_quotes)
{
        struct words value;
        read_text("a{b=\"x,y}\",c=\"q\\\"q\",d=\"\"} 3\n");
        ck_assert(exposition_next(&rest, &sample));
        ck_assert_double_eq(sample.value, 3);
        ck_assert(sample_label(&sample, "b", &value) && words_are(value, "x,y}"));
        ck_assert(sample_label(&sample, "c", &value) && words_are(value, "q\\\"q"));
        ck_assert(sample_label(&sample, "d", &value) && value.length == 0);
        ck_assert(!sample_label(&sample, "e", &value));
}
END_TEST

TEST(what_is_no_sample_is_passed_over)
{
        static const char *const bad[] = {"a", "a ", "{b=\"c\"} 1", "a{b=\"c\" 1", "a{b=\"c} 1", "a one", "a 1x", "= 1",
                "a 11111111111111111111111111111111111111111111111111111111111111111111111111111111"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                char text[256];
                snprintf(text, sizeof text, "%s\ngood 1\n", bad[i]);
                read_text(text);
                ck_assert_msg(is_next("good", "", 1), "%s", bad[i]);
        }
}
END_TEST

SUITE("tools/exposition", FORK, T(samples_are_read_and_comments_passed_over),
        T(labels_may_hold_braces_commas_and_quotes), T(what_is_no_sample_is_passed_over))
