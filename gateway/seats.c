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

struct seat *seats_surplus(const struct seats *seats, const char *user_id, int max)
{
        int count = 0;
        struct seat *oldest = NULL;
        for (struct seat *seat = seats_first(seats, user_id); seat != NULL; seat = seats_next(seat)) {
                if (seat->listener->is_closing)
                        continue;
                oldest = seat;
                count++;
        }
        return count > max ? oldest : NULL;
}

void seats_wait(struct seats *seats, struct seat *seat)
{
        seat->is_waiting = true;
        seat->next_waiting = NULL;
        if (seats->first_waiting == NULL)
                seats->first_waiting = seat;
        else
                seats->last_waiting->next_waiting = seat;
        seats->last_waiting = seat;
}

struct seat *seats_next_waiting(struct seats *seats)
{
        struct seat *seat = seats->first_waiting;
        if (seat == NULL)
                return NULL;
        seats->first_waiting = seat->next_waiting;
        seat->is_waiting = false;
        return seat;
}
