/* SPDX-License-Identifier: Apache-2.0 */
/* A third look at a text, at the level of words: "g u a r a n t e e d", "fr33", "sc.am" and "freeeee" read as they are
 * meant. Figures and short tokens like "401k" are left alone. */
#pragma once

#include "common/folding.h"

/* Makes `out` from `in`, from `arena`; its spans point into the same original. Returns false when nothing was changed
 * (`out` is then as long as `in` and equal). */
bool unmask(struct folding *out, struct arena *arena, const struct folding *in);
