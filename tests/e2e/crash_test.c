/* SPDX-License-Identifier: Apache-2.0 */
/* A process is killed while many share. What was acknowledged is there, once; what was not is there at most once; and
 * the next is acknowledged within seconds. */
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/program.h"
#include "tests/e2e/sharing.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { SHARERS = 8, ACKNOWLEDGED_MAX = 20000, WARM_UP = 60, AFTERWARDS = 60, RECOVERY_S = 5 };

struct sharer {
        pthread_t thread;
        struct user user;
        struct arena *arena;
        struct crowd *crowd;
        int n_sent;
        int count;
        const char *ids[ACKNOWLEDGED_MAX];
};

struct crowd {
        const char *name;
        atomic_bool must_stop;
        atomic_int acknowledged;
        atomic_int surprising; /* an answer that is neither a success nor "try again"; 0: none */
        struct sharer sharers[SHARERS];
};

static bool is_expected(int status)
{
        return status == 201 || status == 0 || status == 503 || status == 504;
}

/* Each share has a title of its own, so that one stored twice shows. */
static void share_one(struct sharer *sharer, struct client *client)
{
        char body[160];
        struct crowd *crowd = sharer->crowd;
        int size = snprintf(body, sizeof body,
                "{\"goal_category\": \"other\", \"goal_title\": \"Under load\", \"tags\": [\"%s-%.4s-%d\"]}",
                crowd->name, sharer->user.id, sharer->n_sent++);
        struct answer answer =
                client_ask(client, &(struct request){"POST", "/goal-sharing/", sharer->user, body, (size_t)size, NULL});
        if (!is_expected(answer.status))
                atomic_store(&crowd->surprising, answer.status);
        if (answer.status != 201)
                return;
        sharer->ids[sharer->count++] = cJSON_GetObjectItem(answer.json, "id")->valuestring;
        atomic_fetch_add(&crowd->acknowledged, 1);
}

static void *keep_sharing(void *arg)
{
        struct sharer *sharer = arg;
        struct client *client = client_open(sharer->arena, true);
        while (!atomic_load(&sharer->crowd->must_stop) && sharer->count < ACKNOWLEDGED_MAX)
                share_one(sharer, client);
        client_close(client);
        return NULL;
}

static void close_arena(void *arena)
{
        arena_free(arena);
}

static struct crowd *gather(const char *name)
{
        struct crowd *crowd = arena_zalloc(scene_arena(), sizeof *crowd);
        crowd->name = name;
        for (int i = 0; i < SHARERS; i++) {
                struct sharer *sharer = &crowd->sharers[i];
                sharer->user = new_user();
                sharer->crowd = crowd;
                sharer->arena = arena_new(1UL << 30);
                arena_defer(scene_arena(), close_arena, sharer->arena);
        }
        for (int i = 0; i < SHARERS; i++)
                pthread_create(&crowd->sharers[i].thread, NULL, keep_sharing, &crowd->sharers[i]);
        return crowd;
}

static void disperse(struct crowd *crowd)
{
        atomic_store(&crowd->must_stop, true);
        for (int i = 0; i < SHARERS; i++)
                pthread_join(crowd->sharers[i].thread, NULL);
}

static int count_in(const char *id, struct answer *pages, int n_pages)
{
        int count = 0;
        for (int i = 0; i < n_pages; i++)
                count += lists(pages[i], id);
        return count;
}

/* Everything the instance says that one user has shared, as a set of marks on their acknowledged ids. */
static void expect_all_there(const struct sharer *sharer)
{
        int n_pages = 0;
        struct answer pages[ACKNOWLEDGED_MAX / 50 + 2];
        const char *list = "/goal-sharing/?owner=me&limit=50";
        pages[n_pages++] = get(sharer->user, list);
        while (has(pages[n_pages - 1], "next_cursor")) {
                const char *cursor = text_at(pages[n_pages - 1], "next_cursor");
                pages[n_pages++] = get(sharer->user, text("%s&cursor=%s", list, cursor));
                expect_status(pages[n_pages - 1], 200);
        }
        for (int i = 0; i < sharer->count; i++)
                ck_assert_int_eq(count_in(sharer->ids[i], pages, n_pages), 1);
        if (sharer->count > 0)
                expect_status(get(new_user(), path_of(sharer->ids[sharer->count - 1])), 200);
}

static void expect_nothing_lost(const struct crowd *crowd)
{
        ck_assert_msg(crowd->surprising == 0, "somebody was answered %d", crowd->surprising);
        ck_assert_int_eq(
                sql_number(text("SELECT count(*) FROM (SELECT unnest(tags) AS tag FROM goals.anonymous_goal_shares"
                                " WHERE goal_title = 'Under load') t WHERE tag LIKE '%s-%%' GROUP BY tag"
                                " HAVING count(*) > 1",
                        crowd->name)),
                0);
        for (int i = 0; i < SHARERS; i++)
                expect_all_there(&crowd->sharers[i]);
        ck_assert_int_eq(sql_number("SELECT count(*) FROM goals.anonymous_goal_shares s LEFT JOIN goals.share_owners o"
                                    " ON o.share_id = s.id WHERE o.share_id IS NULL AND s.goal_title = 'Under load'"),
                0);
}

static void expect_survival_of(const char *name)
{
        struct crowd *crowd = gather(name + 4);
        bool is_warm = AWAIT(10, atomic_load(&crowd->acknowledged) >= WARM_UP);
        pid_t pid = instance_pid(name);
        if (is_warm && pid > 0)
                kill(pid, SIGKILL);
        double killed = now_s();
        int before = atomic_load(&crowd->acknowledged) + SHARERS; /* some may have been on their way back */
        bool is_back = AWAIT(RECOVERY_S, atomic_load(&crowd->acknowledged) >= before + AFTERWARDS);
        double took = now_s() - killed;
        disperse(crowd);
        ck_assert_msg(is_warm && pid > 0, "nobody could share to begin with");
        ck_assert_msg(is_back, "%s: only %d were acknowledged in %.1f s", name,
                atomic_load(&crowd->acknowledged) - before, took);
        ck_assert_int_ne(instance_pid(name), pid);
        expect_nothing_lost(crowd);
}

static void end(void)
{
        instance_up_all();
        sql("DELETE FROM goals.anonymous_goal_shares WHERE goal_title = 'Under load'");
        scene_end();
}

TEST(svc_goals_is_killed)
{
        expect_survival_of("svc-goals");
}

TEST(svc_anonymize_is_killed)
{
        expect_survival_of("svc-anonymize");
}

TEST(svc_moderation_is_killed)
{
        expect_survival_of("svc-moderation");
}

TEST(sfp_gateway_is_killed)
{
        expect_survival_of("sfp-gateway");
}

/* Its own child processes go with it; recovery replays what was committed. */
TEST(postgres_is_killed)
{
        struct crowd *crowd = gather("database");
        bool is_warm = AWAIT(10, atomic_load(&crowd->acknowledged) >= WARM_UP);
        instance_kill("postgres", SIGKILL);
        int before = atomic_load(&crowd->acknowledged);
        bool is_back = AWAIT(20, atomic_load(&crowd->acknowledged) >= before + SHARERS + AFTERWARDS);
        disperse(crowd);
        ck_assert(is_warm);
        ck_assert_msg(is_back, "only %d were acknowledged", atomic_load(&crowd->acknowledged) - before);
        expect_nothing_lost(crowd);
}

SUITE_WITH(scene_begin, end, "e2e/crash", NO_FORK, T(svc_goals_is_killed), T(svc_anonymize_is_killed),
        T(svc_moderation_is_killed), T(sfp_gateway_is_killed), T(postgres_is_killed))
