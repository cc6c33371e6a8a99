/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"
#include "common/uuid.h"
#include "tests/suite.h"

#include <string.h>
#include <unistd.h>

static const char good[] = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";

TEST(versions_and_variants_are_set)
{
        for (int i = 0; i < 1000; i++) {
                char v4[UUID_SIZE], v7[UUID_SIZE];
                uuid_v4(v4);
                uuid_v7(v7);
                ck_assert(uuid_is_valid(v4));
                ck_assert(uuid_is_valid(v7));
                ck_assert_int_eq(v4[14], '4');
                ck_assert_int_eq(v7[14], '7');
                ck_assert_ptr_nonnull(strchr("89ab", v4[19]));
                ck_assert_ptr_nonnull(strchr("89ab", v7[19]));
        }
}
END_TEST

TEST(no_two_are_alike)
{
        char last[UUID_SIZE] = "", next[UUID_SIZE];
        for (int i = 0; i < 1000; i++) {
                uuid_v4(next);
                ck_assert_str_ne(next, last);
                memcpy(last, next, sizeof last);
        }
}
END_TEST

TEST(version_7_begins_with_the_time_in_milliseconds)
{
        char text[UUID_SIZE];
        uint8_t bytes[16];
        int64_t before = clock_unix_us() / 1000, ms = 0;
        uuid_v7(text);
        int64_t after = clock_unix_us() / 1000;
        ck_assert(uuid_parse(text, bytes));
        for (int i = 0; i < 6; i++)
                ms = ms << 8 | bytes[i];
        ck_assert_int_ge(ms, before);
        ck_assert_int_le(ms, after);
}
END_TEST

TEST(version_7_sorts_by_time)
{
        char last[UUID_SIZE] = "", next[UUID_SIZE];
        for (int i = 0; i < 50; i++) {
                uuid_v7(next);
                ck_assert_str_gt(next, last);
                memcpy(last, next, sizeof last);
                usleep(1100);
        }
}
END_TEST

TEST(version_4_tells_no_time)
{
        char first[UUID_SIZE], second[UUID_SIZE];
        uuid_v4(first);
        uuid_v4(second);
        ck_assert_mem_ne(first, second, 8);
}
END_TEST

TEST(text_and_bytes_are_the_same_both_ways)
{
        uint8_t bytes[16];
        char text[UUID_SIZE];
        ck_assert(uuid_parse(good, bytes));
        ck_assert_mem_eq(bytes, "\x8d\x7f\x2f\x8e\x0b\x1c\x4a\x57\x9c\x0a\x0f\x6b\x5d\x3f\x2a\x11", 16);
        uuid_format(bytes, text);
        ck_assert_str_eq(text, good);
}
END_TEST

TEST(hostile_text_is_no_uuid)
{
        static const char *const bad[] = {"", "-", "8d7f2f8e", "8D7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11",
                "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a1", "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a111",
                "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11 ", " 8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a1",
                "8d7f2f8e00b1c04a5709c0a00f6b5d3f2a11", "8d7f2f8e-0b1c-4a57-9c0a00f6b5d3f2a11",
                "8d7f2f8-e0b1c-4a57-9c0a-0f6b5d3f2a11", "{8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a}",
                "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a1\xff", "------------------------------------",
                "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a1g"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                ck_assert_msg(!uuid_is_valid(bad[i]), "%s", bad[i]);
}
END_TEST

TEST(a_cut_text_is_not_read_behind_its_end)
{
        for (size_t length = 0; length < strlen(good); length++) {
                char *cut = malloc(length + 1);
                memcpy(cut, good, length);
                cut[length] = '\0';
                ck_assert(!uuid_is_valid(cut));
                free(cut);
        }
}
END_TEST

SUITE("common/uuid", FORK, T(versions_and_variants_are_set), T(no_two_are_alike),
        T(version_7_begins_with_the_time_in_milliseconds), T(version_7_sorts_by_time), T(version_4_tells_no_time),
        T(text_and_bytes_are_the_same_both_ways), T(hostile_text_is_no_uuid), T(a_cut_text_is_not_read_behind_its_end))
