/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of authors before an answer leaves, who is hidden from whom, and what a sanction stops. */
#include "common/field.h"
#include "common/keyring.h"
#include "common/migrate.h"
#include "common/people.h"
#include "common/personal.h"
#include "common/pseudonym_salts.h"
#include "common/uuid.h"
#include "sfp/content.pb-c.h"
#include "sfp/person.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

enum { SECOND_US = 1000000 };

#define ANN   "11111111-1111-4111-8111-111111111111"
#define BOB   "22222222-2222-4222-8222-222222222222"
#define CARL  "33333333-3333-4333-8333-333333333333"
#define ANN_P "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define BOB_P "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"

extern const struct migration kit_migrations[];

static struct kit kit;
static struct keyring *keys;
static struct db *db;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
        keys = keyring_new("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        kit.service.keys = keys;
        ck_assert_int_eq(migrate_run(kit.database_url, kit_migrations), STATUS_OK);
        kit_sql(&kit, "INSERT INTO people VALUES ('" ANN "', '" ANN_P "', 'Ann', 'https://a.example/a.png', 'expert'),"
                      " ('" BOB "', '" BOB_P "', 'Bob', NULL, 'newcomer')");
        db = db_new(kit.database_url, 5 * SECOND_US);
}

static void tear_down(void)
{
        db_free(db);
        keyring_free(keys);
        kit.call.db = NULL;
        kit_close(&kit);
}

static struct call *call_by(const char *user, const char *method)
{
        struct call *call = kit_call(&kit, method, 5 * SECOND_US);
        kit.caller.user_id = (char *)(size_t)user;
        call->db = db;
        db_begin(call, false);
        return call;
}

static Sfp__AuthorRef shown(const char *user_id, const char *scope)
{
        Sfp__AuthorRef ref = SFP__AUTHOR_REF__INIT;
        struct call *call = call_by(CARL, NULL);
        ref.user_id = (char *)(size_t)user_id;
        ref.scope = (char *)(size_t)scope;
        ck_assert_int_eq(people_show(call, &ref.base), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        ck_assert_ptr_null(ref.user_id);
        ck_assert_ptr_null(ref.scope);
        return ref;
}

TEST(an_author_with_a_profile_is_shown_by_it)
{
        Sfp__AuthorRef ref = shown(ANN, NULL);
        ck_assert_str_eq(ref.kind, "profile");
        ck_assert_str_eq(ref.id, ANN_P);
        ck_assert_str_eq(ref.display_name, "Ann");
        ck_assert_str_eq(ref.avatar_url, "https://a.example/a.png");
        ck_assert_str_eq(ref.experience_level, "expert");
}
END_TEST

TEST(an_anonymous_author_is_a_pseudonym_that_differs_from_place_to_place)
{
        Sfp__AuthorRef here = shown(ANN, "topic:1");
        char *id = arena_strdup(kit.arena, here.id), *name = arena_strdup(kit.arena, here.display_name);
        ck_assert_str_eq(here.kind, "pseudonym");
        ck_assert_ptr_null(here.avatar_url);
        ck_assert_ptr_null(here.experience_level);
        Sfp__AuthorRef again = shown(ANN, "topic:1");
        ck_assert_str_eq(again.id, id);
        ck_assert_str_eq(again.display_name, name);
        ck_assert_str_ne(shown(ANN, "topic:2").id, id);
        ck_assert_str_ne(shown(BOB, "topic:1").id, id);
}
END_TEST

TEST(an_author_without_a_profile_is_a_pseudonym)
{
        ck_assert_str_eq(shown(CARL, NULL).kind, "pseudonym");
}
END_TEST

TEST(a_pseudonym_is_a_uuid_and_holds_nothing_of_the_user_id)
{
        uint8_t bytes[16];
        char *id = shown(ANN, "topic:1").id;
        ck_assert(uuid_parse(id, bytes));
        ck_assert_int_eq(id[14], '4');
        ck_assert_ptr_null(strstr(id, "11111111"));
}
END_TEST

TEST(without_their_salt_nobody_is_who_they_were)
{
        char *before = arena_strdup(kit.arena, shown(ANN, "topic:1").id);
        char *other = arena_strdup(kit.arena, shown(BOB, "topic:1").id);
        struct call *call = call_by(CARL, NULL);
        ProtobufCBinaryData tag = pseudonym_salt_tag(call, ANN);
        ck_assert_int_eq(db_exec(call, "DELETE FROM pseudonym_salts WHERE owner_tag = $1", tag), STATUS_OK);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        ck_assert_str_ne(shown(ANN, "topic:1").id, before);
        ck_assert_str_eq(shown(BOB, "topic:1").id, other);
}
END_TEST

static int found(const char *viewer, const char *profile_id, char **user_id)
{
        struct call *call = call_by(viewer, NULL);
        status result = people_find(call, profile_id, user_id);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        return (int)result;
}

TEST(a_profile_is_found_but_not_behind_a_block)
{
        char *user_id;
        ck_assert_int_eq(found(CARL, BOB_P, &user_id), STATUS_OK);
        ck_assert_str_eq(user_id, BOB);
        kit_sql(&kit, "INSERT INTO blocks VALUES ('" CARL "', '" BOB "', false, true)");
        ck_assert_int_eq(found(CARL, BOB_P, &user_id), STATUS_NOT_FOUND);
        ck_assert_int_eq(found(ANN, BOB_P, &user_id), STATUS_OK);
}
END_TEST

static int sanctioned(const char *user, const char *method)
{
        struct call *call = call_by(user, method);
        status result = people_check_sanction(call);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
        return result == STATUS_OK ? PROBLEM_NONE : (int)call->problem;
}

TEST(a_sanction_stops_writes_until_it_ends)
{
        kit_sql(&kit, "INSERT INTO sanctions VALUES ('" ANN "', gen_random_uuid(), 'limit', now() + interval '1 hour'),"
                      " ('" BOB "', gen_random_uuid(), 'limit', now() - interval '1 second')");
        ck_assert_int_eq(sanctioned(ANN, "sfp.goals.Goals.CreateShare"), PROBLEM_SANCTIONED);
        ck_assert_int_eq(sanctioned(ANN, "sfp.goals.Goals.GetShare"), PROBLEM_NONE);
        ck_assert_int_eq(sanctioned(BOB, "sfp.goals.Goals.CreateShare"), PROBLEM_NONE);
}
END_TEST

TEST(a_sanction_without_an_end_stands)
{
        kit_sql(&kit, "INSERT INTO sanctions VALUES ('" ANN "', gen_random_uuid(), 'ban', NULL)");
        ck_assert_int_eq(sanctioned(ANN, "sfp.goals.Goals.CreateShare"), PROBLEM_SANCTIONED);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/people", FORK, T(an_author_with_a_profile_is_shown_by_it),
        T(an_anonymous_author_is_a_pseudonym_that_differs_from_place_to_place),
        T(an_author_without_a_profile_is_a_pseudonym), T(a_pseudonym_is_a_uuid_and_holds_nothing_of_the_user_id),
        T(without_their_salt_nobody_is_who_they_were), T(a_profile_is_found_but_not_behind_a_block),
        T(a_sanction_stops_writes_until_it_ends), T(a_sanction_without_an_end_stands))
