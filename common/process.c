/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process.h"

#include "common/canary.h"
#include "common/log.h"

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum { WATCH_S = 1 };

static sigset_t stop_signals(void)
{
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        return signals;
}

static sigset_t all_signals(void)
{
        sigset_t signals = stop_signals();
        sigaddset(&signals, SIGHUP);
        return signals;
}

void process_prepare(const char *program, const char *log_level)
{
        const sigset_t signals = all_signals();
        log_init(program, log_level_find(log_level));
        mallopt(M_ARENA_MAX, 2); /* many threads with arenas of their own: malloc's would only hold memory */
        pthread_sigmask(SIG_BLOCK, &signals, NULL);
        signal(SIGPIPE, SIG_IGN);
}

bool process_wait(int seconds)
{
        const sigset_t signals = stop_signals();
        const struct timespec patience = {.tv_sec = seconds};
        return sigtimedwait(&signals, NULL, &patience) > 0;
}

static int wait_for_signal(int seconds)
{
        const sigset_t signals = all_signals();
        const struct timespec patience = {.tv_sec = seconds};
        return sigtimedwait(&signals, NULL, &patience);
}

void process_serve(void (*reload)(void *owner), void *owner)
{
        struct canary *canary = canary_start();
        for (int signal; (signal = wait_for_signal(WATCH_S)) != SIGTERM && signal != SIGINT;) {
                if (signal == SIGHUP && reload != NULL)
                        reload(owner);
                if (canary_is_alive(canary))
                        continue;
                LOG(LOG_ERROR, "the message library stands still; leaving for the supervisor to start us again");
                _exit(CANARY_EXIT);
        }
        LOG(LOG_INFO, "stopping");
        canary_stop(canary);
}
