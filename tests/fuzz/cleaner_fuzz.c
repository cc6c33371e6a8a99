/* SPDX-License-Identifier: Apache-2.0 */
/* Any text: the laws of cleaning hold. Bytes that are no text are left to those who refuse them (lines, json). */
#include "common/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/svc-anonymize/laws.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        if (!text_is_clean((const char *)bytes, size))
                return 0;
        struct arena *arena = arena_new(0);
        const char *broken = laws_broken(arena, arena_strndup(arena, (const char *)bytes, size));
        if (broken != NULL)
                fprintf(stderr, "not so: %s\n", broken);
        FUZZ_ASSERT(broken == NULL);
        arena_free(arena);
        return 0;
}
