/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the interface's documents are written with. */
#pragma once

#include "common/buffer.h"
#include "gateway/openapi_schemas.h"
#include "gateway/proto_comments.h"
#include "gateway/route.h"

struct openapi_writer {
        struct arena *arena;
        struct buffer out;
        const struct schema *schema;
        const struct proto_comments *comments;
        struct openapi_schemas schemas; /* those that were referred to */
};

/* With the comments of the protos and nothing written; it lives in the arena. */
struct openapi_writer *openapi_writer_new(struct arena *arena, const struct schema *schema);

/* Appends `,"description":"..."` of what has this name in the protos; nothing when nothing is said of it. */
void openapi_write_description(struct openapi_writer *writer, const char *name);

/* One operation as an object: what it takes and gives, and what may go wrong (openapi_operation.c). */
void openapi_write_operation(struct openapi_writer *writer, const struct route *route);

/* The parts that operations refer to: parameters in headers (openapi_operation.c), responses that are problems
 * (openapi_problems.c). Each appends `"name":{...}` members. */
void openapi_write_parameters(struct buffer *out);
void openapi_write_problems(struct openapi_writer *writer);

/* Appends `,"<status>":{"$ref":...}` for each problem an operation may end in. */
void openapi_refer_problems(struct buffer *out, const struct route *route);

/* Appends a value that keeps the rules of a type, as JSON (openapi_example.c). */
void openapi_write_example(struct buffer *out, const struct openapi_schema *schema);
