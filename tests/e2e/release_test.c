/* SPDX-License-Identifier: Apache-2.0 */
/* Releases of svc-anonymize: once and for ever, and paid for. Each test has a month of its own, long ago. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mesh_ask.h"

#include "common/status.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"

#include <string.h>

enum { BINS = 3, PEOPLE = 600 };

/* A release of one cell and metric; the answer is NULL unless it is STATUS_OK. */
static const Anonymize__ReleasedMonth *released(const char *period, const char *age_group, int64_t people)
{
        ProtobufCMessage *reply = NULL;
        int64_t counts[BINS] = {people / 2, people / 4, 0};
        int32_t bins[] = {BINS};
        char *metrics[] = {"savings_rate"};
        Anonymize__Cell cell = ANONYMIZE__CELL__INIT, *cells[] = {&cell};
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        cell.age_group = (char *)(size_t)age_group;
        cell.has_n_people = 1;
        cell.n_people = people;
        cell.n_counts = BINS;
        cell.counts = counts;
        request.period = (char *)(size_t)period;
        request.n_metrics = request.n_n_bins = request.n_cells = 1;
        request.metrics = metrics;
        request.n_bins = bins;
        request.cells = cells;
        ck_assert_int_eq(mesh_ask("peers", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base,
                                 &anonymize__released_month__descriptor, &reply),
                STATUS_OK);
        return (const Anonymize__ReleasedMonth *)reply;
}

/* Says that somebody is in a cell; returns how many were new. */
static int64_t enrolled(const char *period, const char *age_group, const char *user_id, int expected)
{
        uint8_t bytes[16];
        ProtobufCMessage *reply = NULL;
        Anonymize__EnrolledCell cell = ANONYMIZE__ENROLLED_CELL__INIT, *cells[] = {&cell};
        Anonymize__EnrolRequest request = ANONYMIZE__ENROL_REQUEST__INIT;
        ck_assert(uuid_parse(user_id, bytes));
        cell.age_group = (char *)(size_t)age_group;
        cell.has_user_ids = 1;
        cell.user_ids = (ProtobufCBinaryData){sizeof bytes, bytes};
        request.period = (char *)(size_t)period;
        request.n_cells = 1;
        request.cells = cells;
        ck_assert_int_eq(mesh_ask("peers", "svc-anonymize", "sfp.anonymize.Anonymize.Enrol", &request.base,
                                 &anonymize__enrolled__descriptor, &reply),
                expected);
        return expected == STATUS_OK ? ((const Anonymize__Enrolled *)reply)->n_people : 0;
}

TEST(a_release_is_the_same_whatever_counts_are_brought)
{
        const Anonymize__ReleasedMonth *first = released("2001-01", "40-49", PEOPLE);
        ck_assert_uint_eq(first->n_cohorts, 1); /* nothing but the age is known: all */
        ck_assert_str_eq(first->cohorts[0]->cohort, "all");
        ck_assert_uint_eq(first->cohorts[0]->n_counts, BINS);
        for (int i = 0; i < 3; i++) {
                const Anonymize__ReleasedMonth *again = released("2001-01", "50-59", PEOPLE * (i + 1) * 10);
                ck_assert_str_eq(first->released_at, again->released_at);
                ck_assert_uint_eq(again->n_cohorts, 1);
                ck_assert_int_eq(first->cohorts[0]->size, again->cohorts[0]->size);
                ck_assert_int_eq(first->cohorts[0]->n_parts, again->cohorts[0]->n_parts);
                for (size_t j = 0; j < BINS; j++)
                        ck_assert_int_eq(first->cohorts[0]->counts[j], again->cohorts[0]->counts[j]);
        }
        ck_assert_uint_eq(released("2001-02", "40-49", 9)->n_cohorts, 0);
        ck_assert_uint_eq(
                released("2001-02", "40-49", PEOPLE)->n_cohorts, 0); /* it was said once that there are too few */
}
END_TEST

TEST(everybody_in_a_release_has_paid_for_it_once)
{
        const char *ann = new_user().id;
        ck_assert_int_eq(enrolled("2001-03", "40-49", ann, STATUS_OK), 1);
        ck_assert_int_eq(enrolled("2001-03", "40-49", ann, STATUS_OK), 0);
        enrolled("2001-03", "50-59", ann, STATUS_OK); /* and no second cell */
        const Anonymize__ReleasedMonth *month = released("2001-03", "40-49", PEOPLE);
        ck_assert_int_eq(enrolled("2001-03", "40-49", new_user().id, STATUS_FAILED_PRECONDITION), 0);
        ck_assert_int_eq(month->epsilon_micro, month->size_epsilon_micro + month->metric_epsilon_micro[0]);
        const char *spent = sql_text("SELECT b.cell || ' ' || b.spent_micro || ' ' || (SELECT sum(epsilon_micro)"
                                     " FROM anonymize.budget_charges c WHERE c.cell_id = b.id) FROM"
                                     " anonymize.budget_people p JOIN anonymize.budget_cells b ON b.id = p.cell_id"
                                     " WHERE p.period = '2001-03'");
        ck_assert_str_eq(spent, text("40-49/-/- %ld %ld", (long)month->epsilon_micro, (long)month->epsilon_micro));
        ck_assert_int_eq(sql_number("SELECT count(*) FROM anonymize.budget_people WHERE period = '2001-03'"), 1);
        ck_assert_int_eq(sql_number("SELECT sum(epsilon_micro) FROM anonymize.releases WHERE period = '2001-03'"),
                (long)month->epsilon_micro);
        ck_assert(!dump_has(sql_dump_beside_events("anonymize"), ann));
}
END_TEST

static int n_charges(struct user who)
{
        return length_at(get(who, "/privacy/ledger?kind=release"), "items");
}

TEST(an_erasure_takes_the_person_out_of_the_ledger_and_leaves_the_account)
{
        static const char people[] = "SELECT count(*) FROM anonymize.budget_people WHERE period = '2001-07'";
        static const char spent[] = "SELECT spent_micro FROM anonymize.budget_cells WHERE period = '2001-07'";
        struct member ann = new_member();
        ck_assert_int_eq(enrolled("2001-07", "40-49", ann.user.id, STATUS_OK), 1);
        const Anonymize__ReleasedMonth *month = released("2001-07", "40-49", PEOPLE);
        ck_assert_int_eq(n_charges(ann.user), 2);
        struct answer answer = del(ann.user, "/profile?confirm=true&cooling_off=false");
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert(AWAIT(30, strcmp(text_at(get(ann.user, job), "state"), "completed") == 0));
        ck_assert_int_eq(sql_number(people), 0);
        ck_assert_int_eq(sql_number(spent), (long)month->epsilon_micro);
}
END_TEST

TEST(who_was_in_a_release_is_forgotten_two_years_after_it)
{
        static const char people[] =
                "SELECT count(*) FROM anonymize.budget_people WHERE period IN ('2001-08', '2001-09')";
        struct member ann = new_member();
        ck_assert_int_eq(enrolled("2001-08", "40-49", ann.user.id, STATUS_OK), 1);
        ck_assert_int_eq(enrolled("2001-09", "40-49", ann.user.id, STATUS_OK), 1);
        released("2001-08", "40-49", PEOPLE);
        released("2001-09", "40-49", PEOPLE);
        ck_assert_int_eq(n_charges(ann.user), 4);
        sql("INSERT INTO anonymize.budget_people_before SELECT 'of before', period, 1 FROM anonymize.release_months"
            " WHERE period IN ('2001-08', '2001-09')");
        ck_assert_int_eq(sql_number(people), 4);
        sql("UPDATE anonymize.release_months SET released_at = now() - interval '2 years 1 day' WHERE period = '2001-08'");
        sql("UPDATE anonymize.jobs SET due_at = now() WHERE kind = 'forget_old'");
        ck_assert(AWAIT(20, sql_number(people) == 2));
        ck_assert_int_eq(n_charges(ann.user), 2);
        ck_assert_int_eq(sql_number("SELECT count(*) FROM anonymize.releases WHERE period = '2001-08'"), 2);
}
END_TEST

/* As its statements were, in the schema that it knows. */
static void as_before(const char *statement)
{
        sql(text("BEGIN; SET LOCAL search_path = anonymize; %s; COMMIT", statement));
}

TEST(what_the_version_before_enrols_and_erases_counts_beside_this_one)
{
        struct member ann = new_member(), ben = new_member();
        ck_assert_int_eq(enrolled("2001-10", "40-49", ann.user.id, STATUS_OK), 1);
        ck_assert_int_eq(enrolled("2001-11", "40-49", ben.user.id, STATUS_OK), 1);
        const char *tag = sql_text("SELECT owner_tag FROM anonymize.budget_people WHERE period = '2001-10'");
        const char *enrol =
                text("INSERT INTO budget_people (period, owner_tag, cell_id) SELECT b.period, '%s'::bytea, b.id"
                     " FROM budget_cells b WHERE b.period = '2001-11' ON CONFLICT DO NOTHING",
                        tag);
        as_before(enrol);
        as_before(enrol);
        released("2001-10", "40-49", PEOPLE);
        released("2001-11", "40-49", PEOPLE);
        ck_assert_int_eq(n_charges(ann.user), 4);
        ck_assert_int_eq(n_charges(ben.user), 2);
        as_before(text("DELETE FROM budget_people WHERE owner_tag = '%s'::bytea AND period IN"
                       " (SELECT period FROM budget_cells)",
                tag));
        ck_assert_int_eq(n_charges(ann.user), 0);
        ck_assert_int_eq(n_charges(ben.user), 2);
}
END_TEST

static long exhausted_events(void)
{
        return sql_number("SELECT count(*) FROM anonymize.outbox WHERE type LIKE '%.budget.exhausted.v1'");
}

TEST(a_spent_budget_gives_what_was_said_before)
{
        sql("INSERT INTO anonymize.epsilon_ledger VALUES ('2001-04', 'all', 100000, 100000)");
        sql("INSERT INTO anonymize.releases (id, period, cohort, metric, is_sufficient, counts, epsilon_micro, min_size)"
            " VALUES (gen_random_uuid(), '2001-04', 'all', 'cohort_size', true, '{77}', 50000, 10), (gen_random_uuid(),"
            " '2001-04', 'all', 'savings_rate', true, '{5,6,7}', 50000, 10)");
        long before = exhausted_events();
        const Anonymize__ReleasedMonth *month = released("2001-04", "40-49", PEOPLE);
        ck_assert(month->is_refused);
        ck_assert_str_eq(month->period, "2001-04");
        ck_assert_uint_eq(month->n_cohorts, 1);
        ck_assert_int_eq(month->cohorts[0]->size, 77);
        ck_assert_int_eq(month->cohorts[0]->counts[2], 7);
        ck_assert_int_eq(exhausted_events(), before + 1);
        ck_assert_int_eq(sql_number("SELECT coalesce(sum(spent_micro), 0) FROM anonymize.budget_cells"
                                    " WHERE period = '2001-04'"),
                0);

        sql("INSERT INTO anonymize.budget_cells (period, cell, total_micro, spent_micro)"
            " VALUES ('2001-05', '40-49/-/-', 1000000, 999999)");
        month = released("2001-05", "40-49", PEOPLE);
        ck_assert(month->is_refused);
        ck_assert_str_eq(month->period, "2001-04"); /* the latest before it */
        ck_assert_int_eq(sql_number("SELECT count(*) FROM anonymize.releases WHERE period = '2001-05'"), 0);
}
END_TEST

TEST(only_possible_counts_are_taken_and_only_of_svc_peers)
{
        int64_t counts[] = {5, 6};
        int32_t bins[] = {2};
        char *metrics[] = {"savings_rate"};
        Anonymize__Cell cell = ANONYMIZE__CELL__INIT, *cells[] = {&cell};
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        cell.has_n_people = 1;
        cell.n_people = 10; /* somebody would be in two bins */
        cell.n_counts = 2;
        cell.counts = counts;
        request.period = "2001-06";
        request.n_metrics = request.n_n_bins = request.n_cells = 1;
        request.metrics = metrics;
        request.n_bins = bins;
        request.cells = cells;
        static const char method[] = "sfp.anonymize.Anonymize.Release";
        ck_assert_int_eq(
                mesh_ask("peers", "svc-anonymize", method, &request.base, NULL, NULL), STATUS_INVALID_ARGUMENT);
        counts[0] = INT64_MAX;
        ck_assert_int_eq(
                mesh_ask("peers", "svc-anonymize", method, &request.base, NULL, NULL), STATUS_INVALID_ARGUMENT);
        counts[0] = 4;
        metrics[0] = "income";
        ck_assert_int_eq(
                mesh_ask("peers", "svc-anonymize", method, &request.base, NULL, NULL), STATUS_INVALID_ARGUMENT);
        metrics[0] = "savings_rate";
        cell.region = "a/b";
        ck_assert_int_eq(
                mesh_ask("peers", "svc-anonymize", method, &request.base, NULL, NULL), STATUS_INVALID_ARGUMENT);
        cell.region = NULL;
        ck_assert_int_eq(
                mesh_ask("goals", "svc-anonymize", method, &request.base, NULL, NULL), STATUS_PERMISSION_DENIED);
        ck_assert_int_eq(sql_number("SELECT count(*) FROM anonymize.release_months WHERE period = '2001-06'"), 0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/release", NO_FORK, T(a_release_is_the_same_whatever_counts_are_brought),
        T(everybody_in_a_release_has_paid_for_it_once),
        T(an_erasure_takes_the_person_out_of_the_ledger_and_leaves_the_account),
        T(who_was_in_a_release_is_forgotten_two_years_after_it),
        T(what_the_version_before_enrols_and_erases_counts_beside_this_one),
        T(a_spent_budget_gives_what_was_said_before), T(only_possible_counts_are_taken_and_only_of_svc_peers))
