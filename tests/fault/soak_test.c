/* SPDX-License-Identifier: Apache-2.0 */
/* F16: the message library under churn. Callers with deadlines of a few milliseconds, servers that are killed and
 * started again all the time; on ipc and on TCP. It must not crash, wedge, or keep descriptors, and it must hang up
 * quickly at the end. */
#include "common/canary.h"
#include "common/clock.h"
#include "common/transport.h"
#include "tests/common/kit.h"
#include "tests/e2e/program.h"
#include "tests/fault/load.h"
#include "tests/suite.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CALLERS = 16, SERVERS = 2, ROUND_MS = 300, STUCK_US = 5000000, HANG_UP_US = 2000000, FD_SLACK = 16 };

struct churn {
        const char *urls[SERVERS];
        pid_t pids[SERVERS];
        struct transport_dialer *dialers[SERVERS];
        atomic_bool must_stop;
        _Atomic long answered;
        _Atomic long lost;
};

static pid_t serve(const char *url)
{
        pid_t pid;
        char program[4096];
        const char *const argv[] = {"setpriv", "--pdeathsig", "KILL", program, "serve-raw", url, NULL};
        snprintf(program, sizeof program, "%s/bench/mesh_bench", program_setting("SFP_BUILD"));
        ck_assert_int_eq(posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(size_t)argv, environ), 0);
        return pid;
}

static void *call_often(void *arg)
{
        struct churn *churn = arg;
        unsigned state = load_seed() + (unsigned)(size_t)pthread_self();
        while (!atomic_load(&churn->must_stop)) {
                struct answer answer = ANSWER_INIT;
                struct message *reply, *request = message_new(200);
                state = state * 1664525 + 1013904223;
                transport_send(churn->dialers[(state >> 8) % SERVERS], request, 1000 + (state >> 10) % 7000,
                        answer_take_sent, &answer);
                atomic_fetch_add(answer_wait(&answer, &reply) == STATUS_OK ? &churn->answered : &churn->lost, 1);
                message_free(reply);
        }
        return NULL;
}

static int count_descriptors(void)
{
        int count = 0;
        DIR *directory = opendir("/proc/self/fd");
        while (readdir(directory) != NULL)
                count++;
        closedir(directory);
        return count;
}

static void end_server(struct churn *churn, int i)
{
        kill(churn->pids[i], SIGKILL);
        waitpid(churn->pids[i], NULL, 0);
}

static void begin(struct churn *churn)
{
        for (int i = 0; i < SERVERS; i++) {
                struct endpoint endpoint = {.server_name = "localhost"};
                churn->pids[i] = serve(churn->urls[i]);
                snprintf(endpoint.url, sizeof endpoint.url, "%s", churn->urls[i]);
                ck_assert_int_eq(transport_dial(&endpoint, &churn->dialers[i]), STATUS_OK);
        }
}

/* Kills one server after the other; fails when no call is answered for STUCK_US. */
static void keep_killing(struct churn *churn, const struct canary *canary, int seconds)
{
        int64_t until_us = clock_now_us() + seconds * 1000000LL;
        int64_t moved_us = clock_now_us();
        long seen = 0;
        for (int round = 0; clock_now_us() < until_us; round++) {
                int i = round % SERVERS;
                usleep(ROUND_MS * 1000);
                end_server(churn, i);
                churn->pids[i] = serve(churn->urls[i]);
                if (atomic_load(&churn->answered) > seen) {
                        seen = atomic_load(&churn->answered);
                        moved_us = clock_now_us();
                }
                ck_assert_msg(clock_now_us() - moved_us < STUCK_US, "no call is answered any more");
                ck_assert_msg(canary_is_alive(canary), "the message library stands still");
        }
}

static void soak(const char *first, const char *second)
{
        struct churn churn = {.urls = {first, second}};
        pthread_t threads[CALLERS];
        struct canary *canary = canary_start();
        begin(&churn);
        usleep(500000);
        int descriptors = count_descriptors();
        for (int i = 0; i < CALLERS; i++)
                pthread_create(&threads[i], NULL, call_often, &churn);
        keep_killing(&churn, canary, load_is_full() ? 900 : 8);
        atomic_store(&churn.must_stop, true);
        for (int i = 0; i < CALLERS; i++)
                pthread_join(threads[i], NULL);
        int64_t begun_us = clock_now_us();
        ck_assert_int_le(count_descriptors(), descriptors + FD_SLACK);
        for (int i = 0; i < SERVERS; i++) {
                transport_hang_up(churn.dialers[i]);
                end_server(&churn, i);
        }
        ck_assert_int_lt(clock_now_us() - begun_us, HANG_UP_US * SERVERS);
        canary_stop(canary);
        printf("%s: %ld answered, %ld lost\n", first, churn.answered, churn.lost);
        ck_assert_int_gt(churn.answered, 1000);
}

TEST(unix_sockets_bear_it)
{
        struct kit kit;
        kit_open(&kit, "moderation", NULL);
        soak(kit_ipc_url(&kit), kit_ipc_url(&kit));
        kit_close(&kit);
}
END_TEST

TEST(tcp_bears_it)
{
        struct kit kit;
        kit_open(&kit, "moderation", NULL);
        soak(kit_tcp_url(&kit), kit_tcp_url(&kit));
        kit_close(&kit);
}
END_TEST

SUITE("fault/soak", NO_FORK, T(unix_sockets_bear_it), T(tcp_bears_it))
