/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"
#include "common/hmac.h"
#include "gateway/jwt.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

#define SUB    "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define CLAIMS "{\"sub\":\"" SUB "\",\"exp\":2000}"

static const char key[] = "an example key of 36 bytes, no more.";
static const int64_t now_s = 1000;
static struct arena *arena;
static struct schema *schema;
static struct jwt *jwt;
static Sfp__Claims *claims;

static struct jwt *jwt_of(const char *secret)
{
        return jwt_new(schema, &(struct jwt_settings){.secret = secret});
}

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
        jwt = jwt_of(base64_encode(arena, key, sizeof key - 1));
        ck_assert_ptr_nonnull(jwt);
}

static void tear_down(void)
{
        jwt_free(jwt);
        schema_free(schema);
        arena_free(arena);
}

/* A token of any header and claims, signed with the right key. */
static const char *sign(const char *header, const char *body)
{
        uint8_t signature[HMAC_SIZE];
        struct hmac *hmac = hmac_new(key, sizeof key - 1);
        const char *signed_part = arena_printf(arena, "%s.%s", base64url_encode(arena, header, strlen(header)),
                base64url_encode(arena, body, strlen(body)));
        hmac_sign(hmac, signed_part, strlen(signed_part), signature);
        hmac_free(hmac);
        return arena_printf(arena, "%s.%s", signed_part, base64url_encode(arena, signature, sizeof signature));
}

static enum problem verify(const char *token)
{
        return jwt_verify(jwt, arena, token, now_s, &claims);
}

TEST(a_good_token_says_who_calls)
{
        ck_assert_int_eq(
                verify(sign(HEADER, "{\"sub\":\"" SUB "\",\"exp\":1001,\"roles\":[\"user\",\"mod\"],\"tier\":\"plus\","
                                    "\"tz\":\"Europe/Berlin\",\"email\":\"a@b.c\",\"more\":{\"a\":[1]}}")),
                PROBLEM_NONE);
        ck_assert_str_eq(claims->sub, SUB);
        ck_assert_uint_eq(claims->n_roles, 2);
        ck_assert_str_eq(claims->roles[1], "mod");
        ck_assert_str_eq(claims->tier, "plus");
        ck_assert_str_eq(claims->tz, "Europe/Berlin");
}
END_TEST

TEST(without_roles_one_is_a_user)
{
        ck_assert_int_eq(verify(sign(HEADER, CLAIMS)), PROBLEM_NONE);
        ck_assert_uint_eq(claims->n_roles, 1);
        ck_assert_str_eq(claims->roles[0], "user");
}
END_TEST

TEST(time_is_judged_with_a_little_patience)
{
        static const struct {
                const char *times;
                enum problem problem;
        } rows[] = {
                {"\"exp\":1001", PROBLEM_NONE},
                {"\"exp\":1000", PROBLEM_TOKEN_EXPIRED},
                {"\"exp\":-1", PROBLEM_TOKEN_EXPIRED},
                {"\"exp\":2000,\"nbf\":1060", PROBLEM_NONE},
                {"\"exp\":2000,\"nbf\":1061", PROBLEM_INVALID_TOKEN},
                {"\"exp\":2000,\"iat\":1060", PROBLEM_NONE},
                {"\"exp\":2000,\"iat\":1061", PROBLEM_INVALID_TOKEN},
                {"\"exp\":\"2000\"", PROBLEM_INVALID_TOKEN},
                {"\"exp\":2e3", PROBLEM_INVALID_TOKEN},
                {"\"exp\":9007199254740993", PROBLEM_INVALID_TOKEN},
                {"\"iat\":1", PROBLEM_INVALID_TOKEN},
                {"\"exp\":null", PROBLEM_INVALID_TOKEN},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                const char *token = sign(HEADER, arena_printf(arena, "{\"sub\":\"" SUB "\",%s}", rows[i].times));
                ck_assert_msg(verify(token) == rows[i].problem, "%s", rows[i].times);
        }
}
END_TEST

TEST(the_header_cannot_choose_the_algorithm)
{
        static const char *const bad[] = {"{\"alg\":\"none\"}", "{\"alg\":\"None\"}", "{\"alg\":\"\"}", "{}",
                "{\"alg\":null}", "{\"alg\":\"RS256\"}", "{\"alg\":\"HS512\"}", "{\"alg\":\"hs256\"}",
                "{\"alg\":[\"HS256\"]}", "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
                "{\"alg\":\"none\",\"\\u0061lg\":\"HS256\"}", "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}",
                "{\"alg\":\"HS256\",\"crit\":[]}", "{\"alg\":\"HS256\",\"crit\":\"b64\"}",
                "{\"alg\":\"HS256\",\"typ\":\"JWE\"}", "[]", "\"HS256\"", ""};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(verify(sign(bad[i], CLAIMS)) == PROBLEM_INVALID_TOKEN, "%s", bad[i]);
        static const char *const good[] = {"{\"alg\":\"HS256\"}",
                "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}",
                "{\"alg\":\"HS256\",\"typ\":\"jwt\",\"x5u\":\"https://example.org\"}"};
        for (size_t i = 0; i < sizeof good / sizeof *good; i++)
                ck_assert_msg(verify(sign(good[i], CLAIMS)) == PROBLEM_NONE, "%s", good[i]);
}
END_TEST

TEST(an_unsigned_token_is_refused)
{
        const char *header = base64url_encode(arena, "{\"alg\":\"none\"}", 14);
        const char *body = base64url_encode(arena, CLAIMS, strlen(CLAIMS));
        ck_assert_int_eq(verify(arena_printf(arena, "%s.%s.", header, body)), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(verify(arena_printf(arena, "%s.%s", header, body)), PROBLEM_INVALID_TOKEN);
        header = base64url_encode(arena, HEADER, strlen(HEADER));
        ck_assert_int_eq(verify(arena_printf(arena, "%s.%s.", header, body)), PROBLEM_INVALID_TOKEN);
}
END_TEST

TEST(one_changed_byte_is_refused)
{
        const char *token = sign(HEADER, CLAIMS);
        for (size_t i = 0; i < strlen(token); i++) {
                char *forged = arena_strdup(arena, token);
                forged[i] = forged[i] == 'A' ? 'B' : 'A';
                ck_assert_msg(verify(forged) == PROBLEM_INVALID_TOKEN, "byte %zu", i);
                forged[i] = '\0';
                ck_assert_msg(verify(forged) == PROBLEM_INVALID_TOKEN, "length %zu", i);
        }
}
END_TEST

TEST(a_token_of_another_key_is_refused)
{
        struct jwt *other = jwt_of(base64_encode(arena, "another example key of 39 bytes, so long", 40));
        ck_assert_int_eq(jwt_verify(other, arena, sign(HEADER, CLAIMS), now_s, &claims), PROBLEM_INVALID_TOKEN);
        jwt_free(other);
}
END_TEST

TEST(parts_keep_their_places)
{
        const char *token = sign(HEADER, CLAIMS);
        const char *first = strchr(token, '.');
        const char *second = strchr(first + 1, '.');
        const char *swapped = arena_printf(
                arena, "%.*s.%.*s%s", (int)(second - first - 1), first + 1, (int)(first - token), token, second);
        ck_assert_int_eq(verify(swapped), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(verify(arena_printf(arena, "%s.", token)), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(verify(arena_printf(arena, "%s.x", token)), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(verify(arena_printf(arena, ".%s", token)), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(verify(arena_printf(arena, "%s=", token)), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(verify(arena_printf(arena, "%s ", token)), PROBLEM_INVALID_TOKEN);
}
END_TEST

TEST(what_is_no_token_at_all_is_refused)
{
        static const char *const bad[] = {
                "", ".", "..", "...", "a", "a.b.c", "e30.e30.e30", "!!.!!.!!", "\xff.\xff.\xff"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(verify(bad[i]) == PROBLEM_INVALID_TOKEN, "%s", bad[i]);
}
END_TEST

TEST(a_huge_token_is_refused)
{
        char *padding = arena_zalloc(arena, JWT_SIZE_MAX + 1);
        memset(padding, 'x', JWT_SIZE_MAX);
        const char *body = arena_printf(arena, "{\"sub\":\"" SUB "\",\"exp\":2000,\"x\":\"%s\"}", padding);
        ck_assert_int_eq(verify(sign(HEADER, body)), PROBLEM_INVALID_TOKEN);
}
END_TEST

TEST(claims_must_be_as_the_platform_reads_them)
{
        static const char *const bad[] = {"{\"exp\":2000}", "{\"sub\":null,\"exp\":2000}",
                "{\"sub\":\"\",\"exp\":2000}", "{\"sub\":\"admin\",\"exp\":2000}", "{\"sub\":1,\"exp\":2000}",
                "{\"sub\":\"8D7F2F8E-0B1C-4A57-9C0A-0F6B5D3F2A11\",\"exp\":2000}",
                "{\"sub\":\"" SUB "\",\"sub\":\"" SUB "\",\"exp\":2000}", "{\"sub\":\"" SUB "\\u0000\",\"exp\":2000}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"exp\":9000}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"roles\":\"admin\"}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"roles\":[\"\"]}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"roles\":[1]}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"roles\":[\"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde\"]}",
                "{\"sub\":\"" SUB
                "\",\"exp\":2000,\"roles\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\","
                "\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"17\"]}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"tz\":\"Europe Berlin\"}",
                "{\"sub\":\"" SUB "\",\"exp\":2000,\"tier\":\"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde\"}",
                "{\"sub\":\"" SUB "\",\"exp\":2000} ,", "[]", "null", ""};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(verify(sign(HEADER, bad[i])) == PROBLEM_INVALID_TOKEN, "%s", bad[i]);
}
END_TEST

TEST(a_token_of_ours_is_one_we_take)
{
        char *roles[] = {"user", "mod"};
        struct violations violations = violations_in(arena);
        Sfp__Claims ours = SFP__CLAIMS__INIT;
        ours.sub = SUB;
        ours.roles = roles;
        ours.n_roles = 2;
        ours.has_exp = 1;
        ours.exp = 2000;
        ck_assert_int_eq(verify(jwt_sign(jwt, arena, &ours, &violations)), PROBLEM_NONE);
        ck_assert_str_eq(claims->roles[1], "mod");
        ours.sub = "me";
        ck_assert_ptr_null(jwt_sign(jwt, arena, &ours, &violations));
        ck_assert_str_eq(violations.errors[0]->field, "sub");
}
END_TEST

TEST(a_weak_or_broken_secret_makes_no_key)
{
        ck_assert_ptr_null(jwt_of("not base64!"));
        ck_assert_ptr_null(jwt_of(base64_encode(arena, key, JWT_SECRET_MIN - 1)));
}
END_TEST

TEST(without_a_secret_none_is_taken_and_nothing_signed)
{
        struct violations violations = violations_in(arena);
        Sfp__Claims ours = SFP__CLAIMS__INIT;
        ours.sub = SUB;
        ours.has_exp = 1;
        ours.exp = 2000;
        struct jwt *none = jwt_of("");
        ck_assert_int_eq(jwt_verify(none, arena, sign(HEADER, CLAIMS), now_s, &claims), PROBLEM_INVALID_TOKEN);
        ck_assert_ptr_null(jwt_sign(none, arena, &ours, &violations));
        jwt_free(none);
}
END_TEST

TEST(a_token_of_ours_is_for_whom_the_settings_say)
{
        struct violations violations = violations_in(arena);
        Sfp__Claims ours = SFP__CLAIMS__INIT;
        ours.sub = SUB;
        ours.has_exp = 1;
        ours.exp = 2000;
        const struct jwt_settings settings = {.secret = base64_encode(arena, key, sizeof key - 1),
                .issuer = "us",
                .audience = "you",
                .access_tokens_only = true};
        struct jwt *strict = jwt_new(schema, &settings);
        const char *token = jwt_sign(strict, arena, &ours, &violations);
        ck_assert_int_eq(jwt_verify(strict, arena, token, now_s, &claims), PROBLEM_NONE);
        ck_assert_str_eq(claims->iss, "us");
        ck_assert_int_eq(verify(token), PROBLEM_NONE);
        ck_assert_int_eq(jwt_verify(strict, arena, sign(HEADER, CLAIMS), now_s, &claims), PROBLEM_INVALID_TOKEN);
        jwt_free(strict);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/jwt", FORK, T(a_good_token_says_who_calls), T(without_roles_one_is_a_user),
        T(time_is_judged_with_a_little_patience), T(the_header_cannot_choose_the_algorithm),
        T(an_unsigned_token_is_refused), T(one_changed_byte_is_refused), T(a_token_of_another_key_is_refused),
        T(parts_keep_their_places), T(what_is_no_token_at_all_is_refused), T(a_huge_token_is_refused),
        T(claims_must_be_as_the_platform_reads_them), T(a_token_of_ours_is_one_we_take),
        T(a_weak_or_broken_secret_makes_no_key), T(without_a_secret_none_is_taken_and_nothing_signed),
        T(a_token_of_ours_is_for_whom_the_settings_say))
