/* SPDX-License-Identifier: Apache-2.0 */
/* Who sits where: every listener of this gateway in one list, found by user. The thread of sockets.c's alone. */
#pragma once

#include "common/client.h"
#include "gateway/listener.h"

enum { SEATS_BUCKETS = 4096 };

struct sockets;

/* A listener in its place. */
struct seat {
        struct sockets *sockets;
        struct listener *listener;
        int64_t looked_us;
        bool is_asking;
        bool is_waiting; /* for its turn to ask */
        bool is_over;
        bool watches_write;
        status status; /* of the answer that is being brought */
        struct message *answer;
        struct seat *next, *previous; /* in the list of all */
        struct seat *next_of_bucket;  /* newest first */
        struct seat *next_arrived, *next_answer, *next_waiting, *next_over;
};

struct seats {
        struct seat *all; /* newest first */
        struct seat *buckets[SEATS_BUCKETS];
        struct seat *first_waiting, *last_waiting;
};

void seats_add(struct seats *seats, struct seat *seat);
void seats_remove(struct seats *seats, struct seat *seat);

/* The first seat of this user, and the next after `seat`, newest first; NULL: no more. Those that are over are left
 * out. */
struct seat *seats_first(const struct seats *seats, const char *user_id);
struct seat *seats_next(const struct seat *seat);

/* The oldest seat of a user who has more than `max` of them; NULL: there are no more. */
struct seat *seats_surplus(const struct seats *seats, const char *user_id, int max);

/* Has it wait for its turn, behind the others. And whose turn it is; NULL: nobody waits. */
void seats_wait(struct seats *seats, struct seat *seat);
struct seat *seats_next_waiting(struct seats *seats);
