/* SPDX-License-Identifier: Apache-2.0 */
/* Both ends of the transport in the test's process, over addresses of the test's own: those who answer, and those who
 * ask. Most cases run twice, over both kinds of addresses. No case hangs up while the connection is being made: NNG
 * 1.10 then loses some memory now and then, which is no fault of ours but a leak to the sanitizer. Whatever fails in
 * here fails the test. */
#pragma once

#include "common/transport.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <stdatomic.h>

enum { SECOND_US = 1000000 };

extern struct ends {
        struct kit kit;
} ends;

void ends_begin(void);
void ends_end(void);

/* Runs a body with an address of each kind. */
void over_both(void (*body)(const char *url));

/* A message of this text. The caller's, or whoever's it is given to. */
struct message *message_of(const char *text);

/* --- those who answer: they fit transport_receive --- */

/* Gives back what it got. */
void echo(void *owner, struct transport_request *request, struct message *message);

/* Holds requests until somebody else answers the last of them; the others are forgotten. `owner` is a struct held,
 * whose last message is the test's to free. */
void hold(void *owner, struct transport_request *request, struct message *message);

struct held {
        _Atomic int count;
        struct transport_request *_Atomic request;
        struct message *_Atomic message;
};

/* The last one held; waits for the first. */
struct transport_request *held_request(struct held *held);

/* Listens; to be stopped by the test. */
struct transport_listener *listen_on(const char *url, transport_receive receive, void *owner);

/* --- those who ask --- */

/* To be hung up by the test. */
struct transport_dialer *dial(const char *url);

/* Asks and waits; the reply is dropped when `reply` is NULL. */
status ask(struct transport_dialer *dialer, const char *text, int64_t timeout_us, struct message **reply);

/* Somebody who echoes is there. */
void assert_answers(struct transport_dialer *dialer);

/* Listens there and asks many times. */
void ask_an_echo(const char *url);
