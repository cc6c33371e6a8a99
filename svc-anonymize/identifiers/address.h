/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "svc-anonymize/identifiers/spans.h"
#include "svc-anonymize/tokens.h"

/* Adds the postal addresses in a text, from house number to country; `out` has room for as many as there are tokens.
 * Looks at a bounded number of tokens around each. */
void address_find_all(const struct tokens *tokens, struct spans *out);
