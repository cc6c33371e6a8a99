/* SPDX-License-Identifier: Apache-2.0 */
/* The asking half of the transport; its rules are in transport.h.
 * A call that no connection takes is UNAVAILABLE and was never sent: after CONNECT_PATIENCE_US while the peer may be on
 * its way (starting, or just lost), at once when it has been away for longer than AWAY_US. One that is taken in that
 * time has all of its own. */
#include "common/transport.h"

#include "common/clock.h"
#include "common/transport_threads.h"
#include "common/transport_tls.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/req.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define IS_EARLY_RECEIVE_SAFE (NNG_MAJOR_VERSION > 1 || NNG_MINOR_VERSION >= 6)

enum {
        SLOTS_MAX = 1024,
        CONNECT_PATIENCE_US = 300000,
        AWAY_US = 1500000,
        CONNECT_SWEEP_MS = 50,
        RECONNECT_MIN_MS = 20,
        RECONNECT_MAX_MS = 500,
};

struct slot {
        struct transport_dialer *dialer;
        nng_ctx context;
        nng_aio *send;
        nng_aio *receive;
        transport_done done;
        void *arg;
        int64_t give_up_us; /* when to, if it is still unsent; 0: never. Under the mutex */
        struct slot *next;  /* in the free list */
};

struct transport_dialer {
        nng_socket socket;
        _Atomic int n_connections;
        _Atomic int64_t lost_us; /* when the last connection went, or the dialer was made */
        _Atomic int n_sending;   /* threads inside of transport_send */
        pthread_mutex_t mutex;
        struct slot *free;
        struct slot *slots[SLOTS_MAX];
        int n_slots;
        nng_aio *sweep; /* gives up what waits for a connection */
        bool is_sweeping;
};

static void release(struct slot *slot)
{
        struct transport_dialer *dialer = slot->dialer;
        pthread_mutex_lock(&dialer->mutex);
        slot->give_up_us = 0;
        slot->next = dialer->free;
        dialer->free = slot;
        pthread_mutex_unlock(&dialer->mutex);
}

/* The message comes back when it was never sent. */
static bool take_back_unsent(struct slot *slot)
{
        if (nng_aio_result(slot->send) == 0)
                return false;
        nng_msg *message = nng_aio_get_msg(slot->send);
        if (message != NULL)
                nng_msg_free(message);
        nng_aio_set_msg(slot->send, NULL);
        return true;
}

static status status_of(int result, bool is_unsent)
{
        if (result == 0)
                return STATUS_OK;
        return result == NNG_ETIMEDOUT && !is_unsent ? STATUS_DEADLINE_EXCEEDED : STATUS_UNAVAILABLE;
}

static void on_received(void *arg)
{
        struct slot *slot = arg;
        int result = nng_aio_result(slot->receive);
        nng_msg *reply = result == 0 ? nng_aio_get_msg(slot->receive) : NULL;
        nng_aio_set_msg(slot->receive, NULL);
        if (result != 0)
                nng_aio_cancel(slot->send);
        nng_aio_wait(slot->send); /* done or just cancelled: this does not wait */
        bool is_unsent = take_back_unsent(slot);
        transport_done done = slot->done;
        void *owner = slot->arg;
        release(slot);
        done(owner, status_of(result, is_unsent), !is_unsent, (struct message *)reply);
}

static void free_slot(struct slot *slot)
{
        if (slot->send != NULL)
                nng_aio_free(slot->send);
        if (slot->receive != NULL)
                nng_aio_free(slot->receive);
        free(slot);
}

static struct slot *new_slot(struct transport_dialer *dialer)
{
        struct slot *slot = calloc(1, sizeof *slot);
        if (slot == NULL)
                return NULL;
        slot->dialer = dialer;
        if (nng_ctx_open(&slot->context, dialer->socket) == 0 && nng_aio_alloc(&slot->send, NULL, NULL) == 0 &&
                nng_aio_alloc(&slot->receive, on_received, slot) == 0)
                return slot;
        free_slot(slot);
        return NULL;
}

static struct slot *take_slot(struct transport_dialer *dialer)
{
        pthread_mutex_lock(&dialer->mutex);
        struct slot *slot = dialer->free;
        if (slot != NULL)
                dialer->free = slot->next;
        else if (dialer->n_slots < SLOTS_MAX && (slot = new_slot(dialer)) != NULL)
                dialer->slots[dialer->n_slots++] = slot;
        pthread_mutex_unlock(&dialer->mutex);
        return slot;
}

static void count_connections(nng_pipe pipe, nng_pipe_ev event, void *arg)
{
        struct transport_dialer *dialer = arg;
        (void)pipe;
        atomic_store(&dialer->lost_us, clock_now_us());
        atomic_fetch_add(&dialer->n_connections, event == NNG_PIPE_EV_ADD_POST ? 1 : -1);
}

#if IS_EARLY_RECEIVE_SAFE
/* Gives a call up that is still unsent; true while it is to be looked at again. Under the mutex. */
static bool give_up_unsent(struct slot *slot)
{
        if (slot->give_up_us == 0)
                return false;
        if (clock_now_us() < slot->give_up_us)
                return true;
        if (nng_aio_busy(slot->send))
                nng_aio_cancel(slot->receive); /* ends the whole call */
        slot->give_up_us = 0;
        return false;
}

static void on_sweep(void *arg)
{
        struct transport_dialer *dialer = arg;
        if (nng_aio_result(dialer->sweep) != 0)
                return; /* hanging up */
        pthread_mutex_lock(&dialer->mutex);
        dialer->is_sweeping = false;
        for (int i = 0; i < dialer->n_slots; i++)
                dialer->is_sweeping |= give_up_unsent(dialer->slots[i]);
        bool goes_on = dialer->is_sweeping;
        pthread_mutex_unlock(&dialer->mutex);
        if (goes_on)
                nng_sleep_aio(CONNECT_SWEEP_MS, dialer->sweep);
}

/* Bounds the time that the call in this slot waits to be sent. */
static void limit_wait(struct slot *slot)
{
        struct transport_dialer *dialer = slot->dialer;
        pthread_mutex_lock(&dialer->mutex);
        slot->give_up_us = clock_now_us() + CONNECT_PATIENCE_US;
        bool must_start = !dialer->is_sweeping;
        dialer->is_sweeping = true;
        pthread_mutex_unlock(&dialer->mutex);
        if (must_start)
                nng_sleep_aio(CONNECT_SWEEP_MS, dialer->sweep);
}
#else
/* The sending itself is bounded, in start(). */
static void on_sweep(void *arg)
{
        (void)arg;
}

static void limit_wait(struct slot *slot)
{
        (void)slot;
}
#endif

static bool set_options(struct transport_dialer *dialer)
{
        return nng_socket_set_ms(dialer->socket, NNG_OPT_REQ_RESENDTIME, NNG_DURATION_INFINITE) == 0 &&
               nng_socket_set_size(dialer->socket, NNG_OPT_RECVMAXSZ, TRANSPORT_RECEIVE_MAX) == 0 &&
               nng_socket_set_ms(dialer->socket, NNG_OPT_RECONNMINT, RECONNECT_MIN_MS) == 0 &&
               nng_socket_set_ms(dialer->socket, NNG_OPT_RECONNMAXT, RECONNECT_MAX_MS) == 0 &&
               nng_pipe_notify(dialer->socket, NNG_PIPE_EV_ADD_POST, count_connections, dialer) == 0 &&
               nng_pipe_notify(dialer->socket, NNG_PIPE_EV_REM_POST, count_connections, dialer) == 0;
}

/* Between its creation and its start an endpoint takes its settings. */
static status start_endpoint(struct transport_dialer *dialer, const struct endpoint *to)
{
        nng_dialer endpoint;
        if (!set_options(dialer) || nng_dialer_create(&endpoint, dialer->socket, to->url) != 0)
                return STATUS_INVALID_ARGUMENT;
        TRY(transport_tls_dialer(endpoint, to->url, to->server_name));
        if (strstr(to->url, "tcp://") != NULL && nng_dialer_set_bool(endpoint, NNG_OPT_TCP_KEEPALIVE, true) != 0)
                return STATUS_INVALID_ARGUMENT;
        return nng_dialer_start(endpoint, NNG_FLAG_NONBLOCK) == 0 ? STATUS_OK : STATUS_INVALID_ARGUMENT;
}

status transport_dial(const struct endpoint *endpoint, struct transport_dialer **out)
{
        transport_threads_set();
        struct transport_dialer *dialer = calloc(1, sizeof *dialer);
        if (dialer == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        pthread_mutex_init(&dialer->mutex, NULL);
        atomic_store(&dialer->lost_us, clock_now_us());
        status result = STATUS_RESOURCE_EXHAUSTED;
        if (nng_req0_open(&dialer->socket) == 0 && nng_aio_alloc(&dialer->sweep, on_sweep, dialer) == 0)
                result = start_endpoint(dialer, endpoint);
        if (result == STATUS_OK)
                *out = dialer;
        else
                transport_hang_up(dialer);
        return result;
}

static nng_duration to_ms(int64_t us)
{
        return us < 1000 ? 1 : us > 3600000000 ? 3600000 : (nng_duration)((us + 999) / 1000);
}

static void start(struct slot *slot, struct message *message, int64_t timeout_us)
{
        nng_aio_set_msg(slot->send, (nng_msg *)message);
        if (!IS_EARLY_RECEIVE_SAFE) {
                nng_aio_set_timeout(
                        slot->send, to_ms(timeout_us < CONNECT_PATIENCE_US ? timeout_us : CONNECT_PATIENCE_US));
                nng_ctx_send(slot->context, slot->send);
                nng_aio_wait(slot->send);
        } else {
                nng_ctx_send(slot->context, slot->send);
        }
        nng_aio_set_timeout(slot->receive, to_ms(timeout_us));
        nng_ctx_recv(slot->context, slot->receive);
}

/* Has the peer been away for so long that there is no use in trying? */
static bool is_long_away(struct transport_dialer *dialer)
{
        return atomic_load(&dialer->n_connections) == 0 && clock_now_us() - atomic_load(&dialer->lost_us) > AWAY_US;
}

static void refuse(struct message *message, status code, transport_done done, void *arg)
{
        message_free(message);
        done(arg, code, false, NULL);
}

void transport_send(
        struct transport_dialer *dialer, struct message *message, int64_t timeout_us, transport_done done, void *arg)
{
        if (timeout_us <= 0 || is_long_away(dialer)) {
                refuse(message, timeout_us <= 0 ? STATUS_DEADLINE_EXCEEDED : STATUS_UNAVAILABLE, done, arg);
                return;
        }
        struct slot *slot = message_size(message) > TRANSPORT_MESSAGE_MAX ? NULL : take_slot(dialer);
        if (slot == NULL) {
                refuse(message, STATUS_RESOURCE_EXHAUSTED, done, arg);
                return;
        }
        slot->done = done;
        slot->arg = arg;
        if (atomic_load(&dialer->n_connections) == 0)
                limit_wait(slot);
        atomic_fetch_add(&dialer->n_sending, 1);
        start(slot, message, timeout_us);
        atomic_fetch_sub(&dialer->n_sending, 1);
}

void transport_hang_up(struct transport_dialer *dialer)
{
        nng_aio_stop(dialer->sweep);
        while (atomic_load(&dialer->n_sending) > 0)
                sched_yield(); /* the reply may have come before its sender was back: NNG cannot bear a close then */
        nng_close(dialer->socket);
        for (int i = 0; i < dialer->n_slots; i++) {
                nng_aio_stop(dialer->slots[i]->receive);
                free_slot(dialer->slots[i]);
        }
        nng_aio_free(dialer->sweep);
        pthread_mutex_destroy(&dialer->mutex);
        free(dialer);
}
