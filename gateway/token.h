/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommand that prints a bearer token made with the gateway's own secret: for trying things out and for tests. */
#pragma once

/* `argv` begins behind the word "token". Returns the exit code of the process. */
int token_command(int argc, char **argv);
