/* SPDX-License-Identifier: Apache-2.0 */
#include "common/buffer.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;
static struct buffer buffer;

static void set_up(void)
{
        arena = arena_new(0);
        buffer = buffer_in(arena);
}

static void tear_down(void)
{
        arena_free(arena);
}

TEST(an_empty_buffer_is_an_empty_text)
{
        ck_assert_str_eq(buffer_text(&buffer), "");
        buffer_append(&buffer, NULL, 0);
        ck_assert_str_eq(buffer_text(&buffer), "");
        ck_assert_uint_eq(buffer.length, 0);
}
END_TEST

TEST(all_ways_to_append_follow_each_other)
{
        buffer_puts(&buffer, "one");
        buffer_putc(&buffer, ',');
        buffer_printf(&buffer, "%s=%d", "two", 2);
        buffer_append(&buffer, ",three!", 6);
        ck_assert_str_eq(buffer_text(&buffer), "one,two=2,three");
        ck_assert_uint_eq(buffer.length, 15);
}
END_TEST

TEST(it_grows_over_every_border_of_its_memory)
{
        for (size_t i = 0; i < 5000; i++) {
                buffer_putc(&buffer, (char)('a' + i % 26));
                ck_assert_uint_eq(buffer.length, i + 1);
                ck_assert_uint_lt(buffer.length, buffer.capacity);
                ck_assert_int_eq(buffer.bytes[i + 1], '\0');
        }
        for (size_t i = 0; i < 5000; i++)
                ck_assert_int_eq(buffer.bytes[i], (char)('a' + i % 26));
}
END_TEST

TEST(nul_bytes_are_kept)
{
        buffer_append(&buffer, "a\0b", 3);
        ck_assert_uint_eq(buffer.length, 3);
        ck_assert_mem_eq(buffer.bytes, "a\0b", 4);
}
END_TEST

TEST(reserved_room_is_the_callers_to_fill)
{
        buffer_puts(&buffer, "x");
        char *room = buffer_reserve(&buffer, 1000);
        memset(room, 'y', 1000);
        buffer.length += 1000;
        buffer_putc(&buffer, 'z');
        ck_assert_uint_eq(strlen(buffer_text(&buffer)), 1002);
        ck_assert_int_eq(buffer.bytes[0], 'x');
        ck_assert_int_eq(buffer.bytes[1001], 'z');
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/buffer", FORK, T(an_empty_buffer_is_an_empty_text),
        T(all_ways_to_append_follow_each_other), T(it_grows_over_every_border_of_its_memory), T(nul_bytes_are_kept),
        T(reserved_room_is_the_callers_to_fill))
