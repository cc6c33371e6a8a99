/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the instance as its subscribers see them, whatever is killed meanwhile. */
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/program.h"
#include "tests/e2e/sharing.h"

#include "common/buffer.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 20 };

extern char **environ;

static const char *output_path(void)
{
        return text("%s/tail.jsonl", program_setting("SFP_DATA"));
}

static void set_up(void)
{
        scene_begin();
        unlink(output_path());
        unlink(text("%s/events-tail.state", program_setting("SFP_DATA")));
}

static void tear_down(void)
{
        instance_up_all();
        scene_end();
}

/* ./sfp events tail >>output */
static pid_t start_tail(void)
{
        pid_t pid = 0;
        posix_spawn_file_actions_t actions;
        const char *const argv[] = {program_setting("SFP_CMD"), "events", "tail", "--topic", "goals.share.", "--data",
                program_setting("SFP_DATA"), NULL};
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_path(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ck_assert_int_eq(posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(size_t)argv, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        return pid;
}

static void end_tail(pid_t pid, int signal)
{
        kill(pid, signal);
        waitpid(pid, NULL, 0);
}

static const char *output(void)
{
        char piece[4096];
        struct buffer all = buffer_in(scene_arena());
        FILE *file = fopen(output_path(), "r");
        for (size_t size; file != NULL && (size = fread(piece, 1, sizeof piece, file)) > 0;)
                buffer_append(&all, piece, size);
        if (file != NULL)
                fclose(file);
        return buffer_text(&all);
}

/* How many lines hold both. */
static int count_lines(const char *share, const char *type)
{
        int count = 0;
        char *lines = text("%s", output()), *rest = lines;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;)
                count += strstr(line, text("\"subject\":\"%s\"", share)) != NULL && strstr(line, type) != NULL;
        return count;
}

static bool is_printed(const char *share)
{
        return count_lines(share, ".published.") > 0;
}

TEST(a_share_reaches_a_subscriber_and_says_nothing_of_its_owner)
{
        struct user ann = new_user();
        pid_t tail = start_tail();
        const char *share = shared(ann, "An event of mine");
        ck_assert(AWAIT(PATIENCE_S, is_printed(share)));
        expect_status(del(ann, path_of(share)), 204);
        ck_assert(AWAIT(PATIENCE_S, count_lines(share, ".withdrawn.") == 1));
        ck_assert_int_eq(count_lines(share, ".submitted."), 1);
        ck_assert_int_eq(count_lines(share, ".published."), 1);
        ck_assert_ptr_null(strstr(output(), "An event of mine"));
        ck_assert_ptr_null(strstr(output(), ann.id));
        ck_assert(!dump_has(text("%s", sql_dump("goals")), ann.id));
        end_tail(tail, SIGTERM);
}
END_TEST

TEST(a_tail_started_late_and_killed_prints_every_event_once)
{
        enum { SHARES = 24 };
        struct user ann = new_user();
        const char *shares[SHARES];
        shares[0] = shared(ann, "Before anybody listens");
        pid_t tail = start_tail();
        for (int i = 1; i < SHARES; i++) {
                shares[i] = shared(ann, "Some other goal");
                if (i % 4 == 0) { /* in the middle of it, or at rest */
                        pause_ms(i * 7);
                        end_tail(tail, SIGKILL);
                        tail = start_tail();
                }
        }
        ck_assert(AWAIT(PATIENCE_S, is_printed(shares[SHARES - 1])));
        end_tail(tail, SIGTERM);
        for (int i = 0; i < SHARES; i++) {
                ck_assert_int_eq(count_lines(shares[i], ".submitted."), 1);
                ck_assert_int_eq(count_lines(shares[i], ".published."), 1);
                del(ann, path_of(shares[i]));
        }
}
END_TEST

TEST(a_subscriber_outlives_the_service_it_listens_to)
{
        struct user ann = new_user();
        pid_t tail = start_tail();
        const char *before = shared(ann, "Before the fall");
        ck_assert(AWAIT(PATIENCE_S, is_printed(before)));
        instance_kill("svc-goals", SIGKILL);
        instance_up_all();
        const char *after = shared(ann, "After the fall");
        ck_assert(AWAIT(PATIENCE_S, is_printed(after)));
        end_tail(tail, SIGTERM);
        ck_assert_int_eq(count_lines(before, ".published."), 1);
        ck_assert_int_eq(count_lines(after, ".published."), 1);
        del(ann, path_of(before));
        del(ann, path_of(after));
}
END_TEST

static long counted(const char *kind)
{
        return sql_number(text("SELECT sum(count) FROM moderation.share_counts WHERE kind = '%s'", kind));
}

static long published_events(const char *kind)
{
        return sql_number(text("SELECT count(*) FROM goals.outbox WHERE type LIKE '%%.goals.share.%s.v1'", kind));
}

TEST(moderation_counts_each_share_once_though_it_is_killed)
{
        struct user ann = new_user();
        const char *shares[12];
        for (int i = 0; i < 12; i++) {
                shares[i] = shared(ann, "One of a dozen");
                if (i % 4 == 1) {
                        instance_kill("svc-moderation", SIGKILL);
                        instance_up_all();
                }
        }
        for (int i = 0; i < 12; i++)
                del(ann, path_of(shares[i]));
        ck_assert(AWAIT(PATIENCE_S, counted("withdrawn") == published_events("withdrawn")));
        ck_assert(AWAIT(PATIENCE_S, counted("published") == published_events("published")));
        ck_assert(AWAIT(PATIENCE_S, counted("submitted") == published_events("submitted")));
}
END_TEST

TEST(a_reaction_is_an_event_only_when_it_changes_something)
{
        static const char count[] = "SELECT count(*) FROM goals.outbox WHERE type LIKE '%.goals.reaction.%'";
        struct user ann = new_user(), ben = new_user();
        const char *share = shared(ann, "A goal to like");
        long before = sql_number(count);
        expect_status(put(ben, reaction_to(share, "like"), NULL), 200);
        expect_status(put(ben, reaction_to(share, "like"), NULL), 200);
        ck_assert_int_eq(sql_number(count), before + 1);
        expect_status(del(ben, reaction_to(share, "like")), 200);
        expect_status(del(ben, reaction_to(share, "like")), 200);
        ck_assert_int_eq(sql_number(count), before + 2);
        del(ann, path_of(share));
}
END_TEST

TEST(a_change_tells_the_other_replicas_which_answers_are_stale)
{
        static const char count[] =
                "SELECT count(*) FROM goals.outbox WHERE type LIKE '%.cache.entries.invalidated.v1'";
        struct user ann = new_user();
        const char *share = shared(ann, "A goal to change");
        long before = sql_number(count);
        expect_status(patch(ann, path_of(share), JSON({"current_progress_percentage" : 40})), 200);
        ck_assert_int_eq(sql_number(count), before + 1);
        expect_status(patch(ann, path_of(share), JSON({"current_progress_percentage" : 400})), 422);
        ck_assert_int_eq(sql_number(count), before + 1);
        del(ann, path_of(share));
}
END_TEST

SUITE_WITH(set_up, tear_down, "e2e/events", NO_FORK, T(a_share_reaches_a_subscriber_and_says_nothing_of_its_owner),
        T(a_tail_started_late_and_killed_prints_every_event_once), T(a_subscriber_outlives_the_service_it_listens_to),
        T(moderation_counts_each_share_once_though_it_is_killed),
        T(a_reaction_is_an_event_only_when_it_changes_something),
        T(a_change_tells_the_other_replicas_which_answers_are_stale))
