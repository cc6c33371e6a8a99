/* SPDX-License-Identifier: Apache-2.0 */
/* Memory with one lifetime: everything made while serving a call comes from the call's arena and goes with it. An arena
 * belongs to one thread at a time. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdarg.h>
#include <stddef.h>

struct arena;

/* An empty arena that will hold at most `limit` bytes (0: ARENA_DEFAULT_LIMIT). The process ends when memory is out. */
struct arena *arena_new(size_t limit);

/* Frees everything, running the deferred cleanups. NULL is allowed. */
void arena_free(struct arena *arena);

/* Runs the deferred cleanups, last first, and takes every allocation back. Keeps one block for the next use. */
void arena_reset(struct arena *arena);

/* `size` bytes aligned for any type, not cleared / cleared. Never NULL: passing the limit here is a mistake of ours and
 * ends the process, so sizes that a stranger controls go through arena_try_alloc. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_zalloc(struct arena *arena, size_t size);

/* As arena_alloc, but NULL once the limit is reached. */
void *arena_try_alloc(struct arena *arena, size_t size);

/* Copies with a NUL behind. arena_strdup(NULL) is NULL. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments);

/* Has `cleanup(handle)` called when the arena is reset or freed: ties a foreign handle to the arena's life. */
void arena_defer(struct arena *arena, void (*cleanup)(void *handle), void *handle);

/* An allocator for protobuf-c's unpack: takes from the arena, answers NULL at the limit, frees nothing. */
ProtobufCAllocator *arena_protobuf_allocator(struct arena *arena);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

#define ARENA_DEFAULT_LIMIT ((size_t)32 << 20)
