/* SPDX-License-Identifier: Apache-2.0 */
/* Listening to a stream of server-sent events, in the words of the tests:
 *      struct tap *tap = tap_open(ann, "?last_seq=7", "");
 *      const cJSON *frame = tap_hear(tap, "notification", 30);
 * What was heard is kept until the tap is closed. */
#pragma once

#include "tests/e2e/client.h"

struct tap;

/* Opens /events with this query and these header lines, each of which ends in \r\n; fails when it is no stream. */
struct tap *tap_open(struct user user, const char *query, const char *headers);
void tap_close(struct tap *tap);

/* The head of the response. */
const char *tap_head(const struct tap *tap);

/* All that was said so far, comments and all. */
const char *tap_text(const struct tap *tap);

/* The data of the first event of this type that was heard, or comes within `seconds`; NULL: none. It is the tap's. */
const cJSON *tap_hear(struct tap *tap, const char *type, double seconds);

/* The id of that event; -1 when it has none. */
long tap_id(struct tap *tap, const char *type);

/* How many of this type were heard so far. */
int tap_count(struct tap *tap, const char *type);

/* Does the other side end it within `seconds`, and whole: with the last chunk? */
bool tap_ends(struct tap *tap, double seconds);

/* The answer to a request for a stream that is none. */
struct answer tap_refusal(struct user user, const char *query, const char *headers);
