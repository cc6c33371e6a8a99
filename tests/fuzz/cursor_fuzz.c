/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a cursor: none is one but those that were given out, and of these none that was changed. */
#include "common/cursor.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { NOW_S = 1700000000 };

static bool opens(struct arena *arena, const struct hmac *key, const char *text)
{
        struct cursor out;
        return cursor_open(arena, key, "scope", 5, text, NOW_S, &out);
}

/* The first two bytes say which character of a good cursor becomes which other one. */
static void check_change(struct arena *arena, const struct hmac *key, const uint8_t *bytes)
{
        const struct cursor given = {bytes[0], "0193a5c0-7d2e-7c41-9f0a-3b5d2c1e4f60"};
        char *text = cursor_seal(arena, key, "scope", 5, &given, NOW_S);
        FUZZ_ASSERT(opens(arena, key, text));
        char *place = &text[bytes[0] % strlen(text)];
        char old = *place;
        *place = (char)bytes[1];
        FUZZ_ASSERT(*place == old || !opens(arena, key, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct hmac *key;
        struct arena *arena = arena_new(0);
        if (key == NULL)
                key = hmac_new("a key of thirty-two bytes, truly", 32);
        FUZZ_ASSERT(!opens(arena, key, arena_strndup(arena, (const char *)bytes, size)));
        if (size >= 2)
                check_change(arena, key, bytes);
        arena_free(arena);
        return 0;
}
