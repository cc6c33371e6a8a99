/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the response of an exchange: a success as JSON, everything else as application/problem+json (RFC 9457). */
#pragma once

#include "common/client.h"
#include "common/violation.h"
#include "gateway/exchange.h"

/* `detail` tells a person more than the problem's title does; NULL: nothing. It is kept. */
void respond_problem(struct exchange *exchange, enum problem problem, const char *detail);

/* VALIDATION_FAILED with the fields that broke a rule. */
void respond_violations(struct exchange *exchange, const struct violations *violations);

/* What a service said, or that it said nothing. What went wrong inside stays inside. `size_hint` is about how many
 * bytes the reply had. */
void respond_reply(struct exchange *exchange, const struct client_reply *reply, size_t size_hint);

/* A code and a JSON text that lives for ever; NULL: no body. */
void respond_json(struct exchange *exchange, int code, const char *json);
