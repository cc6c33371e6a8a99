/* SPDX-License-Identifier: Apache-2.0 */
/* The first attempt is packed from the caller's messages; the frame is kept beside the call where a second may be
 * needed, because the message itself is the transport's once it is sent. A call is freed by the thread that ends it. */
#include "common/client_call.h"

#include "common/clock.h"
#include "common/identity.h"

#include <stdlib.h>
#include <string.h>

struct client_call {
        struct client_target *target;
        struct client_endpoint *endpoint; /* of the attempt under way */
        client_done done;
        void *arg;
        int64_t started_us, deadline_us;
        bool is_retry_safe;
        int n_attempts;
        uint64_t tried;           /* endpoints, a bit each */
        struct message *message;  /* not sent yet; NULL afterwards */
        struct client_call *next; /* in the waiting list */
        size_t kept_size;         /* 0: there is no second attempt */
        uint8_t kept[];
};

/* What an attempt has come to. */
enum verdict { ANSWERED, AWAY, UNSENT, LOST, LEAVING, FULL, FAILED };

static void attempt(struct client_call *call, struct client_endpoint *endpoint);

static void finish(struct client_call *call, status code, struct message *reply)
{
        struct client_target *target = call->target;
        client_done done = call->done;
        void *arg = call->arg;
        metric_add(target->in_flight, -1);
        histogram_observe(target->seconds, clock_now_us() - call->started_us, NULL);
        if (reply == NULL)
                metric_add(target->failures, 1);
        message_free(call->message);
        free(call);
        done(arg, code, reply); /* last: the client may be gone when it returns */
}

/* A reply that says something else than UNAVAILABLE or RESOURCE_EXHAUSTED is known by its first two bytes. */
static enum verdict judge_reply(struct message *reply)
{
        struct frame frame;
        enum verdict verdict = ANSWERED;
        if (frame_split(message_bytes(reply), message_size(reply), &frame) != STATUS_OK || frame.header_size < 2 ||
                frame.header[0] != 1 << 3 ||
                (frame.header[1] != STATUS_UNAVAILABLE && frame.header[1] != STATUS_RESOURCE_EXHAUSTED))
                return ANSWERED;
        Sfp__ReplyHeader *header = sfp__reply_header__unpack(NULL, frame.header_size, frame.header);
        if (header == NULL)
                return ANSWERED;
        if (header->status == STATUS_UNAVAILABLE)
                verdict = header->not_run ? LEAVING : AWAY;
        else if (header->not_run)
                verdict = FULL;
        sfp__reply_header__free_unpacked(header, NULL);
        return verdict;
}

static enum verdict judge(status code, bool was_sent, struct message *reply)
{
        if (reply != NULL)
                return judge_reply(reply);
        if (code != STATUS_UNAVAILABLE)
                return FAILED;
        return was_sent ? LOST : UNSENT;
}

static bool may_try_again(const struct client_call *call, enum verdict verdict)
{
        static const struct {
                bool is_for_any; /* method */
                bool is_for_safe;
        } rules[] = {
                [ANSWERED] = {false, false},
                [AWAY] = {false, true},
                [UNSENT] = {true, true},
                [LOST] = {false, true},
                [LEAVING] = {true, true},
                [FULL] = {true, true},
                [FAILED] = {false, false},
        };
        return (rules[verdict].is_for_any || (call->is_retry_safe && rules[verdict].is_for_safe)) &&
               call->kept_size > 0 && call->n_attempts < CLIENT_ATTEMPTS_MAX && clock_now_us() < call->deadline_us;
}

/* Another endpoint, or after a loss the same one when it is alone. */
static struct client_endpoint *pick_again(const struct client_call *call, enum verdict verdict)
{
        struct client_target *target = call->target;
        struct client_endpoint *endpoint =
                atomic_load(&target->is_closing) ? NULL : client_target_pick(target, call->tried);
        if (endpoint == NULL && verdict == LOST && !atomic_load(&target->is_closing))
                endpoint = client_target_pick(target, 0);
        return endpoint;
}

static bool pay(const struct client_call *call, enum verdict verdict)
{
        if (verdict == UNSENT || verdict == LEAVING)
                return true;
        return verdict == LOST ? client_target_pay_for_loss(call->target, call->endpoint)
                               : client_target_pay(call->target);
}

/* True when the call has gone out again. */
static bool try_again(struct client_call *call, enum verdict verdict, struct message *reply)
{
        struct client_target *target = call->target;
        bool is_on_its_way = false;
        atomic_fetch_add(&target->n_retrying, 1);
        struct client_endpoint *endpoint = may_try_again(call, verdict) ? pick_again(call, verdict) : NULL;
        if (endpoint != NULL && pay(call, verdict)) {
                metric_add(target->retries, 1);
                message_free(reply);
                attempt(call, endpoint);
                is_on_its_way = true;
        } else if (endpoint != NULL) {
                client_endpoint_leave(endpoint, true);
        }
        atomic_fetch_sub(&target->n_retrying, 1);
        return is_on_its_way;
}

static void on_done(void *arg, status code, bool was_sent, struct message *reply)
{
        struct client_call *call = arg;
        enum verdict verdict = judge(code, was_sent, reply);
        bool is_good = reply != NULL || (code != STATUS_UNAVAILABLE && !was_sent);
        if (verdict == LEAVING)
                client_endpoint_set_serving(call->endpoint, false);
        if (verdict == ANSWERED)
                client_target_earn(call->target);
        struct client_endpoint *endpoint = call->endpoint;
        bool is_over = verdict == ANSWERED || !try_again(call, verdict, reply);
        client_endpoint_leave(endpoint, is_good);
        if (is_over)
                finish(call, code, reply);
}

/* The frame once more, with an id of its own and what is left of the time. */
static struct message *pack_again(const struct client_call *call, int64_t left_us)
{
        struct frame frame;
        struct message *message = NULL;
        if (frame_split(call->kept, call->kept_size, &frame) != STATUS_OK)
                return NULL;
        Sfp__RequestHeader *header = sfp__request_header__unpack(NULL, frame.header_size, frame.header);
        if (header == NULL)
                return NULL;
        header->deadline_us = left_us > 0 ? (uint64_t)left_us : 0; /* it may have passed a moment ago */
        header->call_id += (uint64_t)call->n_attempts;
        if (identity_pack_bytes(call->target->identity, call->target->service, header, frame.payload,
                    frame.payload_size, &message) != STATUS_OK)
                message = NULL;
        sfp__request_header__free_unpacked(header, NULL);
        return message;
}

/* `endpoint` has counted the call in. */
static void attempt(struct client_call *call, struct client_endpoint *endpoint)
{
        int64_t left_us = call->deadline_us - clock_now_us();
        struct message *message = call->message != NULL ? call->message : pack_again(call, left_us);
        call->message = NULL;
        call->endpoint = endpoint;
        call->tried |= client_target_bit(call->target, endpoint);
        call->n_attempts++;
        if (message == NULL)
                on_done(call, STATUS_RESOURCE_EXHAUSTED, false, NULL);
        else
                transport_send(endpoint->dialer, message, left_us, on_done, call);
}

/* Queues the call for the first look-up; false when that is over. */
static bool wait_for_endpoints(struct client_call *call)
{
        struct client_target *target = call->target;
        pthread_mutex_lock(&target->mutex);
        bool must_wait = !atomic_load(&target->is_resolved);
        if (must_wait) {
                call->next = target->waiting;
                target->waiting = call;
        }
        pthread_mutex_unlock(&target->mutex);
        return must_wait;
}

static void send_first(struct client_call *call)
{
        struct client_endpoint *endpoint = client_target_pick(call->target, 0);
        if (endpoint != NULL)
                attempt(call, endpoint);
        else
                finish(call, STATUS_UNAVAILABLE, NULL);
}

static struct client_call *new_call(struct client_target *target, struct message *message, bool is_retry_safe)
{
        bool is_kept = is_retry_safe || client_target_has_choice(target) || !atomic_load(&target->is_resolved);
        size_t size = is_kept ? message_size(message) : 0;
        struct client_call *call = malloc(sizeof *call + size);
        if (call == NULL)
                return NULL;
        *call = (struct client_call){
                .target = target, .message = message, .is_retry_safe = is_retry_safe, .kept_size = size};
        memcpy(call->kept, message_bytes(message), size);
        return call;
}

static void refuse(struct client_target *target, status code, client_done done, void *arg)
{
        metric_add(target->in_flight, -1);
        metric_add(target->failures, 1);
        done(arg, code, NULL);
}

void client_call_start(struct client_target *target, Sfp__RequestHeader *header, const ProtobufCMessage *input,
        bool is_retry_safe, client_done done, void *arg)
{
        struct message *message = NULL;
        status packed = identity_pack(target->identity, target->service, header, input, &message);
        struct client_call *call = packed == STATUS_OK ? new_call(target, message, is_retry_safe) : NULL;
        if (call == NULL) {
                message_free(message);
                refuse(target, STATUS_RESOURCE_EXHAUSTED, done, arg);
                return;
        }
        call->started_us = clock_now_us();
        call->deadline_us = call->started_us + (int64_t)header->deadline_us;
        call->done = done;
        call->arg = arg;
        if (atomic_load_explicit(&target->is_resolved, memory_order_acquire) || !wait_for_endpoints(call))
                send_first(call);
}

void client_call_release(struct client_target *target)
{
        pthread_mutex_lock(&target->mutex);
        struct client_call *waiting = target->waiting;
        target->waiting = NULL;
        atomic_store(&target->is_resolved, true);
        pthread_mutex_unlock(&target->mutex);
        while (waiting != NULL) {
                struct client_call *call = waiting;
                waiting = call->next;
                send_first(call);
        }
}

void client_call_expire(struct client_target *target, bool all)
{
        struct client_call *expired = NULL;
        int64_t now = clock_now_us();
        pthread_mutex_lock(&target->mutex);
        for (struct client_call **at = &target->waiting; *at != NULL;) {
                struct client_call *call = *at;
                if (!all && call->deadline_us > now) {
                        at = &call->next;
                        continue;
                }
                *at = call->next;
                call->next = expired;
                expired = call;
        }
        pthread_mutex_unlock(&target->mutex);
        while (expired != NULL) {
                struct client_call *call = expired;
                expired = call->next;
                finish(call, all ? STATUS_UNAVAILABLE : STATUS_DEADLINE_EXCEEDED, NULL);
        }
}
