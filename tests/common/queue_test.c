/* SPDX-License-Identifier: Apache-2.0 */
#include "common/queue.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { PRODUCERS = 4, CONSUMERS = 8, JOBS = 20000, SMALL = 16 };

static struct job job_of(int64_t number)
{
        return (struct job){.arrived_us = number};
}

static void put(struct queue *queue, int64_t number)
{
        const struct job job = job_of(number);
        ck_assert(queue_put(queue, &job));
}

static int64_t take(struct queue *queue)
{
        struct job job;
        ck_assert(queue_take(queue, &job));
        return job.arrived_us;
}

TEST(jobs_leave_in_the_order_they_came)
{
        struct queue *queue = queue_new(SMALL);
        for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 11; i++)
                        put(queue, i);
                ck_assert_int_eq(queue_length(queue), 11);
                for (int i = 0; i < 11; i++)
                        ck_assert_int_eq(take(queue), i);
        }
        ck_assert_int_eq(queue_length(queue), 0);
        queue_free(queue);
}
END_TEST

TEST(a_full_line_refuses_and_stays_whole)
{
        struct queue *queue = queue_new(2);
        const struct job third = job_of(3);
        put(queue, 1);
        put(queue, 2);
        ck_assert(!queue_put(queue, &third));
        ck_assert_int_eq(take(queue), 1);
        ck_assert(queue_put(queue, &third));
        ck_assert_int_eq(take(queue), 2);
        ck_assert_int_eq(take(queue), 3);
        queue_free(queue);
}
END_TEST

TEST(a_closed_line_gives_what_it_has_and_takes_no_more)
{
        struct queue *queue = queue_new(SMALL);
        struct job job = job_of(2);
        put(queue, 1);
        queue_close(queue);
        ck_assert(!queue_put(queue, &job));
        ck_assert_int_eq(take(queue), 1);
        ck_assert(!queue_take(queue, &job));
        queue_free(queue);
}
END_TEST

static void *take_one(void *arg)
{
        struct job job;
        return queue_take(arg, &job) ? arg : NULL;
}

TEST(closing_ends_every_taker)
{
        struct queue *queue = queue_new(SMALL);
        pthread_t threads[CONSUMERS];
        for (int i = 0; i < CONSUMERS; i++)
                pthread_create(&threads[i], NULL, take_one, queue);
        usleep(20000); /* most of them sleep by now */
        queue_close(queue);
        for (int i = 0; i < CONSUMERS; i++) {
                void *got;
                pthread_join(threads[i], &got);
                ck_assert_ptr_null(got);
        }
        queue_free(queue);
}
END_TEST

TEST(a_burst_wakes_as_many_takers_as_it_needs)
{
        struct queue *queue = queue_new(SMALL);
        pthread_t threads[CONSUMERS];
        for (int i = 0; i < CONSUMERS; i++)
                pthread_create(&threads[i], NULL, take_one, queue);
        usleep(20000);
        for (int i = 0; i < CONSUMERS; i++)
                put(queue, i);
        for (int i = 0; i < CONSUMERS; i++) {
                void *got;
                pthread_join(threads[i], &got);
                ck_assert_ptr_eq(got, queue);
        }
        queue_free(queue);
}
END_TEST

static struct queue *shared;
static _Atomic int seen[PRODUCERS * JOBS];
static _Atomic int next_producer;

static void *produce(void *arg)
{
        int first = atomic_fetch_add(&next_producer, 1) * JOBS;
        for (int i = 0; i < JOBS; i++) {
                const struct job job = job_of(first + i);
                while (!queue_put(shared, &job))
                        sched_yield();
                if (i % 1000 == 0)
                        usleep(100); /* lets the takers fall asleep now and then */
        }
        return arg;
}

static void *consume(void *arg)
{
        struct job job;
        while (queue_take(shared, &job))
                atomic_fetch_add(&seen[job.arrived_us], 1);
        return arg;
}

TEST(many_producers_and_consumers_lose_and_double_nothing)
{
        pthread_t producers[PRODUCERS], consumers[CONSUMERS];
        shared = queue_new(64);
        for (int i = 0; i < CONSUMERS; i++)
                pthread_create(&consumers[i], NULL, consume, NULL);
        for (int i = 0; i < PRODUCERS; i++)
                pthread_create(&producers[i], NULL, produce, NULL);
        for (int i = 0; i < PRODUCERS; i++)
                pthread_join(producers[i], NULL);
        queue_close(shared);
        for (int i = 0; i < CONSUMERS; i++)
                pthread_join(consumers[i], NULL);
        for (int i = 0; i < PRODUCERS * JOBS; i++)
                ck_assert_int_eq(seen[i], 1);
        queue_free(shared);
}
END_TEST

SUITE("common/queue", FORK, T(jobs_leave_in_the_order_they_came), T(a_full_line_refuses_and_stays_whole),
        T(a_closed_line_gives_what_it_has_and_takes_no_more), T(closing_ends_every_taker),
        T(a_burst_wakes_as_many_takers_as_it_needs), T(many_producers_and_consumers_lose_and_double_nothing))
