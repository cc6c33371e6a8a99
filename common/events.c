/* SPDX-License-Identifier: Apache-2.0 */
/* A listener must not miss what the bus has lost: each source heard is followed without a gap from the first message
 * on, and what is missing is read. All of that happens on the feed's thread. */
#include "common/events.h"

#include "common/cache.h"
#include "common/event_bridge.h"
#include "common/event_feed.h"
#include "common/rpc_call.h"
#include "common/service.h"

#include <stdlib.h>
#include <string.h>

enum { SOURCES_MAX = 32, CONSUMERS_MAX = 32, READ_DEADLINE_US = 2000000, READ_LIMIT = 500 };

/* A source of this process. */
struct heard {
        const char *name;
        bool has_listeners;
        bool is_placed; /* `position` is known */
        uint64_t position;
};

struct events {
        struct service *service;
        struct consumer *consumers[CONSUMERS_MAX];
        size_t n_consumers;
        struct heard heard[SOURCES_MAX];
        const char *sources[SOURCES_MAX + 1]; /* their names, for the feed */
        size_t n_heard;
        struct event_feed *feed;     /* NULL: a broker is used */
        struct event_bridge *bridge; /* NULL: none is */
};

static void hear_invalidated(struct service *service, const ProtobufCMessage *data)
{
        const Events__CacheEntriesInvalidated *event = (const Events__CacheEntriesInvalidated *)data;
        for (size_t i = 0; service->cache != NULL && i < event->n_tags; i++)
                cache_clear(service->cache, event->tags[i], strlen(event->tags[i]));
}

/* What every service listens to. */
static const struct event_listener kit_listeners[] = {
        {NULL, "cache.entries.invalidated", hear_invalidated},
        {0},
};

static const char *source_of(const struct events *events, const struct event_listener *listener)
{
        return listener->source != NULL ? listener->source : events->service->definition->name;
}

static void tell_list(struct events *events, const struct event_listener *listener, struct arena *arena,
        const Events__CloudEvent *event)
{
        ProtobufCMessage *data;
        for (; listener != NULL && listener->hear != NULL; listener++)
                if (strcmp(source_of(events, listener), event_service(event)) == 0 &&
                        event_has_topic(event, event_topic(arena, listener->topic)) &&
                        event_open(events->service->schema, arena, event, &data) == STATUS_OK)
                        listener->hear(events->service, data);
}

static void tell(struct events *events, struct heard *heard, struct arena *arena, const Events__CloudEvent *event)
{
        tell_list(events, kit_listeners, arena, event);
        tell_list(events, events->service->definition->listeners, arena, event);
        heard->position = event->sequence;
}

/* Reads what is missing, once; false when there is nothing more, or the source does not answer. */
static bool read_missing(struct events *events, struct heard *heard, struct arena *arena)
{
        ProtobufCMessage *reply;
        struct call call;
        Events__ReadRequest request = EVENTS__READ_REQUEST__INIT;
        call_init_own(&call, arena, events->service, NULL, READ_DEADLINE_US);
        request.has_after_seq = request.has_limit = 1;
        request.after_seq = heard->position;
        request.limit = READ_LIMIT;
        status read = rpc_call_at(&call, heard->name, "sfp.events.Events.Read", &request.base, &reply);
        heard->is_placed = read != STATUS_OUT_OF_RANGE; /* dropped: begin anew with the next message */
        if (read != STATUS_OK)
                return false; /* the next heartbeat will say it again */
        const Events__EventList *list = (const Events__EventList *)reply;
        for (size_t i = 0; i < list->n_events; i++)
                tell(events, heard, arena, list->events[i]);
        heard->position = list->next_seq;
        return list->next_seq < list->head;
}

static void catch_up(struct events *events, struct heard *heard)
{
        struct arena *arena = arena_new(0);
        while (read_missing(events, heard, arena))
                arena_reset(arena);
        arena_free(arena);
}

static void listen_to(struct events *events, struct heard *heard, const Events__CloudEvent *event)
{
        if (!heard->is_placed)
                heard->position = event_is_heartbeat(event) ? event->sequence : event->sequence - 1;
        heard->is_placed = true;
        enum event_place place = event_place(heard->position, event);
        if (place == EVENT_BEHIND_A_GAP)
                catch_up(events, heard);
        if (place != EVENT_NEXT)
                return;
        struct arena *arena = arena_new(0);
        tell(events, heard, arena, event);
        arena_free(arena);
}

static void take(void *owner, const Events__CloudEvent *event)
{
        struct events *events = owner;
        for (size_t i = 0; i < events->n_consumers; i++)
                consumer_hint(events->consumers[i], event);
        for (size_t i = 0; i < events->n_heard; i++)
                if (events->heard[i].has_listeners && strcmp(events->heard[i].name, event_service(event)) == 0)
                        listen_to(events, &events->heard[i], event);
}

static struct heard *add_source(struct events *events, const char *name)
{
        for (size_t i = 0; i < events->n_heard; i++)
                if (strcmp(events->heard[i].name, name) == 0)
                        return &events->heard[i];
        if (events->n_heard == SOURCES_MAX)
                abort(); /* a table of ours */
        events->sources[events->n_heard] = name;
        events->heard[events->n_heard] = (struct heard){.name = name};
        return &events->heard[events->n_heard++];
}

static void add_listeners(struct events *events, const struct event_listener *listener)
{
        for (; listener != NULL && listener->hear != NULL; listener++)
                add_source(events, source_of(events, listener))->has_listeners = true;
}

static void start_consumers(struct events *events, const struct consumer_settings *settings)
{
        const struct event_consumer *row = events->service->definition->consumers;
        for (; row != NULL && row->group != NULL && events->n_consumers < CONSUMERS_MAX; row++) {
                add_source(events, row->source);
                events->consumers[events->n_consumers++] = consumer_start(events->service, row, settings);
        }
}

status events_start(struct service *service, const struct events_settings *settings, struct events **out)
{
        struct events *events = calloc(1, sizeof *events);
        if (events == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        events->service = service;
        add_listeners(events, kit_listeners);
        add_listeners(events, service->definition->listeners);
        start_consumers(events, &settings->consumer);
        const struct event_feed_settings feed = {settings->pattern, events->sources, take, events};
        status opened = event_bridge_is_address(settings->pattern)
                                ? event_bridge_follow(settings->pattern, &feed, &events->bridge)
                                : event_feed_open(&feed, &events->feed);
        if (opened == STATUS_OK)
                *out = events;
        else
                events_stop(events);
        return opened;
}

void events_stop(struct events *events)
{
        if (events == NULL)
                return;
        event_feed_close(events->feed);
        event_bridge_close(events->bridge);
        for (size_t i = 0; i < events->n_consumers; i++)
                consumer_stop(events->consumers[i]);
        free(events);
}
