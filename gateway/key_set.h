/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of an issuer (RFC 7517, section 5): unchanging, so that a new set is another one. */
#pragma once

#include "common/schema.h"
#include "gateway/key.h"

enum {
        KEY_SET_MAX = 16, /* keys that count: the first of them. A rotation needs two */
        KEY_SET_BYTES_MAX = 64 << 10,
};

struct key_set;

/* Keys that jwk_read does not take are passed over, as the RFC wants, and so is the second of one id and algorithm.
 * NULL when it is no set at all. A set without a key is one: its issuer has withdrawn them. */
struct key_set *key_set_read(const struct schema *schema, const char *bytes, size_t size);
void key_set_free(struct key_set *set);

size_t key_set_count(const struct key_set *set);

/* The key of this id for this algorithm, held by the set. `id` NULL: the only one for the algorithm, if there is one
 * only, because a token that names no key must not be tried on all. NULL: there is none. */
struct key *key_set_find(const struct key_set *set, const char *id, const char *algorithm);

/* Is the key of this fingerprint in it? */
bool key_set_has(const struct key_set *set, const uint8_t fingerprint[KEY_FINGERPRINT_SIZE]);
