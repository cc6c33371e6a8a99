/* SPDX-License-Identifier: Apache-2.0 */
/* Where a list goes on: the sort key and id of the last row seen, sealed so that only we can read it and only we can
 * have said it, and bound to the list and the caller it was given for. */
#pragma once

#include "common/arena.h"
#include "common/hmac.h"
#include "common/uuid.h"

#include <stdbool.h>

enum { CURSOR_LIFE_S = 24 * 3600 };

struct cursor {
        int64_t key;
        char id[UUID_SIZE];
};

/* `scope` is all that the cursor is bound to. The text is URL-safe. */
char *cursor_seal(struct arena *arena, const struct hmac *key, const void *scope, size_t scope_size,
        const struct cursor *cursor, int64_t now_s);

/* False for a text that is not ours, of another scope, or older than CURSOR_LIFE_S. */
bool cursor_open(struct arena *arena, const struct hmac *key, const void *scope, size_t scope_size, const char *text,
        int64_t now_s, struct cursor *out);
