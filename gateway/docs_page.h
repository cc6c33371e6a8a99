/* SPDX-License-Identifier: Apache-2.0 */
/* A page to read the interface by, at /docs, made of files in the program: swagger-ui where the build found it
 * (scripts/fetch-swagger-ui.sh), a page of our own otherwise. It needs nothing from any other host. */
#pragma once

#include "gateway/exchange.h"

/* GET /docs and /docs/{file}. */
void answer_docs(struct exchange *exchange);
