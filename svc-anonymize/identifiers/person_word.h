/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "svc-anonymize/tokens.h"

/* A word that no list has is known all the same: with an ending or a beginning taken off ("refinanced", "unbudgeted"),
 * or as two words written as one ("Wealthfront"). */
bool person_word_is_derived(const struct folding *view, const struct token *token);

/* "I'm", "you're", "didn't". */
bool person_word_is_contraction(const struct folding *view, const struct token *token);
