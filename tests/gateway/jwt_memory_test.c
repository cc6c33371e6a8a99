/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are remembered, and keys that come and go under them. */
#include "common/base64.h"
#include "tests/gateway/issued.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

TEST(a_known_token_is_not_verified_again)
{
        const char *token = issuer_token(issued.arena, issued.keys[0], CLAIMS);
        for (int i = 0; i < 3; i++) {
                issued.claims = NULL;
                ck_assert_int_eq(issued_verify(token), PROBLEM_NONE);
                ck_assert_str_eq(issued.claims->sub, SUB);
                ck_assert_uint_eq(issued.claims->n_roles, 1);
                ck_assert_int_eq(issued.claims->exp, 2000);
        }
        ck_assert(issued_counted("sfp_token_cache_total{outcome=\"hit\"} 2\n"));
        ck_assert(issued_counted("sfp_token_cache_total{outcome=\"miss\"} 1\n"));
}
END_TEST

TEST(a_known_token_ends_when_it_says)
{
        const char *token = issuer_token(issued.arena, issued.keys[0], CLAIMS);
        ck_assert_int_eq(issued_verify(token), PROBLEM_NONE);
        ck_assert_int_eq(jwt_verify(issued.jwt, issued.arena, token, 1999, &issued.claims), PROBLEM_NONE);
        ck_assert_int_eq(jwt_verify(issued.jwt, issued.arena, token, 2000, &issued.claims), PROBLEM_TOKEN_EXPIRED);
}
END_TEST

TEST(what_was_refused_is_not_remembered)
{
        const char *token = issuer_token(issued.arena, issuer_key(issued.arena, "ES256", "ES256"), CLAIMS);
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(issued_verify(token), PROBLEM_INVALID_TOKEN);
        ck_assert(issued_counted("sfp_token_cache_total{outcome=\"miss\"} 3\n"));
}
END_TEST

TEST(many_roles_are_no_less_for_being_too_long_to_keep)
{
        struct buffer roles = buffer_in(issued.arena);
        for (int i = 0; i < 16; i++)
                buffer_printf(&roles, "%s\"role-%d-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", i == 0 ? "" : ",", i);
        const char *token = issuer_token(issued.arena, issued.keys[1],
                arena_printf(issued.arena,
                        "{\"sub\":\"" SUB "\",\"exp\":2000,\"iss\":\"" ISSUER "\",\"aud\":\"" AUDIENCE
                        "\",\"roles\":[%s]}",
                        roles.bytes));
        for (int i = 0; i < 2; i++) {
                ck_assert_int_eq(issued_verify(token), PROBLEM_NONE);
                ck_assert_uint_eq(issued.claims->n_roles, 16);
        }
}
END_TEST

/* Waits for what the source's thread does; there is no other sign of it. */
static bool becomes(const char *token, enum problem problem)
{
        for (int i = 0; i < 500 && issued_verify(token) != problem; i++)
                usleep(20000);
        return issued_verify(token) == problem;
}

TEST(keys_are_rotated_with_an_overlap)
{
        struct issuer_key *old = issued.keys[1], *new = issuer_key(issued.arena, "ES256", "new");
        struct issuer_key *const both[] = {old, new}, *const only[] = {new};
        const char *of_old = issuer_token(issued.arena, old, CLAIMS), *of_new = issuer_token(issued.arena, new, CLAIMS);
        ck_assert_int_eq(issued_verify(of_old), PROBLEM_NONE);
        ck_assert_int_eq(issued_verify(of_new), PROBLEM_INVALID_TOKEN);
        issued_publish(both, 2);
        ck_assert(becomes(of_new, PROBLEM_NONE));
        ck_assert_int_eq(issued_verify(of_old), PROBLEM_NONE);
        issued_publish(only, 1);
        ck_assert(becomes(of_old, PROBLEM_INVALID_TOKEN));
        ck_assert_int_eq(issued_verify(of_new), PROBLEM_NONE);
}
END_TEST

TEST(another_key_under_the_same_id_ends_the_first)
{
        struct issuer_key *other = issuer_key(issued.arena, "ES256", "ES256");
        const char *of_first = issuer_token(issued.arena, issued.keys[1], CLAIMS),
                   *of_other = issuer_token(issued.arena, other, CLAIMS);
        ck_assert_int_eq(issued_verify(of_first), PROBLEM_NONE);
        issued_publish(&other, 1);
        ck_assert(becomes(of_first, PROBLEM_INVALID_TOKEN));
        ck_assert_int_eq(issued_verify(of_other), PROBLEM_NONE);
}
END_TEST

TEST(until_an_issuers_keys_are_there_one_is_told_to_come_again)
{
        static const char secret[] = "an example key of 36 bytes, no more.";
        struct violations violations = violations_in(issued.arena);
        Sfp__Claims ours = SFP__CLAIMS__INIT;
        const struct key_source_settings nowhere = {.file = "/nonexistent/keys", .refresh_ms = 20, .pause_ms = 20};
        struct key_source *source;
        ours.sub = SUB;
        ours.has_exp = 1;
        ours.exp = 2000;
        ck_assert_int_eq(key_source_start(issued.schema, &nowhere, issued.metrics, &source), STATUS_OK);
        issued.settings.keys = source;
        issued.settings.secret = base64_encode(issued.arena, secret, sizeof secret - 1);
        issued_again();
        for (int i = 0; i < 3; i++)
                ck_assert_int_eq(
                        issued_verify(issuer_token(issued.arena, issued.keys[i], CLAIMS)), PROBLEM_UNAVAILABLE);
        ck_assert_int_eq(issued_verify(issuer_sign(issued.arena, issued.keys[1], "{\"alg\":\"none\"}", CLAIMS)),
                PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(issued_verify("a.b.c"), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(issued_verify(jwt_sign(issued.jwt, issued.arena, &ours, &violations)), PROBLEM_NONE);
        issued.settings.keys = issued.source;
        issued_again();
        key_source_stop(source);
}
END_TEST

/* What a thread does that serves. */
struct reader {
        pthread_t thread;
        const char *token;
        atomic_bool *must_stop;
        int n_refused;
};

static void *read_on(void *arg)
{
        struct reader *reader = arg;
        struct arena *arena = arena_new(0);
        Sfp__Claims *claims;
        while (!atomic_load(reader->must_stop)) {
                reader->n_refused += jwt_verify(issued.jwt, arena, reader->token, 1000, &claims) != PROBLEM_NONE;
                arena_reset(arena);
        }
        arena_free(arena);
        return NULL;
}

TEST(keys_change_under_those_who_use_them)
{
        enum { READERS = 4, CHANGES = 20 };
        struct reader readers[READERS];
        atomic_bool must_stop = false;
        struct issuer_key *stays = issued.keys[1], *others[] = {issued.keys[2], issuer_key(issued.arena, "EdDSA", "x")};
        const char *of_other[] = {
                issuer_token(issued.arena, others[0], CLAIMS), issuer_token(issued.arena, others[1], CLAIMS)};
        for (int i = 0; i < READERS; i++) {
                readers[i] =
                        (struct reader){.token = issuer_token(issued.arena, stays, CLAIMS), .must_stop = &must_stop};
                ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
        }
        for (int i = 0; i < CHANGES; i++) {
                issued_publish((struct issuer_key *const[]){stays, others[i % 2]}, 2);
                ck_assert(becomes(of_other[i % 2], PROBLEM_NONE));
                ck_assert_int_eq(issued_verify(of_other[1 - i % 2]), PROBLEM_INVALID_TOKEN);
        }
        atomic_store(&must_stop, true);
        for (int i = 0; i < READERS; i++) {
                pthread_join(readers[i].thread, NULL);
                ck_assert_int_eq(readers[i].n_refused, 0);
        }
}
END_TEST

SUITE_WITH(issued_begin, issued_end, "gateway/jwt_memory", FORK, T(a_known_token_is_not_verified_again),
        T(a_known_token_ends_when_it_says), T(what_was_refused_is_not_remembered),
        T(many_roles_are_no_less_for_being_too_long_to_keep), T(keys_are_rotated_with_an_overlap),
        T(another_key_under_the_same_id_ends_the_first), T(until_an_issuers_keys_are_there_one_is_told_to_come_again),
        T(keys_change_under_those_who_use_them))
