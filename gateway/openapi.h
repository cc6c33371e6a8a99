/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.1 document of the REST interface, made of the routes and the rules in the protos and of nothing else.
 */
#pragma once

#include "gateway/route.h"

/* Made once; the caller frees it. */
char *openapi_write(const struct schema *schema, const struct routes *routes);
