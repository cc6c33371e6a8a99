/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/unserved.h"

#include <string.h>

static status unimplemented(struct call *call, const ProtobufCMessage *in, ProtobufCMessage *out)
{
        (void)in;
        (void)out;
        return call_fail(call, STATUS_UNIMPLEMENTED, "the test does not serve this");
}

static bool is_in(const struct rpc *const *tables, const char *method)
{
        for (; *tables != NULL; tables++)
                for (const struct rpc *rpc = *tables; rpc->name != NULL; rpc++)
                        if (strcmp(rpc->name, method) == 0)
                                return true;
        return false;
}

const struct rpc *unserved_rpcs(
        struct arena *arena, const struct schema *schema, const char *name, const struct rpc *const *tables)
{
        size_t count = schema_method_count(schema), n = 0;
        struct rpc *rest = arena_zalloc(arena, (count + 1) * sizeof *rest);
        for (size_t i = 0; i < count; i++) {
                const struct schema_method *method = schema_method_at(schema, i);
                const char *word = strrchr(method->name, '.') + 1;
                if (strcmp(method->service, name) == 0 && !is_in(tables, word))
                        rest[n++] = (struct rpc){word, unimplemented, method->input->descriptor->sizeof_message,
                                method->output->descriptor->sizeof_message};
        }
        return rest;
}
