/* SPDX-License-Identifier: Apache-2.0 */
#include "common/violation.h"

#include "common/buffer.h"

struct violations violations_in(struct arena *arena)
{
        return (struct violations){.arena = arena};
}

static void write_path(struct buffer *out, const struct field_path *path)
{
        if (path->parent != NULL) {
                write_path(out, path->parent);
                buffer_putc(out, '.');
        }
        buffer_puts(out, path->name);
        if (path->index >= 0)
                buffer_printf(out, "[%ld]", path->index);
}

void violation_add(
        struct violations *violations, const struct field_path *path, const char *code, const char *format, ...)
{
        if (violations->count == VIOLATIONS_MAX)
                return;
        struct buffer field = buffer_in(violations->arena);
        write_path(&field, path);
        Sfp__FieldError *error = arena_alloc(violations->arena, sizeof *error);
        sfp__field_error__init(error);
        va_list arguments;
        va_start(arguments, format);
        error->message = arena_vprintf(violations->arena, format, arguments);
        va_end(arguments);
        error->field = (char *)buffer_text(&field);
        error->code = (char *)code;
        violations->errors[violations->count++] = error;
}
