/* SPDX-License-Identifier: Apache-2.0 */
/* Walking a header that is a list: elements between commas, with parameters behind semicolons, of which quoted strings
 * may hold both (RFC 9110, section 5.6). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A piece of a header, without the blanks around it. */
struct words {
        const char *at;
        size_t length;
};

/* Takes the piece up to the next `separator` outside of quotes off `*rest`; false at the end. Empty pieces are passed
 * over, as RFC 9110 has it. */
bool words_next(const char **rest, char separator, struct words *out);

/* The same out of a piece. */
bool words_next_in(struct words *rest, char separator, struct words *out);

/* Does the piece read `text`, whatever its case? */
bool words_are(struct words words, const char *text);

/* Splits "name=value" with blanks around the sign allowed; false when there is no sign. Quotes around the value are
 * taken off; what they escape stays escaped. */
bool words_split(struct words words, struct words *name, struct words *value);

/* A qvalue, "0.25", in thousandths; -1 when it is none. */
int words_weight(struct words words);
