/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that let nobody in. */
#include "tests/e2e/program.h"
#include "tests/e2e/refusal.h"

#include "common/base64.h"
#include "common/hmac.h"
#include "common/uuid.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define HS256        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define CLAIMS(rest) "{\"sub\":\"0b5f6f0e-6c3c-4a55-9d3e-000000000001\",\"roles\":[\"user\"]" rest "}"
#define FOR_LONG     ",\"exp\":4102444800"

static const char *encoded(const char *json)
{
        return base64url_encode(scene_arena(), json, strlen(json));
}

/* The instance's own secret: what is forged with it is wrong in nothing but what the test makes wrong. */
static struct hmac *open_key(void)
{
        size_t size;
        char secret[256];
        FILE *file = fopen(text("%s/secrets/jwt-secret", program_setting("SFP_DATA")), "r");
        ck_assert_ptr_nonnull(file);
        ck_assert_ptr_nonnull(fgets(secret, sizeof secret, file));
        fclose(file);
        const uint8_t *key = base64_decode(scene_arena(), secret, strcspn(secret, "\n"), &size);
        ck_assert_ptr_nonnull(key);
        return hmac_new(key, size);
}

static const char *signed_with(struct hmac *key, const char *header, const char *claims)
{
        uint8_t signature[HMAC_SIZE];
        const char *parts = text("%s.%s", encoded(header), encoded(claims));
        hmac_sign(key, parts, strlen(parts), signature);
        hmac_free(key);
        return text("%s.%s", parts, base64url_encode(scene_arena(), signature, HMAC_SIZE));
}

static const char *forged(const char *header, const char *claims)
{
        return signed_with(open_key(), header, claims);
}

static struct answer enter_with(const char *authorization)
{
        const char *const headers[] = {authorization, NULL};
        return ask(&(struct request){"GET", "/goal-sharing/", nobody, NULL, 0, headers});
}

static struct answer enter(const char *token)
{
        return enter_with(text("Authorization: Bearer %s", token));
}

static void expect_challenge(struct answer answer, const char *part)
{
        const char *challenge = header_of(answer, "WWW-Authenticate");
        ck_assert_ptr_nonnull(challenge);
        ck_assert_msg(strncmp(challenge, "Bearer realm=", 13) == 0 && strstr(challenge, part) != NULL, "%s", challenge);
}

static void expect_refused(const char *what, const char *token, const char *code)
{
        struct answer answer = enter(token);
        expect_bad(answer, what, 401, code, NULL, NULL);
        expect_challenge(answer, "error=\"invalid_token\", error_description=");
}

/* Without it, the other tests would prove nothing. */
TEST(a_token_made_by_hand_is_good_when_nothing_is_wrong_with_it)
{
        expect_status(enter(forged(HS256, CLAIMS(FOR_LONG))), 200);
}

TEST(without_a_token_nobody_comes_in)
{
        static const char *const routes[][2] = {{"GET", "/goal-sharing/"}, {"POST", "/goal-sharing/"},
                {"GET", "/goal-sharing/templates"}, {"GET", "/profile/demographics"},
                {"DELETE", "/goal-sharing/6f1d3c52-0a51-4b6e-9a1e-000000000001"},
                {"PUT", "/goal-sharing/6f1d3c52-0a51-4b6e-9a1e-000000000001/reactions/like"}};
        for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
                struct answer answer = ask(&(struct request){routes[i][0], routes[i][1], nobody});
                expect_bad(answer, routes[i][1], 401, "unauthenticated", NULL, NULL);
                ck_assert_pstr_eq(header_of(answer, "WWW-Authenticate"), "Bearer realm=\"social\"");
        }
        expect_no_effect();
}

TEST(only_the_bearer_scheme_is_known)
{
        static const char *const values[] = {"Authorization: Basic dXNlcjpwYXNz", "Authorization: Bearer",
                "Authorization: Token x", "Authorization: x"};
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
                ck_assert_int_eq(enter_with(values[i]).status, 401);
}

TEST(an_expired_token_is_said_to_be_so)
{
        expect_refused("expired", token_for(sender().id, "-60"), "token_expired");
        expect_refused("expires now", forged(HS256, CLAIMS(",\"exp\":1")), "token_expired");
}

TEST(a_token_signed_by_others_is_refused)
{
        static const char key[] = "this is not the key of this house";
        expect_refused("another key", signed_with(hmac_new(key, sizeof key), HS256, CLAIMS(FOR_LONG)), "invalid_token");
        expect_refused("no key", signed_with(hmac_new("", 0), HS256, CLAIMS(FOR_LONG)), "invalid_token");
}

TEST(a_token_without_a_signature_is_refused)
{
        static const char *const headers[] = {"{\"alg\":\"none\"}", "{\"alg\":\"None\",\"typ\":\"JWT\"}",
                "{\"alg\":\"NONE\"}", "{\"alg\":\"\"}", "{\"typ\":\"JWT\"}", "{}"};
        for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
                expect_refused(
                        headers[i], text("%s.%s.", encoded(headers[i]), encoded(CLAIMS(FOR_LONG))), "invalid_token");
                expect_refused(headers[i], forged(headers[i], CLAIMS(FOR_LONG)), "invalid_token");
        }
        expect_refused("stripped", text("%s.%s.", encoded(HS256), encoded(CLAIMS(FOR_LONG))), "invalid_token");
}

TEST(another_algorithm_is_not_taken_from_the_token)
{
        static const char *const headers[] = {"{\"alg\":\"HS384\"}", "{\"alg\":\"HS512\"}", "{\"alg\":\"RS256\"}",
                "{\"alg\":\"ES256\"}", "{\"alg\":\"hs256\"}", "{\"alg\":[\"HS256\"]}", "{\"alg\":256}",
                "{\"alg\":\"HS256\",\"alg\":\"none\"}", "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
                "{\"alg\":\"HS256\",\"typ\":\"dpop+jwt\"}"};
        for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
                expect_refused(headers[i], forged(headers[i], CLAIMS(FOR_LONG)), "invalid_token");
}

TEST(claims_must_be_whole_and_of_their_types)
{
        static const char *const claims[] = {"{}", "[]", "null", "\"x\"", "{", CLAIMS(""), CLAIMS(",\"exp\":null"),
                CLAIMS(",\"exp\":\"4102444800\""), CLAIMS(",\"exp\":1e12"), CLAIMS(",\"exp\":true"),
                CLAIMS(FOR_LONG ",\"nbf\":4102444000"), CLAIMS(FOR_LONG ",\"iat\":4102444000"),
                CLAIMS(FOR_LONG ",\"exp\":4102444801"), "{\"exp\":4102444800}", "{\"exp\":4102444800,\"sub\":\"\"}",
                "{\"exp\":4102444800,\"sub\":\"admin\"}", "{\"exp\":4102444800,\"sub\":1}",
                "{\"exp\":4102444800,\"sub\":\"0B5F6F0E-6C3C-4A55-9D3E-000000000001\"}",
                "{\"exp\":4102444800,\"sub\":\"0b5f6f0e-6c3c-4a55-9d3e-000000000001' OR 1=1\"}",
                "{\"exp\":4102444800,\"sub\":\"0b5f6f0e-6c3c-4a55-9d3e-000000000001\",\"roles\":\"user\"}",
                "{\"exp\":4102444800,\"sub\":\"0b5f6f0e-6c3c-4a55-9d3e-000000000001\",\"roles\":[1]}"};
        for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
                expect_refused(claims[i], forged(HS256, claims[i]), "invalid_token");
}

TEST(a_token_altered_anywhere_is_refused)
{
        struct user user = new_user();
        for (size_t i = 0; i < strlen(user.token); i += 3) {
                char *altered = text("%s", user.token);
                altered[i] = altered[i] == 'A' ? 'B' : 'A';
                ck_assert_msg(enter(altered).status == 401, "altered at %zu", i);
        }
}

TEST(what_has_not_three_parts_is_no_token)
{
        const char *good = forged(HS256, CLAIMS(FOR_LONG));
        const char *const bad[] = {"x", ".", "..", "...", text("%s.", good), text(".%s", good), text("%s.x", good),
                text("%s=", good), text("%s==", good), text("\"%s\"", good), text("%.*s", (int)strlen(good) - 1, good),
                text("%s %s", good, good), text("%s, Bearer x", good)};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_refused(bad[i], bad[i], "invalid_token");
}

TEST(who_lacks_a_role_is_told_which_would_do)
{
        struct answer answer = get(sender(), "/moderation/queue");
        expect_bad(answer, "the queue", 403, "forbidden", NULL, NULL);
        expect_challenge(answer, "error=\"insufficient_scope\", scope=\"");
        ck_assert_ptr_nonnull(strstr(header_of(answer, "WWW-Authenticate"), "mod"));
        answer = get(sender(), "/status/metrics");
        expect_bad(answer, "the metrics", 403, "forbidden", NULL, NULL);
        expect_challenge(answer, "error=\"insufficient_scope\", scope=\"ops\"");
}

TEST(a_token_is_sent_once_and_in_its_header)
{
        const char *token = sender().token;
        const char *const twice[] = {
                text("Authorization: Bearer %s", token), text("Authorization: Bearer %s", token), NULL};
        expect_bad(ask(&(struct request){"GET", "/goal-sharing/", nobody, NULL, 0, twice}), "twice", 400,
                "malformed_request", NULL, NULL);
        const char *const paths[] = {text("/goal-sharing/?access_token=%s", token),
                text("/goal-sharing/?limit=5&access_token=%s", token), text("/status/metrics?access_token=%s", token),
                text("/ws/%s?access_token=%s", sender().id, token)};
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                struct answer answer = get(nobody, paths[i]);
                expect_bad(answer, "in the query", 400, "token_misplaced", NULL, NULL);
                expect_challenge(answer, "error=\"invalid_request\"");
        }
        expect_bad(get(sender(), paths[0]), "in both", 400, "token_misplaced", NULL, NULL);
}

TEST(a_service_role_in_a_token_opens_no_inner_method)
{
        const char *token = forged(HS256,
                "{\"sub\":\"0b5f6f0e-6c3c-4a55-9d3e-000000000001\",\"roles\":[\"svc\",\"goals\"],\"exp\":4102444800}");
        struct answer answer = post((struct user){NULL, token}, "/sfp.anonymize.Anonymize/CleanText", "{}");
        expect_bad(answer, "an inner method", 404, "not_found", NULL, NULL);
        expect_no_effect();
}

/* A user of their own each time: there is one archive a day. */
static struct answer ask_for_archive(const char *more)
{
        char id[UUID_SIZE];
        uuid_v4(id);
        const char *claims = text("{\"sub\":\"%s\",\"exp\":4102444800%s}", id, more);
        return post((struct user){NULL, forged(HS256, claims)}, "/privacy/exports", "{}");
}

TEST(an_archive_takes_a_sign_in_of_the_last_minutes)
{
        long now = (long)time(NULL);
        struct answer stale = ask_for_archive(text(",\"iat\":%ld,\"auth_time\":%ld", now, now - 3600));
        expect_problem(stale, 401, "insufficient_user_authentication");
        expect_challenge(stale, "error=\"insufficient_user_authentication\", max_age=\"300\"");
        expect_problem(ask_for_archive(text(",\"iat\":%ld", now - 3600)), 401, "insufficient_user_authentication");
        expect_problem(ask_for_archive(""), 401, "insufficient_user_authentication");
        expect_status(ask_for_archive(text(",\"iat\":%ld,\"auth_time\":%ld", now - 3600, now)), 202);
        expect_status(ask_for_archive(text(",\"iat\":%ld", now)), 202);
}
END_TEST

SUITE_WITH(refusal_begin, refusal_end, "e2e/bad_token", NO_FORK,
        T(a_token_made_by_hand_is_good_when_nothing_is_wrong_with_it), T(without_a_token_nobody_comes_in),
        T(only_the_bearer_scheme_is_known), T(an_expired_token_is_said_to_be_so),
        T(a_token_signed_by_others_is_refused), T(a_token_without_a_signature_is_refused),
        T(another_algorithm_is_not_taken_from_the_token), T(claims_must_be_whole_and_of_their_types),
        T(a_token_altered_anywhere_is_refused), T(what_has_not_three_parts_is_no_token),
        T(who_lacks_a_role_is_told_which_would_do), T(a_token_is_sent_once_and_in_its_header),
        T(a_service_role_in_a_token_opens_no_inner_method), T(an_archive_takes_a_sign_in_of_the_last_minutes))
