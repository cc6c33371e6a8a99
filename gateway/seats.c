/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/seats.h"

#include <string.h>

/* FNV-1a; user ids are the platform's own and drawn by nobody who could choose them. */
static size_t bucket_of(const char *user_id)
{
        uint32_t hash = 2166136261u;
        for (; *user_id != '\0'; user_id++)
                hash = (hash ^ (unsigned char)*user_id) * 16777619u;
        return hash % SEATS_BUCKETS;
}

void seats_add(struct seats *seats, struct seat *seat)
{
        struct seat **bucket = &seats->buckets[bucket_of(seat->listener->caller->user_id)];
        seat->next_of_bucket = *bucket;
        *bucket = seat;
        seat->previous = NULL;
        seat->next = seats->all;
        if (seats->all != NULL)
                seats->all->previous = seat;
        seats->all = seat;
}

void seats_remove(struct seats *seats, struct seat *seat)
{
        struct seat **place = &seats->buckets[bucket_of(seat->listener->caller->user_id)];
        while (*place != seat)
                place = &(*place)->next_of_bucket;
        *place = seat->next_of_bucket;
        if (seat->previous != NULL)
                seat->previous->next = seat->next;
        else
                seats->all = seat->next;
        if (seat->next != NULL)
                seat->next->previous = seat->previous;
}

static struct seat *find(struct seat *seat, const char *user_id)
{
        while (seat != NULL && (seat->is_over || strcmp(seat->listener->caller->user_id, user_id) != 0))
                seat = seat->next_of_bucket;
        return seat;
}

struct seat *seats_first(const struct seats *seats, const char *user_id)
{
        return find(seats->buckets[bucket_of(user_id)], user_id);
}

struct seat *seats_next(const struct seat *seat)
{
        return find(seat->next_of_bucket, seat->listener->caller->user_id);
}
