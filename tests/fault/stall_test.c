/* SPDX-License-Identifier: Apache-2.0 */
/* F2, F13: processes that stand still, and more to do than can be done. */
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"
#include "tests/fault/ordeal.h"

#include "common/clock.h"

#include <signal.h>
#include <stdio.h>

static const char *const stopped[] = {"svc-goals.2", "svc-anonymize", "svc-moderation.2"};
enum { STOPPED = sizeof stopped / sizeof *stopped };

static void signal_all(int signal)
{
        for (int i = 0; i < STOPPED; i++)
                instance_kill(stopped[i], signal);
}

static void stop_them(const char *whom)
{
        (void)whom;
        signal_all(SIGSTOP);
}

static void let_them_go_on(const char *whom)
{
        (void)whom;
        signal_all(SIGCONT);
}

TEST(a_replica_of_each_service_stands_still)
{
        const struct ordeal ordeal = {.name = "SIGSTOP of one of each",
                .inflict = stop_them,
                .heal = let_them_go_on,
                .lasts_ms = load_is_full() ? 30000 : 10000};
        ordeal_run(&ordeal);
}
END_TEST

/* While one of two stands still, people are served by the other: after the first calls have run into it, nearly nobody
 * notices. */
TEST(the_replica_that_stands_still_is_left_out)
{
        struct load *load = load_start(ORDEAL_ACTORS);
        pause_ms(1500);
        instance_kill("svc-goals", SIGSTOP);
        pause_ms(4000);
        int64_t from_us = clock_now_us();
        pause_ms(2500);
        int64_t to_us = clock_now_us();
        instance_kill("svc-goals", SIGCONT);
        const struct history *history = load_stop(load);
        int done = history_count(history, DEED_READ, DEED_DONE, from_us, to_us);
        int failed = history_count(history, DEED_READ, DEED_UNKNOWN, from_us, to_us);
        ck_assert_msg(done > 20 && failed <= done / 20, "%d reads were done and %d failed beside a stalled replica",
                done, failed);
        load_free(load);
}
END_TEST

/* Far more people than two cores can serve. Some are turned away, with word when to come again; what is accepted is
 * right; afterwards all is as before. */
TEST(too_many_people_are_turned_away_and_nothing_breaks)
{
        struct ledger before = ledger_read();
        struct load *load = load_start(200);
        pause_ms(load_is_full() ? 60000 : 6000);
        load_stop(load);
        expect_effects(&before, load); /* and not I8: so many clients wait for each other */
        load_free(load);
        int64_t over_us = clock_now_us();
        load = load_start(4);
        bool is_served = AWAIT(5, history_first_done(load_history(load), DEED_CREATE, over_us) != INT64_MAX &&
                                          history_first_done(load_history(load), DEED_LIST, over_us) != INT64_MAX);
        load_stop(load);
        load_free(load);
        ck_assert(is_served);
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "fault/stall", NO_FORK, T(a_replica_of_each_service_stands_still),
        T(the_replica_that_stands_still_is_left_out), T(too_many_people_are_turned_away_and_nothing_breaks))
