/* SPDX-License-Identifier: Apache-2.0 */
/* F1, F3, F12: processes are killed and replaced while people use the platform. One of two replicas may die, or be
 * drained, without anybody's reading failing. */
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"
#include "tests/fault/ordeal.h"

#include <signal.h>
#include <string.h>

static const char *const services[] = {"svc-goals", "svc-anonymize", "svc-moderation"};
enum { SERVICES = sizeof services / sizeof *services };

/* Which of the two replicas, as the seed wills. */
static const char *one_of(const char *service, unsigned turn)
{
        return (load_seed() + turn) % 2 == 0 ? service : text("%s.2", service);
}

static void kill_it(const char *whom)
{
        instance_kill(whom, SIGKILL);
}

static void await_it(const char *whom)
{
        instance_up(whom);
}

static void kill_one_of_each(const char *whom)
{
        (void)whom;
        for (unsigned s = 0; s < SERVICES; s++)
                kill_it(one_of(services[s], s));
}

static void await_all(const char *whom)
{
        (void)whom;
        instance_up_all();
}

TEST(readers_do_not_notice_that_a_replica_of_each_service_is_killed)
{
        const struct ordeal ordeal = {.name = "kill -9 of one of each",
                .inflict = kill_one_of_each,
                .heal = await_all,
                .lasts_ms = load_is_full() ? 5000 : 500,
                .spares_readers = true};
        ordeal_run(&ordeal);
}
END_TEST

static void kill_both(const char *whom)
{
        kill_it(whom);
        kill_it(text("%s.2", whom));
}

TEST(a_service_of_which_nothing_is_left_comes_back)
{
        for (int s = 0; s < SERVICES; s++) {
                const struct ordeal ordeal = {
                        .name = "kill -9 of both", .inflict = kill_both, .heal = await_all, .whom = services[s]};
                ordeal_run(&ordeal);
        }
}
END_TEST

TEST(a_killed_gateway_loses_nothing_that_it_acknowledged)
{
        const struct ordeal ordeal = {.name = "kill -9", .inflict = kill_it, .heal = await_it, .whom = "sfp-gateway"};
        ordeal_run(&ordeal);
}
END_TEST

/* First one replica of each service, then the other. */
static void restart_in_turn(const char *whom)
{
        const char *names[SERVICES + 1] = {NULL};
        (void)whom;
        for (unsigned turn = 0; turn < 2; turn++) {
                for (int s = 0; s < SERVICES; s++)
                        names[s] = one_of(services[s], turn);
                instance_restart(names);
        }
}

TEST(a_rolling_restart_fails_no_request)
{
        const struct ordeal ordeal = {.name = "rolling restart", .inflict = restart_in_turn, .spares_all = true};
        ordeal_run(&ordeal);
}
END_TEST

TEST(replicas_killed_again_and_again_lose_nothing)
{
        int rounds = load_is_full() ? 120 : 4;
        struct ledger before = ledger_read();
        struct load *load = load_start(ORDEAL_ACTORS);
        for (int round = 0; round < rounds; round++) {
                unsigned turn = load_seed() * 31 + (unsigned)round;
                const char *whom = one_of(services[turn % SERVICES], turn / SERVICES);
                pause_ms(load_is_full() ? 5000 : 600);
                kill_it(whom);
                await_it(whom);
        }
        pause_ms(500);
        load_stop(load);
        expect_invariants(&before, load);
        load_free(load);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "fault/crash", NO_FORK,
        T(readers_do_not_notice_that_a_replica_of_each_service_is_killed),
        T(a_service_of_which_nothing_is_left_comes_back), T(a_killed_gateway_loses_nothing_that_it_acknowledged),
        T(a_rolling_restart_fails_no_request), T(replicas_killed_again_and_again_lose_nothing))
