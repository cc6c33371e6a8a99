/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"
#include "common/principal.h"
#include "tests/common/keys.h"
#include "tests/suite.h"

#include <string.h>

enum { NOW_S = 1800000000 };

/* RFC 8032, section 7.1, test 1. */
static const uint8_t rfc_secret[] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec,
        0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
static const uint8_t rfc_public[] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64,
        0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

static struct arena *arena;
static struct principal_signer *signer;
static struct principal_verifier *verifier;
static char *roles[] = {"user", "mod"};
static Sfp__Caller user;

static void set_up(void)
{
        arena = arena_new(0);
        signer = principal_signer_new(KEYS_PRINCIPAL);
        verifier = principal_verifier_new(principal_public_key(arena, KEYS_PRINCIPAL));
        ck_assert_ptr_nonnull(signer);
        ck_assert_ptr_nonnull(verifier);
        user = (Sfp__Caller)SFP__CALLER__INIT;
        user.user_id = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        user.roles = roles;
        user.n_roles = 2;
        user.tier = "plus";
        user.time_zone = "Europe/Berlin";
}

static void tear_down(void)
{
        principal_verifier_free(verifier);
        principal_signer_free(signer);
        arena_free(arena);
}

static status verify_at(ProtobufCBinaryData word, int64_t now_s)
{
        Sfp__Caller *out;
        return principal_verify(verifier, arena, word, now_s, &out);
}

TEST(the_public_key_is_that_of_the_rfc)
{
        const char *key = principal_public_key(arena, base64_encode(arena, rfc_secret, sizeof rfc_secret));
        ck_assert_str_eq(key, base64_encode(arena, rfc_public, sizeof rfc_public));
}
END_TEST

TEST(what_the_gateway_says_of_a_user_arrives_whole)
{
        Sfp__Caller *out;
        ProtobufCBinaryData word = principal_sign(signer, arena, &user, NOW_S);
        for (int round = 0; round < 2; round++) { /* the second is remembered */
                ck_assert_int_eq(principal_verify(verifier, arena, word, NOW_S, &out), STATUS_OK);
                ck_assert_str_eq(out->user_id, user.user_id);
                ck_assert_uint_eq(out->n_roles, 2);
                ck_assert_str_eq(out->roles[1], "mod");
                ck_assert_str_eq(out->tier, "plus");
                ck_assert_str_eq(out->time_zone, "Europe/Berlin");
        }
}
END_TEST

TEST(the_same_user_gets_the_same_word_for_a_while)
{
        ProtobufCBinaryData first = principal_sign(signer, arena, &user, NOW_S);
        ProtobufCBinaryData second = principal_sign(signer, arena, &user, NOW_S + 5);
        ck_assert_mem_eq(first.data, second.data, first.len);
        ProtobufCBinaryData later = principal_sign(signer, arena, &user, NOW_S + PRINCIPAL_LIFE_S);
        ck_assert_mem_ne(first.data, later.data, first.len);
        user.n_roles = 1;
        ProtobufCBinaryData other = principal_sign(signer, arena, &user, NOW_S);
        ck_assert_uint_ne(first.len, other.len);
}
END_TEST

TEST(a_word_ends_and_does_not_begin_too_early)
{
        ProtobufCBinaryData word = principal_sign(signer, arena, &user, NOW_S);
        int64_t end = NOW_S + PRINCIPAL_LIFE_S + PRINCIPAL_SKEW_S;
        ck_assert_int_eq(verify_at(word, end - 1), STATUS_OK);
        ck_assert_int_eq(verify_at(word, end), STATUS_UNAUTHENTICATED);
        ck_assert_int_eq(verify_at(word, NOW_S - PRINCIPAL_SKEW_S), STATUS_OK);
        ck_assert_int_eq(verify_at(word, NOW_S - PRINCIPAL_SKEW_S - 1), STATUS_UNAUTHENTICATED);
}
END_TEST

TEST(every_changed_byte_and_every_cut_is_noticed)
{
        ProtobufCBinaryData word = principal_sign(signer, arena, &user, NOW_S);
        ck_assert_int_eq(verify_at(word, NOW_S), STATUS_OK);
        for (size_t i = 0; i < word.len; i++) {
                word.data[i] ^= 0x20;
                ck_assert_msg(verify_at(word, NOW_S) != STATUS_OK, "byte %zu", i);
                word.data[i] ^= 0x20;
        }
        for (size_t cut = 0; cut < word.len; cut++)
                ck_assert_int_ne(verify_at((ProtobufCBinaryData){cut, word.data}, NOW_S), STATUS_OK);
}
END_TEST

TEST(another_gateways_word_is_worth_nothing_until_its_key_is_known)
{
        const char *other_key = base64_encode(arena, rfc_secret, sizeof rfc_secret);
        struct principal_signer *other = principal_signer_new(other_key);
        ProtobufCBinaryData word = principal_sign(other, arena, &user, NOW_S);
        ck_assert_int_eq(verify_at(word, NOW_S), STATUS_UNAUTHENTICATED);
        principal_verifier_free(verifier);
        verifier = principal_verifier_new(arena_printf(
                arena, "%s,%s", principal_public_key(arena, KEYS_PRINCIPAL), principal_public_key(arena, other_key)));
        ck_assert_int_eq(verify_at(word, NOW_S), STATUS_OK);
        ck_assert_int_eq(verify_at(principal_sign(signer, arena, &user, NOW_S), NOW_S), STATUS_OK);
        principal_signer_free(other);
}
END_TEST

TEST(keys_that_are_none_are_refused)
{
        static const char *const bad[] = {"", "x", "AAAA", "n3bq0xq0m2dXo0m6U9cPq0wq1v1v3N0o9cQ7QmYq0aA=,",
                "n3bq0xq0m2dXo0m6U9cPq0wq1v1v3N0o9cQ7QmYq0aA=,AAAA", "n3bq0xq0m2dXo0m6U9cPq0wq1v1v3N0o9cQ7QmYq0aAA"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                ck_assert_msg(principal_verifier_new(bad[i]) == NULL, "%s", bad[i]);
                ck_assert_msg(principal_signer_new(bad[i]) == NULL, "%s", bad[i]);
        }
}
END_TEST

TEST(a_user_of_more_roles_than_are_remembered_is_vouched_for_all_the_same)
{
        Sfp__Caller *out;
        char *many[40];
        for (int i = 0; i < 40; i++)
                many[i] = arena_printf(arena, "a-rather-long-role-of-number-%d", i);
        user.roles = many;
        user.n_roles = 40;
        ProtobufCBinaryData word = principal_sign(signer, arena, &user, NOW_S);
        ck_assert_int_eq(principal_verify(verifier, arena, word, NOW_S, &out), STATUS_OK);
        ck_assert_uint_eq(out->n_roles, 40);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/principal", FORK, T(the_public_key_is_that_of_the_rfc),
        T(what_the_gateway_says_of_a_user_arrives_whole), T(the_same_user_gets_the_same_word_for_a_while),
        T(a_word_ends_and_does_not_begin_too_early), T(every_changed_byte_and_every_cut_is_noticed),
        T(another_gateways_word_is_worth_nothing_until_its_key_is_known), T(keys_that_are_none_are_refused),
        T(a_user_of_more_roles_than_are_remembered_is_vouched_for_all_the_same))
