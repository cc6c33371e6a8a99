/* SPDX-License-Identifier: Apache-2.0 */
/* A list, as long as there are workers at most, under one mutex. A flight off the list lives until the last of those
 * who wait has looked at it. */
#include "common/flights.h"

#include "common/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct flight {
        struct flight *next;
        pthread_cond_t landed;
        struct cache_mark mark;
        size_t key_size;
        uint8_t *key;
        uint8_t *bytes; /* NULL: failed, or not landed */
        size_t size;
        int n_users; /* its maker among them */
        bool has_landed;
};

struct flights {
        pthread_mutex_t mutex;
        struct flight *first;
        struct metric *waits;
};

struct flights *flights_new(struct metrics *metrics)
{
        struct flights *flights = calloc(1, sizeof *flights);
        if (flights == NULL)
                abort();
        pthread_mutex_init(&flights->mutex, NULL);
        flights->waits = metrics_counter(
                metrics, "sfp_cache_waits_total", "", "Callers that waited for an answer somebody else was making.");
        return flights;
}

void flights_free(struct flights *flights)
{
        if (flights == NULL)
                return;
        pthread_mutex_destroy(&flights->mutex);
        free(flights);
}

static uint8_t *copy(const void *bytes, size_t size)
{
        uint8_t *copied = malloc(size + 1);
        if (copied == NULL)
                abort();
        memcpy(copied, bytes, size);
        return copied;
}

/* The following functions run under the mutex. */
static struct flight *find(const struct flights *flights, const struct flight_request *request)
{
        struct flight *flight = flights->first;
        while (flight != NULL && (flight->key_size != request->key_size || flight->mark.slot != request->mark.slot ||
                                         flight->mark.version != request->mark.version ||
                                         memcmp(flight->key, request->key, request->key_size) != 0))
                flight = flight->next;
        return flight;
}

static struct flight *take_off(struct flights *flights, const struct flight_request *request)
{
        pthread_condattr_t attributes;
        struct flight *flight = calloc(1, sizeof *flight);
        if (flight == NULL)
                abort();
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&flight->landed, &attributes);
        flight->mark = request->mark;
        flight->key_size = request->key_size;
        flight->key = copy(request->key, request->key_size);
        flight->n_users = 1;
        flight->next = flights->first;
        flights->first = flight;
        return flight;
}

static void leave(struct flight *flight)
{
        if (--flight->n_users > 0)
                return;
        pthread_cond_destroy(&flight->landed);
        free(flight->key);
        free(flight->bytes);
        free(flight);
}

static void wait_for(struct flights *flights, struct flight *flight, int64_t deadline_us)
{
        struct timespec until = clock_timespec(deadline_us);
        metric_add(flights->waits, 1);
        flight->n_users++;
        for (int waited = 0; !flight->has_landed && waited == 0;)
                waited = pthread_cond_timedwait(&flight->landed, &flights->mutex, &until);
}

bool flights_join(struct flights *flights, struct arena *arena, const struct flight_request *request,
        ProtobufCBinaryData *bytes, struct flight **out)
{
        bool is_made = false;
        struct flight *flight;
        *out = NULL;
        pthread_mutex_lock(&flights->mutex);
        while (!is_made && clock_now_us() < request->deadline_us && (flight = find(flights, request)) != NULL) {
                wait_for(flights, flight, request->deadline_us);
                is_made = flight->bytes != NULL;
                if (is_made) {
                        *bytes = (ProtobufCBinaryData){flight->size, arena_alloc(arena, flight->size + 1)};
                        memcpy(bytes->data, flight->bytes, flight->size);
                }
                leave(flight);
        }
        if (!is_made && clock_now_us() < request->deadline_us)
                *out = take_off(flights, request);
        pthread_mutex_unlock(&flights->mutex);
        return is_made;
}

void flights_land(struct flights *flights, struct flight *flight, const ProtobufCBinaryData *bytes)
{
        if (flight == NULL)
                return;
        pthread_mutex_lock(&flights->mutex);
        struct flight **place = &flights->first;
        while (*place != flight)
                place = &(*place)->next;
        *place = flight->next;
        flight->has_landed = true;
        if (bytes != NULL) {
                flight->bytes = copy(bytes->data, bytes->len);
                flight->size = bytes->len;
        }
        pthread_cond_broadcast(&flight->landed);
        leave(flight);
        pthread_mutex_unlock(&flights->mutex);
}
