/* SPDX-License-Identifier: Apache-2.0 */
/* One callback thread a core, at least two: NNG's default of two a core spends more on waking and on its socket lock
 * than the callbacks cost (echo with 64 in flight on 2 cores: 37 k calls/s with four threads, 57 k with two). */
#include "common/transport_threads.h"

#include <nng/nng.h>
#include <pthread.h>
#include <unistd.h>

#if NNG_MAJOR_VERSION > 1 || NNG_MINOR_VERSION >= 7
enum { THREADS_MIN = 2 };

static void set_once(void)
{
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        long threads = cores < THREADS_MIN             ? THREADS_MIN
                       : cores > TRANSPORT_THREADS_MAX ? TRANSPORT_THREADS_MAX
                                                       : cores;
        nng_init_set_parameter(NNG_INIT_NUM_TASK_THREADS, (uint64_t)threads);
}
#else
static void set_once(void)
{
        /* old releases choose for themselves */
}
#endif

void transport_threads_set(void)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        pthread_once(&once, set_once);
}
