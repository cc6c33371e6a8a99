/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 as it is spoken on the wire, written out by hand and heard as it comes. */
#pragma once

#include "tests/e2e/refusal.h"
#include "tests/e2e/wire.h"

#define BASE      "/api/v1/social"
#define LIVE      BASE "/status/live"
#define SHARES    BASE "/goal-sharing/"
#define HOST      "Host: localhost\r\n"
#define CLOSE     "Connection: close\r\n"
#define JSON_TYPE "Content-Type: application/json\r\n"

/* The body of a share that is a draft still. */
extern const char draft[];

/* Says a text on a connection of its own. */
struct answer say(const char *bytes);

/* The sender's header line. */
const char *token(void);

/* Everything that was heard, the first answer's head included. */
const char *heard(struct answer answer);

/* How often `what` stands in `all`. */
int count_of(const char *all, const char *what);

/* No answer to it says that something was done; the connection may have been closed without a word. `what` names it. */
void expect_refused(const char *bytes, const char *what);
