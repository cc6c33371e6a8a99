/* SPDX-License-Identifier: Apache-2.0 */
#include "common/canary.h"

#include "common/clock.h"

#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUND_US = 1000000 };

struct canary {
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        _Atomic int64_t last_us;
};

static void sing(const struct canary *canary)
{
        char url[64];
        nng_socket left, right;
        snprintf(url, sizeof url, "inproc://canary-%p", (const void *)canary);
        if (nng_pair0_open(&left) != 0)
                return;
        if (nng_pair0_open(&right) == 0) {
                if (nng_listen(left, url, NULL, 0) == 0)
                        nng_dial(right, url, NULL, 0);
                nng_close(right);
        }
        nng_close(left);
}

/* True when it is time to stop. */
static bool wait_round(struct canary *canary)
{
        struct timespec until = clock_timespec(clock_now_us() + ROUND_US);
        pthread_mutex_lock(&canary->mutex);
        int result = 0;
        while (!canary->must_stop && result == 0)
                result = pthread_cond_timedwait(&canary->changed, &canary->mutex, &until);
        bool must_stop = canary->must_stop;
        pthread_mutex_unlock(&canary->mutex);
        return must_stop;
}

static void *run(void *arg)
{
        struct canary *canary = arg;
        do {
                sing(canary);
                atomic_store(&canary->last_us, clock_now_us());
        } while (!wait_round(canary));
        return NULL;
}

struct canary *canary_start(void)
{
        struct canary *canary = calloc(1, sizeof *canary);
        pthread_condattr_t attributes;
        if (canary == NULL)
                abort();
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&canary->mutex, NULL);
        pthread_cond_init(&canary->changed, &attributes);
        atomic_store(&canary->last_us, clock_now_us());
        if (pthread_create(&canary->thread, NULL, run, canary) != 0)
                abort();
        return canary;
}

bool canary_is_alive(const struct canary *canary)
{
        return clock_now_us() - atomic_load(&canary->last_us) < CANARY_PATIENCE_US;
}

void canary_stop(struct canary *canary)
{
        pthread_mutex_lock(&canary->mutex);
        canary->must_stop = true;
        pthread_cond_signal(&canary->changed);
        pthread_mutex_unlock(&canary->mutex);
        pthread_join(canary->thread, NULL);
        pthread_mutex_destroy(&canary->mutex);
        pthread_cond_destroy(&canary->changed);
        free(canary);
}
