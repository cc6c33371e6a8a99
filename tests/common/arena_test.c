/* SPDX-License-Identifier: Apache-2.0 */
#include "common/arena.h"
#include "common/buffer.h"
#include "tests/suite.h"

#include <stdint.h>
#include <string.h>

static void count(void *counter)
{
        ++*(int *)counter;
}

TEST(every_allocation_is_aligned_for_any_type)
{
        struct arena *arena = arena_new(0);
        for (size_t size = 1; size < 100; size++)
                ck_assert_uint_eq((uintptr_t)arena_alloc(arena, size) % _Alignof(max_align_t), 0);
        arena_free(arena);
}
END_TEST

TEST(a_reset_runs_deferred_cleanups_once)
{
        struct arena *arena = arena_new(0);
        int counter = 0;
        arena_defer(arena, count, &counter);
        arena_defer(arena, count, &counter);
        arena_reset(arena);
        arena_reset(arena);
        ck_assert_int_eq(counter, 2);
        arena_free(arena);
}
END_TEST

TEST(the_limit_refuses_instead_of_growing)
{
        struct arena *arena = arena_new(1000);
        ck_assert_ptr_nonnull(arena_try_alloc(arena, 900));
        ck_assert_ptr_null(arena_try_alloc(arena, 200));
        ck_assert_ptr_null(arena_try_alloc(arena, SIZE_MAX));
        arena_reset(arena);
        ck_assert_ptr_nonnull(arena_try_alloc(arena, 200));
        arena_free(arena);
}
END_TEST

TEST(an_allocation_larger_than_a_block_is_whole)
{
        struct arena *arena = arena_new(0);
        char *large = arena_alloc(arena, 1 << 20);
        memset(large, 'x', 1 << 20);
        ck_assert_str_eq(arena_printf(arena, "%d-%s", 7, "a"), "7-a");
        ck_assert_int_eq(large[(1 << 20) - 1], 'x');
        arena_free(arena);
}
END_TEST

TEST(a_buffer_keeps_what_was_appended)
{
        struct arena *arena = arena_new(0);
        struct buffer buffer = buffer_in(arena);
        ck_assert_str_eq(buffer_text(&buffer), "");
        for (int i = 0; i < 1000; i++)
                buffer_printf(&buffer, "%d,", i % 10);
        ck_assert_uint_eq(buffer.length, 2000);
        ck_assert_uint_eq(strlen(buffer_text(&buffer)), 2000);
        arena_free(arena);
}
END_TEST

SUITE("common/arena", FORK, T(every_allocation_is_aligned_for_any_type), T(a_reset_runs_deferred_cleanups_once),
        T(the_limit_refuses_instead_of_growing), T(an_allocation_larger_than_a_block_is_whole),
        T(a_buffer_keeps_what_was_appended))
