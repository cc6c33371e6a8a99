/* SPDX-License-Identifier: Apache-2.0 */
/* What the words around a run say of it, in the weights of person_evidence.c. */
#pragma once

#include "svc-anonymize/identifiers/person_evidence.h"

/* A word like "thanks" stands before it: what unknown words without capitals need at least. */
enum { CONTEXT_CUE = 170 };

/* What stands before / behind a run; nothing much is 0, what speaks against a name is negative. */
int person_context_before(const struct tokens *tokens, const struct run *run);
int person_context_behind(const struct tokens *tokens, const struct run *run);

/* "my name is" stands before the token. */
bool person_context_introduces(const struct tokens *tokens, size_t at);
