/* SPDX-License-Identifier: Apache-2.0 */
/* The audit of releases (tests/svc-anonymize/audit.h) against a running instance: what is read again and again is one
 * answer (T4), and everything that is said is paid for once, whoever comes at once and whatever dies (T5). */
#include "tests/e2e/database.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/mesh_ask.h"
#include "tests/e2e/months.h"
#include "tests/e2e/program.h"

#include "common/status.h"
#include "sfp/anonymize.pb-c.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { READS = 1000, CLIENTS = 64, CELLS = 200, BINS = 4, PEOPLE = 400, KILLS = 5, CUTS = 60, READY_S = 20 };

static const char method[] = "sfp.anonymize.Anonymize.Release";

/* A month of identical cells with different labels; `people` in each. */
static Anonymize__ReleaseRequest *month_of(const char *period, int n_cells, int people)
{
        static int32_t bins[] = {BINS};
        static char *metrics[] = {(char *)(size_t) "savings_rate"};
        struct arena *arena = scene_arena();
        Anonymize__ReleaseRequest *request = arena_alloc(arena, sizeof *request);
        int64_t *counts = arena_zalloc(arena, BINS * sizeof *counts);
        anonymize__release_request__init(request);
        counts[1] = people / 2;
        request->period = (char *)(size_t)period;
        request->n_metrics = request->n_n_bins = 1;
        request->metrics = metrics;
        request->n_bins = bins;
        request->cells = arena_alloc(arena, (size_t)n_cells * sizeof *request->cells);
        for (int i = 0; i < n_cells; i++) {
                Anonymize__Cell *cell = request->cells[request->n_cells++] = arena_alloc(arena, sizeof *cell);
                anonymize__cell__init(cell);
                cell->age_group = text("age %d", i);
                cell->income_range = (char *)(size_t) "income";
                cell->region = (char *)(size_t) "region";
                cell->has_n_people = 1;
                cell->n_people = people;
                cell->n_counts = BINS;
                cell->counts = counts;
        }
        return request;
}

/* What is said of a month, as one text. */
static const char *said(const ProtobufCMessage *month)
{
        size_t size = protobuf_c_message_get_packed_size(month);
        uint8_t *bytes = arena_alloc(scene_arena(), size + 1);
        protobuf_c_message_pack(month, bytes);
        char *out = arena_alloc(scene_arena(), size * 2 + 1);
        for (size_t i = 0; i < size; i++)
                snprintf(out + 2 * i, 3, "%02x", bytes[i]);
        return out;
}

static const char *ask_month(const Anonymize__ReleaseRequest *request)
{
        ProtobufCMessage *reply = NULL;
        ck_assert_int_eq(mesh_ask("peers", "svc-anonymize", method, &request->base,
                                 &anonymize__released_month__descriptor, &reply),
                STATUS_OK);
        return said(reply);
}

/* How many different answers there are to the same question, asked with other counts each time. */
static int different_answers(const char *period, int reads)
{
        int different = 1;
        const char *first = ask_month(month_of(period, 3, PEOPLE));
        for (int i = 0; i < reads; i++)
                different += strcmp(ask_month(month_of(period, 3, PEOPLE + i)), first) != 0;
        return different;
}

TEST(t4_a_thousand_reads_are_one_answer)
{
        const char *period = month(19);
        static const char *const same[] = {"age_group=40-49&income_range=50k-100k&region=Pacific",
                "region=Pacific&age_group=40-49&income_range=50k-100k",
                "income_range=50k%2D100k&region=%50acific&age_group=40%2d49"};
        crowd("Pacific", period, 12, ENOUGH);
        close_month(period);
        struct user readers[] = {new_user(), new_user(), new_user_as("ops")};
        const char *body = NULL;
        for (int i = 0; i < READS; i++) {
                if (i == READS / 2)
                        instance_restart((const char *const[]){"svc-peers", NULL});
                struct answer answer = get(readers[i % 3], text("/peer-comparison/insights?%s", same[i / 3 % 3]));
                expect_status(answer, 200);
                if (body == NULL)
                        body = answer.body;
                ck_assert_str_eq(answer.body, body);
        }
        ck_assert_int_eq(different_answers("2010-01", READS / 10), 1);
}
END_TEST

/* Starts a program in a service's place, with sockets of its own. */
static pid_t start_faulty(const char *run_dir)
{
        const char *environment = text("%s/env/svc-anonymize", program_setting("SFP_DATA"));
        const char *program = text("%s/tests/svc-anonymize-fresh-noise", program_setting("SFP_BUILD"));
        const char *const argv[] = {"env", "-i", text("PATH=%s", getenv("PATH")), "chpst", "-e", environment, "env",
                text("RUN_DIR=%s", run_dir), "REPLICA=2", text("MESH_LISTEN=ipc://%s/svc-anonymize.ipc", run_dir),
                program, NULL};
        pid_t pid = program_start(argv, text("%s/log", run_dir));
        ck_assert_msg(AWAIT(READY_S, access(text("%s/svc-anonymize.ipc", run_dir), F_OK) == 0), "it does not serve");
        return pid;
}

TEST(t4_fresh_noise_for_each_read_is_found_out)
{
        char run_dir[] = "/tmp/sfp-audit-XXXXXX";
        ck_assert_int_eq(different_answers("2010-02", 3), 1);
        ck_assert_ptr_nonnull(mkdtemp(run_dir));
        pid_t pid = start_faulty(run_dir);
        mesh_ask_in(run_dir);
        int different = different_answers("2010-02", 20);
        mesh_ask_in(NULL);
        program_stop(pid);
        program_output(scene_arena(), (const char *const[]){"rm", "-r", run_dir, NULL});
        ck_assert_int_gt(different, 1);
}
END_TEST

/* Nothing is said that is not debited, nothing debited twice, and no account is overdrawn. */
static void expect_honest_books(const char *periods)
{
        const char *of = text("period LIKE '%s'", periods);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.budget_cells b WHERE %s AND spent_micro <>"
                                         " (SELECT coalesce(sum(epsilon_micro), 0) FROM anonymize.budget_charges c"
                                         " WHERE c.cell_id = b.id)",
                                 of)),
                0);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.releases r WHERE %s AND cohort LIKE '%%/%%/%%'"
                                         " AND NOT EXISTS (SELECT FROM anonymize.budget_cells b JOIN"
                                         " anonymize.budget_charges c ON c.cell_id = b.id AND c.metric = r.metric"
                                         " WHERE b.period = r.period AND c.cohort = r.cohort)",
                                 of)),
                0);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.release_months m WHERE %s AND n_released <>"
                                         " (SELECT count(DISTINCT cohort) FROM anonymize.releases r"
                                         " WHERE r.period = m.period)",
                                 of)),
                0);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.releases r WHERE %s AND NOT EXISTS"
                                         " (SELECT FROM anonymize.release_months m WHERE m.period = r.period)",
                                 of)),
                0);
}

TEST(t5_of_many_who_come_at_once_one_is_debited)
{
        int statuses[CLIENTS];
        ProtobufCMessage *replies[CLIENTS];
        const ProtobufCMessage *requests[CLIENTS];
        for (int i = 0; i < CLIENTS; i++)
                requests[i] = &month_of("2010-03", 5, PEOPLE + i)->base;
        mesh_ask_at_once(CLIENTS, "peers", "svc-anonymize", method, requests, &anonymize__released_month__descriptor,
                replies, statuses);
        for (int i = 0; i < CLIENTS; i++) {
                ck_assert_int_eq(statuses[i], STATUS_OK);
                ck_assert_str_eq(said(replies[i]), said(replies[0]));
        }
        expect_honest_books("2010-03");
        ck_assert_int_eq(sql_number("SELECT count(DISTINCT at) FROM anonymize.budget_charges c JOIN"
                                    " anonymize.budget_cells b ON b.id = c.cell_id WHERE b.period = '2010-03'"),
                1);
}
END_TEST

/* All that an instance says after the trouble must be what it said before, if it had said anything. */
static void expect_once(const char *period)
{
        const char *stored = sql_text(text("SELECT coalesce(string_agg(counts::text, '' ORDER BY cohort, metric), '')"
                                           " FROM anonymize.releases WHERE period = '%s'",
                period));
        ask_month(month_of(period, CELLS, PEOPLE));
        if (*stored != '\0')
                ck_assert_str_eq(sql_text(text("SELECT string_agg(counts::text, '' ORDER BY cohort, metric)"
                                               " FROM anonymize.releases WHERE period = '%s'",
                                         period)),
                        stored);
}

TEST(t5_nothing_is_said_without_a_debit_when_the_service_is_killed)
{
        for (int i = 0; i < KILLS; i++) {
                mesh_say("peers", "svc-anonymize", method, &month_of(text("2011-0%d", i), CELLS, PEOPLE)->base);
                usleep((useconds_t)i * 6000);
                instance_kill("svc-anonymize", SIGKILL);
                pause_ms(100);
                instance_up("svc-anonymize");
        }
        expect_honest_books("2011-%");
        for (int i = 0; i < KILLS; i++)
                expect_once(text("2011-0%d", i));
        expect_honest_books("2011-%");
}
END_TEST

TEST(t5_nor_when_its_connection_is_cut_at_any_moment)
{
        for (int i = 0; i < CUTS; i++) {
                mesh_say("peers", "svc-anonymize", method, &month_of(text("20%02d-13", i), CELLS, PEOPLE)->base);
                usleep((useconds_t)i * 1500);
                sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE '%anonymize%'");
        }
        expect_honest_books("20__-13");
        for (int i = 0; i < CUTS; i += 10)
                expect_once(text("20%02d-13", i));
        expect_honest_books("20__-13");
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/audit", NO_FORK, T(t4_a_thousand_reads_are_one_answer),
        T(t4_fresh_noise_for_each_read_is_found_out), T(t5_of_many_who_come_at_once_one_is_debited),
        T(t5_nothing_is_said_without_a_debit_when_the_service_is_killed),
        T(t5_nor_when_its_connection_is_cut_at_any_moment))
