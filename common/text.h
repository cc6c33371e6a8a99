/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about bytes that claim to be text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without a NUL. */
bool text_is_clean(const char *bytes, size_t length);

/* Code points in well-formed UTF-8. */
size_t text_length(const char *text);

/* The same, of all of them together. */
size_t text_length_of_all(size_t count, char *const *texts);

/* Reads one code point of well-formed UTF-8 and moves *text past it; 0 at the end. */
uint32_t text_next(const char **text);

/* Writes a code point as UTF-8 to `out` (room for 4) and returns its length. */
size_t text_encode(uint32_t code_point, char *out);

/* Does well-formed UTF-8 hold a control character other than tab, line feed and carriage return? */
bool text_has_controls(const char *text);

/* Nothing but white space, in ASCII or of Unicode's, or nothing at all? The text must be well-formed UTF-8. */
bool text_is_blank(const char *text);
