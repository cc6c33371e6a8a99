/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of the instance under test. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* "name=pid" of all of them, in one text: the same text means that none has died meanwhile. */
const char *instance_pids(void);

/* 0 when it does not run. */
pid_t instance_pid(const char *name);

/* Path of a service's socket. */
const char *instance_socket(const char *name);

/* Host and port of a program's admin address. */
const char *instance_admin(const char *name);

/* Through the supervisor: stays down until instance_up. Returns when it is down. */
void instance_down(const char *name);

/* The same for several at a time, up to NULL, and up again. */
void instance_restart(const char *const names[]);

/* Returns when it is ready; harmless when it runs. */
void instance_up(const char *name);

/* All that the tests may have taken down. */
void instance_up_all(void);

void instance_kill(const char *name, int signal);
