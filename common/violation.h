/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a message that break a rule, gathered so that a client learns all of them at once. */
#pragma once

#include "common/arena.h"
#include "sfp/rpc.pb-c.h"

enum { VIOLATIONS_MAX = 20 };

struct violations {
        struct arena *arena;
        size_t count; /* at most VIOLATIONS_MAX; what is over is dropped */
        Sfp__FieldError *errors[VIOLATIONS_MAX];
};

/* A place in a message: links back to the message's own place; lives on the walker's stack. */
struct field_path {
        const struct field_path *parent; /* NULL at the root */
        const char *name;
        long index; /* -1 outside repeated fields */
};

struct violations violations_in(struct arena *arena);

/* Adds "<path>: <message>" with a stable code (FieldError.code in rpc.proto). */
void violation_add(struct violations *violations, const struct field_path *path, const char *code, const char *format,
        ...) __attribute__((format(printf, 4, 5)));
