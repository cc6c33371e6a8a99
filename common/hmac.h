/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC-SHA256 (RFC 2104) with a key set up once and used by many threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HMAC_SIZE = 32 };

struct hmac;

/* The key's bytes are not kept beyond the library's own state. */
struct hmac *hmac_new(const void *key, size_t size);
void hmac_free(struct hmac *hmac);

void hmac_sign(const struct hmac *hmac, const void *bytes, size_t size, uint8_t out[HMAC_SIZE]);

/* The same over several pieces, as if they stood one behind the other. */
struct hmac_part {
        const void *bytes;
        size_t size;
};
void hmac_sign_parts(const struct hmac *hmac, const struct hmac_part *parts, int count, uint8_t out[HMAC_SIZE]);

/* Constant-time comparison of `size` bytes. */
bool hmac_equal(const void *left, const void *right, size_t size);
