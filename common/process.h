/* SPDX-License-Identifier: Apache-2.0 */
/* What every program does about being a process: its log, its signals, its end. */
#pragma once

#include <stdbool.h>

/* Asks Linux for slices of 0.1 ms for this thread and those it starts, in the place of some milliseconds: whoever has
 * little to do then waits less for whoever has much. Takes nothing from others, and nothing happens before Linux 6.12.
 */
void process_be_prompt(void);

/* To be called before any thread starts: names the program in the log, keeps SIGTERM, SIGINT and SIGHUP for what
 * follows, is prompt, and waits for servers of names for a second at a time, twice (RES_OPTIONS, unless it is set). */
void process_prepare(const char *program, const char *log_level);

/* Waits for the word to stop, at most `seconds`; true when it came. */
bool process_wait(int seconds);

/* Waits for it as long as it takes, watching the message library meanwhile (common/canary.h): when that stands still
 * the process ends with CANARY_EXIT, for the supervisor to start it again. On SIGHUP it calls `reload`; NULL: there is
 * nothing to read again, and the signal is passed over. */
void process_serve(void (*reload)(void *owner), void *owner);
