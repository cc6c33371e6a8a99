/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures: the examples of the RFCs, and what is no key of ours. */
#include "common/base64.h"
#include "common/buffer.h"
#include "gateway/jwk.h"
#include "gateway/key_set.h"
#include "tests/gateway/issuer.h"
#include "tests/suite.h"

#include <string.h>

/* RFC 7515, appendices A.1 to A.3, and RFC 8037, appendix A. */
#define A1_KEY  "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
#define PAYLOAD "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define A1_JWS  "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." PAYLOAD ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define A2_N                                                                                                           \
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ" \
        "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2" \
        "R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD" \
        "TW9gb54h4FRWyuXpoQ"
#define A2_JWS                                                                                                          \
        "eyJhbGciOiJSUzI1NiJ9." PAYLOAD                                                                                 \
        ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU" \
        "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d"  \
        "O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig"  \
        "cN_IoypGlUPQGe77Rw"
#define A3_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define A3_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define A3_JWS                                                                                                         \
        "eyJhbGciOiJFUzI1NiJ9." PAYLOAD                                                                                \
        ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define ED_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_JWS                                                                                                         \
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."                                                    \
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

#define RSA_JWK "\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQAB\""
#define EC_JWK  "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\""
#define ED_JWK  "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X "\""

static struct arena *arena;
static struct schema *schema;

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
}

static void tear_down(void)
{
        schema_free(schema);
        arena_free(arena);
}

static bool read_one(const char *json, struct jwk *out)
{
        return jwk_read(schema, json, strlen(json), out);
}

static struct key *key_of(const char *json)
{
        struct jwk jwk;
        ck_assert_msg(read_one(json, &jwk), "%s", json);
        return jwk.key;
}

static bool verifies(const struct key *key, const char *jws)
{
        size_t size;
        const char *dot = strrchr(jws, '.');
        const uint8_t *signature = base64url_decode(arena, dot + 1, strlen(dot + 1), &size);
        ck_assert_ptr_nonnull(signature);
        return key_verify(key, jws, (size_t)(dot - jws), signature, size);
}

/* The same with another byte at every place of signature and content. */
static void expect_no_other(const struct key *key, const char *jws)
{
        size_t size;
        const char *dot = strrchr(jws, '.');
        uint8_t *signature = base64url_decode(arena, dot + 1, strlen(dot + 1), &size);
        char *content = arena_strndup(arena, jws, (size_t)(dot - jws));
        for (size_t i = 0; i < size; i += 7) {
                signature[i] ^= 1;
                ck_assert(!key_verify(key, content, strlen(content), signature, size));
                signature[i] ^= 1;
        }
        for (size_t i = 0; i < strlen(content); i += 7) {
                content[i] ^= 1;
                ck_assert(!key_verify(key, content, strlen(content), signature, size));
                content[i] ^= 1;
        }
        for (size_t shorter = 0; shorter < size; shorter += 5)
                ck_assert(!key_verify(key, content, strlen(content), signature, shorter));
        ck_assert(key_verify(key, content, strlen(content), signature, size));
}

static void expect_example(struct key *key, const char *algorithm, const char *jws)
{
        ck_assert_str_eq(key_algorithm(key), algorithm);
        ck_assert(verifies(key, jws));
        expect_no_other(key, jws);
        key_release(key);
}

TEST(hs256_of_rfc_7515_a_1)
{
        size_t size;
        const uint8_t *secret = base64url_decode(arena, A1_KEY, strlen(A1_KEY), &size);
        expect_example(key_new_hs256(secret, size), "HS256", A1_JWS);
}
END_TEST

TEST(rs256_of_rfc_7515_a_2)
{
        expect_example(key_of("{" RSA_JWK "}"), "RS256", A2_JWS);
}
END_TEST

TEST(es256_of_rfc_7515_a_3)
{
        expect_example(key_of("{" EC_JWK "}"), "ES256", A3_JWS);
}
END_TEST

TEST(eddsa_of_rfc_8037_a)
{
        expect_example(key_of("{" ED_JWK "}"), "EdDSA", ED_JWS);
}
END_TEST

TEST(a_key_verifies_nothing_of_another_algorithm)
{
        static const char *const keys[] = {"{" RSA_JWK "}", "{" EC_JWK "}", "{" ED_JWK "}"};
        static const char *const signed_texts[] = {A2_JWS, A3_JWS, ED_JWS, A1_JWS};
        for (size_t i = 0; i < 3; i++) {
                struct key *key = key_of(keys[i]);
                for (size_t j = 0; j < 4; j++)
                        ck_assert_int_eq(verifies(key, signed_texts[j]), i == j);
                key_release(key);
        }
}
END_TEST

/* The library takes DER; a token has the two numbers, and nothing but them. */
TEST(an_ecdsa_signature_in_der_is_refused)
{
        uint8_t der[80];
        size_t size = sizeof der;
        struct issuer_key *issuer = issuer_key(arena, "ES256", NULL);
        struct key *key = key_of(issuer_jwk(arena, issuer, ""));
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        ck_assert_int_eq(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, issuer->pkey), 1);
        ck_assert_int_eq(EVP_DigestSign(context, der, &size, (const uint8_t *)"text", 4), 1);
        ck_assert(!key_verify(key, "text", 4, der, size));
        EVP_MD_CTX_free(context);
        key_release(key);
}
END_TEST

/* CVE-2022-21449: zeros are no signature. */
TEST(a_signature_of_zeros_is_refused)
{
        static const uint8_t zeros[256];
        struct key *key = key_of("{" EC_JWK "}");
        ck_assert(!key_verify(key, "text", 4, zeros, 64));
        key_release(key);
        key = key_of("{" ED_JWK "}");
        ck_assert(!key_verify(key, "text", 4, zeros, 64));
        key_release(key);
        key = key_of("{" RSA_JWK "}");
        ck_assert(!key_verify(key, "text", 4, zeros, 256));
        key_release(key);
}
END_TEST

TEST(a_public_key_signs_nothing)
{
        uint8_t signature[KEY_SIGNATURE_MAX];
        struct key *key = key_of("{" EC_JWK "}");
        ck_assert_uint_eq(key_sign(key, "text", 4, signature), 0);
        key_release(key);
}
END_TEST

TEST(a_fingerprint_is_the_keys_own)
{
        struct key *one = key_of("{" EC_JWK "}");
        struct key *same = key_of("{" EC_JWK ",\"kid\":\"a\",\"use\":\"sig\"}");
        struct key *other = key_of("{" ED_JWK "}");
        ck_assert_mem_eq(key_fingerprint(one), key_fingerprint(same), KEY_FINGERPRINT_SIZE);
        ck_assert_mem_ne(key_fingerprint(one), key_fingerprint(other), KEY_FINGERPRINT_SIZE);
        key_release(one);
        key_release(same);
        key_release(other);
}
END_TEST

TEST(a_key_may_say_what_it_is_for)
{
        static const char *const good[] = {",\"use\":\"sig\"", ",\"key_ops\":[\"verify\"]",
                ",\"key_ops\":[\"sign\",\"verify\"]", ",\"alg\":\"ES256\"", ",\"use\":null,\"alg\":null",
                ",\"x5c\":[\"MIIB\"],\"more\":{\"a\":[1]}"};
        static const char *const bad[] = {",\"use\":\"enc\"", ",\"use\":\"SIG\"", ",\"use\":\"\"",
                ",\"key_ops\":[\"sign\"]", ",\"key_ops\":[\"encrypt\",\"wrapKey\"]", ",\"key_ops\":\"verify\"",
                ",\"alg\":\"ES384\"", ",\"alg\":\"RS256\"", ",\"alg\":\"HS256\"", ",\"alg\":\"none\"",
                ",\"alg\":\"es256\"", ",\"alg\":\"\"", ",\"kid\":5", ",\"kid\":\"\"", ",\"kid\":[\"a\"]",
                ",\"kid\":\"a\",\"kid\":\"b\"", ",\"crv\":\"P-256\"",
                ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\""};
        struct jwk jwk;
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                key_release(key_of(arena_printf(arena, "{" EC_JWK "%s}", good[i])));
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!read_one(arena_printf(arena, "{" EC_JWK "%s}", bad[i]), &jwk), "%s", bad[i]);
}
END_TEST

TEST(what_is_no_key_of_ours_is_not_taken)
{
        static const char *const bad[] = {"", "{}", "[]", "null", "\"EC\"", "{\"kty\":\"EC\"}", "{\"kty\":\"ec\"}",
                "{\"kty\":\"oct\",\"k\":\"" A1_KEY "\"}", "{\"kty\":\"oct\",\"k\":\"" A1_KEY "\",\"alg\":\"HS256\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}",
                "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}",
                "{\"kty\":\"EC\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_Y "\",\"y\":\"" A3_X "\"}", /* not on the curve */
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "=\",\"y\":\"" A3_Y "\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1,\"y\":2}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"" ED_X "\"}",
                "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" ED_X "\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED_X ED_X "\"}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\"}", "{\"kty\":\"RSA\",\"n\":\"" A2_N "\"}",
                "{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQ\"}",
                "{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"Aw\"}",
                "{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQAA\"}",
                "{\"kty\":\"RSA\",\"n\":\"" A2_N "\",\"e\":\"AQABAQABAQAB\"}",
                "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}", "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}"};
        struct jwk jwk;
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!read_one(bad[i], &jwk), "%s", bad[i]);
}
END_TEST

TEST(rsa_needs_2048_bits)
{
        struct jwk jwk;
        ck_assert(!read_one(issuer_jwk(arena, issuer_rsa_key(arena, "a", 1024), ""), &jwk));
        ck_assert(!read_one(issuer_jwk(arena, issuer_rsa_key(arena, "a", 2047), ""), &jwk));
        key_release(key_of(issuer_jwk(arena, issuer_rsa_key(arena, "a", 2048), "")));
}
END_TEST

static struct key_set *set_of(const char *json)
{
        return key_set_read(schema, json, strlen(json));
}

TEST(a_set_is_asked_by_name_and_algorithm)
{
        struct key_set *set =
                set_of("{\"keys\":[{" RSA_JWK ",\"kid\":\"a\"},{" EC_JWK ",\"kid\":\"a\"},{" ED_JWK "}]}");
        ck_assert_uint_eq(key_set_count(set), 3);
        ck_assert_str_eq(key_algorithm(key_set_find(set, "a", "RS256")), "RS256");
        ck_assert_str_eq(key_algorithm(key_set_find(set, "a", "ES256")), "ES256");
        ck_assert_ptr_null(key_set_find(set, "a", "EdDSA"));
        ck_assert_ptr_null(key_set_find(set, "b", "RS256"));
        ck_assert_ptr_null(key_set_find(set, "", "RS256"));
        ck_assert_ptr_null(key_set_find(set, "a", "HS256"));
        ck_assert_ptr_nonnull(key_set_find(set, NULL, "EdDSA"));
        struct key *key = key_set_find(set, "a", "ES256");
        ck_assert(key_set_has(set, key_fingerprint(key)));
        key_set_free(set);
}
END_TEST

TEST(without_a_name_only_an_only_key_is_meant)
{
        const char *other = issuer_jwk(arena, issuer_key(arena, "ES256", "b"), "");
        struct key_set *set = set_of(arena_printf(arena, "{\"keys\":[{" EC_JWK ",\"kid\":\"a\"},%s]}", other));
        ck_assert_uint_eq(key_set_count(set), 2);
        ck_assert_ptr_null(key_set_find(set, NULL, "ES256"));
        key_set_free(set);
        set = set_of(arena_printf(arena, "{\"keys\":[%s]}", other));
        ck_assert_ptr_nonnull(key_set_find(set, NULL, "ES256"));
        key_set_free(set);
}
END_TEST

TEST(keys_that_are_none_of_ours_do_not_spoil_a_set)
{
        struct key_set *set =
                set_of("{\"keys\":[5,{},{\"kty\":\"oct\",\"k\":\"AA\"},{" EC_JWK ",\"use\":\"enc\"},[{" EC_JWK
                       "}],{" EC_JWK ",\"kid\":\"a\"},{" EC_JWK ",\"kid\":\"a\"}],\"more\":1}");
        ck_assert_uint_eq(key_set_count(set), 1);
        ck_assert_ptr_nonnull(key_set_find(set, "a", "ES256"));
        key_set_free(set);
}
END_TEST

TEST(a_set_without_keys_is_one_and_other_documents_are_none)
{
        static const char *const bad[] = {"", "{", "{}", "[]", "null", "{\"keys\":{}}", "{\"keys\":null}",
                "{\"keys\":\"\"}", "{\"keys\":[]", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[]} x", "<html></html>",
                "{\"Keys\":[]}", "{\"keys\":[\"\xff\"]}"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(set_of(bad[i]) == NULL, "%s", bad[i]);
        struct key_set *set = set_of("{\"keys\":[]}");
        ck_assert_ptr_nonnull(set);
        ck_assert_uint_eq(key_set_count(set), 0);
        ck_assert_ptr_null(key_set_find(set, NULL, "ES256"));
        key_set_free(set);
}
END_TEST

TEST(a_set_is_bounded)
{
        struct buffer json = buffer_in(arena);
        buffer_puts(&json, "{\"keys\":[");
        for (int i = 0; i < KEY_SET_MAX + 4; i++)
                buffer_printf(&json, "%s{" EC_JWK ",\"kid\":\"%d\"}", i == 0 ? "" : ",", i);
        buffer_puts(&json, "]}");
        struct key_set *set = set_of(json.bytes);
        ck_assert_uint_eq(key_set_count(set), KEY_SET_MAX);
        ck_assert_ptr_nonnull(key_set_find(set, "0", "ES256"));
        ck_assert_ptr_null(key_set_find(set, "16", "ES256"));
        key_set_free(set);
        char *huge = arena_alloc(arena, KEY_SET_BYTES_MAX + 2);
        memset(huge, ' ', KEY_SET_BYTES_MAX + 1);
        memcpy(huge, "{\"keys\":[]}", 11);
        ck_assert_ptr_null(key_set_read(schema, huge, KEY_SET_BYTES_MAX + 1));
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/jwk", FORK, T(hs256_of_rfc_7515_a_1), T(rs256_of_rfc_7515_a_2),
        T(es256_of_rfc_7515_a_3), T(eddsa_of_rfc_8037_a), T(a_key_verifies_nothing_of_another_algorithm),
        T(an_ecdsa_signature_in_der_is_refused), T(a_signature_of_zeros_is_refused), T(a_public_key_signs_nothing),
        T(a_fingerprint_is_the_keys_own), T(a_key_may_say_what_it_is_for), T(what_is_no_key_of_ours_is_not_taken),
        T(rsa_needs_2048_bits), T(a_set_is_asked_by_name_and_algorithm), T(without_a_name_only_an_only_key_is_meant),
        T(keys_that_are_none_of_ours_do_not_spoil_a_set), T(a_set_without_keys_is_one_and_other_documents_are_none),
        T(a_set_is_bounded))
