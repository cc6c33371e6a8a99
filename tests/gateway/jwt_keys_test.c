/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of an issuer outside: its keys, who it is, whom it means, and the tricks that are known. */
#include "common/base64.h"
#include "common/hmac.h"
#include "gateway/jwt.h"
#include "tests/gateway/issuer.h"
#include "tests/suite.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SUB          "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define ISSUER       "https://id.example"
#define AUDIENCE     "https://social.example"
#define FOR(aud)     "{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"" ISSUER "\",\"aud\":" aud "}"
#define CLAIMS       FOR("\"" AUDIENCE "\"")
#define SECRET_BYTES "an example key of 36 bytes, no more."

static const int64_t now_s = 1000;
static struct arena *arena;
static struct schema *schema;
static struct metrics *metrics;
static struct key_source *source;
static struct jwt_settings settings;
static struct jwt *jwt;
static struct issuer_key *keys[3];
static char path[64];
static Sfp__Claims *claims;

static void publish(struct issuer_key *const of[], size_t count)
{
        const char *jwks[8] = {NULL};
        for (size_t i = 0; i < count; i++)
                jwks[i] = issuer_jwk(arena, of[i], "");
        issuer_publish(path, issuer_set(arena, jwks));
}

static void set_up(void)
{
        static const char *const algorithms[] = {"RS256", "ES256", "EdDSA"};
        arena = arena_new(0);
        schema = schema_new();
        metrics = metrics_new();
        snprintf(path, sizeof path, "/tmp/sfp-jwks-%d.json", (int)getpid());
        for (int i = 0; i < 3; i++)
                keys[i] = issuer_key(arena, algorithms[i], algorithms[i]);
        publish(keys, 3);
        const struct key_source_settings from = {.file = path, .refresh_ms = 20, .pause_ms = 20};
        ck_assert_int_eq(key_source_start(schema, &from, metrics, &source), STATUS_OK);
        settings = (struct jwt_settings){.keys = source, .issuer = ISSUER, .audience = AUDIENCE, .metrics = metrics};
        jwt = jwt_new(schema, &settings);
}

static void tear_down(void)
{
        jwt_free(jwt);
        key_source_stop(source);
        unlink(path);
        metrics_free(metrics);
        schema_free(schema);
        arena_free(arena);
}

static void set_again(void)
{
        jwt_free(jwt);
        jwt = jwt_new(schema, &settings);
        ck_assert_ptr_nonnull(jwt);
}

static enum problem verify(const char *token)
{
        return jwt_verify(jwt, arena, token, now_s, &claims);
}

static void expect_all_refused(const struct issuer_key *key, const char *const headers[], size_t count)
{
        for (size_t i = 0; i < count; i++)
                ck_assert_msg(
                        verify(issuer_sign(arena, key, headers[i], CLAIMS)) == PROBLEM_INVALID_TOKEN, "%s", headers[i]);
}

static bool counted(const char *line)
{
        struct buffer text = buffer_in(arena);
        metrics_print(metrics, &text);
        return strstr(buffer_text(&text), line) != NULL;
}

TEST(a_token_of_each_algorithm_says_who_calls)
{
        for (int i = 0; i < 3; i++) {
                claims = NULL;
                ck_assert_int_eq(verify(issuer_token(arena, keys[i], CLAIMS)), PROBLEM_NONE);
                ck_assert_str_eq(claims->sub, SUB);
                ck_assert_str_eq(claims->roles[0], "user");
        }
}
END_TEST

TEST(one_changed_byte_is_refused)
{
        for (int i = 0; i < 3; i++) {
                const char *token = issuer_token(arena, keys[i], CLAIMS);
                ck_assert_int_eq(verify(token), PROBLEM_NONE);
                for (size_t place = 0; place < strlen(token); place += 3) {
                        char *forged = arena_strdup(arena, token);
                        forged[place] = forged[place] == 'A' ? 'B' : 'A';
                        ck_assert_msg(verify(forged) == PROBLEM_INVALID_TOKEN, "byte %zu", place);
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
        expect_all_refused(keys[0], headers, sizeof headers / sizeof *headers);
}
END_TEST

static const char *pem_of(const struct issuer_key *key)
{
        char *text;
        BIO *out = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(out, key->pkey);
        long size = BIO_get_mem_data(out, &text);
        char *pem = arena_strndup(arena, text, (size_t)size);
        BIO_free(out);
        return pem;
}

static const char *sign_with_bytes(const char *header, const char *secret, size_t size)
{
        uint8_t signature[HMAC_SIZE];
        struct hmac *hmac = hmac_new(secret, size);
        const char *input = arena_printf(arena, "%s.%s", base64url_encode(arena, header, strlen(header)),
                base64url_encode(arena, CLAIMS, strlen(CLAIMS)));
        hmac_sign(hmac, input, strlen(input), signature);
        hmac_free(hmac);
        return arena_printf(arena, "%s.%s", input, base64url_encode(arena, signature, sizeof signature));
}

/* What is public must be no secret, whoever holds which kind of key (CVE-2015-9235, CVE-2016-10555). */
TEST(a_public_key_is_never_taken_for_a_secret)
{
        static const char *const headers[] = {"{\"alg\":\"HS256\",\"kid\":\"RS256\"}", "{\"alg\":\"HS256\"}",
                "{\"alg\":\"RS256\",\"kid\":\"RS256\"}"};
        for (int with_secret = 0; with_secret < 2; with_secret++) {
                settings.secret = with_secret ? base64_encode(arena, SECRET_BYTES, sizeof SECRET_BYTES - 1) : NULL;
                set_again();
                for (size_t i = 0; i < 3; i++) {
                        const char *pem = pem_of(keys[0]), *json = issuer_jwk(arena, keys[0], "");
                        ck_assert_int_eq(verify(sign_with_bytes(headers[i], pem, strlen(pem))), PROBLEM_INVALID_TOKEN);
                        ck_assert_int_eq(
                                verify(sign_with_bytes(headers[i], json, strlen(json))), PROBLEM_INVALID_TOKEN);
                        ck_assert_int_eq(verify(sign_with_bytes(headers[i], "", 0)), PROBLEM_INVALID_TOKEN);
                }
        }
        ck_assert_int_eq(verify(sign_with_bytes(headers[1], SECRET_BYTES, sizeof SECRET_BYTES - 1)), PROBLEM_NONE);
}
END_TEST

TEST(a_key_in_a_header_is_passed_over)
{
        struct issuer_key *stranger = issuer_key(arena, "ES256", "ES256");
        const char *jwk = issuer_jwk(arena, stranger, "");
        const char *const headers[] = {arena_printf(arena, "{\"alg\":\"ES256\",\"jwk\":%s}", jwk),
                arena_printf(arena, "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"jwk\":%s}", jwk),
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"jku\":\"http://127.0.0.1:1/keys\"}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x5u\":\"http://127.0.0.1:1/cert\"}",
                "{\"alg\":\"ES256\",\"kid\":\"http://127.0.0.1:1/keys\"}",
                "{\"alg\":\"ES256\",\"kid\":\"ES256\",\"x5c\":[\"MIIB\"]}"};
        expect_all_refused(stranger, headers, sizeof headers / sizeof *headers);
        ck_assert_int_eq(verify(issuer_sign(arena, keys[1], headers[1], CLAIMS)), PROBLEM_NONE);
}
END_TEST

TEST(a_strange_key_id_names_no_key)
{
        char *header = arena_zalloc(arena, 512);
        char *filler = arena_zalloc(arena, 200);
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
        expect_all_refused(keys[1], headers, sizeof headers / sizeof *headers);
        ck_assert_int_eq(verify(issuer_sign(arena, keys[1], "{\"alg\":\"ES256\",\"kid\":\"\\u0045S256\"}", CLAIMS)),
                PROBLEM_NONE);
}
END_TEST

TEST(a_token_without_a_key_id_means_the_only_key)
{
        ck_assert_int_eq(verify(issuer_sign(arena, keys[1], "{\"alg\":\"ES256\"}", CLAIMS)), PROBLEM_NONE);
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
        expect_all_refused(keys[1], headers, sizeof headers / sizeof *headers);
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
                settings.access_tokens_only = strictly;
                set_again();
                for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                        const char *header =
                                arena_printf(arena, "{%s\"alg\":\"ES256\",\"kid\":\"ES256\"}", rows[i].type);
                        bool is_good = verify(issuer_sign(arena, keys[1], header, CLAIMS)) == PROBLEM_NONE;
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
                ck_assert_msg((verify(issuer_token(arena, keys[1], rows[i].claims)) == PROBLEM_NONE) == rows[i].is_good,
                        "%s", rows[i].claims);
}
END_TEST

TEST(what_is_not_asked_for_is_not_looked_at_but_for_its_form)
{
        settings.issuer = settings.audience = "";
        set_again();
        ck_assert_int_eq(verify(issuer_token(arena, keys[1], "{\"sub\":\"" SUB "\",\"exp\":2000}")), PROBLEM_NONE);
        ck_assert_int_eq(verify(issuer_token(arena, keys[1], FOR("[\"anybody\"]"))), PROBLEM_NONE);
        ck_assert_int_eq(verify(issuer_token(arena, keys[1], FOR("5"))), PROBLEM_INVALID_TOKEN);
}
END_TEST

/* Each value has one spelling: another one of the same bytes would be another token with the same signature. */
TEST(base64_is_read_in_its_one_form)
{
        const char *token = issuer_token(arena, keys[1], CLAIMS);
        size_t length = strlen(token);
        char *stray = arena_strdup(arena, token);
        static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        stray[length - 1] =
                alphabet[(size_t)(strchr(alphabet, stray[length - 1]) - alphabet) ^ 1]; /* 64 bytes: 4 bits over */
        ck_assert_int_eq(verify(stray), PROBLEM_INVALID_TOKEN);
        const char *const bad[] = {arena_printf(arena, "%s=", token), arena_printf(arena, "%s==", token),
                arena_printf(arena, "%s\n", token), arena_printf(arena, " %s", token),
                arena_printf(arena, "%.10s\n%s", token, token + 10),
                arena_printf(arena, "%.10s%%2E%s", token, token + 10)};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(verify(bad[i]) == PROBLEM_INVALID_TOKEN, "%s", bad[i]);
}
END_TEST

TEST(a_known_token_is_not_verified_again)
{
        const char *token = issuer_token(arena, keys[0], CLAIMS);
        for (int i = 0; i < 3; i++) {
                claims = NULL;
                ck_assert_int_eq(verify(token), PROBLEM_NONE);
                ck_assert_str_eq(claims->sub, SUB);
                ck_assert_uint_eq(claims->n_roles, 1);
                ck_assert_int_eq(claims->exp, 2000);
        }
        ck_assert(counted("sfp_token_cache_total{outcome=\"hit\"} 2\n"));
        ck_assert(counted("sfp_token_cache_total{outcome=\"miss\"} 1\n"));
}
END_TEST

TEST(a_known_token_ends_when_it_says)
{
        const char *token = issuer_token(arena, keys[0], CLAIMS);
        ck_assert_int_eq(verify(token), PROBLEM_NONE);
        ck_assert_int_eq(jwt_verify(jwt, arena, token, 1999, &claims), PROBLEM_NONE);
        ck_assert_int_eq(jwt_verify(jwt, arena, token, 2000, &claims), PROBLEM_TOKEN_EXPIRED);
}
END_TEST

TEST(what_was_refused_is_not_remembered)
{
        const char *token = issuer_token(arena, issuer_key(arena, "ES256", "ES256"), CLAIMS);
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(verify(token), PROBLEM_INVALID_TOKEN);
        ck_assert(counted("sfp_token_cache_total{outcome=\"miss\"} 3\n"));
}
END_TEST

TEST(many_roles_are_no_less_for_being_too_long_to_keep)
{
        struct buffer roles = buffer_in(arena);
        for (int i = 0; i < 16; i++)
                buffer_printf(&roles, "%s\"role-%d-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", i == 0 ? "" : ",", i);
        const char *token = issuer_token(arena, keys[1],
                arena_printf(arena,
                        "{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"" ISSUER "\",\"aud\":\"" AUDIENCE
                        "\",\"roles\":[%s]}",
                        roles.bytes));
        for (int i = 0; i < 2; i++) {
                ck_assert_int_eq(verify(token), PROBLEM_NONE);
                ck_assert_uint_eq(claims->n_roles, 16);
        }
}
END_TEST

/* Waits for what the source's thread does; there is no other sign of it. */
static bool becomes(const char *token, enum problem problem)
{
        for (int i = 0; i < 500 && verify(token) != problem; i++)
                usleep(20000);
        return verify(token) == problem;
}

TEST(keys_are_rotated_with_an_overlap)
{
        struct issuer_key *old = keys[1], *new = issuer_key(arena, "ES256", "new");
        struct issuer_key *const both[] = {old, new}, *const only[] = {new};
        const char *of_old = issuer_token(arena, old, CLAIMS), *of_new = issuer_token(arena, new, CLAIMS);
        ck_assert_int_eq(verify(of_old), PROBLEM_NONE);
        ck_assert_int_eq(verify(of_new), PROBLEM_INVALID_TOKEN);
        publish(both, 2);
        ck_assert(becomes(of_new, PROBLEM_NONE));
        ck_assert_int_eq(verify(of_old), PROBLEM_NONE);
        publish(only, 1);
        ck_assert(becomes(of_old, PROBLEM_INVALID_TOKEN));
        ck_assert_int_eq(verify(of_new), PROBLEM_NONE);
}
END_TEST

TEST(another_key_under_the_same_id_ends_the_first)
{
        struct issuer_key *other = issuer_key(arena, "ES256", "ES256");
        const char *of_first = issuer_token(arena, keys[1], CLAIMS), *of_other = issuer_token(arena, other, CLAIMS);
        ck_assert_int_eq(verify(of_first), PROBLEM_NONE);
        publish(&other, 1);
        ck_assert(becomes(of_first, PROBLEM_INVALID_TOKEN));
        ck_assert_int_eq(verify(of_other), PROBLEM_NONE);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/jwt_keys", FORK, T(a_token_of_each_algorithm_says_who_calls),
        T(one_changed_byte_is_refused), T(a_token_is_held_to_its_keys_algorithm),
        T(a_public_key_is_never_taken_for_a_secret), T(a_key_in_a_header_is_passed_over),
        T(a_strange_key_id_names_no_key), T(a_token_without_a_key_id_means_the_only_key),
        T(critical_extensions_are_refused_in_any_form), T(the_type_may_be_pinned_to_access_tokens),
        T(a_token_must_be_of_the_issuer_and_for_us), T(what_is_not_asked_for_is_not_looked_at_but_for_its_form),
        T(base64_is_read_in_its_one_form), T(a_known_token_is_not_verified_again), T(a_known_token_ends_when_it_says),
        T(what_was_refused_is_not_remembered), T(many_roles_are_no_less_for_being_too_long_to_keep),
        T(keys_are_rotated_with_an_overlap), T(another_key_under_the_same_id_ends_the_first))
