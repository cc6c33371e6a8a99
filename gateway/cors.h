/* SPDX-License-Identifier: Apache-2.0 */
/* Which pages of other origins a browser lets use the interface (the Fetch standard, section 3.2). Off unless origins
 * are named; there are no cookies, so credentials are never allowed along. */
#pragma once

#include "gateway/exchange.h"

enum { CORS_ORIGINS_MAX = 64 };

struct cors;

/* "https://app.example, https://b.example:8443", each as a browser says it; "" for none. NULL when one is no origin, or
 * there are more than CORS_ORIGINS_MAX. */
struct cors *cors_new(const char *origins);
void cors_free(struct cors *cors);

/* Are there any, so that answers differ by origin? */
bool cors_is_on(const struct cors *cors);

bool cors_allows(const struct cors *cors, const char *origin);

/* Adds to a response what the page of an origin that is allowed may see. */
void cors_expose(const struct cors *cors, struct exchange *exchange);

/* The same for a browser that asks beforehand: what it may send. `verbs` are those of the path. */
void cors_answer_preflight(const struct cors *cors, struct exchange *exchange, const char *verbs);
