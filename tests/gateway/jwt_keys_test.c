/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of an issuer outside: its keys, who it is, whom it means, and the tricks that are known. */
#include "common/base64.h"
#include "common/hmac.h"
#include "tests/gateway/issued.h"
#include "tests/suite.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#define SECRET_BYTES "an example key of 36 bytes, no more."

static void expect_all_refused(const struct issuer_key *key, const char *const headers[], size_t count)
{
        for (size_t i = 0; i < count; i++)
                ck_assert_msg(
                        issued_verify(issuer_sign(issued.arena, key, headers[i], CLAIMS)) == PROBLEM_INVALID_TOKEN,
                        "%s", headers[i]);
}

TEST(a_token_of_each_algorithm_says_who_calls)
{
        for (int i = 0; i < 3; i++) {
                issued.claims = NULL;
                ck_assert_int_eq(issued_verify(issuer_token(issued.arena, issued.keys[i], CLAIMS)), PROBLEM_NONE);
                ck_assert_str_eq(issued.claims->sub, SUB);
                ck_assert_str_eq(issued.claims->roles[0], "user");
        }
}
END_TEST

TEST(one_changed_byte_is_refused)
{
        for (int i = 0; i < 3; i++) {
                const char *token = issuer_token(issued.arena, issued.keys[i], CLAIMS);
                ck_assert_int_eq(issued_verify(token), PROBLEM_NONE);
                for (size_t place = 0; place < strlen(token); place += 3) {
                        char *forged = arena_strdup(issued.arena, token);
                        forged[place] = forged[place] == 'A' ? 'B' : 'A';
                        ck_assert_msg(issued_verify(forged) == PROBLEM_INVALID_TOKEN, "byte %zu", place);
                }
        }
}
END_TEST

TEST(a_token_is_held_to_its_keys_algorithm)
{
        static const char *const headers[] = {"{\"alg\":\"ES256\",\"kid\":\"RS256\"}",
                "{\"alg\":\"EdDSA\",\"kid\":\"RS256\"}", "{\"alg\":\"RS256\",\"kid\":\"ES256\"}",
                "{\"alg\":\"none\",\"kid\":\"RS256\"}", "{\"alg\":\"HS256\",\"kid\":\"RS256\"}",
                "{\"alg\":\"RS512\",\"kid\":\"RS256\"}", "{\"alg\":\"PS256\",\"kid\":\"RS256\"}",
                "{\"alg\":\"rs256\",\"kid\":\"RS256\"}", "{\"kid\":\"RS256\"}"};
        expect_all_refused(issued.keys[0], headers, sizeof headers / sizeof *headers);
}
END_TEST

static const char *pem_of(const struct issuer_key *key)
{
        char *text;
        BIO *out = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(out, key->pkey);
        long size = BIO_get_mem_data(out, &text);
        char *pem = arena_strndup(issued.arena, text, (size_t)size);
        BIO_free(out);
        return pem;
}

static const char *sign_with_bytes(const char *header, const char *secret, size_t size)
{
        uint8_t signature[HMAC_SIZE];
        struct hmac *hmac = hmac_new(secret, size);
        const char *input = arena_printf(issued.arena, "%s.%s", base64url_encode(issued.arena, header, strlen(header)),
                base64url_encode(issued.arena, CLAIMS, strlen(CLAIMS)));
        hmac_sign(hmac, input, strlen(input), signature);
        hmac_free(hmac);
        return arena_printf(issued.arena, "%s.%s", input, base64url_encode(issued.arena, signature, sizeof signature));
}

/* What is public must be no secret, whoever holds which kind of key (CVE-2015-9235, CVE-2016-10555). */
TEST(a_public_key_is_never_taken_for_a_secret)
{
        static const char *const headers[] = {"{\"alg\":\"HS256\",\"kid\":\"RS256\"}", "{\"alg\":\"HS256\"}",
                "{\"alg\":\"RS256\",\"kid\":\"RS256\"}"};
        for (int with_secret = 0; with_secret < 2; with_secret++) {
                issued.settings.secret =
                        with_secret ? base64_encode(issued.arena, SECRET_BYTES, sizeof SECRET_BYTES - 1) : NULL;
                issued_again();
                for (size_t i = 0; i < 3; i++) {
                        const char *pem = pem_of(issued.keys[0]), *json = issuer_jwk(issued.arena, issued.keys[0], "");
                        ck_assert_int_eq(
                                issued_verify(sign_with_bytes(headers[i], pem, strlen(pem))), PROBLEM_INVALID_TOKEN);
                        ck_assert_int_eq(
                                issued_verify(sign_with_bytes(headers[i], json, strlen(json))), PROBLEM_INVALID_TOKEN);
                        ck_assert_int_eq(issued_verify(sign_with_bytes(headers[i], "", 0)), PROBLEM_INVALID_TOKEN);
                }
        }
        ck_assert_int_eq(
                issued_verify(sign_with_bytes(headers[1], SECRET_BYTES, sizeof SECRET_BYTES - 1)), PROBLEM_NONE);
}
END_TEST

TEST(a_key_in_a_header_is_passed_over)
{
        struct issuer_key *stranger = issuer_key(issued.arena, "ES256", "ES256");
        const char *jwk = issuer_jwk(issued.arena, stranger, "");
        const char *const headers[] = {arena_printf(issued.arena, "{\"alg\":\"ES256\",\"jwk\":%s}", jwk),
                arena_printf(issued.arena, "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"jwk\":%s}", jwk),
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"jku\":\"http://127.0.0.1:1/keys\"}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x5u\":\"http://127.0.0.1:1/cert\"}",
                "{\"alg\":\"ES256\",\"kid\":\"http://127.0.0.1:1/keys\"}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x5c\":[\"MIIB\"]}"};
        expect_all_refused(stranger, headers, sizeof headers / sizeof *headers);
        ck_assert_int_eq(issued_verify(issuer_sign(issued.arena, issued.keys[1], headers[1], CLAIMS)), PROBLEM_NONE);
}
END_TEST

TEST(a_strange_key_id_names_no_key)
{
        char *header = arena_zalloc(issued.arena, 512);
        char *filler = arena_zalloc(issued.arena, 200);
        memset(filler, 'a', 129);
        snprintf(header, 512, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", filler);
        const char *const headers[] = {"{\"alg\":\"ES256\",\"kid\":\"\"}",
                "{\"alg\":\"ES256\",\"kid\":\"../../../dev/null\"}", "{\"alg\":\"ES256\",\"kid\":\"' OR 1=1 --\"}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\\u0000\"}", "{\"alg\":\"ES256\",\"kid\":\"ES256\\n\"}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256 \"}", "{\"alg\":\"ES256\",\"kid\":\"%s%n\"}",
                "{\"alg\":\"ES256\",\"kid\":\"\xff\xfe\"}", "{\"alg\":\"ES256\",\"kid\":\"\\ud800\"}",
                "{\"alg\":\"ES256\",\"kid\":7}", "{\"alg\":\"ES256\",\"kid\":[\"ES256\"]}",
                "{\"alg\":\"ES256\",\"kid\":{\"a\":1}}", "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"kid\":\"ES256\"}",
                "{\"alg\":\"ES256\",\"kid\":\"x\",\"k\\u0069d\":\"ES256\"}", header};
        expect_all_refused(issued.keys[1], headers, sizeof headers / sizeof *headers);
        ck_assert_int_eq(issued_verify(issuer_sign(
                                 issued.arena, issued.keys[1], "{\"alg\":\"ES256\",\"kid\":\"\\u0045S256\"}", CLAIMS)),
                PROBLEM_NONE);
}
END_TEST

TEST(a_token_without_a_key_id_means_the_only_key)
{
        ck_assert_int_eq(
                issued_verify(issuer_sign(issued.arena, issued.keys[1], "{\"alg\":\"ES256\"}", CLAIMS)), PROBLEM_NONE);
}
END_TEST

TEST(critical_extensions_are_refused_in_any_form)
{
        static const char *const headers[] = {"{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":[]}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":null}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"cr\\u0069t\":[\"a\"]}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"crit\":{}}"};
        expect_all_refused(issued.keys[1], headers, sizeof headers / sizeof *headers);
}
END_TEST

TEST(the_type_may_be_pinned_to_access_tokens)
{
        static const struct {
                const char *type;
                bool usually, strictly;
        } rows[] = {{"\"typ\":\"at+jwt\",", true, true}, {"\"typ\":\"AT+JWT\",", true, true},
                {"\"typ\":\"application/at+jwt\",", true, true}, {"\"typ\":\"JWT\",", true, false},
                {"\"typ\":\"jwt\",", true, false}, {"\"typ\":\"application/jwt\",", true, false}, {"", true, false},
                {"\"typ\":\"id_token+jwt\",", false, false}, {"\"typ\":\"dpop+jwt\",", false, false},
                {"\"typ\":\"logout+jwt\",", false, false}, {"\"typ\":\"\",", false, false},
                {"\"typ\":[\"at+jwt\"],", false, false}};
        for (int strictly = 0; strictly < 2; strictly++) {
                issued.settings.access_tokens_only = strictly;
                issued_again();
                for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                        const char *header =
                                arena_printf(issued.arena, "{%s\"alg\":\"ES256\",\"kid\":\"ES256\"}", rows[i].type);
                        bool is_good = issued_verify(issuer_sign(issued.arena, issued.keys[1], header, CLAIMS)) ==
                                       PROBLEM_NONE;
                        ck_assert_msg(is_good == (strictly ? rows[i].strictly : rows[i].usually), "%s", header);
                }
        }
}
END_TEST

TEST(a_token_must_be_of_the_issuer_and_for_us)
{
        static const struct {
                const char *claims;
                bool is_good;
        } rows[] = {
                {FOR("\"" AUDIENCE "\""), true},
                {FOR("[\"" AUDIENCE "\"]"), true},
                {FOR("[\"https://other.example\",\"" AUDIENCE "\"]"), true},
                {FOR("\"https:\\/\\/social.example\""), true},
                {FOR("[]"), false},
                {FOR("null"), false},
                {FOR("\"\""), false},
                {FOR("\"https://other.example\""), false},
                {FOR("\"" AUDIENCE "/\""), false},
                {FOR("\"" AUDIENCE ".evil.example\""), false},
                {FOR("\"HTTPS://SOCIAL.EXAMPLE\""), false},
                {FOR("[\"" AUDIENCE "\",5]"), false},
                {FOR("[[\"" AUDIENCE "\"]]"), false},
                {FOR("{\"" AUDIENCE "\":1}"), false},
                {FOR("5"), false},
                {FOR("\"x\",\"aud\":\"" AUDIENCE "\""), false},
                {"{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"" ISSUER "\"}", false},
                {"{\"sub\":\"" SUB "\",\"exp\":2000,\"aud\":\"" AUDIENCE "\"}", false},
                {"{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"" ISSUER "/\",\"aud\":\"" AUDIENCE "\"}", false},
                {"{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":[\"" ISSUER "\"],\"aud\":\"" AUDIENCE "\"}", false},
                {"{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"\",\"aud\":\"" AUDIENCE "\"}", false},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                ck_assert_msg((issued_verify(issuer_token(issued.arena, issued.keys[1], rows[i].claims)) ==
                                      PROBLEM_NONE) == rows[i].is_good,
                        "%s", rows[i].claims);
}
END_TEST

TEST(what_is_not_asked_for_is_not_looked_at_but_for_its_form)
{
        issued.settings.issuer = issued.settings.audience = "";
        issued_again();
        ck_assert_int_eq(
                issued_verify(issuer_token(issued.arena, issued.keys[1], "{\"sub\":\"" SUB "\",\"exp\":2000}")),
                PROBLEM_NONE);
        ck_assert_int_eq(issued_verify(issuer_token(issued.arena, issued.keys[1], FOR("[\"anybody\"]"))), PROBLEM_NONE);
        ck_assert_int_eq(issued_verify(issuer_token(issued.arena, issued.keys[1], FOR("5"))), PROBLEM_INVALID_TOKEN);
}
END_TEST

/* Each value has one spelling: another one of the same bytes would be another token with the same signature. */
TEST(base64_is_read_in_its_one_form)
{
        const char *token = issuer_token(issued.arena, issued.keys[1], CLAIMS);
        size_t length = strlen(token);
        char *stray = arena_strdup(issued.arena, token);
        static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        stray[length - 1] =
                alphabet[(size_t)(strchr(alphabet, stray[length - 1]) - alphabet) ^ 1]; /* 64 bytes: 4 bits over */
        ck_assert_int_eq(issued_verify(stray), PROBLEM_INVALID_TOKEN);
        const char *const bad[] = {arena_printf(issued.arena, "%s=", token), arena_printf(issued.arena, "%s==", token),
                arena_printf(issued.arena, "%s\n", token), arena_printf(issued.arena, " %s", token),
                arena_printf(issued.arena, "%.10s\n%s", token, token + 10),
                arena_printf(issued.arena, "%.10s%%2E%s", token, token + 10)};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(issued_verify(bad[i]) == PROBLEM_INVALID_TOKEN, "%s", bad[i]);
}
END_TEST

SUITE_WITH(issued_begin, issued_end, "gateway/jwt_keys", FORK, T(a_token_of_each_algorithm_says_who_calls),
        T(one_changed_byte_is_refused), T(a_token_is_held_to_its_keys_algorithm),
        T(a_public_key_is_never_taken_for_a_secret), T(a_key_in_a_header_is_passed_over),
        T(a_strange_key_id_names_no_key), T(a_token_without_a_key_id_means_the_only_key),
        T(critical_extensions_are_refused_in_any_form), T(the_type_may_be_pinned_to_access_tokens),
        T(a_token_must_be_of_the_issuer_and_for_us), T(what_is_not_asked_for_is_not_looked_at_but_for_its_form),
        T(base64_is_read_in_its_one_form))
