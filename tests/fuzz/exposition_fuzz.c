/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody else's /metrics may hold, read as sfp-top reads it. */
#include "tests/fuzz/fuzz.h"
#include "tools/top_figures.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct top_look look, nothing = {.is_there = true};
        struct top_figures figures;
        char *text = malloc(size + 1);
        memcpy(text, bytes, size);
        text[size] = '\0';
        top_look_read(text, &look);
        nothing.started_s = look.started_s;
        top_figures_between(&nothing, &look, 1, &figures);
        if (look.n_buckets > TOP_BUCKETS_MAX)
                abort();
        free(text);
        return 0;
}
