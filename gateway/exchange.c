/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/exchange.h"

#include <assert.h>

void exchange_add_header(struct exchange *exchange, const char *name, const char *value)
{
        assert(exchange->n_headers < EXCHANGE_HEADERS_MAX);
        exchange->headers[exchange->n_headers++] = (struct exchange_header){name, value};
}
