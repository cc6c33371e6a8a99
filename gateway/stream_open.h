/* SPDX-License-Identifier: Apache-2.0 */
/* GET /events: from an HTTP request to a stream of server-sent events. */
#pragma once

struct exchange;

/* A stream, or why not, as answer_handshake says it. It goes on where Last-Event-ID or last_seq says that it left off.
 */
void answer_events(struct exchange *exchange);
