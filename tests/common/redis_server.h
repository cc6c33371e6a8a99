/* SPDX-License-Identifier: Apache-2.0 */
/* A Redis of the test's own: on a unix socket in a directory that goes with it, without persistence unless it is told.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct redis_server {
        char directory[32];
        char socket[64]; /* fits REDIS_URL */
        pid_t pid;       /* 0: does not run */
};

/* Is redis-server there? Says so when it is not. */
bool redis_server_is_installed(void);

void redis_server_open(struct redis_server *server);
void redis_server_close(struct redis_server *server);

/* Start waits until it answers; kill waits until it is gone. */
void redis_server_start(struct redis_server *server);
void redis_server_kill(struct redis_server *server);
void redis_server_signal(struct redis_server *server, int signal);

/* Sends it a command of its own, such as "FLUSHALL". */
void redis_server_tell(struct redis_server *server, const char *command);
