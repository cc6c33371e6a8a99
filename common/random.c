/* SPDX-License-Identifier: Apache-2.0 */
/* Small requests are served from a per-thread pool so that an id costs no system call; what was handed out is wiped. */
#include "common/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { POOL_SIZE = 512 };

static _Thread_local unsigned char pool[POOL_SIZE];
static _Thread_local size_t pool_left;

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

void random_bytes(void *out, size_t size)
{
        if (size > POOL_SIZE / 4) {
                fill(out, size);
                return;
        }
        if (pool_left < size) {
                fill(pool, POOL_SIZE);
                pool_left = POOL_SIZE;
        }
        pool_left -= size;
        memcpy(out, pool + pool_left, size);
        memset(pool + pool_left, 0, size);
}
