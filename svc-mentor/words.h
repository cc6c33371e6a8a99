/* SPDX-License-Identifier: Apache-2.0 */
/* Words between the two of a match. They are cleaned, so that nobody is named by them, and what a machine would hold
 * for people to look at is refused: there is nobody else to read it. */
#pragma once

#include "common/db_value.h"
#include "common/review.h"

/* As review_texts, without REVIEW_HOLD: CONTENT_BLOCKED instead, or UNAVAILABLE when moderation did not answer. */
MUST_CHECK status words_clean(
        struct call *call, size_t n, const char *const *names, char *const *texts, struct review *out);

/* Seals what only the two read, and opens it; NULL stays NULL. `id` is of the row it stands in. */
struct db_value words_seal(struct call *call, const char *id, const char *text);
MUST_CHECK status words_open(
        struct call *call, const char *id, const ProtobufCBinaryData *sealed, bool is_there, char **out);
