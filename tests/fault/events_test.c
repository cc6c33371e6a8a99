/* SPDX-License-Identifier: Apache-2.0 */
/* F9, F10: subscribers that are late, slow, stopped or killed, and events whose publisher is. Every event reaches every
 * subscriber, once, in order. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/program.h"
#include "tests/fault/invariants.h"
#include "tests/fault/tail.h"

#include <libpq-fe.h>
#include <signal.h>
#include <string.h>

enum { PATIENCE_S = 30 };

static void expect_whole(const struct tail *tail)
{
        const char *complaint = NULL;
        bool is_whole = AWAIT(PATIENCE_S, tail_is_whole(tail, "goals", &complaint));
        ck_assert_msg(is_whole, "%s", complaint);
}

TEST(a_tail_started_late_killed_and_restarted_prints_every_event_once)
{
        struct load *load = load_start(6);
        struct tail tail = tail_new();
        pause_ms(800);
        for (int round = 0; round < (load_is_full() ? 40 : 5); round++) {
                tail_start(&tail);
                pause_ms(500 + 137 * (int)((load_seed() + (unsigned)round) % 5));
                tail_kill(&tail);
        }
        load_stop(load);
        load_free(load);
        tail_start(&tail);
        expect_whole(&tail);
        tail_remove(&tail);
}
END_TEST

TEST(a_subscriber_that_stands_still_disturbs_nobody_and_catches_up)
{
        struct tail tail = tail_new();
        struct ledger before = ledger_read();
        tail_start(&tail);
        pause_ms(800);
        kill(tail.pid, SIGSTOP);
        struct load *load = load_start(12);
        pause_ms(load_is_full() ? 60000 : 3000);
        kill(tail.pid, SIGCONT);
        pause_ms(500);
        load_stop(load);
        expect_invariants(&before, load);
        load_free(load);
        expect_whole(&tail);
        tail_remove(&tail);
}
END_TEST

TEST(publishers_killed_under_their_subscribers_lose_no_event)
{
        static const char *const victims[] = {"svc-goals", "svc-goals.2"};
        struct tail tail = tail_new();
        struct ledger before = ledger_read();
        struct load *load = load_start(8);
        tail_start(&tail);
        for (int round = 0; round < (load_is_full() ? 60 : 4); round++) {
                pause_ms(700);
                instance_kill(victims[(load_seed() + (unsigned)round) % 2], SIGKILL);
                instance_up(victims[(load_seed() + (unsigned)round) % 2]);
        }
        load_stop(load);
        expect_invariants(&before, load);
        load_free(load);
        expect_whole(&tail);
        tail_remove(&tail);
}
END_TEST

/* A relay that is killed between numbering and publishing leaves events that were never pushed. Here many are: somebody
 * numbers alongside the relays, and says nothing to anybody. */
TEST(events_that_were_numbered_but_never_pushed_arrive_all_the_same)
{
        struct tail tail = tail_new();
        struct ledger before = ledger_read();
        PGconn *silent = PQconnectdb(program_setting("SFP_DATABASE_URL"));
        long taken = 0;
        PQclear(PQexec(silent, "SET search_path = goals"));
        tail_start(&tail);
        struct load *load = load_start(8);
        double until = now_s() + (load_is_full() ? 60 : 3);
        while (now_s() < until) {
                PGresult *result = PQexec(silent, "SELECT numbered FROM outbox_number(1000)");
                ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(silent));
                taken += strtol(PQgetvalue(result, 0, 0), NULL, 10);
                PQclear(result);
        }
        PQfinish(silent);
        load_stop(load);
        ck_assert_msg(taken > 0, "the relays were always first");
        expect_invariants(&before, load);
        load_free(load);
        expect_whole(&tail);
        tail_remove(&tail);
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "fault/events", NO_FORK,
        T(a_tail_started_late_killed_and_restarted_prints_every_event_once),
        T(a_subscriber_that_stands_still_disturbs_nobody_and_catches_up),
        T(publishers_killed_under_their_subscribers_lose_no_event),
        T(events_that_were_numbered_but_never_pushed_arrive_all_the_same))
