/* SPDX-License-Identifier: Apache-2.0 */
#include "common/running.h"
#include "tests/suite.h"

enum { PLACES = 4 };

static struct running *running;

static void set_up(void)
{
        running = running_new(PLACES);
}

static void tear_down(void)
{
        running_free(running);
}

static struct running_mark begin(uint64_t call_id)
{
        struct running_mark mark;
        ck_assert(running_begin(running, call_id, "goals", &mark));
        return mark;
}

TEST(a_running_call_is_cancelled_by_its_caller)
{
        struct running_mark mark = begin(7), other = begin(8);
        ck_assert(!running_is_cancelled(&mark));
        ck_assert(running_cancel(running, 7, "goals"));
        ck_assert(running_is_cancelled(&mark));
        ck_assert(!running_is_cancelled(&other));
}
END_TEST

TEST(nobody_cancels_the_call_of_another)
{
        struct running_mark mark = begin(7);
        ck_assert(!running_cancel(running, 7, "forum"));
        ck_assert(!running_cancel(running, 7, NULL));
        ck_assert(!running_is_cancelled(&mark));
}
END_TEST

TEST(the_word_for_an_ended_call_does_not_meet_the_next)
{
        struct running_mark mark = begin(7);
        running_cancel(running, 7, "goals");
        running_end(&mark);
        ck_assert(!running_cancel(running, 7, "goals"));
        for (uint64_t id = 100; id < 100 + PLACES; id++) {
                struct running_mark next = begin(id);
                ck_assert(!running_is_cancelled(&next));
        }
}
END_TEST

TEST(the_word_may_come_before_the_call)
{
        ck_assert(!running_cancel(running, 7, "goals"));
        struct running_mark mark = begin(7);
        ck_assert(running_is_cancelled(&mark));
        running_end(&mark);
        mark = begin(7);
        ck_assert(!running_is_cancelled(&mark));
}
END_TEST

TEST(a_second_call_of_a_running_id_does_not_begin)
{
        struct running_mark first = begin(7), second;
        ck_assert(!running_begin(running, 7, "goals", &second));
        ck_assert(running_begin(running, 7, "forum", &second)); /* another caller's 7 is another call */
        running_end(&first);
        begin(7);
}
END_TEST

TEST(a_call_without_id_or_place_begins_all_the_same)
{
        struct running_mark mark;
        ck_assert(running_begin(NULL, 7, "goals", &mark));
        ck_assert(running_begin(running, 0, "goals", &mark));
        ck_assert(running_begin(running, 0, "goals", &mark));
        for (uint64_t id = 1; id <= 2 * PLACES; id++)
                mark = begin(id);
        ck_assert(!running_is_cancelled(&mark));
        running_end(&mark);
}
END_TEST

TEST(all_are_cancelled_at_once)
{
        struct running_mark mark = begin(7), other = begin(8);
        running_cancel_all(running);
        ck_assert(running_is_cancelled(&mark) && running_is_cancelled(&other));
        running_end(&mark);
        mark = begin(9);
        ck_assert(!running_is_cancelled(&mark));
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/running", FORK, T(a_running_call_is_cancelled_by_its_caller),
        T(nobody_cancels_the_call_of_another), T(the_word_for_an_ended_call_does_not_meet_the_next),
        T(the_word_may_come_before_the_call), T(a_second_call_of_a_running_id_does_not_begin),
        T(a_call_without_id_or_place_begins_all_the_same), T(all_are_cancelled_at_once))
