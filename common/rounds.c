/* SPDX-License-Identifier: Apache-2.0 */
#include "common/rounds.h"

#include "common/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct rounds {
        int64_t (*look)(void *arg);
        void *arg;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool is_woken;
        bool must_stop;
};

/* False when it is time to stop. */
static bool sleep_until(struct rounds *rounds, int64_t us)
{
        struct timespec until = clock_timespec(us);
        pthread_mutex_lock(&rounds->mutex);
        for (int result = 0; result == 0 && !rounds->is_woken && !rounds->must_stop;)
                result = pthread_cond_timedwait(&rounds->changed, &rounds->mutex, &until);
        rounds->is_woken = false;
        bool goes_on = !rounds->must_stop;
        pthread_mutex_unlock(&rounds->mutex);
        return goes_on;
}

static void *run(void *arg)
{
        struct rounds *rounds = arg;
        while (sleep_until(rounds, rounds->look(rounds->arg)))
                ;
        return NULL;
}

struct rounds *rounds_start(int64_t (*look)(void *arg), void *arg)
{
        struct rounds *rounds = calloc(1, sizeof *rounds);
        pthread_condattr_t attributes;
        if (rounds == NULL)
                abort();
        rounds->look = look;
        rounds->arg = arg;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&rounds->mutex, NULL);
        pthread_cond_init(&rounds->changed, &attributes);
        pthread_condattr_destroy(&attributes);
        if (pthread_create(&rounds->thread, NULL, run, rounds) != 0)
                abort();
        return rounds;
}

static void say(struct rounds *rounds, bool *word)
{
        pthread_mutex_lock(&rounds->mutex);
        *word = true;
        pthread_cond_signal(&rounds->changed);
        pthread_mutex_unlock(&rounds->mutex);
}

void rounds_wake(struct rounds *rounds)
{
        say(rounds, &rounds->is_woken);
}

void rounds_stop(struct rounds *rounds)
{
        if (rounds == NULL)
                return;
        say(rounds, &rounds->must_stop);
        pthread_join(rounds->thread, NULL);
        pthread_mutex_destroy(&rounds->mutex);
        pthread_cond_destroy(&rounds->changed);
        free(rounds);
}
