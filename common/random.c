/* SPDX-License-Identifier: Apache-2.0 */
/* Small requests are served from a per-thread pool so that a number costs no system call; what was handed out is wiped.
 * A child does not know what its parent's pools hold: whatever was drawn before a fork is drawn anew in it. */
#include "common/random.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { POOL_SIZE = 4096, BLOCK_SIZE = 16 };

static _Thread_local unsigned char pool[POOL_SIZE];
static _Thread_local size_t pool_left;
static _Thread_local unsigned pool_forks; /* what `forks` was when it was filled */

static pthread_once_t fork_watch = PTHREAD_ONCE_INIT;
static atomic_uint forks; /* that lie between this process and the first one */

static void count_fork(void)
{
        atomic_fetch_add(&forks, 1);
}

static void watch_forks(void)
{
        if (pthread_atfork(NULL, NULL, count_fork) != 0)
                abort();
}

static void fill(unsigned char *out, size_t size)
{
        while (size > 0) {
                ssize_t got = getrandom(out, size, 0);
                if (got < 0 && errno != EINTR)
                        abort();
                if (got < 0)
                        continue;
                out += got;
                size -= (size_t)got;
        }
}

/* Two blocks that are the same come of a broken source, not of chance: once in 2^128. */
static void expect_no_repetition(void)
{
        for (size_t at = BLOCK_SIZE; at < POOL_SIZE; at += BLOCK_SIZE)
                if (memcmp(pool + at, pool + at - BLOCK_SIZE, BLOCK_SIZE) == 0)
                        abort();
}

static void fill_pool(void)
{
        pthread_once(&fork_watch, watch_forks);
        fill(pool, POOL_SIZE);
        expect_no_repetition();
        pool_left = POOL_SIZE;
        pool_forks = atomic_load_explicit(&forks, memory_order_relaxed);
}

void random_bytes(void *out, size_t size)
{
        if (size > POOL_SIZE / 4) {
                fill(out, size);
                return;
        }
        if (pool_left < size || pool_forks != atomic_load_explicit(&forks, memory_order_relaxed))
                fill_pool();
        pool_left -= size;
        memcpy(out, pool + pool_left, size);
        memset(pool + pool_left, 0, size);
}
