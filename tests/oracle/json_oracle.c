/* SPDX-License-Identifier: Apache-2.0 */
/* What our JSON reader and writer make of documents, for tests/oracle/oracle.mjs to compare with somebody else's. A
 * line in is "message name, tab, JSON"; a line out is "base64 of the message, tab, JSON", or "refused". */
#include "common/base64.h"
#include "common/json_read.h"
#include "common/json_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message type by its full name, among all that methods take and give. */
static const struct schema_message *find(const struct schema *schema, const char *name)
{
        for (size_t i = 0; i < schema_method_count(schema); i++) {
                const struct schema_method *method = schema_method_at(schema, i);
                if (strcmp(method->input->descriptor->name, name) == 0)
                        return method->input;
                if (strcmp(method->output->descriptor->name, name) == 0)
                        return method->output;
        }
        return NULL;
}

static ProtobufCMessage *read_message(struct arena *arena, const struct schema_message *type, const char *text)
{
        struct json json;
        const char *why;
        struct violations violations = violations_in(arena);
        ProtobufCMessage *message = arena_alloc(arena, type->descriptor->sizeof_message);
        type->descriptor->message_init(message);
        if (json_scan(arena, text, strlen(text), &json, &why) != STATUS_OK ||
                json_read(arena, &json, type, message, JSON_STRICT, &violations) != STATUS_OK || violations.count > 0)
                return NULL;
        return message;
}

static void answer(struct arena *arena, const ProtobufCMessage *message)
{
        struct buffer json = buffer_in(arena);
        size_t size = protobuf_c_message_get_packed_size(message);
        uint8_t *bytes = arena_alloc(arena, size + 1);
        protobuf_c_message_pack(message, bytes);
        json_write(&json, message);
        printf("%s\t%s\n", base64_encode(arena, bytes, size), buffer_text(&json)); /* allow(printf): the answer */
}

int main(void)
{
        char *line = NULL;
        size_t room = 0;
        struct schema *schema = schema_new();
        struct arena *arena = arena_new(0);
        while (getline(&line, &room, stdin) > 0) {
                line[strcspn(line, "\n")] = '\0';
                char *text = strchr(line, '\t');
                if (text == NULL)
                        return EXIT_FAILURE;
                *text++ = '\0';
                const struct schema_message *type = find(schema, line);
                const ProtobufCMessage *message = type == NULL ? NULL : read_message(arena, type, text);
                if (message == NULL)
                        puts("refused"); /* allow(puts): the answer */
                else
                        answer(arena, message);
                arena_reset(arena);
        }
        free(line);
        arena_free(arena);
        schema_free(schema);
        return EXIT_SUCCESS;
}
