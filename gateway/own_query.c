/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/own_query.h"

#include "common/json_read.h"
#include "common/validate.h"
#include "gateway/gateway.h"
#include "gateway/path.h"
#include "gateway/respond.h"

#include <string.h>

/* Was the name given earlier, to a field that holds one value? */
static bool is_given_twice(const ProtobufCMessageDescriptor *type, const struct query *query, size_t i)
{
        const char *name = query->pairs[i].name;
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(type, name);
        if (field == NULL || field->label == PROTOBUF_C_LABEL_REPEATED)
                return false;
        for (size_t other = 0; other < i; other++)
                if (strcmp(query->pairs[other].name, name) == 0)
                        return true;
        return false;
}

static void read_pair(struct exchange *exchange, const struct schema_message *type, const struct query *query, size_t i,
        ProtobufCMessage *message, struct violations *violations)
{
        const struct query_pair *pair = &query->pairs[i];
        const struct field_path place = {NULL, pair->name, -1};
        if (is_given_twice(type->descriptor, query, i))
                violation_add(violations, &place, "too_many", "is given more than once");
        else
                json_read_text(exchange->arena, type, message, pair->name, pair->value, violations);
}

/* As authenticate.c says it of all other routes. */
static bool has_token(const struct query *query)
{
        for (size_t i = 0; i < query->count; i++)
                if (strcmp(query->pairs[i].name, "access_token") == 0)
                        return true;
        return false;
}

bool own_query_read(struct exchange *exchange, ProtobufCMessage *message)
{
        const struct schema_message *type = schema_message_find(exchange->gateway->schema, message->descriptor);
        struct violations violations = violations_in(exchange->arena);
        struct query query;
        if (query_split(exchange->arena, exchange->request.query, &query) != STATUS_OK) {
                respond_problem(exchange, PROBLEM_MALFORMED_QUERY, NULL);
                return false;
        }
        if (has_token(&query)) {
                respond_problem(exchange, PROBLEM_TOKEN_MISPLACED, NULL);
                return false;
        }
        for (size_t i = 0; i < query.count; i++)
                read_pair(exchange, type, &query, i, message, &violations);
        if (violations.count == 0)
                validate_message(type, message, &violations);
        if (violations.count > 0)
                respond_violations(exchange, &violations);
        return violations.count == 0;
}
