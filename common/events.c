/* SPDX-License-Identifier: Apache-2.0 */
/* Each source that a listener hears is followed from the first message on; all of that happens on the feed's thread. */
#include "common/events.h"

#include "common/cache.h"
#include "common/event_bridge.h"
#include "common/event_feed.h"
#include "common/event_follower.h"
#include "common/people_feed.h"
#include "common/service.h"

#include <stdlib.h>
#include <string.h>

enum { SOURCES_MAX = 32, CONSUMERS_MAX = 32 };

struct events {
        struct service *service;
        struct consumer *consumers[CONSUMERS_MAX];
        size_t n_consumers;
        const char *sources[SOURCES_MAX + 1]; /* whatever for */
        size_t n_sources;
        struct event_follower followers[SOURCES_MAX]; /* of sources that a listener hears */
        size_t n_followers;
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

static void tell(void *owner, size_t count, Events__CloudEvent *const *list)
{
        struct events *events = owner;
        struct arena *arena = arena_new(0);
        for (size_t i = 0; i < count; i++) {
                tell_list(events, kit_listeners, arena, list[i]);
                tell_list(events, events->service->definition->listeners, arena, list[i]);
        }
        arena_free(arena);
}

static void take(void *owner, Events__CloudEvent *event)
{
        struct events *events = owner;
        for (size_t i = 0; i < events->n_consumers; i++)
                consumer_hint(events->consumers[i], event);
        for (size_t i = 0; i < events->n_followers; i++) /* what happened before the first message is of no interest */
                if (event_follower_place(&events->followers[i], event))
                        event_follower_hear(&events->followers[i], event);
}

static void add_source(struct events *events, const char *name)
{
        for (size_t i = 0; i < events->n_sources; i++)
                if (strcmp(events->sources[i], name) == 0)
                        return;
        if (events->n_sources == SOURCES_MAX)
                abort(); /* a table of ours */
        events->sources[events->n_sources++] = name;
}

static void add_follower(struct events *events, const char *source)
{
        for (size_t i = 0; i < events->n_followers; i++)
                if (strcmp(events->followers[i].source, source) == 0)
                        return;
        add_source(events, source);
        events->followers[events->n_followers++] =
                (struct event_follower){.service = events->service, .source = source, .take = tell, .owner = events};
}

static void add_listeners(struct events *events, const struct event_listener *listener)
{
        for (; listener != NULL && listener->hear != NULL; listener++)
                add_follower(events, source_of(events, listener));
}

static void start_consumers(
        struct events *events, const struct event_consumer *row, const struct consumer_settings *settings)
{
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
        start_consumers(events, service->definition->consumers, &settings->consumer);
        if (service->definition->knows_people)
                start_consumers(events, people_consumers, &settings->consumer);
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
