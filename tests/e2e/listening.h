/* SPDX-License-Identifier: Apache-2.0 */
/* Listening over a WebSocket, in the words of the tests:
 *      struct ear *ear = ear_open(ann);
 *      const cJSON *frame = ear_hear(ear, "notification", 30);
 * What was heard is kept until the ear is closed, so that one can wait for things in any order. */
#pragma once

#include "tests/e2e/client.h"

struct ear;

/* Opens the socket of this user and waits for its hello; fails when there is none. */
struct ear *ear_open(struct user user);
void ear_close(struct ear *ear);

/* The same without a bearer token, at "<user id>?ticket=...". */
struct ear *ear_open_at(const char *place, const char *more_headers);

/* last_seq of the hello. */
int64_t ear_last_seq(const struct ear *ear);

void ear_say(struct ear *ear, const char *json);

/* The first thing of this type that was heard, or comes within `seconds` (in `seq` or `type` order of arrival); NULL:
 * none. It is the ear's. */
const cJSON *ear_hear(struct ear *ear, const char *type, double seconds);

/* How many of this type were heard so far. */
int ear_count(const struct ear *ear, const char *type);

/* The close code that comes within `seconds`; 0: none. */
int ear_closed(struct ear *ear, double seconds);

/* The answer to a handshake at an id, and maybe a query, as the given headers make it; NULL: those below. */
struct answer ear_handshake(struct user user, const char *place, const char *more_headers);

/* What a good handshake has, lines that end in \r\n. */
const char *ear_upgrade_headers(void);
