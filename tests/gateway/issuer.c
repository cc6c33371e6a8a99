/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/issuer.h"

#include "common/base64.h"
#include "common/buffer.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 1024, P256_SIZE = 32 };

static void must(bool fact)
{
        if (!fact)
                abort();
}

static void free_pkey(void *pkey)
{
        EVP_PKEY_free(pkey);
}

static struct issuer_key *take(struct arena *arena, const char *algorithm, const char *id, EVP_PKEY *pkey)
{
        struct issuer_key *key = arena_alloc(arena, sizeof *key);
        must(pkey != NULL);
        *key = (struct issuer_key){algorithm, id, pkey};
        arena_defer(arena, free_pkey, pkey);
        return key;
}

struct issuer_key *issuer_rsa_key(struct arena *arena, const char *id, unsigned bits)
{
        return take(arena, "RS256", id, EVP_RSA_gen(bits));
}

struct issuer_key *issuer_key(struct arena *arena, const char *algorithm, const char *id)
{
        if (strcmp(algorithm, "RS256") == 0)
                return issuer_rsa_key(arena, id, 2048);
        if (strcmp(algorithm, "ES256") == 0)
                return take(arena, algorithm, id, EVP_EC_gen("P-256"));
        return take(arena, algorithm, id, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
}

/* A number of the key in base64url, padded to `size` bytes; 0: as short as it is. */
static const char *number(struct arena *arena, const struct issuer_key *key, const char *name, int size)
{
        uint8_t bytes[NUMBER_MAX];
        BIGNUM *value = NULL;
        must(EVP_PKEY_get_bn_param(key->pkey, name, &value) == 1);
        size = size == 0 ? BN_num_bytes(value) : size;
        must(BN_bn2binpad(value, bytes, size) == size);
        BN_free(value);
        return base64url_encode(arena, bytes, (size_t)size);
}

static const char *raw_public(struct arena *arena, const struct issuer_key *key)
{
        uint8_t bytes[64];
        size_t size = sizeof bytes;
        must(EVP_PKEY_get_raw_public_key(key->pkey, bytes, &size) == 1);
        return base64url_encode(arena, bytes, size);
}

static const char *numbers(struct arena *arena, const struct issuer_key *key)
{
        if (strcmp(key->algorithm, "RS256") == 0)
                return arena_printf(arena, "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"",
                        number(arena, key, OSSL_PKEY_PARAM_RSA_N, 0), number(arena, key, OSSL_PKEY_PARAM_RSA_E, 0));
        if (strcmp(key->algorithm, "ES256") == 0)
                return arena_printf(arena, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"",
                        number(arena, key, OSSL_PKEY_PARAM_EC_PUB_X, P256_SIZE),
                        number(arena, key, OSSL_PKEY_PARAM_EC_PUB_Y, P256_SIZE));
        return arena_printf(arena, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"", raw_public(arena, key));
}

char *issuer_jwk(struct arena *arena, const struct issuer_key *key, const char *more)
{
        const char *id = key->id == NULL ? "" : arena_printf(arena, ",\"kid\":\"%s\"", key->id);
        return arena_printf(arena, "{%s%s%s}", numbers(arena, key), id, more);
}

char *issuer_set(struct arena *arena, const char *const jwks[])
{
        struct buffer out = buffer_in(arena);
        buffer_puts(&out, "{\"keys\":[");
        for (size_t i = 0; jwks[i] != NULL; i++)
                buffer_printf(&out, "%s%s", i == 0 ? "" : ",", jwks[i]);
        buffer_puts(&out, "]}");
        return out.bytes;
}

/* From DER to the two numbers one behind the other. */
static size_t undo_der(uint8_t *signature, size_t size)
{
        const uint8_t *at = signature;
        ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
        must(pair != NULL);
        must(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, P256_SIZE) == P256_SIZE);
        must(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + P256_SIZE, P256_SIZE) == P256_SIZE);
        ECDSA_SIG_free(pair);
        return (size_t)2 * P256_SIZE;
}

char *issuer_sign(struct arena *arena, const struct issuer_key *key, const char *header, const char *claims)
{
        uint8_t signature[NUMBER_MAX];
        size_t size = sizeof signature;
        const char *input = arena_printf(arena, "%s.%s", base64url_encode(arena, header, strlen(header)),
                base64url_encode(arena, claims, strlen(claims)));
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        const EVP_MD *digest = strcmp(key->algorithm, "EdDSA") == 0 ? NULL : EVP_sha256();
        must(EVP_DigestSignInit(context, NULL, digest, NULL, key->pkey) == 1);
        must(EVP_DigestSign(context, signature, &size, (const uint8_t *)input, strlen(input)) == 1);
        EVP_MD_CTX_free(context);
        if (strcmp(key->algorithm, "ES256") == 0)
                size = undo_der(signature, size);
        return arena_printf(arena, "%s.%s", input, base64url_encode(arena, signature, size));
}

char *issuer_token(struct arena *arena, const struct issuer_key *key, const char *claims)
{
        const char *id = key->id == NULL ? "" : arena_printf(arena, ",\"kid\":\"%s\"", key->id);
        return issuer_sign(
                arena, key, arena_printf(arena, "{\"typ\":\"at+jwt\",\"alg\":\"%s\"%s}", key->algorithm, id), claims);
}

void issuer_publish(const char *path, const char *text)
{
        char beside[4096];
        must(snprintf(beside, sizeof beside, "%s.new", path) < (int)sizeof beside);
        FILE *file = fopen(beside, "we");
        must(file != NULL && fputs(text, file) >= 0);
        must(fclose(file) == 0 && rename(beside, path) == 0);
}
