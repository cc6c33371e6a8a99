/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/replica.h"

#include "common/clock.h"
#include "common/rpc_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPLICA_RPCS(RPC)                                                                                              \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(REPLICA_RPCS)

static status nap(struct call *call, struct replica *replica, int ms)
{
        for (int64_t until = clock_now_us() + ms * 1000LL; clock_now_us() < until; usleep(1000))
                if (call_is_cancelled(call)) {
                        atomic_fetch_add(&replica->n_cancelled, 1);
                        return STATUS_CANCELLED;
                }
        return STATUS_OK;
}

static status obey(struct call *call, struct replica *replica, const char *text)
{
        int number = 0;
        if (sscanf(text, "sleep %d", &number) == 1)
                usleep((useconds_t)number * 1000);
        else if (sscanf(text, "nap %d", &number) == 1)
                return nap(call, replica, number);
        else if (sscanf(text, "fail %d", &number) == 1)
                return call_fail(call, status_from_number(number), "as told");
        return STATUS_OK;
}

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        struct replica *replica = call->service->state;
        atomic_fetch_add(&replica->n_begun, 1);
        status result = obey(call, replica, in->texts[0]);
        out->verdict = (char *)(size_t)replica->name;
        atomic_fetch_add(&replica->n_ended, 1);
        return result;
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        (void)call;
        (void)in;
        (void)out;
        return STATUS_OK;
}

RPC_TABLE(replica_rpcs, REPLICA_RPCS);
extern const struct rpc replica_rpcs[];
const struct rpc *const replica_tables[] = {replica_rpcs, NULL};

static bool is_ready(void *owner)
{
        return !atomic_load(&((struct replica *)owner)->is_unready);
}

void replica_start(struct replica *replica, struct kit *kit, const char *name, const char *url)
{
        const struct server_settings settings = {
                .url = url,
                .queue = REPLICA_QUEUE,
                .workers = REPLICA_WORKERS,
                .is_ready = is_ready,
                .owner = replica,
        };
        replica->name = name;
        replica->url = url;
        replica->service = kit->service;
        replica->service.state = replica;
        if (server_start(&replica->service, &settings, &replica->server) != STATUS_OK) {
                fprintf(stderr, "replica %s cannot listen at %s\n", name, url);
                abort();
        }
}

void replica_stop(struct replica *replica)
{
        if (replica->server != NULL)
                server_stop(replica->server, 1000);
        replica->server = NULL;
}

void asker_open(struct asker *asker, struct kit *kit, struct client *client)
{
        *asker = (struct asker){.arena = arena_new(0), .service = kit->service};
        asker->service.client = client;
}

void asker_close(struct asker *asker)
{
        arena_free(asker->arena);
}

struct call *asker_call(struct asker *asker, int64_t deadline_us)
{
        arena_reset(asker->arena);
        sfp__request_header__init(&asker->header);
        sfp__caller__init(&asker->caller);
        asker->header.has_deadline_us = 1;
        asker->header.deadline_us = (uint64_t)deadline_us;
        call_init(&asker->call, asker->arena, &asker->service, &asker->header, &asker->caller);
        return &asker->call;
}

Moderation__CheckRequest *check_request(struct arena *arena, const char *text)
{
        Moderation__CheckRequest *in = arena_alloc(arena, sizeof *in);
        char **texts = arena_alloc(arena, sizeof *texts);
        moderation__check_request__init(in);
        texts[0] = arena_strdup(arena, text);
        in->texts = texts;
        in->n_texts = 1;
        return in;
}

status asker_ask(struct asker *asker, const char *text, int64_t deadline_us, const char **who)
{
        ProtobufCMessage *out;
        struct call *call = asker_call(asker, deadline_us);
        status result = rpc_call(call, CHECK, &check_request(call->arena, text)->base, &out);
        if (result == STATUS_OK && who != NULL)
                *who = ((const Moderation__CheckReply *)out)->verdict;
        return result;
}

bool metrics_have(struct kit *kit, const char *line)
{
        struct arena *arena = arena_new(0);
        struct buffer text = buffer_in(arena);
        metrics_print(kit->service.metrics, METRICS_TEXT, &text);
        bool is_there = strstr(buffer_text(&text), line) != NULL;
        arena_free(arena);
        return is_there;
}
