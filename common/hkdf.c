/* SPDX-License-Identifier: Apache-2.0 */
#include "common/hkdf.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

static OSSL_PARAM octets(const char *name, const void *bytes, size_t size)
{
        return OSSL_PARAM_construct_octet_string(name, (void *)(size_t)bytes, size);
}

void hkdf_sha256(const void *key, size_t key_size, const void *salt, size_t salt_size, const void *info,
        size_t info_size, uint8_t *out, size_t out_size)
{
        OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){"SHA256"}, 0),
                octets(OSSL_KDF_PARAM_KEY, key, key_size), octets(OSSL_KDF_PARAM_INFO, info, info_size),
                salt_size == HKDF_SALT_NONE ? OSSL_PARAM_construct_end() : octets(OSSL_KDF_PARAM_SALT, salt, salt_size),
                OSSL_PARAM_construct_end()};
        EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
        EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
        if (context == NULL || EVP_KDF_derive(context, out, out_size, params) != 1)
                abort();
        EVP_KDF_CTX_free(context);
        EVP_KDF_free(kdf);
}

void hkdf_derive(const void *key, size_t key_size, const char *const words[], uint8_t *out, size_t out_size)
{
        uint8_t info[HKDF_WORDS_MAX];
        size_t at = 0;
        for (; *words != NULL; words++) {
                size_t size = strlen(*words);
                assert(at + 4 + size <= sizeof info);
                for (int shift = 24; shift >= 0; shift -= 8)
                        info[at++] = (uint8_t)(size >> shift);
                memcpy(info + at, *words, size);
                at += size;
        }
        hkdf_sha256(key, key_size, NULL, HKDF_SALT_NONE, info, at, out, out_size);
}
