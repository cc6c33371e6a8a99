/* SPDX-License-Identifier: Apache-2.0 */
/* The Accept header of whoever scrapes, and lists of pairs, which are walked alike. */
#include "common/metrics.h"
#include "common/pairs.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct arena *arena = arena_new(0);
        struct pairs pairs;
        char *text = arena_strndup(arena, (const char *)bytes, size);
        if (*metrics_format_type(metrics_format_choose(text)) == '\0')
                abort();
        if (pairs_read(arena, text, PAIRS_MAX, &pairs))
                for (size_t i = 0; i < pairs.count; i++)
                        if (*pairs.all[i].name == '\0' || strpbrk(pairs.all[i].value, "\r\n") != NULL)
                                abort();
        arena_free(arena);
        return 0;
}
