/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the reply of another service, read as the client reads it. */
#include "common/client.h"
#include "common/message.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { ARENA_LIMIT = 4 << 20 };

static const struct schema_method *the_method(void)
{
        static struct schema *schema;
        if (schema == NULL)
                schema = schema_new();
        return schema_method_find(schema, "sfp.goals.Goals.ListShares");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct client_reply reply;
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct message *message = message_new(size);
        if (size > 0)
                memcpy(message_bytes(message), bytes, size);
        client_reply_read(arena, the_method(), STATUS_OK, message, &reply);
        FUZZ_ASSERT(reply.status < STATUS_COUNT);
        FUZZ_ASSERT((reply.payload != NULL) == (reply.status == STATUS_OK));
        FUZZ_ASSERT(reply.status != STATUS_OK || reply.header != NULL);
        arena_free(arena);
        return 0;
}
