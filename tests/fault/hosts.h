/* SPDX-License-Identifier: Apache-2.0 */
/* Two hosts of the test's own, joined by one wire: this process becomes the first, the second is a network namespace
 * that lasts as long as a process in it. Nothing of the machine's own network is touched, and nothing is left behind.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#define HOSTS_NEAR "10.213.0.1"
#define HOSTS_FAR  "10.213.0.2"

/* Must come before the process has a second thread. False, with a line that says why, where namespaces are refused. */
bool hosts_open(void);
void hosts_close(void);

/* Starts a program on the far host. */
pid_t hosts_run_far(const char *const argv[]);

/* The wire swallows everything from now on, without a word to either side; or all that comes back from the far host. */
void hosts_cut(void);
void hosts_cut_return(void);
void hosts_mend(void);

/* Makes the wire slow and lossy, "delay 100ms loss 5%"; "" ends it. False where the kernel has no such thing. */
bool hosts_impair(const char *how);
