/* SPDX-License-Identifier: Apache-2.0 */
/* A service whose workers are all held up, and what it answers all the same. */
#include "common/client.h"
#include "common/rpc_call.h"
#include "common/server.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define FAKE_RPCS(RPC) RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)
RPC_DECLARE(FAKE_RPCS)

#define CHECK "sfp.moderation.Moderation.Check"

enum { SECOND_US = 1000000, WORKERS = 2, LONG = 1100 };

static struct kit kit;
static struct server *server;
static struct rpc_pending *held[WORKERS];
static sem_t may_go;
static _Atomic bool is_prompt;

/* "wait" is answered once it may go. */
static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        if (strcmp(in->texts[0], "wait") == 0)
                sem_wait(&may_go);
        out->verdict = arena_strdup(call->arena, in->texts[0]);
        return STATUS_OK;
}

RPC_TABLE(fake_rpcs, FAKE_RPCS);
extern const struct rpc fake_rpcs[];

static bool says_it_is_prompt(const struct service *service)
{
        (void)service;
        return atomic_load(&is_prompt);
}

static struct rpc_pending *begin(const char *text)
{
        char *texts[] = {(char *)(size_t)text};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        return rpc_start(&kit.call, NULL, CHECK, &in.base);
}

static const char *end(struct rpc_pending *pending)
{
        ProtobufCMessage *out;
        ck_assert_int_eq(rpc_wait(&kit.call, pending, &out), STATUS_OK);
        return ((const Moderation__CheckReply *)out)->verdict;
}

static int waiting(void)
{
        struct server_stats stats;
        server_read_stats(server, &stats);
        return stats.waiting;
}

static void await_busy(void)
{
        struct server_stats stats = {.busy = 0};
        for (int i = 0; i < 1000 && stats.busy < WORKERS; i++) {
                usleep(5000);
                server_read_stats(server, &stats);
        }
        ck_assert_int_eq(stats.busy, WORKERS);
}

/* All workers wait when a test begins. */
static void set_up(void)
{
        static const struct rpc *const tables[] = {fake_rpcs, NULL};
        kit_open(&kit, "moderation", tables);
        kit.definition.is_prompt = says_it_is_prompt;
        const struct server_settings settings = {.url = kit_ipc_url(&kit), .queue = 8, .workers = WORKERS};
        ck_assert_int_eq(server_start(&kit.service, &settings, &server), STATUS_OK);
        kit.service.client = kit_client(&kit, settings.url, "goals");
        sem_init(&may_go, 0, 0);
        atomic_store(&is_prompt, false);
        kit_call(&kit, CHECK, 20 * SECOND_US);
        for (int i = 0; i < WORKERS; i++)
                held[i] = begin("wait");
        await_busy();
}

static void let_go(void)
{
        for (int i = 0; i < WORKERS; i++)
                sem_post(&may_go);
        for (int i = 0; i < WORKERS; i++)
                ck_assert_str_eq(end(held[i]), "wait");
}

static void tear_down(void)
{
        client_free(kit.service.client);
        server_stop(server, 1000);
        kit_close(&kit);
}

/* Stands in line until the workers are let go. */
static void assert_waits(const char *text)
{
        struct rpc_pending *pending = begin(text);
        for (int i = 0; i < 1000 && waiting() == 0; i++)
                usleep(5000);
        ck_assert_int_eq(waiting(), 1);
        let_go();
        ck_assert_str_eq(end(pending), text);
}

TEST(a_short_question_needs_no_worker)
{
        atomic_store(&is_prompt, true);
        for (int i = 0; i < 100; i++)
                ck_assert_str_eq(end(begin("short")), "short");
        let_go();
}
END_TEST

TEST(a_long_one_does)
{
        static char text[LONG + 1];
        memset(text, 'x', LONG);
        atomic_store(&is_prompt, true);
        assert_waits(text);
}
END_TEST

TEST(so_does_one_that_would_have_to_wait_for_something)
{
        assert_waits("short");
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/at_once", FORK, T(a_short_question_needs_no_worker), T(a_long_one_does),
        T(so_does_one_that_would_have_to_wait_for_something))
