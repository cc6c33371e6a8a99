/* SPDX-License-Identifier: Apache-2.0 */
/* A chain of blocks filled from the front. Nothing is freed singly; the first block survives a reset. */
#include "common/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 << 10, ALIGNMENT = _Alignof(max_align_t) };

struct block {
        struct block *previous;
        size_t size;
        size_t used;
        _Alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
        struct deferred *previous;
        void (*cleanup)(void *handle);
        void *handle;
};

struct arena {
        struct block *block; /* the one being filled */
        struct deferred *deferred;
        size_t used;
        size_t limit;
        ProtobufCAllocator allocator;
};

static void die(const char *why)
{
        fprintf(stderr, "{\"level\":\"fatal\",\"message\":\"%s\"}\n", why);
        abort();
}

static struct block *block_new(size_t size, struct block *previous)
{
        struct block *block = malloc(sizeof *block + size);
        if (block == NULL)
                die("out of memory");
        *block = (struct block){.previous = previous, .size = size};
        return block;
}

static void *protobuf_alloc(void *arena, size_t size)
{
        return arena_try_alloc(arena, size);
}

static void protobuf_free(void *arena, void *pointer)
{
        (void)arena;
        (void)pointer;
}

struct arena *arena_new(size_t limit)
{
        struct arena *arena = malloc(sizeof *arena);
        if (arena == NULL)
                die("out of memory");
        *arena = (struct arena){
                .block = block_new(BLOCK_SIZE, NULL),
                .limit = limit > 0 ? limit : ARENA_DEFAULT_LIMIT,
                .allocator = {.alloc = protobuf_alloc, .free = protobuf_free, .allocator_data = arena},
        };
        return arena;
}

void arena_free(struct arena *arena)
{
        if (arena == NULL)
                return;
        arena_reset(arena);
        free(arena->block);
        free(arena);
}

static void run_deferred(struct arena *arena)
{
        while (arena->deferred != NULL) {
                struct deferred *deferred = arena->deferred;
                arena->deferred = deferred->previous;
                deferred->cleanup(deferred->handle);
        }
}

void arena_reset(struct arena *arena)
{
        run_deferred(arena);
        while (arena->block->previous != NULL) {
                struct block *block = arena->block;
                arena->block = block->previous;
                free(block);
        }
        arena->block->used = 0;
        arena->used = 0;
}

void *arena_try_alloc(struct arena *arena, size_t size)
{
        if (size > arena->limit || arena->used + size > arena->limit)
                return NULL;
        size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
        if (arena->block->size - arena->block->used < size)
                arena->block = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE, arena->block);
        void *result = arena->block->bytes + arena->block->used;
        arena->block->used += size;
        arena->used += size;
        return result;
}

void *arena_alloc(struct arena *arena, size_t size)
{
        void *result = arena_try_alloc(arena, size);
        if (result == NULL)
                die("an arena passed its limit");
        return result;
}

void *arena_zalloc(struct arena *arena, size_t size)
{
        return memset(arena_alloc(arena, size), 0, size);
}

char *arena_strdup(struct arena *arena, const char *text)
{
        return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
        char *copy = arena_alloc(arena, length + 1);
        if (length > 0)
                memcpy(copy, text, length);
        copy[length] = '\0';
        return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        char *text = arena_vprintf(arena, format, arguments);
        va_end(arguments);
        return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
        va_list again;
        va_copy(again, arguments);
        int length = vsnprintf(NULL, 0, format, again);
        va_end(again);
        char *text = arena_alloc(arena, (size_t)length + 1);
        vsnprintf(text, (size_t)length + 1, format, arguments);
        return text;
}

void arena_defer(struct arena *arena, void (*cleanup)(void *handle), void *handle)
{
        struct deferred *deferred = arena_alloc(arena, sizeof *deferred);
        *deferred = (struct deferred){.previous = arena->deferred, .cleanup = cleanup, .handle = handle};
        arena->deferred = deferred;
}

ProtobufCAllocator *arena_protobuf_allocator(struct arena *arena)
{
        return &arena->allocator;
}

size_t arena_used(const struct arena *arena)
{
        return arena->used;
}
