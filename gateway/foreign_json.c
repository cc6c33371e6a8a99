/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/foreign_json.h"

#include "common/json_read.h"
#include "common/validate.h"

bool foreign_json_read(struct arena *arena, const char *bytes, size_t size, const struct schema_message *schema,
        ProtobufCMessage *message, struct json *json)
{
        struct json scanned;
        const char *why;
        struct violations violations = violations_in(arena);
        if (json_scan(arena, bytes, size, &scanned, &why) != STATUS_OK ||
                json_read(arena, &scanned, schema, message, JSON_IGNORE_UNKNOWN, &violations) != STATUS_OK)
                return false;
        validate_message(schema, message, &violations);
        if (json != NULL)
                *json = scanned;
        return violations.count == 0;
}

bool foreign_json_find(const struct json *json, const char *name, uint32_t *token)
{
        const struct json_token *root = &json->tokens[0];
        if (root->type != JSON_OBJECT)
                return false;
        uint32_t key = 1;
        for (uint32_t i = 0; i < root->count; i++, key = json->tokens[key + 1].next) {
                *token = key + 1;
                if (json_is(json, key, name))
                        return true;
        }
        return false;
}
