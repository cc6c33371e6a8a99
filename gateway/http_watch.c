/* SPDX-License-Identifier: Apache-2.0 */
/* Connections in a list, each with the time at which its patience ends. A thread goes through them and shuts the socket
 * of who is late; the library finds the end of the stream and does the rest. A socket in the list is open: the library
 * tells of a connection's end before it closes it. */
#include "gateway/http_watch.h"

#include "common/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { ROUND_US = 250000 };

struct http_watched {
        int fd;
        atomic_llong late_at_us; /* 0: nothing is waited for */
        struct http_watched *next;
        struct http_watched **link; /* what points here */
};

struct http_watch {
        int64_t patience_us;
        pthread_t thread;
        pthread_mutex_t lock; /* over all below */
        pthread_cond_t stopped;
        bool must_stop;
        struct http_watched *first;
};

static void cut_late(struct http_watch *watch)
{
        int64_t now_us = clock_now_us();
        for (struct http_watched *at = watch->first; at != NULL; at = at->next) {
                int64_t late_at_us = atomic_load_explicit(&at->late_at_us, memory_order_relaxed);
                if (late_at_us == 0 || late_at_us > now_us)
                        continue;
                shutdown(at->fd, SHUT_RDWR);
                atomic_store_explicit(&at->late_at_us, 0, memory_order_relaxed);
        }
}

static void *run(void *arg)
{
        struct http_watch *watch = arg;
        pthread_mutex_lock(&watch->lock);
        while (!watch->must_stop) {
                struct timespec until = clock_timespec(clock_now_us() + ROUND_US);
                pthread_cond_timedwait(&watch->stopped, &watch->lock, &until);
                cut_late(watch);
        }
        pthread_mutex_unlock(&watch->lock);
        return NULL;
}

struct http_watch *http_watch_new(int64_t patience_us)
{
        pthread_condattr_t attributes;
        struct http_watch *watch = calloc(1, sizeof *watch);
        if (watch == NULL)
                abort();
        watch->patience_us = patience_us;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_mutex_init(&watch->lock, NULL);
        pthread_cond_init(&watch->stopped, &attributes);
        if (pthread_create(&watch->thread, NULL, run, watch) != 0)
                abort();
        return watch;
}

void http_watch_free(struct http_watch *watch)
{
        if (watch == NULL)
                return;
        pthread_mutex_lock(&watch->lock);
        watch->must_stop = true;
        pthread_cond_signal(&watch->stopped);
        pthread_mutex_unlock(&watch->lock);
        pthread_join(watch->thread, NULL);
        pthread_cond_destroy(&watch->stopped);
        pthread_mutex_destroy(&watch->lock);
        free(watch);
}

static void set(struct http_watched *watched, int64_t late_at_us)
{
        if (watched != NULL)
                atomic_store_explicit(&watched->late_at_us, late_at_us, memory_order_relaxed);
}

struct http_watched *http_watch_add(struct http_watch *watch, int fd)
{
        struct http_watched *watched = calloc(1, sizeof *watched);
        if (watched == NULL)
                abort();
        watched->fd = fd;
        http_watch_free_again(watch, watched);
        pthread_mutex_lock(&watch->lock);
        watched->next = watch->first;
        watched->link = &watch->first;
        if (watched->next != NULL)
                watched->next->link = &watched->next;
        watch->first = watched;
        pthread_mutex_unlock(&watch->lock);
        return watched;
}

void http_watch_remove(struct http_watch *watch, struct http_watched *watched)
{
        if (watched == NULL)
                return;
        pthread_mutex_lock(&watch->lock);
        *watched->link = watched->next;
        if (watched->next != NULL)
                watched->next->link = watched->link;
        pthread_mutex_unlock(&watch->lock);
        free(watched);
}

void http_watch_free_again(struct http_watch *watch, struct http_watched *watched)
{
        set(watched, clock_now_us() + 2 * watch->patience_us);
}

void http_watch_begin(struct http_watch *watch, struct http_watched *watched)
{
        set(watched, clock_now_us() + watch->patience_us);
}

void http_watch_send(struct http_watch *watch, struct http_watched *watched, size_t size)
{
        set(watched, clock_now_us() + watch->patience_us + (int64_t)size * 1000000 / HTTP_WATCH_RATE);
}

void http_watch_whole(struct http_watched *watched)
{
        set(watched, 0);
}
