/* SPDX-License-Identifier: Apache-2.0 */
/* The AsyncAPI 3 document of the domain events, made of the rules and comments in the protos and of nothing else. */
#pragma once

#include "common/schema.h"

/* Made once; the caller frees it. */
char *asyncapi_write(const struct schema *schema);
