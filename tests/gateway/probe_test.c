/* SPDX-License-Identifier: Apache-2.0 */
#include "common/address.h"
#include "common/admin.h"
#include "gateway/probe.h"
#include "tests/suite.h"

#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 8, URL_SIZE = 128 };

static char announce[64], url[URL_SIZE];
static struct metrics *metrics;
static struct admin *admin;
static _Atomic int looks_until_ready;

static bool is_ready(void *owner)
{
        return atomic_fetch_sub((_Atomic int *)owner, 1) <= 0;
}

static void set_up(void)
{
        char line[ADDRESS_TEXT_SIZE];
        snprintf(announce, sizeof announce, "probe_test.%d", (int)getpid());
        metrics = metrics_new();
        const struct admin_settings settings = {"127.0.0.1:0", announce, metrics, is_ready, &looks_until_ready};
        ck_assert_int_eq(admin_start(&settings, &admin), STATUS_OK);
        FILE *file = fopen(announce, "re");
        ck_assert_ptr_nonnull(file);
        ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
        fclose(file);
        line[strcspn(line, "\n")] = '\0';
        snprintf(url, sizeof url, "http://%s", line);
}

static void tear_down(void)
{
        admin_stop(admin);
        metrics_free(metrics);
}

/* The exit code for words with a space between them; @ is the address of a server. */
static int probe(const char *words)
{
        char text[URL_SIZE * 2], *argv[WORDS_MAX] = {"probe"}, *rest;
        const char *at = strchr(words, '@');
        int argc = 1;
        snprintf(text, sizeof text, "%.*s%s%s", at == NULL ? (int)strlen(words) : (int)(at - words), words,
                at == NULL ? "" : url, at == NULL ? "" : at + 1);
        for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
                argv[argc++] = word;
        optind = 0;
        return probe_command(argc, argv);
}

TEST(who_answers_well_is_well)
{
        ck_assert_int_eq(probe("@/livez"), 0);
}

TEST(who_answers_otherwise_is_not)
{
        atomic_store(&looks_until_ready, 1000);
        ck_assert_int_eq(probe("@/readyz"), 1);
        ck_assert_int_eq(probe("@/nothing"), 1);
}

TEST(nobody_is_not)
{
        ck_assert_int_eq(probe("http://127.0.0.1:1/livez"), 1);
}

TEST(who_is_waited_for_has_time)
{
        atomic_store(&looks_until_ready, 2);
        ck_assert_int_eq(probe("@/readyz --wait 50"), 0);
}

TEST(other_words_are_refused)
{
        ck_assert_int_eq(probe(""), 2);
        ck_assert_int_eq(probe("@/livez @/readyz"), 2);
        ck_assert_int_eq(probe("@/livez --wait"), 2);
        ck_assert_int_eq(probe("@/livez --wait -1"), 2);
        ck_assert_int_eq(probe("@/livez --wait 3601"), 2);
        ck_assert_int_eq(probe("@/livez --wait soon"), 2);
        ck_assert_int_eq(probe("@/livez --else"), 2);
}

TEST(other_protocols_are_refused)
{
        ck_assert_int_eq(probe("file:///etc/hostname"), 1);
}

SUITE_WITH(set_up, tear_down, "gateway/probe", FORK, T(who_answers_well_is_well), T(who_answers_otherwise_is_not),
        T(nobody_is_not), T(who_is_waited_for_has_time), T(other_words_are_refused), T(other_protocols_are_refused))
