/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as JSON schemas: types, and the rules of fields as far as JSON Schema can say them. */
#pragma once

#include "common/buffer.h"
#include "common/schema.h"
#include "gateway/route.h"

#include <stdbool.h>

enum { OPENAPI_SCHEMAS_MAX = 2048 };

/* A type that was spoken of; where it is the body of a route, without what stands in the path. */
struct openapi_schema {
        const struct schema_message *type;
        const struct route *route; /* NULL: it is no body */
};

/* Each once. */
struct openapi_schemas {
        size_t count;
        struct openapi_schema rows[OPENAPI_SCHEMAS_MAX];
};

struct openapi_writer;

/* Remembers a type and its parts; the body of a route and its parts. */
void openapi_schemas_add(struct openapi_schemas *schemas, const struct schema_message *type);
void openapi_schemas_add_body(struct openapi_schemas *schemas, const struct route *route);

/* "goals.Share" for sfp.goals.Share. */
const char *openapi_schema_name(const struct schema_message *type);

/* Is it something clients see? Is it a parameter of the path? (No route: no.) */
bool openapi_field_is_shown(const struct schema_message *type, unsigned i);
bool openapi_is_in_path(const struct route *route, const char *name);

/* Appends the schema of one field. */
void openapi_write_field(struct buffer *out, const struct schema_message *type, unsigned i);

/* Appends all that were spoken of, as `"name":{...}` members. */
void openapi_write_schemas(struct openapi_writer *writer);
