/* SPDX-License-Identifier: Apache-2.0 */
/* Only letters and figures get into the pattern, so that nothing in it need be escaped. */
#include "svc-moderation/keywords.h"

#include "common/buffer.h"
#include "common/folding.h"

enum { LETTERS_MIN = 2 };

/* None in "getrich", which disguises come to; no more than a few, or it is no phrase. */
static const char between[] = "\\W{0,3}";

bool keyword_is_valid(struct arena *arena, const char *keyword)
{
        struct folding folded;
        size_t letters = 0;
        folding_init(&folded, arena, keyword);
        for (size_t i = 0; i < folded.length; i++) {
                if (folded_is_letter(folded.bytes[i]) && !folded_is_alnum(folded.bytes[i]))
                        return false;
                letters += folded_is_alnum(folded.bytes[i]);
        }
        return letters >= LETTERS_MIN;
}

static void put_keyword(struct arena *arena, struct buffer *out, const char *keyword)
{
        struct folding folded;
        bool is_first = true, is_apart = false;
        folding_init(&folded, arena, keyword);
        for (size_t i = 0; i < folded.length; i++) {
                if (!folded_is_alnum(folded.bytes[i])) {
                        is_apart = true;
                        continue;
                }
                if (is_apart && !is_first)
                        buffer_puts(out, between);
                buffer_append(out, &folded.bytes[i], 1);
                is_first = is_apart = false;
        }
}

const char *keywords_pattern(struct arena *arena, size_t count, char *const *keywords)
{
        struct buffer out = buffer_in(arena);
        buffer_puts(&out, "\\b(?:");
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        buffer_puts(&out, "|");
                put_keyword(arena, &out, keywords[i]);
        }
        buffer_puts(&out, ")\\b");
        return buffer_text(&out);
}
