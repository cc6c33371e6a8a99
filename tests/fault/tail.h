/* SPDX-License-Identifier: Apache-2.0 */
/* `sfp events tail` as an outside program runs it: its output goes to a file, it may be killed at any moment and
 * started again. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct tail {
        pid_t pid;
        const char *output; /* files of this tail's own */
        const char *state;
};

/* One that has not printed anything yet. Lives in the scene. */
struct tail tail_new(void);
void tail_start(struct tail *tail);
void tail_kill(struct tail *tail);
void tail_remove(struct tail *tail);

/* Has it printed every event that the outbox of `service` has, each once, and nothing else of it? `*complaint` says
 * what is wrong otherwise. */
bool tail_is_whole(const struct tail *tail, const char *service, const char **complaint);
