/* SPDX-License-Identifier: Apache-2.0 */
/* A caller that no longer waits: over a chain of two services down to a statement in the database. */
#include "common/clock.h"
#include "common/db.h"
#include "common/rpc_call.h"
#include "tests/common/replica.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

enum { SECOND_US = 1000000, PATIENCE_US = 20 * SECOND_US };

/* "sleep" waits in the database, "ask TEXT" asks the replica behind. */
#define FRONT_RPCS(RPC)                                                                                                \
        RPC(Check, front_check, Moderation__CheckRequest, Moderation__CheckReply)                                      \
        RPC(CheckContent, front_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(FRONT_RPCS)

static struct kit kit;
static struct replica behind;
static struct service front_service;
static struct service_definition front_definition;
static struct server *front;
static struct client *to_front, *to_behind;
static struct asker asker;
static _Atomic int last_status; /* how the front's handler ended; -1: not yet */
static _Atomic int64_t ended_us;

static status ask_behind(struct call *call, const char *text)
{
        ProtobufCMessage *reply;
        return rpc_call(call, CHECK, &check_request(call->arena, text)->base, &reply);
}

static status front_check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        const char *text = in->texts[0];
        (void)out;
        status result =
                strncmp(text, "ask ", 4) == 0 ? ask_behind(call, text + 4) : db_exec(call, "SELECT pg_sleep(30)");
        atomic_store(&ended_us, clock_now_us());
        atomic_store(&last_status, result);
        return result;
}

static status front_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        (void)in;
        (void)out;
        return STATUS_OK;
}

RPC_TABLE(front_rpcs, FRONT_RPCS);
extern const struct rpc front_rpcs[];

static void start_front(void)
{
        static const struct rpc *const served[] = {front_rpcs, NULL};
        const struct rpc *const tables[] = {front_rpcs, kit_rest(&kit, served), NULL};
        const struct server_settings settings = {.url = kit_ipc_url(&kit),
                .queue = 16,
                .workers = 2,
                .database_url = kit.database_url,
                .query_timeout_us = 60LL * SECOND_US};
        front_definition = kit.definition;
        front_definition.tables = tables;
        front_service = kit.service;
        front_service.definition = &front_definition;
        front_service.client = to_behind;
        ck_assert_int_eq(server_start(&front_service, &settings, &front), STATUS_OK);
        to_front = kit_client(&kit, settings.url, "goals");
}

static void set_up(void)
{
        kit_open(&kit, "moderation", replica_tables);
        kit_database(&kit);
        behind = (struct replica){0};
        replica_start(&behind, &kit, "behind", kit_ipc_url(&kit));
        to_behind = kit_client(&kit, behind.url, "goals");
        start_front();
        asker_open(&asker, &kit, to_front);
        atomic_store(&last_status, -1);
}

static void tear_down(void)
{
        asker_close(&asker);
        client_free(to_front);
        server_stop(front, 1000);
        client_free(to_behind);
        replica_stop(&behind);
        kit_close(&kit);
}

static struct rpc_pending *begin(const char *text, int64_t deadline_us)
{
        struct call *call = asker_call(&asker, deadline_us);
        return rpc_start(call, NULL, CHECK, &check_request(call->arena, text)->base);
}

static int count_sleeping(void)
{
        return (int)strtol(kit_sql(&kit, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
                                         "'SELECT pg_sleep(30)%%'"),
                NULL, 10);
}

static void wait_for_sleeping(int count)
{
        for (int64_t until = clock_now_us() + PATIENCE_US; count_sleeping() != count; usleep(5000))
                ck_assert_int_lt(clock_now_us(), until);
}

/* The time from `since_us` until the front's handler had ended; it must end with `code`. */
static int64_t wait_for_end(int64_t since_us, status code)
{
        for (int64_t until = clock_now_us() + PATIENCE_US; atomic_load(&last_status) == -1; usleep(1000))
                ck_assert_int_lt(clock_now_us(), until);
        ck_assert_int_eq(atomic_load(&last_status), code);
        return atomic_load(&ended_us) - since_us;
}

TEST(cancelling_ends_the_statement_in_the_database)
{
        struct rpc_pending *pending = begin("sleep", PATIENCE_US);
        wait_for_sleeping(1);
        int64_t now = clock_now_us();
        rpc_cancel(&asker.call, pending);
        ck_assert_int_lt(wait_for_end(now, STATUS_CANCELLED), 10 * SECOND_US);
        wait_for_sleeping(0);
}
END_TEST

TEST(cancelling_goes_down_the_chain)
{
        struct rpc_pending *pending = begin("ask nap 20000", PATIENCE_US);
        while (atomic_load(&behind.n_begun) == 0)
                usleep(1000);
        int64_t now = clock_now_us();
        rpc_cancel(&asker.call, pending);
        ck_assert_int_lt(wait_for_end(now, STATUS_CANCELLED), 10 * SECOND_US);
        for (int64_t until = clock_now_us() + PATIENCE_US; atomic_load(&behind.n_cancelled) == 0; usleep(1000))
                ck_assert_int_lt(clock_now_us(), until);
}
END_TEST

TEST(a_call_that_nobody_waited_for_is_cancelled_when_the_handler_returns)
{
        begin("sleep", PATIENCE_US);
        wait_for_sleeping(1);
        int64_t now = clock_now_us();
        arena_reset(asker.arena); /* as the worker does behind a handler */
        ck_assert_int_lt(wait_for_end(now, STATUS_CANCELLED), 10 * SECOND_US);
        wait_for_sleeping(0);
}
END_TEST

TEST(a_deadline_ends_the_statement_too)
{
        ProtobufCMessage *out;
        int64_t now = clock_now_us();
        struct rpc_pending *pending = begin("sleep", 600000);
        ck_assert_int_eq(rpc_wait(&asker.call, pending, &out), STATUS_DEADLINE_EXCEEDED);
        ck_assert_int_lt(clock_now_us() - now, 5 * SECOND_US);
        wait_for_end(now, STATUS_DEADLINE_EXCEEDED);
        wait_for_sleeping(0);
}
END_TEST

TEST(after_a_cancelled_call_the_worker_serves_on)
{
        for (int i = 0; i < 6; i++) {
                atomic_store(&last_status, -1);
                struct rpc_pending *pending = begin("sleep", PATIENCE_US);
                wait_for_sleeping(1);
                rpc_cancel(&asker.call, pending);
                wait_for_end(clock_now_us(), STATUS_CANCELLED);
                wait_for_sleeping(0);
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/cancel", NO_FORK, T(cancelling_ends_the_statement_in_the_database),
        T(cancelling_goes_down_the_chain), T(a_call_that_nobody_waited_for_is_cancelled_when_the_handler_returns),
        T(a_deadline_ends_the_statement_too), T(after_a_cancelled_call_the_worker_serves_on))
