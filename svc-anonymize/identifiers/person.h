/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "svc-anonymize/identifiers/spans.h"
#include "svc-anonymize/tokens.h"

/* Adds the names of persons in a text; `out` has room for as many as there are tokens. Looks at a bounded
 * number of tokens around each. */
void person_find_all(const struct tokens *tokens, struct spans *out);
