/* SPDX-License-Identifier: Apache-2.0 */
/* Other programs. One that cannot be started fails the test. */
#pragma once

#include "common/arena.h"

#include <sys/types.h>

/* What it writes to its standard output until its end; one that fails fails the test. `argv` ends with NULL; argv[0] is
 * looked for in PATH. */
char *program_output(struct arena *arena, const char *const argv[]);

/* Starts it beside the test, with what it writes to its standard error in the file `log`. */
pid_t program_start(const char *const argv[], const char *log);

/* Asks it to end, and waits until it has. */
void program_stop(pid_t pid);

/* The value of an environment variable that ./sfp test sets. */
const char *program_setting(const char *name);
