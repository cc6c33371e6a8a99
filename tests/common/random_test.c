/* SPDX-License-Identifier: Apache-2.0 */
#include "common/random.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(every_size_is_filled_and_nothing_behind_it)
{
        for (size_t size = 0; size < 1200; size += 7) {
                uint8_t bytes[1300], ever[1300] = {0};
                for (int round = 0; round < 8; round++) {
                        memset(bytes, 0, sizeof bytes);
                        random_bytes(bytes, size);
                        for (size_t i = 0; i < sizeof bytes; i++)
                                ever[i] |= bytes[i];
                }
                for (size_t i = 0; i < size; i++)
                        ck_assert_uint_ne(ever[i], 0); /* fails once in 2^64 bytes */
                for (size_t i = size; i < sizeof bytes; i++)
                        ck_assert_uint_eq(ever[i], 0);
        }
}
END_TEST

static int compare(const void *left, const void *right)
{
        return memcmp(left, right, 8);
}

static uint64_t drawn[4][5000];

static void *draw(void *arg)
{
        uint64_t *numbers = arg;
        for (int i = 0; i < 5000; i++)
                random_bytes(&numbers[i], 8);
        return NULL;
}

TEST(no_two_threads_draw_the_same)
{
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
                pthread_create(&threads[i], NULL, draw, drawn[i]);
        for (int i = 0; i < 4; i++)
                pthread_join(threads[i], NULL);
        qsort(drawn, 20000, 8, compare);
        const uint64_t *sorted = &drawn[0][0];
        for (int i = 1; i < 20000; i++)
                ck_assert_uint_ne(sorted[i - 1], sorted[i]);
}
END_TEST

/* Half of a pool is left when it is copied. */
TEST(parent_and_child_do_not_draw_the_same)
{
        int ends[2];
        uint64_t own[8], others[8];
        random_bytes(own, sizeof own);
        ck_assert_int_eq(pipe(ends), 0);
        pid_t child = fork();
        random_bytes(own, sizeof own);
        if (child == 0)
                _exit(write(ends[1], own, sizeof own) == sizeof own ? EXIT_SUCCESS : EXIT_FAILURE);
        ck_assert_int_eq(read(ends[0], others, sizeof others), sizeof others);
        waitpid(child, NULL, 0);
        for (int i = 0; i < 8; i++)
                for (int j = 0; j < 8; j++)
                        ck_assert_uint_ne(own[i], others[j]);
}
END_TEST

SUITE("common/random", FORK, T(every_size_is_filled_and_nothing_behind_it), T(no_two_threads_draw_the_same),
        T(parent_and_child_do_not_draw_the_same))
