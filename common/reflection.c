/* SPDX-License-Identifier: Apache-2.0 */
/* The descriptor set is embedded in the program; a part of it is cut out by unpacking the whole into the call's arena.
 */
#include "common/reflection.h"

#include "google/protobuf/descriptor.pb-c.h"
#include "sfp/reflection.pb-c.h"

#include <string.h>

#define REFLECTION_RPCS(RPC) RPC(Describe, describe, Reflection__DescribeRequest, Reflection__DescribeReply)
RPC_DECLARE(REFLECTION_RPCS)

typedef Google__Protobuf__FileDescriptorSet file_set;
typedef Google__Protobuf__FileDescriptorProto file_proto;

extern const unsigned char sfp_descriptor_set[];
extern const size_t sfp_descriptor_set_size;

/* Is `symbol` the package's name, a dot, and `name`? */
static bool is_named(const file_proto *file, const char *name, const char *symbol)
{
        size_t length = strlen(file->package);
        return strncmp(symbol, file->package, length) == 0 && symbol[length] == '.' &&
               strcmp(symbol + length + 1, name) == 0;
}

static bool defines(const file_proto *file, const char *symbol)
{
        for (size_t i = 0; i < file->n_service; i++)
                if (is_named(file, file->service[i]->name, symbol))
                        return true;
        for (size_t i = 0; i < file->n_message_type; i++)
                if (is_named(file, file->message_type[i]->name, symbol))
                        return true;
        for (size_t i = 0; i < file->n_enum_type; i++)
                if (is_named(file, file->enum_type[i]->name, symbol))
                        return true;
        return false;
}

/* protoc writes a file behind those it imports: one walk from the end marks them all. */
static void mark_imports(const file_set *set, bool *is_wanted)
{
        for (size_t i = set->n_file; i-- > 0;)
                for (size_t d = 0; is_wanted[i] && d < set->file[i]->n_dependency; d++)
                        for (size_t j = 0; j < i; j++)
                                is_wanted[j] |= strcmp(set->file[j]->name, set->file[i]->dependency[d]) == 0;
}

/* Leaves in the set what the symbol needs; false when nothing defines it. */
static bool cut(struct arena *arena, file_set *set, const char *symbol)
{
        bool *is_wanted = arena_zalloc(arena, set->n_file * sizeof *is_wanted);
        size_t n_left = 0;
        for (size_t i = 0; i < set->n_file; i++)
                is_wanted[i] = set->file[i]->package != NULL && defines(set->file[i], symbol);
        mark_imports(set, is_wanted);
        for (size_t i = 0; i < set->n_file; i++)
                if (is_wanted[i])
                        set->file[n_left++] = set->file[i];
        set->n_file = n_left;
        return n_left > 0;
}

static status describe(struct call *call, const Reflection__DescribeRequest *in, Reflection__DescribeReply *out)
{
        out->has_descriptor_set = 1;
        out->descriptor_set.data = (uint8_t *)(size_t)sfp_descriptor_set;
        out->descriptor_set.len = sfp_descriptor_set_size;
        if (in->symbol == NULL)
                return STATUS_OK;
        file_set *set = google__protobuf__file_descriptor_set__unpack(
                arena_protobuf_allocator(call->arena), sfp_descriptor_set_size, sfp_descriptor_set);
        if (set == NULL)
                return call_fail(call, STATUS_RESOURCE_EXHAUSTED, "the descriptors do not fit into a call's memory");
        if (!cut(call->arena, set, in->symbol))
                return call_fail(call, STATUS_NOT_FOUND, "no proto here defines this symbol");
        out->descriptor_set.data =
                arena_alloc(call->arena, google__protobuf__file_descriptor_set__get_packed_size(set));
        out->descriptor_set.len = google__protobuf__file_descriptor_set__pack(set, out->descriptor_set.data);
        return STATUS_OK;
}

RPC_TABLE(reflection_rpcs, REFLECTION_RPCS);
