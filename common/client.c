/* SPDX-License-Identifier: Apache-2.0 */
/* The targets are a short list that only grows; it is read without a lock because entries are published whole. Two
 * threads watch them: one looks names up, which may take seconds, the other asks for health and keeps time. */
#include "common/client.h"

#include "common/client_call.h"
#include "common/client_probe.h"
#include "common/clock.h"
#include "common/identity.h"
#include "common/random.h"
#include "common/rounds.h"
#include "sfp/admin.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum {
        TARGETS_MAX = 32,
        WATCH_US = 250000, /* between two looks of the watching thread */
        EXPIRE_US = 20000, /* the same while calls wait for a first look-up */
        CANCEL_DEADLINE_US = 1000000,
};

static const int64_t far_us = 3600000000; /* when there is nothing to do */
static const char cancel_method[] = "sfp.admin.Admin.Cancel";

struct client {
        struct client_settings settings;
        struct metrics *metrics;
        pthread_mutex_t mutex;
        struct client_target *targets[TARGETS_MAX];
        _Atomic int n_targets;
        _Atomic uint64_t next_call_id;
        struct rounds *resolver;
        struct rounds *watcher;
        _Atomic bool is_closing;
};

static int count_targets(struct client *client)
{
        return atomic_load_explicit(&client->n_targets, memory_order_acquire);
}

static int64_t resolve_targets(void *arg)
{
        struct client *client = arg;
        int64_t next = clock_now_us() + far_us;
        int count = count_targets(client);
        for (int i = 0; i < count && !atomic_load(&client->is_closing); i++) {
                struct client_target *target = client->targets[i];
                if (clock_now_us() >= target->resolve_due_us) {
                        client_target_refresh(target);
                        client_target_show(target);
                        client_call_release(target);
                }
                next = next < target->resolve_due_us ? next : target->resolve_due_us;
        }
        return next;
}

static int64_t watch_targets(void *arg)
{
        struct client *client = arg;
        int64_t now = clock_now_us();
        int64_t pause = WATCH_US;
        int count = count_targets(client);
        for (int i = 0; i < count; i++) {
                struct client_target *target = client->targets[i];
                if (!atomic_load(&target->is_resolved)) {
                        client_call_expire(target, false);
                        pause = EXPIRE_US;
                }
                client_probe_target(target, now);
                client_target_show(target);
        }
        return now + (count == 0 ? far_us : pause);
}

struct client *client_new(const struct client_settings *settings, struct metrics *metrics)
{
        uint64_t first;
        struct client *client = calloc(1, sizeof *client);
        if (client == NULL)
                abort();
        client->settings = *settings;
        client->metrics = metrics;
        random_bytes(&first, sizeof first);
        atomic_store(&client->next_call_id, first - first % CLIENT_CALL_IDS);
        pthread_mutex_init(&client->mutex, NULL);
        client->resolver = rounds_start(resolve_targets, client);
        client->watcher = rounds_start(watch_targets, client);
        return client;
}

void client_free(struct client *client)
{
        if (client == NULL)
                return;
        atomic_store(&client->is_closing, true);
        rounds_stop(client->watcher);
        rounds_stop(client->resolver);
        for (int i = 0; i < client->n_targets; i++) {
                client_call_expire(client->targets[i], true);
                client_target_free(client->targets[i]);
        }
        pthread_mutex_destroy(&client->mutex);
        free(client);
}

static struct client_target *find_target(struct client *client, const char *service)
{
        int count = count_targets(client);
        for (int i = 0; i < count; i++)
                if (strcmp(client->targets[i]->service, service) == 0)
                        return client->targets[i];
        return NULL;
}

/* NULL when there are too many. */
static struct client_target *add_target(struct client *client, const char *service)
{
        pthread_mutex_lock(&client->mutex);
        struct client_target *target = find_target(client, service);
        int count = atomic_load(&client->n_targets);
        if (target == NULL && count < TARGETS_MAX) {
                target = client_target_new(
                        service, client->settings.address, client->settings.identity, client->metrics);
                client->targets[count] = target;
                atomic_store_explicit(&client->n_targets, count + 1, memory_order_release);
                rounds_wake(client->resolver);
                rounds_wake(client->watcher);
        }
        pthread_mutex_unlock(&client->mutex);
        return target;
}

/* Counts the call in; false, and nothing counted, when there are as many as there may be. */
static bool enter(const struct client *client, struct client_target *target)
{
        metric_add(target->calls, 1);
        metric_add(target->in_flight, 1);
        if (metric_value(target->in_flight) <= client->settings.in_flight_max)
                return true;
        metric_add(target->in_flight, -1);
        metric_add(target->failures, 1);
        return false;
}

uint64_t client_start(struct client *client, const char *target_name, const struct schema_method *method,
        Sfp__RequestHeader *header, const ProtobufCMessage *input, client_done done, void *arg)
{
        const char *service = target_name == NULL ? method->service : target_name;
        uint64_t call_id = atomic_fetch_add_explicit(&client->next_call_id, CLIENT_CALL_IDS, memory_order_relaxed);
        struct client_target *target = find_target(client, service);
        if (target == NULL)
                target = add_target(client, service);
        header->method = (char *)method->name;
        header->has_call_id = 1;
        header->call_id = call_id;
        if (target == NULL || !enter(client, target))
                done(arg, STATUS_RESOURCE_EXHAUSTED, NULL);
        else
                client_call_start(target, header, input, method->rules->retry_safe, done, arg);
        return call_id;
}

static void drop_reply(void *arg, status code, bool was_sent, struct message *reply)
{
        (void)code;
        (void)was_sent;
        message_free(reply);
        client_endpoint_leave(arg, true);
}

/* The ids of all attempts that there may have been. */
static struct message *pack_cancel(const struct client_target *target, uint64_t call_id)
{
        uint64_t ids[CLIENT_ATTEMPTS_MAX];
        struct message *message;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        Admin__CancelRequest request = ADMIN__CANCEL_REQUEST__INIT;
        for (uint64_t i = 0; i < CLIENT_ATTEMPTS_MAX; i++)
                ids[i] = call_id + i;
        request.n_call_ids = CLIENT_ATTEMPTS_MAX;
        request.call_ids = ids;
        header.method = (char *)(size_t)cancel_method;
        header.has_deadline_us = 1;
        header.deadline_us = CANCEL_DEADLINE_US;
        return identity_pack(target->identity, target->service, &header, &request.base, &message) == STATUS_OK ? message
                                                                                                               : NULL;
}

/* Which endpoint has the call is not known here: all are told, and only the one that runs it heeds. */
void client_cancel(struct client *client, const char *target_name, const struct schema_method *method, uint64_t call_id)
{
        struct client_target *target = find_target(client, target_name == NULL ? method->service : target_name);
        for (int i = 0; target != NULL && i < atomic_load(&target->n_places); i++) {
                struct client_endpoint *endpoint = &target->endpoints[i];
                if (!client_endpoint_enter(endpoint))
                        continue;
                struct message *message = pack_cancel(target, call_id);
                if (message != NULL)
                        transport_send(endpoint->dialer, message, CANCEL_DEADLINE_US, drop_reply, endpoint);
                else
                        client_endpoint_leave(endpoint, true);
        }
}
