/* SPDX-License-Identifier: Apache-2.0 */
/* F4, F5: the network between two hosts is cut, both ways and one way, or is bad. Calls end at their deadlines, and
 * service is back soon after the network is. */
#include "common/client.h"
#include "common/clock.h"
#include "common/rpc_call.h"
#include "sfp/moderation.pb-c.h"
#include "tests/common/kit.h"
#include "tests/e2e/program.h"
#include "tests/fault/hosts.h"
#include "tests/fault/load.h"
#include "tests/suite.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK "sfp.moderation.Moderation.Check"
#define URL   "tcp://" HOSTS_FAR ":7300"

enum { CALLERS = 4, DEADLINE_US = 500000, GRACE_US = 50000, RECOVERY_US = 2000000, PATIENCE_US = 15000000 };

static struct kit kit;
static pid_t far_server;
static bool is_open;

/* What the callers have seen. */
static atomic_bool must_stop;
static _Atomic long n_good;
static _Atomic long n_bad;
static _Atomic int64_t longest_us;
static _Atomic int64_t last_good_us;
static _Atomic int64_t lag_us;

static void note_longest(_Atomic int64_t *longest, int64_t us)
{
        int64_t seen = atomic_load(longest);
        while (us > seen && !atomic_compare_exchange_weak(longest, &seen, us))
                ;
}

static void call_once(struct arena *arena)
{
        static const Sfp__Caller nobody = SFP__CALLER__INIT;
        char *texts[] = {"a text that is sent from here to there and back again"};
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        Moderation__CheckRequest in = MODERATION__CHECK_REQUEST__INIT;
        struct call call;
        ProtobufCMessage *out;
        header.has_deadline_us = 1;
        header.deadline_us = DEADLINE_US;
        in.n_texts = 1;
        in.texts = texts;
        call_init(&call, arena, &kit.service, &header, &nobody);
        int64_t begun_us = clock_now_us();
        status result = rpc_call(&call, CHECK, &in.base, &out);
        int64_t ended_us = clock_now_us();
        note_longest(&longest_us, ended_us - begun_us);
        if (result == STATUS_OK)
                note_longest(&last_good_us, ended_us);
        atomic_fetch_add(result == STATUS_OK ? &n_good : &n_bad, 1);
}

static void *call_on(void *arg)
{
        struct arena *arena = arena_new(0);
        while (!atomic_load(&must_stop)) {
                call_once(arena);
                arena_reset(arena);
                usleep(1000);
        }
        arena_free(arena);
        return arg;
}

static void *watch_lag(void *arg)
{
        while (!atomic_load(&must_stop)) {
                int64_t begun_us = clock_now_us();
                usleep(5000);
                note_longest(&lag_us, clock_now_us() - begun_us - 5000);
        }
        return arg;
}

static void set_up(void)
{
        is_open = hosts_open();
        if (!is_open)
                return;
        char program[4096];
        const char *const argv[] = {program, "serve-mesh", URL, NULL};
        snprintf(program, sizeof program, "%s/bench/mesh_bench", program_setting("SFP_BUILD"));
        far_server = hosts_run_far(argv);
        kit_open(&kit, "goals", NULL);
        kit.service.client = kit_client(&kit, URL, "goals");
}

static void tear_down(void)
{
        if (!is_open)
                return;
        client_free(kit.service.client);
        kit_close(&kit);
        kill(far_server, SIGKILL);
        waitpid(far_server, NULL, 0);
        hosts_close();
}

static bool await_good(int64_t since_us, int64_t patience_us)
{
        while (atomic_load(&last_good_us) <= since_us && clock_now_us() < since_us + patience_us)
                usleep(5000);
        return atomic_load(&last_good_us) > since_us;
}

/* Calls go on while something is done to the wire for so long; then they must go well again. */
static void withstand(const char *name, void (*harm)(void), void (*mend)(void), int64_t lasts_us)
{
        pthread_t threads[CALLERS + 1];
        int64_t begun_us = clock_now_us();
        for (int i = 0; i < CALLERS; i++)
                pthread_create(&threads[i], NULL, call_on, NULL);
        pthread_create(&threads[CALLERS], NULL, watch_lag, NULL);
        bool is_warm = await_good(begun_us, PATIENCE_US);
        usleep(500000);
        harm();
        usleep((useconds_t)lasts_us);
        mend();
        int64_t mended_us = clock_now_us();
        bool is_back = await_good(mended_us, PATIENCE_US);
        int64_t took_us = atomic_load(&last_good_us) - mended_us;
        atomic_store(&must_stop, true);
        for (int i = 0; i <= CALLERS; i++)
                pthread_join(threads[i], NULL);
        printf("%s: %ld calls went well, %ld did not; the longest took %lld ms; back after %lld ms\n", name, n_good,
                n_bad, (long long)longest_us / 1000, (long long)took_us / 1000);
        ck_assert(is_warm);
        ck_assert_msg(is_back, "%s: calls do not go well again", name);
        ck_assert_msg(longest_us <= DEADLINE_US + GRACE_US + lag_us, "I8: a call of 500 ms took %lld us",
                (long long)longest_us);
        ck_assert_msg(took_us <= RECOVERY_US + lag_us, "back only after %lld us", (long long)took_us);
}

static int64_t cut_us(void)
{
        return load_is_full() ? 30000000 : 8000000;
}

TEST(a_cut_network_ends_calls_at_their_deadlines)
{
        if (is_open)
                withstand("cut", hosts_cut, hosts_mend, cut_us());
}
END_TEST

TEST(a_network_that_brings_nothing_back_ends_calls_at_their_deadlines)
{
        if (is_open)
                withstand("cut one way", hosts_cut_return, hosts_mend, cut_us());
}
END_TEST

static void make_bad(void)
{
        if (!hosts_impair("delay 100ms 50ms loss 5%"))
                printf("skipped: this kernel cannot make a network bad (no netem)\n");
}

static void make_good(void)
{
        hosts_impair("");
}

TEST(a_bad_network_delays_calls_within_their_deadlines)
{
        if (is_open)
                withstand("slow and lossy", make_bad, make_good, cut_us() / 2);
}
END_TEST

SUITE_WITH(set_up, tear_down, "fault/network", FORK, T(a_cut_network_ends_calls_at_their_deadlines),
        T(a_network_that_brings_nothing_back_ends_calls_at_their_deadlines),
        T(a_bad_network_delays_calls_within_their_deadlines))
