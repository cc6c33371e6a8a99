/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/key.h"

#include "common/hmac.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { P256_SIZE = 32, ED25519_SIZE = 32, RSA_EXPONENT_MIN = 65537, RSA_EXPONENT_BYTES_MAX = 4 };

/* A row of RFC 7518, section 3.1, or RFC 8037, section 3.1. */
struct algorithm {
        const char *name;
        size_t signature_size; /* 0: as long as the key */
        bool (*verify)(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t length);
};

struct key {
        const struct algorithm *algorithm;
        EVP_PKEY *pkey;    /* NULL with a secret */
        struct hmac *hmac; /* NULL without one */
        atomic_int holders;
        uint8_t fingerprint[KEY_FINGERPRINT_SIZE];
};

static bool verify_hmac(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t length)
{
        uint8_t expected[HMAC_SIZE];
        hmac_sign(key->hmac, bytes, size, expected);
        return hmac_equal(expected, signature, length);
}

/* `digest` NULL: the algorithm has its own. */
static bool verify_with(const struct key *key, const EVP_MD *digest, const void *bytes, size_t size,
        const uint8_t *signature, size_t length)
{
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        bool is_good = context != NULL && EVP_DigestVerifyInit(context, NULL, digest, NULL, key->pkey) == 1 &&
                       EVP_DigestVerify(context, signature, length, bytes, size) == 1;
        EVP_MD_CTX_free(context);
        return is_good;
}

static bool verify_rsa(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t length)
{
        return verify_with(key, EVP_sha256(), bytes, size, signature, length);
}

static bool verify_eddsa(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t length)
{
        return verify_with(key, NULL, bytes, size, signature, length);
}

/* RFC 7518, section 3.4: a token has the two numbers one behind the other, the library takes them in DER. */
static bool verify_ecdsa(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t length)
{
        uint8_t *der = NULL;
        ECDSA_SIG *pair = ECDSA_SIG_new();
        BIGNUM *r = BN_bin2bn(signature, P256_SIZE, NULL);
        BIGNUM *s = BN_bin2bn(signature + P256_SIZE, (int)length - P256_SIZE, NULL);
        if (pair == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1)
                abort(); /* no memory */
        int der_size = i2d_ECDSA_SIG(pair, &der);
        bool is_good = der_size > 0 && verify_with(key, EVP_sha256(), bytes, size, der, (size_t)der_size);
        OPENSSL_free(der);
        ECDSA_SIG_free(pair);
        return is_good;
}

static const struct algorithm hs256 = {"HS256", HMAC_SIZE, verify_hmac};
static const struct algorithm rs256 = {"RS256", 0, verify_rsa};
static const struct algorithm es256 = {"ES256", 2 * P256_SIZE, verify_ecdsa};
static const struct algorithm eddsa = {"EdDSA", 2 * ED25519_SIZE, verify_eddsa};

static struct key *new_key(const struct algorithm *algorithm)
{
        struct key *key = calloc(1, sizeof *key);
        if (key == NULL)
                abort();
        key->algorithm = algorithm;
        atomic_init(&key->holders, 1);
        return key;
}

struct key *key_new_hs256(const void *secret, size_t size)
{
        static const char label[] = "fingerprint";
        struct key *key = new_key(&hs256);
        key->hmac = hmac_new(secret, size);
        hmac_sign(key->hmac, label, sizeof label, key->fingerprint);
        return key;
}

/* Takes the library's key; NULL: there is none. */
static struct key *take_pkey(const struct algorithm *algorithm, EVP_PKEY *pkey)
{
        uint8_t *der = NULL;
        int size = pkey == NULL ? 0 : i2d_PUBKEY(pkey, &der);
        if (size <= 0) {
                EVP_PKEY_free(pkey);
                return NULL;
        }
        struct key *key = new_key(algorithm);
        key->pkey = pkey;
        SHA256(der, (size_t)size, key->fingerprint);
        OPENSSL_free(der);
        return key;
}

/* A key of these numbers, if it is one. Frees `build`. */
static EVP_PKEY *build_pkey(const char *type, OSSL_PARAM_BLD *build)
{
        EVP_PKEY *pkey = NULL;
        OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
        EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
        if (params == NULL || maker == NULL)
                abort();
        if (EVP_PKEY_fromdata_init(maker) != 1 || EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
                pkey = NULL;
        EVP_PKEY_CTX_free(maker);
        OSSL_PARAM_free(params);
        OSSL_PARAM_BLD_free(build);
        EVP_PKEY_CTX *checker = pkey == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
        bool is_good = checker != NULL && EVP_PKEY_public_check(checker) == 1;
        EVP_PKEY_CTX_free(checker);
        if (is_good)
                return pkey;
        EVP_PKEY_free(pkey);
        return NULL;
}

/* The exponents that are in use: odd, from 65537 (NIST SP 800-56B), and short, because their length is what a
 * verification costs. */
static bool is_exponent(const uint8_t *e, size_t size)
{
        uint32_t value = 0;
        for (size_t i = 0; i < size && size <= RSA_EXPONENT_BYTES_MAX; i++)
                value = value << 8 | e[i];
        return value >= RSA_EXPONENT_MIN && value % 2 == 1;
}

struct key *key_new_rs256(const uint8_t *n, size_t n_size, const uint8_t *e, size_t e_size)
{
        if (n_size > KEY_SIGNATURE_MAX || !is_exponent(e, e_size))
                return NULL;
        BIGNUM *modulus = BN_bin2bn(n, (int)n_size, NULL);
        BIGNUM *exponent = BN_bin2bn(e, (int)e_size, NULL);
        OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
        if (modulus == NULL || exponent == NULL || build == NULL ||
                OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
                OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
                abort();
        bool is_strong = BN_num_bits(modulus) >= KEY_RSA_BITS_MIN && BN_is_odd(modulus);
        EVP_PKEY *pkey = build_pkey("RSA", build);
        BN_free(modulus);
        BN_free(exponent);
        if (is_strong)
                return take_pkey(&rs256, pkey);
        EVP_PKEY_free(pkey);
        return NULL;
}

struct key *key_new_es256(const uint8_t *x, size_t x_size, const uint8_t *y, size_t y_size)
{
        uint8_t point[1 + 2 * P256_SIZE] = {POINT_CONVERSION_UNCOMPRESSED};
        if (x_size != P256_SIZE || y_size != P256_SIZE) /* RFC 7518, section 6.2.1.2: all octets are there */
                return NULL;
        memcpy(point + 1, x, P256_SIZE);
        memcpy(point + 1 + P256_SIZE, y, P256_SIZE);
        OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
        if (build == NULL || OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
                OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) != 1)
                abort();
        return take_pkey(&es256, build_pkey("EC", build));
}

struct key *key_new_eddsa(const uint8_t *x, size_t x_size)
{
        if (x_size != ED25519_SIZE)
                return NULL;
        return take_pkey(&eddsa, EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, x_size));
}

struct key *key_keep(struct key *key)
{
        atomic_fetch_add(&key->holders, 1);
        return key;
}

void key_release(struct key *key)
{
        if (key == NULL || atomic_fetch_sub(&key->holders, 1) > 1)
                return;
        EVP_PKEY_free(key->pkey);
        hmac_free(key->hmac);
        free(key);
}

const char *key_algorithm(const struct key *key)
{
        return key->algorithm->name;
}

const uint8_t *key_fingerprint(const struct key *key)
{
        return key->fingerprint;
}

bool key_verify(const struct key *key, const void *bytes, size_t size, const uint8_t *signature, size_t signature_size)
{
        size_t expected = key->algorithm->signature_size;
        if (expected == 0)
                expected = (size_t)EVP_PKEY_get_size(key->pkey);
        return signature_size == expected && key->algorithm->verify(key, bytes, size, signature, signature_size);
}

size_t key_sign(const struct key *key, const void *bytes, size_t size, uint8_t out[KEY_SIGNATURE_MAX])
{
        if (key->hmac == NULL)
                return 0;
        hmac_sign(key->hmac, bytes, size, out);
        return HMAC_SIZE;
}
