/* SPDX-License-Identifier: Apache-2.0 */
/* capacity counts the trailing NUL: length < capacity whenever bytes is set. */
#include "common/buffer.h"

#include <stdio.h>
#include <string.h>

struct buffer buffer_in(struct arena *arena)
{
        return (struct buffer){.arena = arena};
}

char *buffer_reserve(struct buffer *buffer, size_t length)
{
        size_t needed = buffer->length + length + 1;
        if (needed > buffer->capacity) {
                size_t capacity = buffer->capacity < 128 ? 256 : buffer->capacity * 2;
                if (capacity < needed)
                        capacity = needed;
                char *bytes = arena_alloc(buffer->arena, capacity);
                if (buffer->length > 0)
                        memcpy(bytes, buffer->bytes, buffer->length);
                bytes[buffer->length] = '\0';
                buffer->bytes = bytes;
                buffer->capacity = capacity;
        }
        return buffer->bytes + buffer->length;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
        char *end = buffer_reserve(buffer, length);
        if (length > 0)
                memcpy(end, bytes, length);
        end[length] = '\0';
        buffer->length += length;
}

void buffer_puts(struct buffer *buffer, const char *text)
{
        buffer_append(buffer, text, strlen(text));
}

void buffer_putc(struct buffer *buffer, char byte)
{
        buffer_append(buffer, &byte, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        const char *text = arena_vprintf(buffer->arena, format, arguments);
        va_end(arguments);
        buffer_puts(buffer, text);
}

const char *buffer_text(const struct buffer *buffer)
{
        return buffer->bytes == NULL ? "" : buffer->bytes;
}
