/* SPDX-License-Identifier: Apache-2.0 */
/* Words near a candidate, which make it more or less likely. */
#pragma once

#include "common/folding.h"

enum { CONTEXT_WORDS_BEFORE = 6, CONTEXT_WORDS_AFTER = 2 };

/* One of `words` (blank-separated, a blank at both ends: " card visa ") stands among the six words before the span or
 * the two behind it. */
bool context_near(const struct folding *view, struct span span, const char *words);
bool context_before(const struct folding *view, struct span span, const char *words);
bool context_after(const struct folding *view, struct span span, const char *words);

/* A money sign stands before the span, or a word that counts something (dollars, shares, miles) or '%' behind it. */
bool context_is_amount(const struct folding *view, struct span span);
