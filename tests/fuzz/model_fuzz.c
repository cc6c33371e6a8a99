/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a model, which they are not, and as a text whose features are taken: each within its text and bounds. */
#include "common/text.h"
#include "svc-moderation/model.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void take(struct arena *arena, const char *text)
{
        struct folding folded, part;
        struct features features;
        folding_init(&folded, arena, text);
        features_init(&features, arena, folded.length);
        for (size_t at = 0; features_window(&folded, &at, &part);) {
                features_take(&features, arena, &part);
                for (int block = 0; block < FEATURES_BLOCKS; block++) {
                        FUZZ_ASSERT(features.count[block] <= FEATURES_MAX);
                        for (size_t i = 0; i < features.count[block]; i++) {
                                const struct feature *feature = &features.items[block][i];
                                FUZZ_ASSERT(feature->start <= feature->end && feature->end <= folded.original_length);
                        }
                }
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        struct arena *arena = arena_new((size_t)1 << 30);
        struct model *model;
        const char *why = NULL;
        FUZZ_ASSERT(model_read(bytes, size, &model, &why) != STATUS_OK && why != NULL);
        if (text_is_clean((const char *)bytes, size))
                take(arena, arena_strndup(arena, (const char *)bytes, size));
        arena_free(arena);
        return 0;
}
