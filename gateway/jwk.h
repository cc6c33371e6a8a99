/* SPDX-License-Identifier: Apache-2.0 */
/* One public key as JSON (RFC 7517). */
#pragma once

#include "common/schema.h"
#include "gateway/key.h"

enum { JWK_ID_SIZE = 4 * 128 + 1 };

struct jwk {
        char id[JWK_ID_SIZE]; /* its `kid`; "": it has none */
        struct key *key;
};

/* A key for signatures, of a kind that we know: RSA for RS256, P-256 for ES256, Ed25519 for EdDSA. False for any other:
 * of another use, named for another algorithm, weak, malformed, a secret, or published with its private part. The
 * caller holds the key. */
bool jwk_read(const struct schema *schema, const char *bytes, size_t size, struct jwk *out);

/* Is it the algorithm of a kind of key that we know? */
bool jwk_is_algorithm(const char *name);
