/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded line of requests between the transport's threads and the workers. At most one worker is being woken at a
 * time; whoever wakes passes the wake on if work is left, so that a burst costs few futex calls. */
#pragma once

#include "common/message.h"

#include <stdbool.h>
#include <stdint.h>

struct transport_request;

struct job {
        struct transport_request *request;
        struct message *message;
        int64_t arrived_us; /* monotonic */
};

struct queue;

struct queue *queue_new(int capacity);
void queue_free(struct queue *queue);

/* False when the line is full or closed; the job stays the caller's. */
bool queue_put(struct queue *queue, const struct job *job);

/* Waits for a job; false once the line is closed and empty. */
bool queue_take(struct queue *queue, struct job *out);

/* Ends the waiting of all takers once the line is empty. */
void queue_close(struct queue *queue);

int queue_length(struct queue *queue);
