/* SPDX-License-Identifier: Apache-2.0 */
/* The bridge over libnats. The cursor is a row of outbox_readers: its lock makes one replica carry at a time, and the
 * retention waits for it like for any reader. Publishing is asynchronous within a batch; the cursor moves when the
 * broker has acknowledged all of it. A batch that is sent again, after a crash in between, is known to the broker by
 * its ids. Subscribers listen to the same subjects without a durable consumer: what they miss they read. */
#include "common/event_bridge.h"

#include "common/db.h"
#include "common/frame.h"
#include "common/outbox.h"

#include <nats/nats.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
        BATCH = 500,
        WAIT_MS = 2000,
        QUEUED_MAX = 8192, /* messages waiting to be taken, of a subscription; what comes beyond is read later */
        QUEUED_BYTES = 16 << 20,
};

#define READER "bridge/nats"

static const char stream_name[] = "sfp-events";
static const char *stream_subjects[] = {"com.financialplanning.social.>"};
static const char heartbeat_subject[] = "sfp.heartbeat";

static const char SQL_MAKE[] = "INSERT INTO outbox_readers (reader, shard, sequence) SELECT '" READER
                               "', 0, floor FROM outbox_head ON CONFLICT DO NOTHING";
static const char SQL_TAKE[] =
        "SELECT sequence FROM outbox_readers WHERE reader = '" READER "' AND shard = 0 FOR UPDATE SKIP LOCKED";

struct event_bridge {
        natsConnection *connection;
        jsCtx *stream; /* NULL: not made yet */
        natsSubscription *subscriptions[2];
        pthread_mutex_t taking;
        pthread_cond_t ended;                /* a subscription has, and its handler has returned */
        int n_subscribed;                    /* under `taking` */
        struct event_feed_settings settings; /* of a subscriber */
        _Atomic int n_refused;               /* events of the batch that the broker did not take */
        bool has_cursor;
        uint64_t carried; /* as last seen */
};

bool event_bridge_is_address(const char *url)
{
        return strncmp(url, "nats://", strlen("nats://")) == 0;
}

/* There to be named: without a callback connecting waits for the broker. */
static void on_connected(natsConnection *connection, void *arg)
{
        (void)connection;
        (void)arg;
}

static bool connect_later(const char *url, natsConnection **out)
{
        natsOptions *options = NULL;
        bool is_good = natsOptions_Create(&options) == NATS_OK && natsOptions_SetURL(options, url) == NATS_OK &&
                       natsOptions_SetMaxReconnect(options, -1) == NATS_OK &&
                       natsOptions_SetRetryOnFailedConnect(options, true, on_connected, NULL) == NATS_OK;
        natsStatus connected = is_good ? natsConnection_Connect(out, options) : NATS_ERR;
        natsOptions_Destroy(options);
        return connected == NATS_OK || connected == NATS_NOT_YET_CONNECTED;
}

status event_bridge_open(const char *url, struct event_bridge **out)
{
        struct event_bridge *bridge = calloc(1, sizeof *bridge);
        if (bridge == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        pthread_mutex_init(&bridge->taking, NULL);
        pthread_cond_init(&bridge->ended, NULL);
        if (connect_later(url, &bridge->connection)) {
                *out = bridge;
                return STATUS_OK;
        }
        event_bridge_close(bridge);
        return STATUS_INVALID_ARGUMENT;
}

/* Destroying a subscription does not wait for a message that is just being taken. */
static void wait_for_handlers(struct event_bridge *bridge)
{
        pthread_mutex_lock(&bridge->taking);
        while (bridge->n_subscribed > 0)
                pthread_cond_wait(&bridge->ended, &bridge->taking);
        pthread_mutex_unlock(&bridge->taking);
}

void event_bridge_close(struct event_bridge *bridge)
{
        if (bridge == NULL)
                return;
        for (int i = 0; i < 2; i++)
                natsSubscription_Destroy(bridge->subscriptions[i]);
        wait_for_handlers(bridge);
        jsCtx_Destroy(bridge->stream);
        natsConnection_Destroy(bridge->connection);
        pthread_cond_destroy(&bridge->ended);
        pthread_mutex_destroy(&bridge->taking);
        free(bridge);
}

static void on_refused(jsCtx *stream, jsPubAckErr *error, void *arg)
{
        struct event_bridge *bridge = arg;
        (void)stream;
        (void)error;
        atomic_fetch_add(&bridge->n_refused, 1);
}

/* The stream is made when it is missing; one that is there is left as its operator made it. */
static bool has_stream(jsCtx *context)
{
        jsStreamInfo *info = NULL;
        jsStreamConfig config;
        jsErrCode code = 0;
        natsStatus found = js_GetStreamInfo(&info, context, stream_name, NULL, &code);
        jsStreamInfo_Destroy(info);
        if (found == NATS_OK)
                return true;
        jsStreamConfig_Init(&config);
        config.Name = stream_name;
        config.Subjects = stream_subjects;
        config.SubjectsLen = 1;
        natsStatus made = js_AddStream(NULL, context, &config, NULL, &code);
        return made == NATS_OK || code == JSStreamNameExistErr;
}

static status need_stream(struct event_bridge *bridge)
{
        jsOptions options;
        jsCtx *context = NULL;
        if (natsConnection_Status(bridge->connection) != NATS_CONN_STATUS_CONNECTED)
                return STATUS_UNAVAILABLE;
        if (bridge->stream != NULL)
                return STATUS_OK;
        jsOptions_Init(&options);
        options.Wait = WAIT_MS;
        options.PublishAsync.ErrHandler = on_refused;
        options.PublishAsync.ErrHandlerClosure = bridge;
        if (natsConnection_JetStream(&context, bridge->connection, &options) != NATS_OK || !has_stream(context)) {
                jsCtx_Destroy(context);
                return STATUS_UNAVAILABLE;
        }
        bridge->stream = context;
        return STATUS_OK;
}

static bool send(struct event_bridge *bridge, struct arena *arena, const Events__CloudEvent *event)
{
        jsPubOptions options;
        size_t size = events__cloud_event__get_packed_size(event);
        uint8_t *bytes = arena_alloc(arena, size);
        events__cloud_event__pack(event, bytes);
        jsPubOptions_Init(&options);
        options.MsgId = event->id;
        return js_PublishAsync(bridge->stream, event->type, bytes, (int)size, &options) == NATS_OK;
}

/* Sends a batch and waits until the broker has all of it. */
static status publish(struct event_bridge *bridge, struct call *call, const Events__EventList *list)
{
        jsPubOptions options;
        atomic_store(&bridge->n_refused, 0);
        for (size_t i = 0; i < list->n_events; i++)
                if (!send(bridge, call->arena, list->events[i]))
                        return call_fail(call, STATUS_UNAVAILABLE, "the broker is out of reach");
        jsPubOptions_Init(&options);
        options.MaxWait = WAIT_MS;
        if (js_PublishAsyncComplete(bridge->stream, &options) != NATS_OK || atomic_load(&bridge->n_refused) > 0)
                return call_fail(call, STATUS_UNAVAILABLE, "the broker did not acknowledge");
        return STATUS_OK;
}

static status carry_batch(struct event_bridge *bridge, struct call *call, bool *is_held)
{
        Events__Group cursor = EVENTS__GROUP__INIT;
        Events__ReadRequest query = EVENTS__READ_REQUEST__INIT;
        Events__EventList list = EVENTS__EVENT_LIST__INIT;
        status taken = db_one(call, &cursor.base, SQL_TAKE);
        *is_held = taken == STATUS_NOT_FOUND; /* by another replica, which does the work */
        TRY(taken);
        query.has_after_seq = 1;
        query.after_seq = cursor.sequence;
        query.limit = BATCH;
        TRY(outbox_read(call, &query, &list));
        TRY(publish(bridge, call, &list));
        bridge->carried = list.next_seq;
        return outbox_note_reader(call, READER, 0, list.next_seq);
}

static status make_cursor(struct event_bridge *bridge, struct call *call)
{
        if (bridge->has_cursor)
                return STATUS_OK;
        TRY(db_exec(call, SQL_MAKE));
        bridge->has_cursor = true;
        return STATUS_OK;
}

status event_bridge_carry(struct event_bridge *bridge, struct call *call, uint64_t head)
{
        bool is_held = false;
        status result = STATUS_OK;
        if (bridge->carried >= head)
                return STATUS_OK;
        TRY(need_stream(bridge));
        TRY(make_cursor(bridge, call));
        while (result == STATUS_OK && bridge->carried < head) {
                uint64_t before = bridge->carried;
                db_begin(call, true);
                result = carry_batch(bridge, call, &is_held);
                status ended = db_end(call, result == STATUS_OK);
                result = result == STATUS_OK ? ended : result;
                bridge->carried = result == STATUS_OK ? bridge->carried : before;
        }
        db_begin(call, false);
        return is_held ? STATUS_OK : result;
}

void event_bridge_beat(struct event_bridge *bridge, const Events__CloudEvent *heartbeat)
{
        uint8_t bytes[512];
        if (events__cloud_event__get_packed_size(heartbeat) <= sizeof bytes)
                natsConnection_Publish(
                        bridge->connection, heartbeat_subject, bytes, (int)events__cloud_event__pack(heartbeat, bytes));
}

static void take_one(struct event_bridge *bridge, Events__CloudEvent *event)
{
        pthread_mutex_lock(&bridge->taking);
        bridge->settings.take(bridge->settings.owner, event);
        pthread_mutex_unlock(&bridge->taking);
}

/* On a thread of libnats, which may be another for events than for heartbeats. */
static void on_message(natsConnection *connection, natsSubscription *subscription, natsMsg *message, void *arg)
{
        struct event_bridge *bridge = arg;
        struct arena *arena = arena_new(0);
        Events__CloudEvent *event;
        (void)connection;
        (void)subscription;
        if (event_unpack_envelope(arena, (const uint8_t *)natsMsg_GetData(message),
                    (size_t)natsMsg_GetDataLength(message), &event) == STATUS_OK)
                take_one(bridge, event);
        arena_free(arena);
        natsMsg_Destroy(message);
}

static void on_ended(void *arg)
{
        struct event_bridge *bridge = arg;
        pthread_mutex_lock(&bridge->taking);
        bridge->n_subscribed--;
        pthread_cond_signal(&bridge->ended);
        pthread_mutex_unlock(&bridge->taking);
}

static bool subscribe(struct event_bridge *bridge, int n, const char *subject)
{
        natsSubscription **place = &bridge->subscriptions[n];
        if (natsConnection_Subscribe(place, bridge->connection, subject, on_message, bridge) != NATS_OK ||
                natsSubscription_SetPendingLimits(*place, QUEUED_MAX, QUEUED_BYTES) != NATS_OK ||
                natsSubscription_SetOnCompleteCB(*place, on_ended, bridge) != NATS_OK)
                return false;
        pthread_mutex_lock(&bridge->taking);
        bridge->n_subscribed++;
        pthread_mutex_unlock(&bridge->taking);
        return true;
}

status event_bridge_follow(const char *url, const struct event_feed_settings *settings, struct event_bridge **out)
{
        struct event_bridge *bridge;
        TRY(event_bridge_open(url, &bridge));
        bridge->settings = *settings;
        if (subscribe(bridge, 0, stream_subjects[0]) && subscribe(bridge, 1, heartbeat_subject)) {
                *out = bridge;
                return STATUS_OK;
        }
        event_bridge_close(bridge);
        return STATUS_UNAVAILABLE;
}
