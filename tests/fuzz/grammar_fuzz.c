/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a grammar: refused with place and reason, or each of its texts is bounded and stands for one sentence.
 */
#include "svc-moderation/training/grammar.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { PER_SENTENCE = 5 };

static void check(void *taker, const struct grammar_text *text)
{
        const struct grammar *grammar = taker;
        FUZZ_ASSERT(text->length > 0 && text->length < GRAMMAR_TEXT_MAX && strlen(text->text) == text->length);
        FUZZ_ASSERT(text->sentence < grammar_sentences(grammar));
        FUZZ_ASSERT((text->labels | text->unjudged) >> CATEGORY_COUNT == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        const char *why = NULL;
        struct grammar *grammar = grammar_new();
        if (grammar_read(grammar, "input", (const char *)bytes, size, &why) && grammar_finish(grammar, &why))
                grammar_expand(grammar, PER_SENTENCE, check, grammar);
        else
                FUZZ_ASSERT(strncmp(why, "input:", strlen("input:")) == 0);
        grammar_free(grammar);
        return 0;
}
