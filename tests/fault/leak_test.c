/* SPDX-License-Identifier: Apache-2.0 */
/* I9: what a service and the gateway hold after 100,000 calls is what they held after 10,000. */
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/sharing.h"
#include "tests/fault/invariants.h"

#include <pthread.h>
#include <stdio.h>

enum { CALLERS = 8, FIRST = 10000, ALL = 100000, GROWTH_PERCENT = 5, SLACK = 8 };

struct walk {
        struct user user;
        const char *path;
        _Atomic int left;
        _Atomic int failed;
};

/* Over a kept connection, as a client of the API would. */
static void *ask_on(void *arg)
{
        struct walk *walk = arg;
        while (atomic_load(&walk->left) > 0) {
                struct arena *arena = arena_new(0);
                struct client *client = client_open(arena, false);
                for (int i = 0; i < 100 && atomic_fetch_sub(&walk->left, 1) > 0; i++)
                        atomic_fetch_add(&walk->failed,
                                client_ask(client, &(struct request){"GET", walk->path, walk->user, NULL, 0, NULL})
                                                .status != 200);
                client_close(client);
                arena_free(arena);
        }
        return NULL;
}

static void ask_times(struct walk *walk, int times)
{
        pthread_t threads[CALLERS];
        atomic_store(&walk->left, times);
        for (int i = 0; i < CALLERS; i++)
                pthread_create(&threads[i], NULL, ask_on, walk);
        for (int i = 0; i < CALLERS; i++)
                pthread_join(threads[i], NULL);
        ck_assert_int_eq(atomic_load(&walk->failed), 0);
}

static void expect_no_growth(const char *name, struct holdings before)
{
        struct holdings after = holdings_of(name);
        printf("%s: %ld KiB after %d calls, %ld KiB after %d; descriptors %ld and %ld, threads %ld and %ld\n", name,
                before.memory_kib, FIRST, after.memory_kib, ALL, before.descriptors, after.descriptors, before.threads,
                after.threads);
        ck_assert_msg(after.memory_kib * 100 <= before.memory_kib * (100 + GROWTH_PERCENT),
                "%s grew from %ld to %ld KiB", name, before.memory_kib, after.memory_kib);
        ck_assert_int_le(after.descriptors, before.descriptors + SLACK);
        ck_assert_int_le(after.threads, before.threads);
}

TEST(what_is_held_after_many_calls_is_what_was_held_after_some)
{
        static const char *const names[] = {"sfp-gateway", "svc-goals", "svc-goals.2"};
        struct holdings before[3];
        struct walk walk = {.user = new_user()};
        walk.path = path_of(shared(walk.user, "Asked for often"));
        ask_times(&walk, FIRST);
        for (int i = 0; i < 3; i++)
                before[i] = holdings_of(names[i]);
        ask_times(&walk, ALL - FIRST);
        for (int i = 0; i < 3; i++)
                expect_no_growth(names[i], before[i]);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "fault/leak", NO_FORK, T(what_is_held_after_many_calls_is_what_was_held_after_some))
