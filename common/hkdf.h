/* SPDX-License-Identifier: Apache-2.0 */
/* Keys out of a key: HKDF with SHA-256 (RFC 5869). What a key is for is said by a list of words with a fixed grammar,
 * so that no two uses ever get the same key. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { HKDF_SALT_NONE = 0, HKDF_OUT_MAX = 255 * 32 };

/* The function of RFC 5869, extract and expand. `out_size` is at most HKDF_OUT_MAX. */
void hkdf_sha256(const void *key, size_t key_size, const void *salt, size_t salt_size, const void *info,
        size_t info_size, uint8_t *out, size_t out_size);

/* A key of `out_size` bytes for a purpose: `words`, up to NULL, are the info, each with its length as a big-endian u32
 * in front ("social/pseudonym/v2", "topic"). Together they have at most HKDF_WORDS_MAX bytes. */
enum { HKDF_WORDS_MAX = 256 };
void hkdf_derive(const void *key, size_t key_size, const char *const words[], uint8_t *out, size_t out_size);
