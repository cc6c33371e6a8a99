/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process.h"

#include "common/canary.h"
#include "common/log.h"

#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WATCH_S = 1, SLICE_NS = 100000 };

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

/* As sched_setattr(2) has it, in its first version: glibc before 2.41 does not, and Linux's own header cannot stand
 * beside glibc's. */
struct scheduling {
        uint32_t size;
        uint32_t policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns; /* of SCHED_OTHER: the slice */
        uint64_t deadline_ns;
        uint64_t period_ns;
};

/* A kernel that knows no such slice passes it over. */
void process_be_prompt(void)
{
        struct scheduling attributes = {.size = sizeof attributes};
        if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0 || attributes.policy != SCHED_OTHER)
                return;
        attributes.size = sizeof attributes;
        attributes.runtime_ns = SLICE_NS;
        syscall(SYS_sched_setattr, 0, &attributes, 0);
}

/* A server of names that is away or has lost a question costs a second, and not five, before it is asked once more: who
 * waits for a name holds up whoever calls, and the end of the process. RES_OPTIONS of the operator's are kept. */
static void be_brief_about_names(void)
{
        setenv("RES_OPTIONS", "timeout:1 attempts:2", 0);
}

void process_prepare(const char *program, const char *log_level)
{
        const sigset_t signals = all_signals();
        process_be_prompt();
        be_brief_about_names();
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
