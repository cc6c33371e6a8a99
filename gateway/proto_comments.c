/* SPDX-License-Identifier: Apache-2.0 */
/* A location in source_code_info is a path of field numbers and indices from the file down: {4, 0, 2, 1} is field 1 of
 * message 0 (descriptor.proto says which number is what). */
#include "gateway/proto_comments.h"

#include "common/buffer.h"
#include "google/protobuf/descriptor.pb-c.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef Google__Protobuf__FileDescriptorSet FileSet;
typedef Google__Protobuf__FileDescriptorProto File;
typedef Google__Protobuf__DescriptorProto MessageProto;
typedef Google__Protobuf__EnumDescriptorProto EnumProto;
typedef Google__Protobuf__ServiceDescriptorProto ServiceProto;
typedef Google__Protobuf__SourceCodeInfo__Location Location;

extern const uint8_t sfp_descriptor_set[];
extern const size_t sfp_descriptor_set_size;

enum { FILE_MESSAGE = 4, FILE_ENUM = 5, FILE_SERVICE = 6, FILE_SYNTAX = 12 };
enum { MESSAGE_FIELD = 2, MESSAGE_NESTED = 3, MESSAGE_ENUM = 4 };
enum { SERVICE_METHOD = 2, ENUM_VALUE = 2 };

struct comment {
        const char *name;
        const char *text;
};

struct proto_comments {
        struct arena *arena;
        size_t count;
        struct comment *rows; /* by name */
};

/* What is left of a path. */
struct place {
        const int32_t *steps;
        size_t n_steps;
};

/* Takes "number, index" off; false when the path goes on with something else. */
static bool take(struct place *place, int32_t number, size_t count, size_t *index)
{
        if (place->n_steps < 2 || place->steps[0] != number || place->steps[1] < 0 || (size_t)place->steps[1] >= count)
                return false;
        *index = (size_t)place->steps[1];
        place->steps += 2;
        place->n_steps -= 2;
        return true;
}

static const char *joined(struct arena *arena, const char *scope, const char *name)
{
        return arena_printf(arena, "%s.%s", scope, name);
}

/* Each of these: the name of what is at a place, or NULL. */
static const char *name_in_enum(struct arena *arena, const char *scope, const EnumProto *words, struct place place)
{
        size_t i;
        if (place.n_steps == 0)
                return joined(arena, scope, words->name);
        if (!take(&place, ENUM_VALUE, words->n_value, &i) || place.n_steps > 0)
                return NULL;
        return joined(arena, joined(arena, scope, words->name), words->value[i]->name);
}

static const char *name_in_message(struct arena *arena, const char *scope, const MessageProto *type, struct place place)
{
        size_t i;
        const char *name = joined(arena, scope, type->name);
        if (place.n_steps == 0)
                return name;
        if (take(&place, MESSAGE_FIELD, type->n_field, &i))
                return place.n_steps == 0 ? joined(arena, name, type->field[i]->name) : NULL;
        if (take(&place, MESSAGE_NESTED, type->n_nested_type, &i))
                return name_in_message(arena, name, type->nested_type[i], place);
        if (take(&place, MESSAGE_ENUM, type->n_enum_type, &i))
                return name_in_enum(arena, name, type->enum_type[i], place);
        return NULL;
}

static const char *name_in_service(
        struct arena *arena, const char *scope, const ServiceProto *service, struct place place)
{
        size_t i;
        const char *name = joined(arena, scope, service->name);
        if (place.n_steps == 0)
                return name;
        if (!take(&place, SERVICE_METHOD, service->n_method, &i) || place.n_steps > 0)
                return NULL;
        return joined(arena, name, service->method[i]->name);
}

static const char *name_in_file(struct arena *arena, const File *file, struct place place)
{
        size_t i;
        if (place.n_steps == 1 && place.steps[0] == FILE_SYNTAX)
                return file->package;
        if (take(&place, FILE_MESSAGE, file->n_message_type, &i))
                return name_in_message(arena, file->package, file->message_type[i], place);
        if (take(&place, FILE_ENUM, file->n_enum_type, &i))
                return name_in_enum(arena, file->package, file->enum_type[i], place);
        if (take(&place, FILE_SERVICE, file->n_service, &i))
                return name_in_service(arena, file->package, file->service[i], place);
        return NULL;
}

/* A line break is a space, an empty line stays one. A file begins with its licence, which says nothing of it. */
static const char *unwrapped(struct arena *arena, const char *text)
{
        static const char licence[] = " SPDX-";
        struct buffer out = buffer_in(arena);
        if (strncmp(text, licence, strlen(licence)) == 0)
                text += strcspn(text, "\n");
        while (*text != '\0') {
                text += strspn(text, " ");
                size_t length = strcspn(text, "\n");
                if (length == 0 && out.length > 0)
                        buffer_puts(&out, "\n\n");
                else if (out.length > 0 && out.bytes[out.length - 1] != '\n')
                        buffer_putc(&out, ' ');
                buffer_append(&out, text, length);
                text += length + (text[length] == '\n');
        }
        return buffer_text(&out);
}

static void add_file(struct proto_comments *comments, const File *file)
{
        if (file->package == NULL || file->source_code_info == NULL)
                return;
        for (size_t i = 0; i < file->source_code_info->n_location; i++) {
                const Location *location = file->source_code_info->location[i];
                const struct place place = {location->path, location->n_path};
                const char *said = location->leading_comments;
                const char *name = said == NULL ? NULL : name_in_file(comments->arena, file, place);
                if (name != NULL)
                        comments->rows[comments->count++] = (struct comment){name, unwrapped(comments->arena, said)};
        }
}

static int by_name(const void *one, const void *other)
{
        return strcmp(((const struct comment *)one)->name, ((const struct comment *)other)->name);
}

static size_t count_locations(const FileSet *set)
{
        size_t count = 0;
        for (size_t i = 0; i < set->n_file; i++)
                if (set->file[i]->source_code_info != NULL)
                        count += set->file[i]->source_code_info->n_location;
        return count;
}

struct proto_comments *proto_comments_new(struct arena *arena)
{
        struct proto_comments *comments = arena_zalloc(arena, sizeof *comments);
        FileSet *set = google__protobuf__file_descriptor_set__unpack(
                arena_protobuf_allocator(arena), sfp_descriptor_set_size, sfp_descriptor_set);
        if (set == NULL) {
                fputs("proto comments: the descriptor set cannot be read\n", stderr);
                abort();
        }
        comments->arena = arena;
        comments->rows = arena_alloc(arena, count_locations(set) * sizeof *comments->rows + 1);
        for (size_t i = 0; i < set->n_file; i++)
                add_file(comments, set->file[i]);
        qsort(comments->rows, comments->count, sizeof *comments->rows, by_name);
        return comments;
}

const char *proto_comment(const struct proto_comments *comments, const char *name)
{
        const struct comment wanted = {name, NULL};
        const struct comment *found =
                bsearch(&wanted, comments->rows, comments->count, sizeof *comments->rows, by_name);
        return found == NULL ? NULL : found->text;
}
