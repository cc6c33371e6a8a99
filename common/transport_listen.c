/* SPDX-License-Identifier: Apache-2.0 */
/* The answering half of the transport; its rules are in transport.h.
 * A context is armed (waiting for a request), held (its request is being served) or lagging: its reply stands in line
 * behind an earlier one to the same peer (common/transport_lag.h). A lagging context is armed again by whoever next
 * finds its reply gone. A peer that takes no replies is hung up on, or its lagging contexts would in time be all there
 * are. */
#include "common/transport.h"

#include "common/transport_lag.h"
#include "common/transport_lock.h"
#include "common/transport_threads.h"
#include "common/transport_tls.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HAS_AIO_BUSY (NNG_MAJOR_VERSION > 1 || NNG_MINOR_VERSION >= 6)

enum { STOP_POLL_US = 1000 };

struct transport_request {
        struct transport_listener *listener;
        nng_ctx context;
        nng_aio *receive;
        nng_aio *send;
        struct laggard laggard; /* its reply, while that is not written */
};

struct transport_listener {
        nng_socket socket;
        transport_receive receive;
        void *owner;
        int lock_file;             /* -1 for addresses other than ipc */
        struct transport_lag *lag; /* NULL where replies have a callback */
        int n_requests;
        struct transport_request requests[];
};

/* The sending is over; a message that was not sent is still ours. */
static void finish_send(struct transport_request *request)
{
        if (nng_aio_result(request->send) != 0 && nng_aio_get_msg(request->send) != NULL)
                nng_msg_free(nng_aio_get_msg(request->send));
        nng_aio_set_msg(request->send, NULL);
}

static void arm(struct transport_request *request)
{
        nng_ctx_recv(request->context, request->receive);
}

#if HAS_AIO_BUSY
static void on_gone(struct laggard *laggard)
{
        struct transport_request *request =
                (struct transport_request *)(void *)((char *)laggard - offsetof(struct transport_request, laggard));
        finish_send(request);
        arm(request);
}

static void after_send(struct transport_request *request)
{
        struct transport_lag *lag = request->listener->lag;
        if (nng_aio_busy(request->send)) {
                request->laggard.send = request->send;
                transport_lag_add(lag, &request->laggard);
                return;
        }
        finish_send(request);
        arm(request);
        transport_lag_look(lag);
}

static bool watch_replies(struct transport_listener *listener)
{
        listener->lag = transport_lag_new(listener->n_requests / 2, on_gone);
        return listener->lag != NULL;
}

enum { SEND_HAS_CALLBACK = false };
#else
/* Old releases cannot be asked: the end of the sending arms the context, at the price of a thread hop. */
static void after_send(struct transport_request *request)
{
        (void)request;
}

static bool watch_replies(struct transport_listener *listener)
{
        (void)listener;
        return true;
}

enum { SEND_HAS_CALLBACK = true };
#endif

static void on_sent(void *arg)
{
        struct transport_request *request = arg;
        int result = nng_aio_result(request->send);
        finish_send(request);
        if (result != NNG_ECLOSED)
                arm(request);
}

static void on_received(void *arg)
{
        struct transport_request *request = arg;
        int result = nng_aio_result(request->receive);
        if (result == NNG_ECLOSED || result == NNG_ECANCELED)
                return;
        if (result != 0) {
                arm(request);
                return;
        }
        nng_msg *message = nng_aio_get_msg(request->receive);
        request->laggard.pipe = nng_msg_get_pipe(message);
        request->listener->receive(request->listener->owner, request, (struct message *)message);
}

void transport_reply(struct transport_request *request, struct message *message)
{
        if (message == NULL) {
                arm(request);
                return;
        }
        nng_aio_set_msg(request->send, (nng_msg *)message);
        nng_ctx_send(request->context, request->send);
        after_send(request);
}

static bool open_request(struct transport_listener *listener, struct transport_request *request)
{
        request->listener = listener;
        return nng_ctx_open(&request->context, listener->socket) == 0 &&
               nng_aio_alloc(&request->receive, on_received, request) == 0 &&
               nng_aio_alloc(&request->send, SEND_HAS_CALLBACK ? on_sent : NULL, request) == 0;
}

/* Between its creation and its start an endpoint takes its settings. */
static status start_endpoint(struct transport_listener *listener, const char *url)
{
        nng_listener endpoint;
        int result = nng_listener_create(&endpoint, listener->socket, url);
        if (result == 0) {
                TRY(transport_tls_listener(endpoint, url));
                if (strncmp(url, "ipc://", 6) == 0)
                        result = nng_listener_set_int(endpoint, NNG_OPT_IPC_PERMISSIONS, 0600);
                else if (strstr(url, "tcp://") != NULL)
                        result = nng_listener_set_bool(endpoint, NNG_OPT_TCP_KEEPALIVE, true);
        }
        if (result == 0)
                result = nng_listener_start(endpoint, 0);
        return result == 0                ? STATUS_OK
               : result == NNG_EADDRINUSE ? STATUS_ALREADY_EXISTS
               : result == NNG_EADDRINVAL ? STATUS_INVALID_ARGUMENT
                                          : STATUS_UNAVAILABLE;
}

static status open_socket(struct transport_listener *listener, const char *url)
{
        if (nng_rep0_open(&listener->socket) != 0 ||
                nng_socket_set_size(listener->socket, NNG_OPT_RECVMAXSZ, TRANSPORT_RECEIVE_MAX) != 0 ||
                !watch_replies(listener))
                return STATUS_RESOURCE_EXHAUSTED;
        for (int i = 0; i < listener->n_requests; i++)
                if (!open_request(listener, &listener->requests[i]))
                        return STATUS_RESOURCE_EXHAUSTED;
        return start_endpoint(listener, url);
}

status transport_listen(
        const char *url, int contexts, transport_receive receive, void *owner, struct transport_listener **out)
{
        transport_threads_set();
        struct transport_listener *listener =
                calloc(1, sizeof *listener + (size_t)contexts * sizeof *listener->requests);
        if (listener == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        listener->receive = receive;
        listener->owner = owner;
        listener->n_requests = contexts;
        status locked = transport_lock_take(url, &listener->lock_file);
        if (locked != STATUS_OK) {
                free(listener);
                return locked;
        }
        status result = open_socket(listener, url);
        if (result != STATUS_OK) {
                transport_stop(listener, 0);
                return result;
        }
        for (int i = 0; i < contexts; i++)
                arm(&listener->requests[i]);
        *out = listener;
        return STATUS_OK;
}

#if HAS_AIO_BUSY
static void wait_for_replies(struct transport_listener *listener, int patience_ms)
{
        for (int i = 0; i < listener->n_requests; i++)
                for (; patience_ms > 0 && nng_aio_busy(listener->requests[i].send); patience_ms--)
                        usleep(STOP_POLL_US);
}
#else
static void wait_for_replies(struct transport_listener *listener, int patience_ms)
{
        (void)listener;
        (void)patience_ms;
}
#endif

/* No callback runs from now on. A context that is being armed while its socket closes is more than NNG can bear. */
static void stand_still(struct transport_listener *listener)
{
        for (int i = 0; i < listener->n_requests; i++)
                nng_aio_stop(listener->requests[i].receive);
}

static void free_operations(struct transport_listener *listener)
{
        for (int i = 0; i < listener->n_requests; i++) {
                struct transport_request *request = &listener->requests[i];
                nng_aio_free(request->receive);
                if (request->send != NULL) {
                        nng_aio_stop(request->send);
                        finish_send(request);
                        nng_aio_free(request->send);
                }
        }
}

void transport_stop(struct transport_listener *listener, int patience_ms)
{
        if (listener->lag != NULL)
                transport_lag_end(listener->lag);
        wait_for_replies(listener, patience_ms);
        if (patience_ms > 0)
                usleep(50 * 1000); /* a reply handed over is not yet a reply written: give the kernel its bytes */
        stand_still(listener);
        nng_close(listener->socket);
        free_operations(listener);
        transport_lock_give(listener->lock_file);
        transport_lag_free(listener->lag);
        free(listener);
}
