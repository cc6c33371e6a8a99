/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommand that asks an address whether it answers: for the health checks of containers and of `helm test`, in
 * images that have no shell and no curl. */
#pragma once

/* sfp-gateway probe URL [--wait SECONDS]. `argv` begins behind the word "probe". Asks until the answer is 2xx, at least
 * once and for at most SECONDS (0), and says the last answer. Returns the exit code of the process: 0 when there was
 * such an answer, 1 when not, 2 when the words are none. It sends nothing of anybody's and does not look at
 * certificates: that somebody answers is all it says. */
int probe_command(int argc, char **argv);
