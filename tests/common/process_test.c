/* SPDX-License-Identifier: Apache-2.0 */
/* What a process asks of its scheduler: shorter slices, for threads to come too, and nothing else; and of whom it asks
 * for addresses. */
#include "common/process.h"
#include "tests/suite.h"

#include <pthread.h>
#include <resolv.h>
#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RUNTIME = 3, WORDS = 8, SLICE_NS = 100000 };

/* The third word of the attributes is the slice, where the kernel has one: 0 before Linux 6.12. */
static uint64_t slice(void)
{
        uint64_t attributes[WORDS] = {0};
        ck_assert_int_eq(syscall(SYS_sched_getattr, 0, attributes, sizeof attributes, 0), 0);
        return attributes[RUNTIME];
}

static void *read_slice(void *out)
{
        *(uint64_t *)out = slice();
        return NULL;
}

TEST(slices_are_short_from_then_on_and_nothing_else_has_changed)
{
        bool has_slices = slice() != 0;
        pthread_t thread;
        uint64_t of_thread;
        ck_assert_int_eq(setpriority(PRIO_PROCESS, 0, 5), 0);
        process_be_prompt();
        ck_assert_int_eq(sched_getscheduler(0), SCHED_OTHER);
        ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), 5);
        ck_assert_uint_eq(slice(), has_slices ? SLICE_NS : 0);
        ck_assert_int_eq(pthread_create(&thread, NULL, read_slice, &of_thread), 0);
        pthread_join(thread, NULL);
        ck_assert_uint_eq(of_thread, slice());
}
END_TEST

static struct __res_state names(void)
{
        struct __res_state state = {0};
        ck_assert_int_eq(res_ninit(&state), 0);
        res_nclose(&state);
        return state;
}

TEST(servers_of_names_are_waited_for_a_second_twice)
{
        unsetenv("RES_OPTIONS");
        process_prepare("test", "error");
        ck_assert_int_eq(names().retrans, 1);
        ck_assert_int_eq(names().retry, 2);
}
END_TEST

TEST(an_operator_s_own_patience_with_names_is_kept)
{
        setenv("RES_OPTIONS", "timeout:7 attempts:3", 1);
        process_prepare("test", "error");
        ck_assert_int_eq(names().retrans, 7);
        ck_assert_int_eq(names().retry, 3);
}
END_TEST

SUITE("common/process", FORK, T(servers_of_names_are_waited_for_a_second_twice),
        T(an_operator_s_own_patience_with_names_is_kept), T(slices_are_short_from_then_on_and_nothing_else_has_changed))
