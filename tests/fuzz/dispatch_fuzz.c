/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a whole request: the frame, its header and its payload go through all of dispatch, to handlers that read
 * every field; as they are, from somebody who cannot prove who he is, and again with a proof, as from a service that
 * has lost its mind. What comes back must be a reply that the client can read. */
#include "common/client.h"
#include "common/dispatch.h"
#include "common/frame.h"
#include "common/identity.h"
#include "common/log.h"
#include "common/running.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/keys.h"
#include "tests/common/unserved.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { ARENA_LIMIT = 24 << 20, PLACES = 4 };

#define FUZZ_RPCS(RPC)                                                                                                 \
        RPC(Check, check, Moderation__CheckRequest, Moderation__CheckReply)                                            \
        RPC(CheckContent, check_content, Moderation__CheckContentRequest, Moderation__CheckReply)
RPC_DECLARE(FUZZ_RPCS)

static status check(struct call *call, const Moderation__CheckRequest *in, Moderation__CheckReply *out)
{
        for (size_t i = 0; i < in->n_texts; i++)
                out->verdict = arena_strdup(call->arena, in->texts[i]);
        out->rule_version = in->context;
        return STATUS_OK;
}

static status check_content(struct call *call, const Moderation__CheckContentRequest *in, Moderation__CheckReply *out)
{
        if (call_is_cancelled(call))
                return call_fail(call, STATUS_CANCELLED, "nobody waits for %s", in->content);
        out->verdict = in->content;
        return STATUS_OK;
}

RPC_TABLE(fuzz_rpcs, FUZZ_RPCS);
extern const struct rpc fuzz_rpcs[];

static const struct dispatch *the_dispatch(void)
{
        static const struct rpc *const served[] = {fuzz_rpcs, NULL};
        static const struct rpc *tables[] = {fuzz_rpcs, NULL, NULL};
        static const struct service_definition definition = {.name = "moderation", .tables = tables};
        static struct service service = {.definition = &definition};
        static struct dispatch *dispatch;
        static struct arena *arena; /* kept, or its memory counts as lost */
        if (dispatch == NULL) {
                service.schema = schema_new();
                arena = arena_new(0);
                tables[1] = unserved_rpcs(arena, service.schema, "moderation", served);
                service.metrics = metrics_new();
                service.running = running_new(PLACES);
                service.identity = keys_identity("moderation");
                dispatch = dispatch_new(&service);
                FUZZ_ASSERT(dispatch != NULL);
        }
        log_set_level(LOG_ERROR + 1); /* Admin.SetLogLevel is among what is called */
        return dispatch;
}

static void read_reply(struct message *reply)
{
        struct frame frame;
        ProtobufCMessage *header;
        struct arena *arena = arena_new(ARENA_LIMIT);
        FUZZ_ASSERT(reply != NULL);
        FUZZ_ASSERT(frame_split(message_bytes(reply), message_size(reply), &frame) == STATUS_OK);
        FUZZ_ASSERT(frame_unpack(arena, &sfp__reply_header__descriptor, frame.header, frame.header_size, &header) ==
                    STATUS_OK);
        FUZZ_ASSERT(((const Sfp__ReplyHeader *)header)->has_status);
        arena_free(arena);
        message_free(reply);
}

static void serve(struct message *request)
{
        const struct dispatch *dispatch = the_dispatch();
        struct arena *arena = arena_new(ARENA_LIMIT);
        read_reply(dispatch_serve(dispatch, arena, NULL, request, 0));
        message_free(dispatch_at_once(dispatch, request));
        arena_free(arena);
        message_free(request);
}

/* The same header and payload by svc-goals; NULL when the bytes have none. */
static struct message *prove(const uint8_t *bytes, size_t size)
{
        static struct identity *goals;
        struct frame frame;
        struct message *request = NULL;
        if (goals == NULL)
                goals = keys_identity("goals");
        if (frame_split(bytes, size, &frame) != STATUS_OK)
                return NULL;
        Sfp__RequestHeader *header = sfp__request_header__unpack(NULL, frame.header_size, frame.header);
        if (header == NULL)
                return NULL;
        bool is_ours = header->base.n_unknown_fields == 0; /* nobody proves what he does not know */
        if (!is_ours || identity_pack_bytes(goals, "moderation", header, frame.payload, frame.payload_size, &request) !=
                                STATUS_OK)
                request = NULL;
        sfp__request_header__free_unpacked(header, NULL);
        return request;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct message *raw = message_new(size);
        if (size > 0)
                memcpy(message_bytes(raw), bytes, size);
        serve(raw);
        struct message *proven = prove(bytes, size);
        if (proven != NULL)
                serve(proven);
        return 0;
}
