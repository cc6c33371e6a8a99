/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "svc-anonymize/tokens.h"

/* A name in a script that has no capitals and no blanks, at the beginning of a word: Chinese, Japanese and Korean ones
 * begin with one of the family names that most people have. Returns the letters of it, 0 when there is none. */
size_t person_script_length(const struct tokens *tokens, size_t at);

/* A word that goes on with an Arabic name: it begins with the article. */
bool person_script_is_family(const struct tokens *tokens, size_t at);
