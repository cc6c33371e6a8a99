/* SPDX-License-Identifier: Apache-2.0 */
/* Restricted words and phrases, as people write them down: "Quux", "get rich". */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether anything can be looked for by it: two letters or figures, all of them Latin once they are folded
 * (common/folding.h), where other letters cannot be told apart. `arena` is for the folding. */
bool keyword_is_valid(struct arena *arena, const char *keyword);

/* The pattern (rules.h) that finds each of them as a whole, with up to three signs or none between the words of a
 * phrase. They are valid, and `count` is not 0. In the arena. */
const char *keywords_pattern(struct arena *arena, size_t count, char *const *keywords);
