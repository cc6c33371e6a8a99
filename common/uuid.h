/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9562 identifiers as text: 36 characters, lower case, and a NUL. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define UUID_SIZE 37

/* Version 7: sorts by time. For everything but what must not carry time. */
void uuid_v7(char out[UUID_SIZE]);

/* Version 4: random. For anonymous shares, pseudonyms and public comparison ids. */
void uuid_v4(char out[UUID_SIZE]);

/* 8-4-4-4-12 lower-case hexadecimal digits of any version. */
bool uuid_is_valid(const char *text);

/* Between text and its 16 bytes. uuid_parse answers false, with `out` undefined, when the text is not a UUID. */
bool uuid_parse(const char *text, uint8_t out[16]);
void uuid_format(const uint8_t bytes[16], char out[UUID_SIZE]);
