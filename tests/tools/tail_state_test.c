/* SPDX-License-Identifier: Apache-2.0 */
/* Each "run" is a tail that is killed somewhere: the state it leaves is made by stopping between two steps. */
#include "tests/suite.h"
#include "tools/tail_state.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char directory[32], state_path[64], output_path[64];
static int terminal;

static void set_up(void)
{
        snprintf(directory, sizeof directory, "/tmp/sfp-tail-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(directory));
        snprintf(state_path, sizeof state_path, "%s/state", directory);
        snprintf(output_path, sizeof output_path, "%s/output", directory);
        terminal = dup(STDOUT_FILENO);
}

static void tear_down(void)
{
        unlink(state_path);
        unlink(output_path);
        rmdir(directory);
}

/* Sends the standard output to the file, and back. */
static void begin_output(void)
{
        fflush(stdout);
        int file = open(output_path, O_RDWR | O_CREAT | O_APPEND, 0600);
        dup2(file, STDOUT_FILENO);
        close(file);
}

static void end_output(void)
{
        dup2(terminal, STDOUT_FILENO);
}

static const char *output(void)
{
        static char text[4096];
        int file = open(output_path, O_RDONLY);
        ssize_t size = read(file, text, sizeof text - 1);
        close(file);
        text[size > 0 ? size : 0] = '\0';
        return text;
}

static void print(uint64_t position, const char *line)
{
        struct tail_state *state;
        begin_output();
        ck_assert_int_eq(tail_state_open(state_path, &state), STATUS_OK);
        ck_assert_int_eq(tail_state_print(state, "goals", position, line, strlen(line)), STATUS_OK);
        tail_state_close(state);
        end_output();
}

static uint64_t known(void)
{
        struct tail_state *state;
        uint64_t position = 0;
        ck_assert_int_eq(tail_state_open(state_path, &state), STATUS_OK);
        tail_state_find(state, "goals", &position);
        tail_state_close(state);
        return position;
}

TEST(a_new_state_knows_nothing)
{
        struct tail_state *state;
        uint64_t position;
        ck_assert_int_eq(tail_state_open(state_path, &state), STATUS_OK);
        ck_assert(!tail_state_find(state, "goals", &position));
        tail_state_close(state);
}
END_TEST

TEST(what_was_printed_is_known_to_the_next_start)
{
        print(7, "seven\n");
        ck_assert_uint_eq(known(), 7);
        print(9, "nine\n");
        ck_assert_uint_eq(known(), 9);
        ck_assert_str_eq(output(), "seven\nnine\n");
}
END_TEST

TEST(killed_before_the_write_it_is_not_printed_and_not_known)
{
        print(7, "seven\n");
        print(9, "nine\n");
        ck_assert_int_eq(truncate(output_path, 6), 0); /* as if only the state had been written */
        ck_assert_uint_eq(known(), 7);
}
END_TEST

TEST(a_write_cut_short_is_taken_back)
{
        print(7, "seven\n");
        print(9, "nine\n");
        ck_assert_int_eq(truncate(output_path, 8), 0);
        ck_assert_uint_eq(known(), 7);
        ck_assert_str_eq(output(), "seven\n");
}
END_TEST

TEST(an_output_that_is_gone_is_printed_again)
{
        print(7, "seven\n");
        print(9, "nine\n");
        ck_assert_int_eq(unlink(output_path), 0);
        ck_assert_uint_eq(known(), 7);
}
END_TEST

TEST(another_output_may_follow)
{
        struct tail_state *state;
        print(7, "seven\n");
        ck_assert_uint_eq(known(), 7);
        unlink(output_path);
        ck_assert_uint_eq(known(), 7); /* it was settled by the start before */
        print(8, "eight\n");
        ck_assert_str_eq(output(), "eight\n");
        ck_assert_int_eq(tail_state_open(state_path, &state), STATUS_OK);
        tail_state_close(state);
}
END_TEST

TEST(two_tails_do_not_share_a_state)
{
        struct tail_state *first, *second;
        ck_assert_int_eq(tail_state_open(state_path, &first), STATUS_OK);
        ck_assert_int_ne(tail_state_open(state_path, &second), STATUS_OK);
        tail_state_close(first);
}
END_TEST

SUITE_WITH(set_up, tear_down, "tools/tail_state", FORK, T(a_new_state_knows_nothing),
        T(what_was_printed_is_known_to_the_next_start), T(killed_before_the_write_it_is_not_printed_and_not_known),
        T(a_write_cut_short_is_taken_back), T(an_output_that_is_gone_is_printed_again), T(another_output_may_follow),
        T(two_tails_do_not_share_a_state))
