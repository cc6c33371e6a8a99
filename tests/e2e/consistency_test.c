/* SPDX-License-Identifier: Apache-2.0 */
/* Counters that somebody broke are found exactly, and mended. */
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/sharing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static const char consistency[] = "/status/consistency";

static void end(void)
{
        instance_up_all();
        scene_end();
}

static const char *liked_share(int likes)
{
        const char *share = shared(new_user(), "A house");
        for (int i = 0; i < likes; i++)
                expect_status(put(new_user(), reaction_to(share, "like"), NULL), 200);
        return share;
}

static void break_counter(const char *share, const char *counter, int value)
{
        sql(text("UPDATE goals.anonymous_goal_shares SET %s = %d WHERE id = '%s'", counter, value, share));
}

TEST(a_broken_counter_is_shown_exactly_and_mended)
{
        struct user ops = new_user_as("ops");
        const char *share = liked_share(2);
        break_counter(share, "likes_count", 7);
        struct answer found = get(ops, consistency);
        expect_status(found, 200);
        ck_assert_int_eq(length_at(found, "drifted"), 1);
        ck_assert_str_eq(text_at(found, "drifted[0].projection"), "goals.likes_count");
        ck_assert_str_eq(text_at(found, "drifted[0].key"), share);
        ck_assert_int_eq(number_at(found, "drifted[0].stored"), 7);
        ck_assert_int_eq(number_at(found, "drifted[0].true"), 2);
        ck_assert_int_ge(number_at(found, "checked"), 2);
        ck_assert(is_true_at(found, "complete"));

        ck_assert_int_eq(length_at(post(ops, consistency, JSON({"repair" : false})), "drifted"), 1);
        ck_assert_int_eq(length_at(post(ops, consistency, JSON({"repair" : true})), "drifted"), 1);
        ck_assert_int_eq(length_at(get(ops, consistency), "drifted"), 0);
        ck_assert_int_eq(
                sql_number(text("SELECT likes_count FROM goals.anonymous_goal_shares WHERE id = '%s'", share)), 2);
}
END_TEST

TEST(a_scope_limits_what_is_looked_at)
{
        struct user ops = new_user_as("ops");
        const char *share = liked_share(0);
        break_counter(share, "inspiration_votes", 3);
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=goals.likes_count"), "drifted"), 0);
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=moderation"), "drifted"), 0);
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=goals.inspiration_votes"), "drifted"), 1);
        ck_assert_int_eq(length_at(get(ops, "/status/consistency?scope=goals"), "drifted"), 1);
        expect_status(post(ops, consistency, JSON({"scope" : "goals.inspiration_votes", "repair" : true})), 200);
        ck_assert_int_eq(length_at(get(ops, consistency), "drifted"), 0);
}
END_TEST

struct reader {
        pthread_t thread;
        struct user user;
        const char *path;
        struct arena *arena;
        atomic_bool *must_stop;
};

/* Likes and takes it back, again and again. */
static void *waver(void *arg)
{
        struct reader *reader = arg;
        struct client *client = client_open(reader->arena, false);
        while (!atomic_load(reader->must_stop)) {
                client_ask(client, &(struct request){"PUT", reader->path, reader->user, NULL, 0, NULL});
                client_ask(client, &(struct request){"DELETE", reader->path, reader->user, NULL, 0, NULL});
        }
        client_close(client);
        return NULL;
}

TEST(reactions_meanwhile_are_no_drift)
{
        enum { READERS = 4, CHECKS = 30 };
        struct user ops = new_user_as("ops");
        struct reader readers[READERS];
        atomic_bool must_stop = false;
        const char *share = liked_share(1);
        for (int i = 0; i < READERS; i++) {
                readers[i] = (struct reader){.user = new_user(),
                        .path = reaction_to(share, "like"),
                        .arena = arena_new(1UL << 30),
                        .must_stop = &must_stop};
                pthread_create(&readers[i].thread, NULL, waver, &readers[i]);
        }
        int n_drifted = 0;
        for (int i = 0; i < CHECKS; i++)
                n_drifted += length_at(post(ops, consistency, JSON({"repair" : true})), "drifted");
        break_counter(share, "likes_count", 40);
        struct answer mended = post(ops, consistency, JSON({"repair" : true}));
        atomic_store(&must_stop, true);
        for (int i = 0; i < READERS; i++) {
                pthread_join(readers[i].thread, NULL);
                arena_free(readers[i].arena);
        }
        ck_assert_int_eq(n_drifted, 0);
        ck_assert_int_eq(length_at(mended, "drifted"), 1);
        ck_assert_int_eq(length_at(get(ops, consistency), "drifted"), 0);
}
END_TEST

TEST(others_may_not_look)
{
        expect_problem(get(new_user(), consistency), 403, "forbidden");
        expect_problem(post(new_user_as("mod"), consistency, JSON({"repair" : true})), 403, "forbidden");
        expect_problem(get(nobody, consistency), 401, "unauthenticated");
}
END_TEST

TEST(who_does_not_answer_is_named)
{
        struct user ops = new_user_as("ops");
        instance_down("svc-moderation");
        struct answer answer = get(ops, consistency);
        instance_up("svc-moderation");
        expect_status(answer, 200);
        ck_assert_int_eq(length_at(answer, "unanswered"), 1);
        ck_assert_str_eq(text_at(answer, "unanswered[0]"), "moderation");
        ck_assert(!is_true_at(answer, "complete"));
        ck_assert(AWAIT(10, is_true_at(get(ops, consistency), "complete")));
}
END_TEST

SUITE_WITH(scene_begin, end, "e2e/consistency", NO_FORK, T(a_broken_counter_is_shown_exactly_and_mended),
        T(a_scope_limits_what_is_looked_at), T(reactions_meanwhile_are_no_drift), T(others_may_not_look),
        T(who_does_not_answer_is_named))
