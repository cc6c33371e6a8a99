/* SPDX-License-Identifier: Apache-2.0 */
/* The whole gateway in the test's process, over sockets, with a client that answers by itself; and what is said to it,
 * as a dialogue. Texts live until whole_end. */
#pragma once

#include "gateway/gateway.h"
#include "tests/gateway/fake_client.h"
#include "tests/suite.h"

#define BASE  "/api/v1/social"
#define SUB   "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define HOST  "Host: localhost\r\n"
#define SHARE "{\"goal_category\":\"home\",\"goal_title\":\"Our home\"}"

enum { REQUESTS_MAX = 4, BODY_MAX = 4096, TIMEOUT_S = 2, PATIENCE_MS = 3000 };

extern struct whole {
        struct arena *arena;
        struct metrics *metrics;
        struct client *client;
        struct gateway *gateway; /* NULL: a test has stopped it */
        const char *bearer;      /* a header line with a good token */
} whole;

void whole_begin(void);
void whole_end(void);

/* A connection, to be closed. */
int dial(void);
void say(int fd, const char *bytes, size_t size);

/* The next response, and everything until the other side closes. */
const char *hear(int fd);
const char *hear_all(int fd);
bool is_closed(int fd);

/* One request on a connection of its own. */
const char *talk(const char *request);

/* Requests that are good. */
const char *get_share(void);
const char *post_share(const char *more_headers, const char *body);

void assert_problem(const char *response, int http, const char *code);

/* Until the client was asked so often; until no request is in flight. */
void wait_for_calls(int count);
void wait_until_idle(void);
