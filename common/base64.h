/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4648: plain base64 with padding, and the URL-safe alphabet without it. Decoders take their own alphabet only and
 * refuse stray bits, so that every value has one spelling. */
#pragma once

#include "common/arena.h"

#include <stdint.h>

char *base64_encode(struct arena *arena, const void *bytes, size_t size);
char *base64url_encode(struct arena *arena, const void *bytes, size_t size);

/* The bytes, and how many in *size; NULL when `text` is not well formed. */
uint8_t *base64_decode(struct arena *arena, const char *text, size_t length, size_t *size);
uint8_t *base64url_decode(struct arena *arena, const char *text, size_t length, size_t *size);
