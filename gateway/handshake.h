/* SPDX-License-Identifier: Apache-2.0 */
/* GET /ws/{user_id}: from an HTTP request to a WebSocket (RFC 6455, section 4.2). */
#pragma once

struct exchange;

/* 101, or why not: 401 and 403 for a token that is not this user's, 426 for another version, 503 when there is no room.
 */
void answer_handshake(struct exchange *exchange);

enum { HANDSHAKE_ACCEPT_SIZE = 29 };

/* Sec-WebSocket-Accept for a Sec-WebSocket-Key. */
void handshake_accept(const char *key, char out[HANDSHAKE_ACCEPT_SIZE]);
