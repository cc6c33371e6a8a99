/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every text that is cleaned:
 *   the result is well-formed UTF-8;
 *   removals are in order, without overlap, within the text, and not empty;
 *   the result is the text with a placeholder of its kind for each removal, and every other byte as it was;
 *   cleaning the result changes nothing, and finds nothing. */
#pragma once

#include "common/arena.h"

/* Cleans `text`, which is well-formed UTF-8, and says which law was broken; NULL when none was. */
const char *laws_broken(struct arena *arena, const char *text);
