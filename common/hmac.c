/* SPDX-License-Identifier: Apache-2.0 */
/* The keyed context is a template that is only ever duplicated, so threads share it without a lock. */
#include "common/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct hmac {
        EVP_MAC *mac;
        EVP_MAC_CTX *template;
};

struct hmac *hmac_new(const void *key, size_t size)
{
        struct hmac *hmac = malloc(sizeof *hmac);
        OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
                OSSL_PARAM_construct_end()};
        if (hmac == NULL || (hmac->mac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL ||
                (hmac->template = EVP_MAC_CTX_new(hmac->mac)) == NULL ||
                EVP_MAC_init(hmac->template, key, size, params) != 1)
                abort();
        return hmac;
}

void hmac_free(struct hmac *hmac)
{
        if (hmac == NULL)
                return;
        EVP_MAC_CTX_free(hmac->template);
        EVP_MAC_free(hmac->mac);
        free(hmac);
}

void hmac_sign_parts(const struct hmac *hmac, const struct hmac_part *parts, int count, uint8_t out[HMAC_SIZE])
{
        EVP_MAC_CTX *context = EVP_MAC_CTX_dup(hmac->template);
        size_t length;
        bool is_good = context != NULL;
        for (int i = 0; i < count && is_good; i++)
                is_good = EVP_MAC_update(context, parts[i].bytes, parts[i].size) == 1;
        if (!is_good || EVP_MAC_final(context, out, &length, HMAC_SIZE) != 1)
                abort();
        EVP_MAC_CTX_free(context);
}

void hmac_sign(const struct hmac *hmac, const void *bytes, size_t size, uint8_t out[HMAC_SIZE])
{
        hmac_sign_parts(hmac, &(const struct hmac_part){bytes, size}, 1, out);
}

bool hmac_equal(const void *left, const void *right, size_t size)
{
        return CRYPTO_memcmp(left, right, size) == 0;
}
