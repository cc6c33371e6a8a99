/* SPDX-License-Identifier: Apache-2.0 */
/* What is sealed for somebody opens as long as their key is there, and never again; the service's keys can change
 * meanwhile. */
#include "common/db.h"
#include "common/keyring.h"
#include "common/migrate.h"
#include "common/person_keys.h"
#include "common/sealed.h"
#include "sfp/kit.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

enum { SECOND_US = 1000000 };

#define ANN   "11111111-1111-4111-8111-111111111111"
#define BOB   "22222222-2222-4222-8222-222222222222"
#define OLD   "1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
#define NEW   "2:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
#define PLACE "note 1"

extern const struct migration kit_migrations[];

static struct kit kit;
static struct keyring *keys;
static struct db *db;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
        keys = keyring_new(OLD);
        kit.service.keys = keys;
        ck_assert_int_eq(migrate_run(kit.database_url, kit_migrations), STATUS_OK);
        db = db_new(kit.database_url, 5 * SECOND_US);
}

static void tear_down(void)
{
        db_free(db);
        keyring_free(keys);
        kit.call.db = NULL;
        kit_close(&kit);
}

static void rotate(const char *ring)
{
        keyring_free(keys);
        keys = keyring_new(ring);
        kit.service.keys = keys;
}

/* A call of its own each time: nothing is known from the one before. */
static struct call *call_by(const char *user)
{
        struct call *call = kit_call(&kit, NULL, 5 * SECOND_US);
        kit.caller.user_id = (char *)(size_t)user;
        call->person_keys = NULL;
        call->own_key = NULL;
        call->db = db;
        db_begin(call, false);
        return call;
}

static void end(struct call *call)
{
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

/* Longer than the call. */
static ProtobufCBinaryData kept(ProtobufCBinaryData bytes)
{
        uint8_t *copy = arena_alloc(kit.arena, bytes.len);
        memcpy(copy, bytes.data, bytes.len);
        return (ProtobufCBinaryData){bytes.len, copy};
}

static ProtobufCBinaryData sealed_by(const char *user, const char *text)
{
        struct call *call = call_by(user);
        ProtobufCBinaryData sealed = sealed_text(call, PLACE, text).bytes;
        end(call);
        return kept(sealed);
}

static char *opened(ProtobufCBinaryData sealed)
{
        char *out = (char *)(size_t) "untouched";
        struct call *call = call_by(BOB);
        ck_assert_int_eq(sealed_open_text(call, PLACE, sealed, &out), STATUS_OK);
        end(call);
        return out;
}

static void destroy(const char *user)
{
        struct call *call = call_by(NULL);
        ck_assert_int_eq(
                db_exec(call, "DELETE FROM person_keys WHERE owner_tag = $1", person_key_tag(call, user)), STATUS_OK);
        end(call);
}

TEST(each_person_has_a_key_and_keeps_it)
{
        ProtobufCBinaryData one = sealed_by(ANN, "mine"), two = sealed_by(ANN, "mine"), three = sealed_by(BOB, "his");
        ck_assert_mem_eq(keyring_key_of(one), keyring_key_of(two), PERSON_KEY_ID_SIZE);
        ck_assert_mem_ne(keyring_key_of(one), keyring_key_of(three), PERSON_KEY_ID_SIZE);
        ck_assert_str_eq(opened(one), "mine");
        ck_assert_str_eq(opened(three), "his");
        ck_assert_ptr_null(keyring_key_of(sealed_by(NULL, "nobody's")));
}
END_TEST

TEST(without_its_key_nothing_opens_whoever_has_the_service_s_keys)
{
        ProtobufCBinaryData mine = sealed_by(ANN, "mine"), his = sealed_by(BOB, "his"), out;
        destroy(ANN);
        ck_assert_ptr_null(opened(mine));
        ck_assert_str_eq(opened(his), "his");
        ck_assert_int_eq(keyring_open(keys, kit.call.arena, PLACE, mine, &out), STATUS_DATA_LOSS);
        ck_assert_str_eq(opened(sealed_by(ANN, "anew")), "anew"); /* whoever begins anew has another key */
        ck_assert_ptr_null(opened(mine));
}
END_TEST

TEST(a_message_of_somebody_who_is_gone_is_an_empty_one)
{
        ProtobufCMessage *out = NULL;
        Sfp__HotKey message = SFP__HOT_KEY__INIT;
        struct call *call = call_by(ANN);
        message.has_tag = 1;
        message.tag = (ProtobufCBinaryData){3, (uint8_t *)"tag"};
        ProtobufCBinaryData sealed = kept(sealed_message(call, PLACE, &message.base));
        end(call);
        destroy(ANN);
        call = call_by(BOB);
        ck_assert_int_eq(sealed_open(call, PLACE, sealed, &sfp__hot_key__descriptor, &out), STATUS_OK);
        ck_assert(!((Sfp__HotKey *)out)->has_tag);
        end(call);
}
END_TEST

TEST(what_was_sealed_before_there_were_people_s_keys_opens)
{
        struct call *call = call_by(ANN);
        ProtobufCBinaryData old = keyring_seal(keys, kit.arena, PLACE, "old", 3);
        end(call);
        ck_assert_str_eq(opened(old), "old");
}
END_TEST

TEST(a_sealed_value_cannot_be_moved_or_changed)
{
        char *out;
        ProtobufCBinaryData mine = sealed_by(ANN, "mine");
        struct call *call = call_by(ANN);
        ck_assert_int_eq(sealed_open_text(call, "note 2", mine, &out), STATUS_DATA_LOSS);
        mine.data[mine.len - 1] ^= 1;
        ck_assert_int_eq(sealed_open_text(call, PLACE, mine, &out), STATUS_DATA_LOSS);
        end(call);
}
END_TEST

static int64_t n_sealed_by(int64_t key)
{
        PGresult *result;
        struct call *call = call_by(NULL);
        ck_assert_int_eq(db_query(call, &result, "SELECT FROM person_keys WHERE sealed_by = $1", key), STATUS_OK);
        int64_t count = PQntuples(result);
        end(call);
        return count;
}

TEST(keys_are_sealed_anew_when_the_ring_is_rotated)
{
        ProtobufCBinaryData mine = sealed_by(ANN, "mine"), his = sealed_by(BOB, "his");
        rotate(NEW "," OLD);
        ck_assert_str_eq(opened(mine), "mine");
        ck_assert_int_eq(n_sealed_by(1), 2);
        struct call *call = call_by(NULL);
        ck_assert_int_eq(person_keys_rewrap(call), STATUS_OK);
        end(call);
        ck_assert_int_eq(n_sealed_by(1), 0);
        ck_assert_int_eq(n_sealed_by(2), 2);
        rotate(NEW); /* the old one is not needed any more */
        ck_assert_str_eq(opened(mine), "mine");
        ck_assert_str_eq(opened(his), "his");
}
END_TEST

TEST(keys_of_many_are_looked_up_at_once)
{
        enum { MANY = 20 };
        ProtobufCBinaryData sealed[MANY];
        for (int i = 0; i < MANY; i++) {
                char user[] = "11111111-1111-4111-8111-1111111111xx";
                user[34] = (char)('0' + i / 10);
                user[35] = (char)('0' + i % 10);
                sealed[i] = sealed_by(user, "text");
        }
        struct call *call = call_by(BOB);
        ck_assert_int_eq(sealed_prepare(call, MANY, sealed), STATUS_OK);
        int before = call->n_statements;
        for (int i = 0; i < MANY; i++) {
                char *out = NULL;
                ck_assert_int_eq(sealed_open_text(call, PLACE, sealed[i], &out), STATUS_OK);
                ck_assert_str_eq(out, "text");
        }
        ck_assert_int_eq(call->n_statements, before);
        end(call);
}
END_TEST

TEST(keys_are_looked_up_while_something_else_is_done)
{
        struct person_keys_asked asked, again;
        ProtobufCBinaryData sealed[] = {sealed_by(ANN, "hers"), sealed_by(BOB, "his")};
        struct call *call = call_by(BOB);
        char *out = NULL;
        ck_assert_int_eq(sealed_prepare_start(call, 2, sealed, &asked), STATUS_OK);
        ck_assert_int_eq(sealed_prepare_wait(call, &asked), STATUS_OK);
        int before = call->n_statements;
        ck_assert_int_eq(sealed_open_text(call, PLACE, sealed[0], &out), STATUS_OK);
        ck_assert_str_eq(out, "hers");
        ck_assert_int_eq(sealed_open_text(call, PLACE, sealed[1], &out), STATUS_OK);
        ck_assert_str_eq(out, "his");
        ck_assert_int_eq(sealed_prepare_start(call, 2, sealed, &again), STATUS_OK); /* they are known */
        ck_assert_int_eq(sealed_prepare_wait(call, &again), STATUS_OK);
        ck_assert_int_eq(call->n_statements, before);
        end(call);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/person_keys", NO_FORK, T(each_person_has_a_key_and_keeps_it),
        T(without_its_key_nothing_opens_whoever_has_the_service_s_keys),
        T(a_message_of_somebody_who_is_gone_is_an_empty_one), T(what_was_sealed_before_there_were_people_s_keys_opens),
        T(a_sealed_value_cannot_be_moved_or_changed), T(keys_are_sealed_anew_when_the_ring_is_rotated),
        T(keys_of_many_are_looked_up_at_once), T(keys_are_looked_up_while_something_else_is_done))
