/* SPDX-License-Identifier: Apache-2.0 */
/* Other programs, run to their end. A program that cannot be started, or fails, fails the test. */
#pragma once

#include "common/arena.h"

/* What it writes to its standard output. `argv` ends with NULL; argv[0] is looked for in PATH. */
char *program_output(struct arena *arena, const char *const argv[]);

/* The value of an environment variable that ./sfp test sets. */
const char *program_setting(const char *name);
