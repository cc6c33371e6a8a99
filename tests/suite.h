/* SPDX-License-Identifier: Apache-2.0 */
/* A test program: TEST(a_sentence_about_behaviour) { ... } for each case, then one SUITE line that names them all.
 *   SUITE("common/arena", FORK, T(an_arena_aligns), T(a_reset_runs_cleanups))
 * FORK runs each case in a process of its own; NO_FORK is for cases that use NNG, which does not survive a fork.
 * SUITE_WITH(set_up, tear_down, ...) calls the two before and after each case. */
#pragma once

#include <check.h>
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
/* NNG 1.10 loses an endpoint that is closed while it is connecting, and what hangs on it; only tests do that. */
const char *__lsan_default_suppressions(void) __attribute__((weak));
const char *__lsan_default_suppressions(void)
{
        return "leak:nng_dial\nleak:ipc_ep_dial_cb\nleak:tcptran_dial_cb\nleak:tcptran_ep_init\nleak:libnng.so\n";
}
#endif

#define TEST(name) START_TEST(name)
#define T(name)    name

static inline int suite_run(
        const char *name, enum fork_status fork_status, SFun set_up, SFun tear_down, const TTest *const *tests)
{
        Suite *suite = suite_create(name);
        for (; *tests != NULL; tests++) {
                TCase *tcase = tcase_create((*tests)->name);
                tcase_set_timeout(tcase, 60);
                tcase_add_checked_fixture(tcase, set_up, tear_down);
                tcase_add_test(tcase, *tests);
                suite_add_tcase(suite, tcase);
        }
        SRunner *runner = srunner_create(suite);
        srunner_set_fork_status(runner, fork_status);
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define FORK    CK_FORK
#define NO_FORK CK_NOFORK

#define SUITE_WITH(set_up, tear_down, name, fork_status, ...)                                                          \
        int main(void)                                                                                                 \
        {                                                                                                              \
                const TTest *const tests[] = {__VA_ARGS__, NULL};                                                      \
                return suite_run(name, fork_status, set_up, tear_down, tests);                                         \
        }
#define SUITE(name, fork_status, ...) SUITE_WITH(NULL, NULL, name, fork_status, __VA_ARGS__)
