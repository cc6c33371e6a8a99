/* SPDX-License-Identifier: Apache-2.0 */
/* An issuer of tokens as there are outside: makes keys, publishes them, and signs whatever it is told to. */
#pragma once

#include "common/arena.h"

#include <openssl/evp.h>

struct issuer_key {
        const char *algorithm; /* "RS256", "ES256", "EdDSA" */
        const char *id;        /* NULL: it has none */
        EVP_PKEY *pkey;
};

/* A new key in the arena, which frees it. */
struct issuer_key *issuer_key(struct arena *arena, const char *algorithm, const char *id);

/* The same of RSA with so many bits. */
struct issuer_key *issuer_rsa_key(struct arena *arena, const char *id, unsigned bits);

/* The public key as JSON, with more members behind it, such as ",\"use\":\"sig\"". */
char *issuer_jwk(struct arena *arena, const struct issuer_key *key, const char *more);

/* A set of these JSON keys, up to NULL. */
char *issuer_set(struct arena *arena, const char *const jwks[]);

/* A token of this header and these claims, which are taken as they are. */
char *issuer_sign(struct arena *arena, const struct issuer_key *key, const char *header, const char *claims);

/* The same with the header that belongs to the key. */
char *issuer_token(struct arena *arena, const struct issuer_key *key, const char *claims);

/* Writes a text to a file so that nobody sees half of it. */
void issuer_publish(const char *path, const char *text);
