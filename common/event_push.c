/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event_push.h"

#include "common/event.h"
#include "common/transport_lock.h"
#include "common/transport_threads.h"
#include "common/transport_tls.h"

#include <nng/nng.h>
#include <nng/protocol/pubsub0/pub.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUED_MAX = 8192 }; /* events for one slow subscriber; NNG's largest */

struct event_push {
        nng_socket socket;
        int lock;
};

static int start_listening(struct event_push *push, const char *url)
{
        nng_listener listener;
        int result = nng_socket_set_int(push->socket, NNG_OPT_SENDBUF, QUEUED_MAX);
        if (result == 0)
                result = nng_listener_create(&listener, push->socket, url);
        if (result == 0 && strncmp(url, "ipc://", 6) == 0)
                result = nng_listener_set_int(listener, NNG_OPT_IPC_PERMISSIONS, 0600);
        if (result == 0 && transport_tls_listener(listener, url) != STATUS_OK)
                result = NNG_ECRYPTO;
        return result == 0 ? nng_listener_start(listener, 0) : result;
}

status event_push_open(const char *url, struct event_push **out)
{
        transport_threads_set();
        struct event_push *push = calloc(1, sizeof *push);
        if (push == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        status locked = transport_lock_take(url, &push->lock);
        if (locked != STATUS_OK || nng_pub0_open(&push->socket) != 0) {
                transport_lock_give(push->lock);
                free(push);
                return locked != STATUS_OK ? locked : STATUS_RESOURCE_EXHAUSTED;
        }
        int result = start_listening(push, url);
        if (result == 0) {
                *out = push;
                return STATUS_OK;
        }
        event_push_close(push);
        return result == NNG_EADDRINUSE   ? STATUS_ALREADY_EXISTS
               : result == NNG_EADDRINVAL ? STATUS_INVALID_ARGUMENT
                                          : STATUS_UNAVAILABLE;
}

void event_push_close(struct event_push *push)
{
        if (push == NULL)
                return;
        nng_close(push->socket);
        transport_lock_give(push->lock);
        free(push);
}

void event_push_send(struct event_push *push, const Events__CloudEvent *event)
{
        struct message *message = event_pack(event);
        if (message != NULL && nng_sendmsg(push->socket, (nng_msg *)message, NNG_FLAG_NONBLOCK) != 0)
                message_free(message);
}
