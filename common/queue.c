/* SPDX-License-Identifier: Apache-2.0 */
/* A ring under one mutex. `is_waking` says that a signalled worker has not yet arrived; until it does nobody else is
 * signalled. A worker that finds the ring empty looks a few times more before it sleeps. */
#include "common/queue.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { LOOKS = 20 };

struct queue {
        pthread_mutex_t mutex;
        pthread_cond_t filled;
        _Atomic int count;
        int head;
        int capacity;
        int n_sleeping;
        bool is_waking;
        bool is_closed;
        struct job jobs[];
};

struct queue *queue_new(int capacity)
{
        struct queue *queue = calloc(1, sizeof *queue + (size_t)capacity * sizeof *queue->jobs);
        if (queue == NULL)
                abort();
        pthread_mutex_init(&queue->mutex, NULL);
        pthread_cond_init(&queue->filled, NULL);
        queue->capacity = capacity;
        return queue;
}

void queue_free(struct queue *queue)
{
        if (queue == NULL)
                return;
        pthread_mutex_destroy(&queue->mutex);
        pthread_cond_destroy(&queue->filled);
        free(queue);
}

/* Does somebody have to be woken now? Under the mutex. */
static bool claim_wake(struct queue *queue)
{
        if (queue->n_sleeping == 0 || queue->is_waking || queue->count == 0)
                return false;
        queue->is_waking = true;
        return true;
}

bool queue_put(struct queue *queue, const struct job *job)
{
        pthread_mutex_lock(&queue->mutex);
        bool has_room = queue->count < queue->capacity && !queue->is_closed;
        if (has_room) {
                queue->jobs[(queue->head + queue->count) % queue->capacity] = *job;
                queue->count++;
        }
        bool must_wake = claim_wake(queue);
        pthread_mutex_unlock(&queue->mutex);
        if (must_wake)
                pthread_cond_signal(&queue->filled);
        return has_room;
}

static void look_again(const struct queue *queue)
{
        for (int i = 0; i < LOOKS && atomic_load_explicit(&queue->count, memory_order_relaxed) == 0; i++)
                sched_yield();
}

/* Sleeps until there is a job or the end. Under the mutex. */
static void sleep_until_filled(struct queue *queue)
{
        while (queue->count == 0 && !queue->is_closed) {
                queue->n_sleeping++;
                pthread_cond_wait(&queue->filled, &queue->mutex);
                queue->n_sleeping--;
                queue->is_waking = false;
        }
}

bool queue_take(struct queue *queue, struct job *out)
{
        look_again(queue);
        pthread_mutex_lock(&queue->mutex);
        sleep_until_filled(queue);
        bool has_job = queue->count > 0;
        if (has_job) {
                *out = queue->jobs[queue->head];
                queue->head = (queue->head + 1) % queue->capacity;
                queue->count--;
        }
        bool must_wake = claim_wake(queue);
        pthread_mutex_unlock(&queue->mutex);
        if (must_wake)
                pthread_cond_signal(&queue->filled);
        return has_job;
}

void queue_close(struct queue *queue)
{
        pthread_mutex_lock(&queue->mutex);
        queue->is_closed = true;
        pthread_mutex_unlock(&queue->mutex);
        pthread_cond_broadcast(&queue->filled);
}

int queue_length(struct queue *queue)
{
        return atomic_load_explicit(&queue->count, memory_order_relaxed);
}
