/* SPDX-License-Identifier: Apache-2.0 */
/* F1, F3, F12: processes are killed and replaced while people use the platform. One of two replicas may die, or be
 * drained, without anybody's reading failing. */
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"
#include "tests/fault/ordeal.h"

#include <signal.h>
#include <string.h>

static const char *const services[] = {"svc-goals", "svc-anonymize", "svc-moderation"};
#define EACH_SERVICE (size_t s = 0; s < sizeof services / sizeof *services; s++)

static void kill_it(const char *whom)
{
        instance_kill(whom, SIGKILL);
}

static void kill_both(const char *whom)
{
        instance_kill(whom, SIGKILL);
        instance_kill(text("%s.2", whom), SIGKILL);
}

static void await_it(const char *whom)
{
        instance_up(whom);
}

static void await_both(const char *whom)
{
        instance_up(whom);
        instance_up(text("%s.2", whom));
}

/* Which of the two follows from the seed. */
static const char *one_of(const char *service, unsigned turn)
{
        return (load_seed() + turn) % 2 == 0 ? service : text("%s.2", service);
}

TEST(readers_do_not_notice_that_a_replica_is_killed)
{
        for
                EACH_SERVICE
                {
                        const struct ordeal ordeal = {.name = "kill -9",
                                .inflict = kill_it,
                                .heal = await_it,
                                .whom = one_of(services[s], (unsigned)s),
                                .lasts_ms = load_is_full() ? 5000 : 500,
                                .spares_readers = true};
                        ordeal_run(&ordeal);
                }
}
END_TEST

TEST(a_service_of_which_nothing_is_left_comes_back)
{
        for
                EACH_SERVICE
                {
                        const struct ordeal ordeal = {.name = "kill -9 of both",
                                .hurts = true,
                                .inflict = kill_both,
                                .heal = await_both,
                                .whom = services[s]};
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

static void restart_in_turn(const char *whom)
{
        (void)whom;
        for
                EACH_SERVICE
                {
                        const char *replicas[] = {services[s], text("%s.2", services[s])};
                        for (int i = 0; i < 2; i++) {
                                instance_down(replicas[i]);
                                instance_up(replicas[i]);
                        }
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
                const char *whom = one_of(services[turn % 3], turn / 3);
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

SUITE_WITH(scene_begin, scene_end, "fault/crash", NO_FORK, T(readers_do_not_notice_that_a_replica_is_killed),
        T(a_service_of_which_nothing_is_left_comes_back), T(a_killed_gateway_loses_nothing_that_it_acknowledged),
        T(a_rolling_restart_fails_no_request), T(replicas_killed_again_and_again_lose_nothing))
