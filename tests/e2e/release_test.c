/* SPDX-License-Identifier: Apache-2.0 */
/* Releases of svc-anonymize: once and for ever, and paid for. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/mesh_ask.h"

#include "common/status.h"
#include "sfp/anonymize.pb-c.h"

static Anonymize__ReleasedHistogram *released(const char *period, const char *cohort, int64_t count, int64_t people)
{
        ProtobufCMessage *reply = NULL;
        int64_t counts[] = {count, count, count};
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        request.period = (char *)(size_t)period;
        request.cohort = (char *)(size_t)cohort;
        request.metric = "savings_rate";
        request.n_counts = 3;
        request.counts = counts;
        request.has_n_people = 1;
        request.n_people = people;
        ck_assert_int_eq(mesh_ask("peers", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base,
                                 &anonymize__released_histogram__descriptor, &reply),
                STATUS_OK);
        return (Anonymize__ReleasedHistogram *)reply;
}

TEST(a_release_is_the_same_whatever_counts_are_brought)
{
        const char *cohort = text("test %s", new_user().id);
        const Anonymize__ReleasedHistogram *first = released("2020-01", cohort, 1000, 100);
        const Anonymize__ReleasedHistogram *second = released("2020-01", cohort, 5000, 100);
        ck_assert(first->is_sufficient);
        ck_assert_str_eq(first->release_id, second->release_id);
        for (size_t i = 0; i < first->n_counts; i++)
                ck_assert_int_eq(first->counts[i], second->counts[i]);
        ck_assert_int_eq(
                sql_number(text("SELECT spent_micro FROM anonymize.epsilon_ledger WHERE cohort = '%s'", cohort)),
                first->epsilon_micro);
        const char *small = text("few %s", new_user().id);
        ck_assert(!released("2020-01", small, 3, 9)->is_sufficient);
        ck_assert(!released("2020-01", small, 3000, 9000)->is_sufficient);
}
END_TEST

TEST(a_spent_budget_is_spent)
{
        const char *cohort = text("test %s", new_user().id);
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        int64_t counts[] = {50};
        sql(text("INSERT INTO anonymize.epsilon_ledger VALUES ('2020-02', '%s', 1000, 1000)", cohort));
        request.period = "2020-02";
        request.cohort = (char *)(size_t)cohort;
        request.metric = "cohort_size";
        request.n_counts = 1;
        request.counts = counts;
        request.has_n_people = 1;
        request.n_people = 50;
        ck_assert_int_eq(
                mesh_ask("peers", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base, NULL, NULL),
                STATUS_FAILED_PRECONDITION);
        ck_assert_int_eq(sql_number(text("SELECT count(*) FROM anonymize.releases WHERE cohort = '%s'", cohort)), 0);
        ck_assert_int_eq(
                mesh_ask("goals", "svc-anonymize", "sfp.anonymize.Anonymize.Release", &request.base, NULL, NULL),
                STATUS_PERMISSION_DENIED);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/release", NO_FORK, T(a_release_is_the_same_whatever_counts_are_brought),
        T(a_spent_budget_is_spent))
