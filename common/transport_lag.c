/* SPDX-License-Identifier: Apache-2.0 */
#include "common/transport_lag.h"

#include "common/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Who replies looks at all of them anyway; the thread is for the last ones of a burst. It is a thread and no timer of
 * NNG's, which spins for a millisecond before each of its timeouts: a core taken from calls twenty times a second,
 * which doubled their p99. */
enum {
        LOOK_US = 50000,
        PATIENCE_US = 3000000, /* how long a reply may lag before its peer is hung up on */
        CROWDED_US = 500000,   /* the same in a crowd */
};

struct transport_lag {
        int crowd;
        void (*on_gone)(struct laggard *laggard);
        pthread_mutex_t mutex;
        pthread_cond_t called; /* there is the first one, or the end */
        struct laggard *first;
        _Atomic int count; /* changed under the mutex */
        bool is_ending;
        pthread_t watcher;
};

static bool is_under_way(const struct laggard *laggard)
{
#if NNG_MAJOR_VERSION > 1 || NNG_MINOR_VERSION >= 6
        return nng_aio_busy(laggard->send);
#else
        (void)laggard;
        return false; /* nobody is added there */
#endif
}

static bool is_stalled(const struct transport_lag *lag, const struct laggard *laggard)
{
        bool is_crowded = atomic_load(&lag->count) > lag->crowd;
        return clock_now_us() - laggard->since_us > (is_crowded ? CROWDED_US : PATIENCE_US);
}

/* Those that are gone; a stalled peer's are so the next time. Under the mutex. */
static struct laggard *take_gone(struct transport_lag *lag)
{
        struct laggard *gone = NULL;
        for (struct laggard **at = &lag->first; *at != NULL;) {
                struct laggard *laggard = *at;
                if (is_under_way(laggard)) {
                        if (is_stalled(lag, laggard))
                                nng_pipe_close(laggard->pipe);
                        at = &laggard->next;
                        continue;
                }
                *at = laggard->next;
                laggard->next = gone;
                gone = laggard;
                atomic_fetch_sub(&lag->count, 1);
        }
        return gone;
}

void transport_lag_look(struct transport_lag *lag)
{
        if (atomic_load_explicit(&lag->count, memory_order_relaxed) == 0)
                return;
        pthread_mutex_lock(&lag->mutex);
        struct laggard *gone = take_gone(lag);
        pthread_mutex_unlock(&lag->mutex);
        while (gone != NULL) {
                struct laggard *laggard = gone;
                gone = laggard->next;
                lag->on_gone(laggard);
        }
}

void transport_lag_add(struct transport_lag *lag, struct laggard *laggard)
{
        laggard->since_us = clock_now_us();
        pthread_mutex_lock(&lag->mutex);
        laggard->next = lag->first;
        lag->first = laggard;
        if (atomic_fetch_add(&lag->count, 1) == 0)
                pthread_cond_signal(&lag->called);
        pthread_mutex_unlock(&lag->mutex);
}

/* Until the end, or for LOOK_US once there is one. Under the mutex. */
static void rest(struct transport_lag *lag)
{
        while (lag->first == NULL && !lag->is_ending)
                pthread_cond_wait(&lag->called, &lag->mutex);
        int64_t at_us = clock_now_us() + LOOK_US;
        struct timespec until = {at_us / 1000000, at_us % 1000000 * 1000};
        while (!lag->is_ending && pthread_cond_timedwait(&lag->called, &lag->mutex, &until) != ETIMEDOUT)
                ;
}

static void *watch(void *arg)
{
        struct transport_lag *lag = arg;
        pthread_mutex_lock(&lag->mutex);
        for (rest(lag); !lag->is_ending; rest(lag)) {
                pthread_mutex_unlock(&lag->mutex);
                transport_lag_look(lag);
                pthread_mutex_lock(&lag->mutex);
        }
        pthread_mutex_unlock(&lag->mutex);
        return NULL;
}

static void destroy(struct transport_lag *lag)
{
        pthread_cond_destroy(&lag->called);
        pthread_mutex_destroy(&lag->mutex);
        free(lag);
}

/* Waits are by clock_now_us(), which is monotonic. */
struct transport_lag *transport_lag_new(int crowd, void (*on_gone)(struct laggard *laggard))
{
        struct transport_lag *lag = calloc(1, sizeof *lag);
        pthread_condattr_t monotonic;
        if (lag == NULL)
                return NULL;
        lag->crowd = crowd;
        lag->on_gone = on_gone;
        pthread_condattr_init(&monotonic);
        pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
        pthread_mutex_init(&lag->mutex, NULL);
        pthread_cond_init(&lag->called, &monotonic);
        pthread_condattr_destroy(&monotonic);
        if (pthread_create(&lag->watcher, NULL, watch, lag) == 0)
                return lag;
        destroy(lag);
        return NULL;
}

void transport_lag_end(struct transport_lag *lag)
{
        pthread_mutex_lock(&lag->mutex);
        lag->is_ending = true;
        pthread_cond_signal(&lag->called);
        pthread_mutex_unlock(&lag->mutex);
        pthread_join(lag->watcher, NULL);
}

void transport_lag_free(struct transport_lag *lag)
{
        if (lag != NULL)
                destroy(lag);
}
