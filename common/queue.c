/* SPDX-License-Identifier: Apache-2.0 */
/* A ring under one mutex. `is_waking` says that a signalled worker has not yet arrived; until it does nobody else is
 * signalled. A worker that finds the ring empty looks a few times more before it sleeps. */
#include "common/queue.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { LOOKS = 20 };

/* A worker asleep, on its own stack and in the queue's. Whoever wakes it takes it out. */
struct sleeper {
        pthread_cond_t called;
        bool is_called;
        struct sleeper *below;
};

struct queue {
        pthread_mutex_t mutex;
        _Atomic int count;
        int head;
        int capacity;
        struct sleeper *sleepers; /* the last to fall asleep on top */
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
        queue->capacity = capacity;
        return queue;
}

void queue_free(struct queue *queue)
{
        if (queue == NULL)
                return;
        pthread_mutex_destroy(&queue->mutex);
        free(queue);
}

/* Takes the top sleeper out and calls it. Under the mutex. */
static void call_sleeper(struct queue *queue)
{
        struct sleeper *sleeper = queue->sleepers;
        queue->sleepers = sleeper->below;
        sleeper->is_called = true;
        pthread_cond_signal(&sleeper->called);
}

/* Calls somebody if there is work and nobody on the way. Under the mutex. */
static void wake_one(struct queue *queue)
{
        if (queue->sleepers == NULL || queue->is_waking || queue->count == 0)
                return;
        queue->is_waking = true;
        call_sleeper(queue);
}

bool queue_put(struct queue *queue, const struct job *job)
{
        pthread_mutex_lock(&queue->mutex);
        bool has_room = queue->count < queue->capacity && !queue->is_closed;
        if (has_room) {
                queue->jobs[(queue->head + queue->count) % queue->capacity] = *job;
                queue->count++;
        }
        wake_one(queue);
        pthread_mutex_unlock(&queue->mutex);
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
                struct sleeper sleeper = {.called = PTHREAD_COND_INITIALIZER, .below = queue->sleepers};
                queue->sleepers = &sleeper;
                while (!sleeper.is_called)
                        pthread_cond_wait(&sleeper.called, &queue->mutex);
                pthread_cond_destroy(&sleeper.called);
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
        wake_one(queue);
        pthread_mutex_unlock(&queue->mutex);
        return has_job;
}

void queue_close(struct queue *queue)
{
        pthread_mutex_lock(&queue->mutex);
        queue->is_closed = true;
        while (queue->sleepers != NULL)
                call_sleeper(queue);
        pthread_mutex_unlock(&queue->mutex);
}

int queue_length(struct queue *queue)
{
        return atomic_load_explicit(&queue->count, memory_order_relaxed);
}
