/* SPDX-License-Identifier: Apache-2.0 */
/* F8: the second tier of the caches is lost, emptied, or stands still. Nobody's answer is another for it, and nothing
 * fails. */
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/program.h"
#include "tests/fault/ordeal.h"

#include <signal.h>

static void kill_redis(const char *whom)
{
        instance_kill(whom, SIGKILL);
}

static void stop_redis(const char *whom)
{
        instance_kill(whom, SIGSTOP);
}

static void resume_redis(const char *whom)
{
        instance_kill(whom, SIGCONT);
}

static void empty_redis(const char *whom)
{
        (void)whom;
        const char *const argv[] = {
                "redis-cli", "-s", text("%s/run/redis.sock", program_setting("SFP_DATA")), "FLUSHALL", NULL};
        program_output(scene_arena(), argv);
}

TEST(redis_is_killed_and_comes_back)
{
        const struct ordeal ordeal = {
                .name = "kill -9", .inflict = kill_redis, .whom = "redis", .lasts_ms = 2000, .spares_all = true};
        ordeal_run(&ordeal);
}
END_TEST

TEST(redis_stands_still)
{
        const struct ordeal ordeal = {.name = "SIGSTOP",
                .inflict = stop_redis,
                .heal = resume_redis,
                .whom = "redis",
                .lasts_ms = load_is_full() ? 30000 : 5000,
                .spares_all = true};
        ordeal_run(&ordeal);
}
END_TEST

TEST(redis_is_emptied)
{
        const struct ordeal ordeal = {
                .name = "FLUSHALL", .inflict = empty_redis, .whom = "redis", .lasts_ms = 500, .spares_all = true};
        ordeal_run(&ordeal);
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "fault/redis", NO_FORK, T(redis_is_killed_and_comes_back), T(redis_stands_still),
        T(redis_is_emptied))
