/* SPDX-License-Identifier: Apache-2.0 */
/* A key by which tokens are verified. Its algorithm is chosen when it is made and never by a token (RFC 8725, section
 * 3.1). Unchanging but for the count of its holders: safe for many threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        KEY_FINGERPRINT_SIZE = 32,
        KEY_RSA_BITS_MIN = 2048,
        KEY_RSA_BITS_MAX = 8192, /* a bound on what one verification costs */
        KEY_SIGNATURE_MAX = KEY_RSA_BITS_MAX / 8,
};

struct key;

/* A new key with one holder. NULL when the numbers are no key, or one that is too weak: of RSA fewer than
 * KEY_RSA_BITS_MIN bits, of a curve a point that is not on it. */
struct key *key_new_hs256(const void *secret, size_t size);
struct key *key_new_rs256(const uint8_t *n, size_t n_size, const uint8_t *e, size_t e_size);
struct key *key_new_es256(const uint8_t *x, size_t x_size, const uint8_t *y, size_t y_size); /* on P-256 */
struct key *key_new_eddsa(const uint8_t *x, size_t x_size);                                  /* on Ed25519 */

/* One holder more; one less, and the last frees it. NULL is allowed for the second. */
struct key *key_keep(struct key *key);
void key_release(struct key *key);

/* As RFC 7518 and RFC 8037 name it: "ES256". */
const char *key_algorithm(const struct key *key);

/* The same for the same key, wherever it was read. KEY_FINGERPRINT_SIZE bytes. */
const uint8_t *key_fingerprint(const struct key *key);

/* Is this the signature of these bytes, in the form a token has it? */
bool key_verify(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t signature_size);

/* Signs with a secret and returns how long the signature is; 0 with any other key, which is public. */
size_t key_sign(const struct key *key, const void *bytes, size_t size, uint8_t out[KEY_SIGNATURE_MAX]);
