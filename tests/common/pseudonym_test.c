/* SPDX-License-Identifier: Apache-2.0 */
#include "common/keyring.h"
#include "common/pseudonym.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

static struct kit kit;
static struct keyring *keys;

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        keys = keyring_new("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        kit.service.keys = keys;
}

static void tear_down(void)
{
        keyring_free(keys);
        kit_close(&kit);
}

static struct pseudonym of_list(struct call *call, struct pseudonym_key *key, uint8_t who, const char *scope)
{
        struct pseudonym_salt salt;
        memset(salt.bytes, who, sizeof salt.bytes);
        return pseudonym_of(call, key, &salt, scope);
}

static struct pseudonym of(uint8_t who, const char *scope)
{
        struct pseudonym_key key = {0};
        return of_list(kit_call(&kit, NULL, 1000000), &key, who, scope);
}

/* What people have been called stays: these were given out before. */
TEST(names_are_the_same_in_every_version)
{
        struct pseudonym name = of(1, "topic:1");
        ck_assert_str_eq(name.id, "338ff098-d85a-4690-84f7-8d4ca5ed2e2b");
        ck_assert_str_eq(name.name, "Ready Magpie 43");
        name = of(2, "goals");
        ck_assert_str_eq(name.id, "ba61d3dc-e375-486c-aeb1-d529f73dcbf9");
        ck_assert_str_eq(name.name, "Thrifty Rabbit 81");
}
END_TEST

TEST(a_list_of_many_places_has_the_names_of_each)
{
        static const char *const scopes[] = {"topic:1", "topic:2", "group:1", "topic:1", "goals", "topic", "goals"};
        enum { SCOPES = sizeof scopes / sizeof *scopes };
        struct call *call = kit_call(&kit, NULL, 1000000);
        struct pseudonym_key key = {0};
        struct pseudonym names[SCOPES];
        for (size_t i = 0; i < SCOPES; i++)
                names[i] = of_list(call, &key, 1, scopes[i]);
        for (size_t i = 0; i < SCOPES; i++) /* each in a call of its own, which ends the one before */
                ck_assert_str_eq(names[i].id, of(1, scopes[i]).id);
}
END_TEST

TEST(one_person_is_the_same_throughout_a_place_and_another_in_the_next)
{
        struct pseudonym here = of(1, "topic:1"), again = of(1, "topic:1");
        ck_assert_str_eq(here.id, again.id);
        ck_assert_str_eq(here.name, again.name);
        ck_assert_str_ne(here.id, of(1, "topic:2").id);
        ck_assert_str_ne(here.id, of(1, "group:1").id);
        ck_assert_str_ne(here.id, of(2, "topic:1").id);
        ck_assert_int_eq(here.id[14], '4');
}
END_TEST

TEST(no_two_scopes_are_the_same_bytes)
{
        ck_assert_str_ne(of(1, "to:pic1").id, of(1, "top:ic1").id);
        ck_assert_str_ne(of(1, "topic:1").id, of(1, "topic1:").id);
}
END_TEST

TEST(a_rotated_key_ring_changes_no_name)
{
        char before[UUID_SIZE];
        memcpy(before, of(1, "topic:1").id, sizeof before);
        keyring_free(keys);
        keys = keyring_new(
                "2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=,1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        kit.service.keys = keys;
        ck_assert_str_eq(of(1, "topic:1").id, before);
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/pseudonym", FORK,
        T(one_person_is_the_same_throughout_a_place_and_another_in_the_next), T(no_two_scopes_are_the_same_bytes),
        T(a_rotated_key_ring_changes_no_name), T(names_are_the_same_in_every_version),
        T(a_list_of_many_places_has_the_names_of_each))
