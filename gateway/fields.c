/* SPDX-License-Identifier: Apache-2.0 */
/* A mask is made once for each message on the way of a path; what was asked for whole stays whole. */
#include "gateway/fields.h"

#include <stdio.h>
#include <string.h>

static struct json_mask *new_mask(struct arena *arena, const struct schema_message *type)
{
        struct json_mask *mask = arena_alloc(arena, sizeof *mask);
        mask->fields = arena_zalloc(arena, (type->descriptor->n_fields + 1) * sizeof *mask->fields);
        return mask;
}

/* The index of the field with this name, or -1. What stays inside a service has no name here. */
static int find(const struct schema_message *type, const char *name)
{
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(type->descriptor, name);
        if (field == NULL)
                return -1;
        int i = (int)(field - type->descriptor->fields);
        return type->rules[i] != NULL && type->rules[i]->inner ? -1 : i;
}

/* The mask of the messages in a field, made if need be. */
static struct json_mask *part_of(struct arena *arena, struct json_mask_field *field, const struct schema_message *part)
{
        if (field->part == NULL)
                field->part = new_mask(arena, part);
        return field->part;
}

/* Shows what the path leads to; it is taken apart. */
static bool show(struct arena *arena, struct json_mask *mask, const struct schema_message *type, char *path)
{
        for (int depth = 0; depth < FIELDS_DEPTH_MAX; depth++) {
                char *dot = strchr(path, '.');
                if (dot != NULL)
                        *dot = '\0';
                int i = find(type, path);
                if (i < 0)
                        return false;
                struct json_mask_field *field = &mask->fields[i];
                bool is_whole = field->is_shown && field->part == NULL;
                field->is_shown = true;
                if (dot == NULL) {
                        field->part = NULL;
                        return true;
                }
                if ((type = type->parts[i]) == NULL)
                        return false;
                /* A part below what is wanted whole must still be there, but is not needed. */
                mask = is_whole ? new_mask(arena, type) : part_of(arena, field, type);
                path = dot + 1;
        }
        return false;
}

/* How much of a path that leads nowhere can be said again. */
static int repeatable(const char *path)
{
        size_t length = strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
        return length < FIELDS_PATH_SIZE ? (int)length : FIELDS_PATH_SIZE - 1;
}

bool fields_read(struct arena *arena, const struct schema_message *type, const char *text, const struct json_mask **out,
        char bad[FIELDS_PATH_SIZE])
{
        struct json_mask *mask = new_mask(arena, type);
        char *rest = arena_strdup(arena, text);
        for (int n = 0; rest != NULL; n++) {
                char *path = strsep(&rest, ",");
                snprintf(bad, FIELDS_PATH_SIZE, "%.*s", repeatable(path), path);
                if (n == FIELDS_PATHS_MAX || !show(arena, mask, type, path))
                        return false;
        }
        *out = mask;
        return true;
}
