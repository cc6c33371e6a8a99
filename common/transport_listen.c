/* SPDX-License-Identifier: Apache-2.0 */
/* The answering half of the transport. What must be known about NNG to use it safely, here and in transport_dial.c:
 *  - contexts live in a pool as long as their socket: closing one beside its traffic is a use after free in old
 * releases;
 *  - callbacks never block: they run on the few threads that the whole process shares;
 *  - a receive bound is set before listening: without one a stranger fills the memory;
 *  - an ipc path is locked before it is listened on: NNG looks for a living listener by connecting to it, which kills
 * it;
 *  - no process forks after its first call.
 * A context is armed (waiting for a request), held (its request is being served) or lagging: its reply stands in line
 * behind an earlier one to the same peer. A lagging context is armed again by whoever next finds its reply gone. */
#include "common/transport.h"

#include "common/transport_threads.h"

#include <errno.h>
#include <fcntl.h>
#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define HAS_AIO_BUSY (NNG_MAJOR_VERSION > 1 || NNG_MINOR_VERSION >= 6)

/* Every reply looks at the lagging contexts anyway; the timer is for the last ones of a burst. It is slow because NNG
 * spins for part of a millisecond before each of its timeouts. */
enum { LAG_SWEEP_MS = 100, STOP_POLL_US = 1000 };

struct transport_request {
        struct transport_listener *listener;
        nng_ctx context;
        nng_aio *receive;
        nng_aio *send;
        struct transport_request *next; /* in the lagging list */
};

struct transport_listener {
        nng_socket socket;
        transport_receive receive;
        void *owner;
        int lock_file; /* -1 for addresses other than ipc */
        pthread_mutex_t mutex;
        struct transport_request *lagging;
        nng_aio *sweep;
        bool is_sweeping;
        bool is_stopping;
        int n_requests;
        struct transport_request requests[];
};

static void arm(struct transport_request *request)
{
        nng_ctx_recv(request->context, request->receive);
}

#if HAS_AIO_BUSY
/* Arms every lagging context whose reply is written. */
static void sweep_lagging(struct transport_listener *listener)
{
        struct transport_request *ready = NULL;
        pthread_mutex_lock(&listener->mutex);
        for (struct transport_request **at = &listener->lagging; *at != NULL;) {
                struct transport_request *request = *at;
                if (nng_aio_busy(request->send)) {
                        at = &request->next;
                        continue;
                }
                *at = request->next;
                request->next = ready;
                ready = request;
        }
        pthread_mutex_unlock(&listener->mutex);
        while (ready != NULL) {
                struct transport_request *request = ready;
                ready = request->next;
                arm(request);
        }
}

static void add_lagging(struct transport_request *request)
{
        struct transport_listener *listener = request->listener;
        pthread_mutex_lock(&listener->mutex);
        request->next = listener->lagging;
        listener->lagging = request;
        bool must_start = !listener->is_sweeping && !listener->is_stopping;
        listener->is_sweeping |= must_start;
        pthread_mutex_unlock(&listener->mutex);
        if (must_start)
                nng_sleep_aio(LAG_SWEEP_MS, listener->sweep);
}

static void on_sweep(void *arg)
{
        struct transport_listener *listener = arg;
        sweep_lagging(listener);
        pthread_mutex_lock(&listener->mutex);
        listener->is_sweeping = listener->lagging != NULL && !listener->is_stopping;
        bool goes_on = listener->is_sweeping;
        pthread_mutex_unlock(&listener->mutex);
        if (goes_on)
                nng_sleep_aio(LAG_SWEEP_MS, listener->sweep);
}

static void after_send(struct transport_request *request)
{
        if (nng_aio_busy(request->send)) {
                add_lagging(request);
                return;
        }
        arm(request);
        if (__atomic_load_n(&request->listener->lagging, __ATOMIC_RELAXED) != NULL)
                sweep_lagging(request->listener);
}

enum { SEND_HAS_CALLBACK = false };
#else
/* Old releases cannot be asked: the end of the sending arms the context, at the price of a thread hop. */
static void on_sweep(void *arg)
{
        (void)arg;
}

static void after_send(struct transport_request *request)
{
        (void)request;
}

enum { SEND_HAS_CALLBACK = true };
#endif

static void on_sent(void *arg)
{
        struct transport_request *request = arg;
        if (nng_aio_result(request->send) != 0)
                nng_msg_free(nng_aio_get_msg(request->send));
        if (nng_aio_result(request->send) != NNG_ECLOSED)
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

/* Takes the lock file beside an ipc path; true for other addresses. */
static bool take_lock(const char *url, int *lock_file)
{
        char path[256];
        *lock_file = -1;
        if (strncmp(url, "ipc://", 6) != 0)
                return true;
        snprintf(path, sizeof path, "%s.lock", url + 6);
        *lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (*lock_file < 0)
                return false;
        if (flock(*lock_file, LOCK_EX | LOCK_NB) == 0) {
                unlink(url + 6); /* what a dead process left */
                return true;
        }
        close(*lock_file);
        return false;
}

static bool open_request(struct transport_listener *listener, struct transport_request *request)
{
        request->listener = listener;
        return nng_ctx_open(&request->context, listener->socket) == 0 &&
               nng_aio_alloc(&request->receive, on_received, request) == 0 &&
               nng_aio_alloc(&request->send, SEND_HAS_CALLBACK ? on_sent : NULL, request) == 0;
}

static status open_socket(struct transport_listener *listener, const char *url)
{
        nng_listener endpoint;
        if (nng_rep0_open(&listener->socket) != 0 ||
                nng_socket_set_size(listener->socket, NNG_OPT_RECVMAXSZ, TRANSPORT_MESSAGE_MAX) != 0 ||
                nng_aio_alloc(&listener->sweep, on_sweep, listener) != 0)
                return STATUS_RESOURCE_EXHAUSTED;
        for (int i = 0; i < listener->n_requests; i++)
                if (!open_request(listener, &listener->requests[i]))
                        return STATUS_RESOURCE_EXHAUSTED;
        int result = nng_listener_create(&endpoint, listener->socket, url);
        if (result == 0 && strncmp(url, "ipc://", 6) == 0)
                result = nng_listener_set_int(endpoint, NNG_OPT_IPC_PERMISSIONS, 0600);
        if (result == 0)
                result = nng_listener_start(endpoint, 0);
        return result == 0                ? STATUS_OK
               : result == NNG_EADDRINUSE ? STATUS_ALREADY_EXISTS
               : result == NNG_EADDRINVAL ? STATUS_INVALID_ARGUMENT
                                          : STATUS_UNAVAILABLE;
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
        pthread_mutex_init(&listener->mutex, NULL);
        if (!take_lock(url, &listener->lock_file)) {
                free(listener);
                return STATUS_ALREADY_EXISTS;
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

void transport_stop(struct transport_listener *listener, int patience_ms)
{
        pthread_mutex_lock(&listener->mutex);
        listener->is_stopping = true;
        pthread_mutex_unlock(&listener->mutex);
        wait_for_replies(listener, patience_ms);
        if (patience_ms > 0)
                usleep(50 * 1000); /* a reply handed over is not yet a reply written: give the kernel its bytes */
        nng_close(listener->socket);
        for (int i = 0; i < listener->n_requests; i++) {
                struct transport_request *request = &listener->requests[i];
                if (request->receive != NULL)
                        nng_aio_free(request->receive);
                if (request->send != NULL)
                        nng_aio_free(request->send);
        }
        if (listener->sweep != NULL)
                nng_aio_free(listener->sweep);
        if (listener->lock_file >= 0)
                close(listener->lock_file);
        pthread_mutex_destroy(&listener->mutex);
        free(listener);
}
