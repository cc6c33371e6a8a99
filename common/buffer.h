/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes in an arena. The bytes move when it grows; a NUL always follows the last one. */
#pragma once

#include "common/arena.h"

struct buffer {
        struct arena *arena;
        char *bytes; /* NULL until the first byte */
        size_t length;
        size_t capacity;
};

/* An empty buffer that will take its memory from `arena`. */
struct buffer buffer_in(struct arena *arena);

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_puts(struct buffer *buffer, const char *text);
void buffer_putc(struct buffer *buffer, char byte);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for `length` more bytes, to be written by the caller, who then adds what was used to buffer->length. */
char *buffer_reserve(struct buffer *buffer, size_t length);

/* The bytes as a C string; "" when nothing was appended. */
const char *buffer_text(const struct buffer *buffer);
