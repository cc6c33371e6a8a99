/* SPDX-License-Identifier: Apache-2.0 */
#include "common/client_probe.h"

#include "common/identity.h"
#include "sfp/health.pb-c.h"
#include "sfp/rpc.pb-c.h"

static const char check_method[] = "sfp.health.Health.Check";

static struct message *pack_check(const struct client_target *target)
{
        struct message *message;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        Health__CheckRequest request = HEALTH__CHECK_REQUEST__INIT;
        header.method = (char *)(size_t)check_method;
        header.has_deadline_us = 1;
        header.deadline_us = CLIENT_PROBE_DEADLINE_US;
        return identity_pack(target->identity, target->service, &header, &request.base, &message) == STATUS_OK ? message
                                                                                                               : NULL;
}

/* Only a server that says so is not serving: one that does not know the question is alive all the same. */
static bool says_not_serving(struct message *reply)
{
        struct frame frame;
        if (frame_split(message_bytes(reply), message_size(reply), &frame) != STATUS_OK)
                return false;
        Health__CheckReply *said = health__check_reply__unpack(NULL, frame.payload_size, frame.payload);
        bool is_not_serving = said != NULL && said->status == HEALTH__SERVING_STATUS__NOT_SERVING;
        if (said != NULL)
                health__check_reply__free_unpacked(said, NULL);
        return is_not_serving;
}

static void on_answer(void *arg, status code, bool was_sent, struct message *reply)
{
        struct client_endpoint *endpoint = arg;
        (void)code;
        (void)was_sent;
        if (reply != NULL)
                client_endpoint_set_serving(endpoint, !says_not_serving(reply));
        message_free(reply);
        atomic_store(&endpoint->is_probed, false);
        client_endpoint_leave(endpoint, reply != NULL);
}

static void probe(const struct client_target *target, struct client_endpoint *endpoint)
{
        struct message *message = pack_check(target);
        if (message == NULL || !client_endpoint_enter(endpoint)) {
                message_free(message);
                return;
        }
        atomic_store(&endpoint->is_probed, true);
        transport_send(endpoint->dialer, message, CLIENT_PROBE_DEADLINE_US, on_answer, endpoint);
}

void client_probe_target(struct client_target *target, int64_t now_us)
{
        for (int i = 0; i < atomic_load(&target->n_places); i++) {
                struct client_endpoint *endpoint = &target->endpoints[i];
                client_endpoint_turn_window(endpoint, now_us);
                bool is_due = now_us >= endpoint->probe_due_us || client_endpoint_is_due_back(endpoint, now_us);
                if (!is_due || atomic_load(&endpoint->is_probed))
                        continue;
                endpoint->probe_due_us = now_us + CLIENT_PROBE_US;
                probe(target, endpoint);
        }
}
