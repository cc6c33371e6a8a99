/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as JSON schemas: types, and the rules of fields as far as JSON Schema can say them. */
#pragma once

#include "common/buffer.h"
#include "common/schema.h"

#include <stdbool.h>

enum { OPENAPI_SCHEMAS_MAX = 2048 };

/* The types that were spoken of, each once. */
struct openapi_schemas {
        size_t count;
        const struct schema_message *types[OPENAPI_SCHEMAS_MAX];
};

/* Remembers a type and its parts. */
void openapi_schemas_add(struct openapi_schemas *schemas, const struct schema_message *type);

/* "goals.Share" for sfp.goals.Share. */
const char *openapi_schema_name(const struct schema_message *type);

/* Is it something clients see? */
bool openapi_field_is_shown(const struct schema_message *type, unsigned i);

/* Appends the schema of one field, and of a whole type. */
void openapi_write_field(struct buffer *out, const struct schema_message *type, unsigned i);
void openapi_write_type(struct buffer *out, const struct schema_message *type);
