/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/hints.h"

#include "common/event_bridge.h"
#include "common/event_feed.h"
#include "common/field.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct hints {
        struct hints_settings settings;
        struct event_feed_settings hearing; /* kept by one of the next two */
        struct event_feed *feed;
        struct event_bridge *bridge;
        pthread_mutex_t lock; /* over the rest */
        size_t count;
        bool has_lost;
        struct hint list[HINTS_MAX];
};

static const char *user_of(const struct hints *hints, struct arena *arena, Events__CloudEvent *event)
{
        ProtobufCMessage *data;
        if (event_is_heartbeat(event) ||
                !event_has_topic(event, event_topic(arena, "notifications.notification.created")) ||
                event_open(hints->settings.schema, arena, event, &data) != STATUS_OK)
                return NULL;
        const char *user_id = field_text(data, "user_id");
        return user_id != NULL && strlen(user_id) < UUID_SIZE ? user_id : NULL;
}

/* On the bus's thread. */
static void take_event(void *owner, Events__CloudEvent *event)
{
        struct hints *hints = owner;
        struct arena *arena = arena_new(0);
        const char *user_id = user_of(hints, arena, event);
        if (user_id != NULL) {
                pthread_mutex_lock(&hints->lock);
                if (hints->count < HINTS_MAX)
                        memcpy(hints->list[hints->count++].user_id, user_id, strlen(user_id) + 1);
                else
                        hints->has_lost = true;
                pthread_mutex_unlock(&hints->lock);
                hints->settings.wake(hints->settings.owner);
        }
        arena_free(arena);
}

static status hear_bus(struct hints *hints)
{
        static const char *const sources[] = {"feed", NULL};
        const char *address = hints->settings.events_address;
        hints->hearing = (struct event_feed_settings){address, sources, take_event, hints};
        if (address == NULL || *address == '\0')
                return STATUS_OK;
        return event_bridge_is_address(address) ? event_bridge_follow(address, &hints->hearing, &hints->bridge)
                                                : event_feed_open(&hints->hearing, &hints->feed);
}

status hints_start(const struct hints_settings *settings, struct hints **out)
{
        struct hints *hints = calloc(1, sizeof *hints);
        if (hints == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        hints->settings = *settings;
        pthread_mutex_init(&hints->lock, NULL);
        status heard = hear_bus(hints);
        if (heard != STATUS_OK) {
                free(hints);
                return heard;
        }
        *out = hints;
        return STATUS_OK;
}

void hints_stop(struct hints *hints)
{
        event_feed_close(hints->feed);
        event_bridge_close(hints->bridge);
        pthread_mutex_destroy(&hints->lock);
        free(hints);
}

size_t hints_take(struct hints *hints, struct hint out[HINTS_MAX], bool *to_all)
{
        pthread_mutex_lock(&hints->lock);
        size_t count = hints->count;
        memcpy(out, hints->list, count * sizeof *out);
        *to_all = hints->has_lost;
        hints->count = 0;
        hints->has_lost = false;
        pthread_mutex_unlock(&hints->lock);
        return count;
}
