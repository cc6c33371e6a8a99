/* SPDX-License-Identifier: Apache-2.0 */
/* GET /ws/{user_id}: from an HTTP request to a WebSocket (RFC 6455, section 4.2). */
#pragma once

struct exchange;

/* 101, or why not: 426 for what is no WebSocket of version 13, 400 for a key that is none, 503 when there is no room,
 * 401 and 403 for a token or ticket that is not this user's, 403 for a page that is not welcome. */
void answer_handshake(struct exchange *exchange);

enum { HANDSHAKE_ACCEPT_SIZE = 29 };

/* Sec-WebSocket-Accept for a Sec-WebSocket-Key. */
void handshake_accept(const char *key, char out[HANDSHAKE_ACCEPT_SIZE]);
