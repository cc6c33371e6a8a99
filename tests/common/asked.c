/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/asked.h"

#include <stdio.h>
#include <unistd.h>

#define FAKE_RPCS(RPC)                                                                                                 \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(FAKE_RPCS)

struct asked asked;

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        int ms = 0;
        atomic_fetch_add(&asked.n_begun, 1);
        if (sscanf(in->texts[0], "sleep %d", &ms) == 1)
                usleep((useconds_t)ms * 1000);
        out->verdict = arena_strdup(call->arena, in->texts[0]);
        atomic_fetch_add(&asked.n_ended, 1);
        return STATUS_OK;
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        (void)out;
        return call_problem(call, PROBLEM_CONTENT_BLOCKED, "not %s", in->content);
}

RPC_TABLE(fake_rpcs, FAKE_RPCS);
extern const struct rpc fake_rpcs[];

void asked_begin(void)
{
        static const struct rpc *const tables[] = {fake_rpcs, NULL};
        kit_open(&asked.kit, "moderation", tables);
        asked.url = kit_ipc_url(&asked.kit);
        const struct server_settings settings = {.url = asked.url, .contexts = 64, .queue = QUEUE, .workers = WORKERS};
        ck_assert_int_eq(server_start(&asked.kit.service, &settings, &asked.server), STATUS_OK);
        asked.kit.service.client = kit_client(&asked.kit, asked.url, "moderation");
        asked.goals = kit_client(&asked.kit, asked.url, "goals");
        atomic_store(&asked.n_begun, 0);
        atomic_store(&asked.n_ended, 0);
}

void asked_end(void)
{
        client_free(asked.kit.service.client);
        client_free(asked.goals);
        if (asked.server != NULL)
                server_stop(asked.server, 1000);
        kit_close(&asked.kit);
}

struct call *goals_call(int64_t deadline_us)
{
        struct call *call = kit_call(&asked.kit, CHECK, deadline_us);
        static struct service caller;
        caller = asked.kit.service;
        caller.client = asked.goals;
        call->service = &caller;
        return call;
}

struct rpc_pending *begin(struct call *call, const char *text)
{
        char *texts[] = {(char *)(size_t)text};
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        in.texts = texts;
        in.n_texts = 1;
        return rpc_start(call, NULL, CHECK, &in.base);
}

status ask(struct call *call, const char *text, ProtobufCMessage **out)
{
        return rpc_wait(call, begin(call, text), out);
}

const char *verdict(const ProtobufCMessage *out)
{
        return ((const Moderation__CheckReply *)out)->verdict;
}
