/* SPDX-License-Identifier: Apache-2.0 */
#include "common/keyring.h"
#include "tests/suite.h"

#include <string.h>

/* 32 bytes each. */
#define KEY_A "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define KEY_B "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="

static struct arena *arena;
static struct keyring *keyring;

static void set_up(void)
{
        arena = arena_new(0);
        keyring = keyring_new("1:" KEY_A);
}

static void tear_down(void)
{
        keyring_free(keyring);
        arena_free(arena);
}

static ProtobufCBinaryData seal(const char *text)
{
        return keyring_seal(keyring, arena, "share:1", text, strlen(text));
}

TEST(what_was_sealed_is_opened)
{
        static const char *const texts[] = {"", "x", "a text of more than one block of the cipher, well more"};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                ProtobufCBinaryData out;
                ck_assert_int_eq(keyring_open(keyring, arena, "share:1", seal(texts[i]), &out), STATUS_OK);
                ck_assert_uint_eq(out.len, strlen(texts[i]));
                ck_assert_mem_eq(out.data, texts[i], out.len);
        }
}
END_TEST

TEST(the_layout_is_the_documented_one)
{
        ProtobufCBinaryData sealed = seal("text");
        ck_assert_uint_eq(sealed.len, 1 + 4 + 12 + 4 + 16);
        ck_assert_mem_eq(sealed.data, "\1\0\0\0\1", 5);
}
END_TEST

TEST(the_same_text_is_sealed_differently_each_time)
{
        ProtobufCBinaryData first = seal("text"), second = seal("text");
        ck_assert_mem_ne(first.data + 5, second.data + 5, 12);
        ck_assert_mem_ne(first.data + 17, second.data + 17, first.len - 17);
}
END_TEST

TEST(a_value_moved_to_another_row_does_not_open)
{
        ProtobufCBinaryData sealed = seal("text"), out;
        ck_assert_int_eq(keyring_open(keyring, arena, "share:2", sealed, &out), STATUS_DATA_LOSS);
        ck_assert_int_eq(keyring_open(keyring, arena, "", sealed, &out), STATUS_DATA_LOSS);
}
END_TEST

TEST(a_changed_byte_anywhere_does_not_open)
{
        ProtobufCBinaryData sealed = seal("text"), out;
        for (size_t i = 0; i < sealed.len; i++) {
                sealed.data[i] ^= 0x10;
                ck_assert_int_eq(keyring_open(keyring, arena, "share:1", sealed, &out), STATUS_DATA_LOSS);
                sealed.data[i] ^= 0x10;
        }
        ck_assert_int_eq(keyring_open(keyring, arena, "share:1", sealed, &out), STATUS_OK);
}
END_TEST

TEST(a_cut_value_does_not_open)
{
        ProtobufCBinaryData sealed = seal("text"), out;
        for (size_t size = 0; size < sealed.len; size++) {
                uint8_t *copy = malloc(size > 0 ? size : 1);
                memcpy(copy, sealed.data, size);
                ck_assert_int_eq(keyring_open(keyring, arena, "share:1", (ProtobufCBinaryData){size, copy}, &out),
                        STATUS_DATA_LOSS);
                free(copy);
        }
}
END_TEST

TEST(after_a_rotation_the_old_key_still_opens)
{
        ProtobufCBinaryData sealed = seal("text"), out;
        struct keyring *rotated = keyring_new("2:" KEY_B ",1:" KEY_A);
        ck_assert_int_eq(keyring_open(rotated, arena, "share:1", sealed, &out), STATUS_OK);
        ck_assert_mem_eq(out.data, "text", 4);
        sealed = keyring_seal(rotated, arena, "share:1", "text", 4);
        ck_assert_mem_eq(sealed.data, "\1\0\0\0\2", 5);
        ck_assert_int_eq(keyring_open(keyring, arena, "share:1", sealed, &out), STATUS_DATA_LOSS);
        keyring_free(rotated);
}
END_TEST

TEST(another_key_of_the_same_number_does_not_open)
{
        ProtobufCBinaryData sealed = seal("text"), out;
        struct keyring *other = keyring_new("1:" KEY_B);
        ck_assert_int_eq(keyring_open(other, arena, "share:1", sealed, &out), STATUS_DATA_LOSS);
        keyring_free(other);
}
END_TEST

TEST(tags_stay_over_a_rotation)
{
        struct keyring *rotated = keyring_new("2:" KEY_B ",1:" KEY_A);
        ProtobufCBinaryData before = keyring_tag(keyring, arena, "owner", "id");
        ProtobufCBinaryData after = keyring_tag(rotated, arena, "owner", "id");
        ck_assert_uint_eq(before.len, 32);
        ck_assert_mem_eq(before.data, after.data, 32);
        keyring_free(rotated);
}
END_TEST

TEST(tags_differ_by_purpose_id_and_key)
{
        struct keyring *other = keyring_new("1:" KEY_B);
        const ProtobufCBinaryData tags[] = {keyring_tag(keyring, arena, "owner", "id"),
                keyring_tag(keyring, arena, "owner", "id2"), keyring_tag(keyring, arena, "owne", "rid"),
                keyring_tag(keyring, arena, "", "ownerid"), keyring_tag(other, arena, "owner", "id")};
        for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
                for (size_t j = 0; j < i; j++)
                        ck_assert_mem_ne(tags[i].data, tags[j].data, 32);
        keyring_free(other);
}
END_TEST

TEST(a_text_that_is_no_list_of_keys_is_refused)
{
        static const char *const bad[] = {"", "1", "1:", ":" KEY_A, KEY_A, "1:QUFB", "1:" KEY_A "A", "x:" KEY_A,
                "-1:" KEY_A, "+1:" KEY_A, " 1:" KEY_A, "4294967296:" KEY_A, "99999999999999999999:" KEY_A,
                "1:" KEY_A ",", ",1:" KEY_A, "1:" KEY_A ",,2:" KEY_B, "1:" KEY_A " ,2:" KEY_B, "1:" KEY_A ";2:" KEY_B};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(keyring_new(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

TEST(two_keys_of_one_number_are_refused)
{
        ck_assert_ptr_null(keyring_new("1:" KEY_B ",1:" KEY_A));
}
END_TEST

TEST(sixteen_keys_are_enough)
{
        char *list = arena_strdup(arena, "0:" KEY_A);
        for (int i = 1; i < 16; i++)
                list = arena_printf(arena, "%s,%d:" KEY_B, list, i);
        struct keyring *full = keyring_new(list);
        ck_assert_ptr_nonnull(full);
        keyring_free(full);
        ck_assert_ptr_null(keyring_new(arena_printf(arena, "%s,16:" KEY_B, list)));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/keyring", FORK, T(what_was_sealed_is_opened), T(the_layout_is_the_documented_one),
        T(the_same_text_is_sealed_differently_each_time), T(a_value_moved_to_another_row_does_not_open),
        T(a_changed_byte_anywhere_does_not_open), T(a_cut_value_does_not_open),
        T(after_a_rotation_the_old_key_still_opens), T(another_key_of_the_same_number_does_not_open),
        T(tags_stay_over_a_rotation), T(tags_differ_by_purpose_id_and_key),
        T(a_text_that_is_no_list_of_keys_is_refused), T(two_keys_of_one_number_are_refused), T(sixteen_keys_are_enough))
