/* SPDX-License-Identifier: Apache-2.0 */
/* Each run does a step, and how far it came is committed with what it did: a step happens once. svc-anonymize draws the
 * noise and keeps the releases, so a step that is tried again brings the same numbers. What is left to do knows exact
 * counts and a person's id, and is sealed. */
#include "svc-peers/closing.h"

#include "common/db.h"
#include "common/event.h"
#include "common/rpc_call.h"
#include "common/sealed.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-peers/cohorts.h"
#include "svc-peers/period.h"
#include "svc-peers/snapshot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How much a step is. */
enum { PEOPLE_AT_ONCE = 100, COHORTS_AT_ONCE = 100 };

#define NOBODY "00000000-0000-0000-0000-000000000000"

static const char SQL_LOAD[] =
        "SELECT p.period, p.state, p.step, p.work, p.n_released, p.n_insufficient,"
        " CASE WHEN p.work IS NULL THEN (SELECT count(*) FROM metric_snapshots s WHERE s.period = p.period) END AS n_people"
        " FROM released_periods p WHERE p.period = $1 AND p.step = $2 AND p.state <> 'released' FOR UPDATE";
static const char SQL_PUT_DOWN[] =
        "UPDATE released_periods SET state = $2, step = step + 1, progress = $3, work = $4, n_released = $5,"
        " n_insufficient = $6, released_at = CASE WHEN $2 IN ('telling', 'released') THEN coalesce(released_at, now()) END"
        " WHERE period = $1";
static const char SQL_PEOPLE[] = "SELECT id, user_id, period, sealed FROM metric_snapshots WHERE period = $1"
                                 " AND user_id > $2 ORDER BY user_id LIMIT $3";
static const char SQL_STORE[] =
        "INSERT INTO cohort_releases (period, cohort, level, metric, is_sufficient, counts, epsilon_micro, min_size)"
        " VALUES ($1, $2, $3, $4, $5::integer::boolean, $6::text[]::bigint[], $7, $8)";

struct month {
        Peers__PeriodRow row;
        Peers__MonthWork *work;
};

/* ---- people ---------------------------------------------------------------------------------------------------------
 */

/* The next ones; *is_last when nobody comes after them. */
static status next_people(struct call *call, struct month *month, Peers__SnapshotRows *rows, bool *is_last)
{
        Peers__MonthWork *work = month->work;
        const char *after = work->after_user_id == NULL ? NOBODY : work->after_user_id;
        TRY(db_rows(call, &rows->base, "items", SQL_PEOPLE, month->row.period, after, (int)PEOPLE_AT_ONCE));
        *is_last = rows->n_items < PEOPLE_AT_ONCE;
        work->n_done += (int64_t)rows->n_items;
        if (rows->n_items > 0)
                work->after_user_id = rows->items[rows->n_items - 1]->user_id;
        return STATUS_OK;
}

static status count_people(struct call *call, struct month *month, bool *is_done)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        struct cohorts cohorts = {.arena = call->arena};
        if (!cohorts_take(&cohorts, month->work->n_cohorts, month->work->cohorts))
                return call_fail(call, STATUS_DATA_LOSS, "what was counted is of another kind");
        TRY(next_people(call, month, &rows, is_done));
        for (size_t i = 0; i < rows.n_items; i++) {
                Peers__Snapshot *snapshot = NULL;
                TRY(snapshot_open(call, rows.items[i], &snapshot));
                cohorts_add(&cohorts, snapshot);
        }
        month->work->n_cohorts = cohorts.count;
        month->work->cohorts = cohorts_list(&cohorts);
        return STATUS_OK;
}

/* Nobody is told whose group was large enough: everybody with figures has something new to look at. */
static status announce(struct call *call, Peers__SnapshotRow *row)
{
        char *changed[METRICS];
        Peers__ComparisonUpdated event = PEERS__COMPARISON_UPDATED__INIT;
        for (int i = 0; i < METRICS; i++)
                changed[i] = (char *)(size_t)policy_metrics[i].name;
        event.user_id = row->user_id;
        event.period = row->period;
        event.n_changed = METRICS;
        event.changed = changed;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = &row->user_id;
        return event_publish(call, &event.base);
}

static status tell_people(struct call *call, struct month *month, bool *is_done)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        TRY(next_people(call, month, &rows, is_done));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(announce(call, rows.items[i]));
        return STATUS_OK;
}

/* ---- cohorts --------------------------------------------------------------------------------------------------------
 */

static char **texts_of(struct call *call, size_t count, const int64_t *counts)
{
        char **texts = arena_alloc(call->arena, count * sizeof *texts + 1);
        for (size_t i = 0; i < count; i++)
                texts[i] = arena_printf(call->arena, "%" PRId64, counts[i]);
        return texts;
}

static status release(struct call *call, const char *period, const Peers__CohortCount *cohort, const char *metric,
        int64_t *counts, size_t n_counts, bool *is_sufficient)
{
        ProtobufCMessage *reply;
        Anonymize__ReleaseRequest request = ANONYMIZE__RELEASE_REQUEST__INIT;
        request.period = (char *)(size_t)period;
        request.cohort = cohort->name;
        request.metric = (char *)(size_t)metric;
        request.n_counts = n_counts;
        request.counts = counts;
        request.has_n_people = 1;
        request.n_people = cohort->n_people;
        TRY(rpc_call(call, "sfp.anonymize.Anonymize.Release", &request.base, &reply));
        const Anonymize__ReleasedHistogram *released = (const Anonymize__ReleasedHistogram *)reply;
        *is_sufficient = released->is_sufficient;
        return db_later(call, NULL, SQL_STORE, period, cohort->name, cohort->level, metric, released->is_sufficient,
                db_texts(released->n_counts, texts_of(call, released->n_counts, released->counts)),
                released->epsilon_micro, released->min_size);
}

static status release_cohort(struct call *call, Peers__CohortCount *cohort, Peers__PeriodRow *totals)
{
        bool is_sufficient = false;
        TRY(release(call, totals->period, cohort, "cohort_size", &cohort->n_people, 1, &is_sufficient));
        *(is_sufficient ? &totals->n_released : &totals->n_insufficient) += 1;
        for (int i = 0; is_sufficient && i < METRICS; i++)
                TRY(release(call, totals->period, cohort, policy_metrics[i].name, cohort_bins(cohort, i),
                        (size_t)policy_metrics[i].n_bins, &is_sufficient));
        return STATUS_OK;
}

/* From the end of the list: what is left is its beginning. */
static status release_cohorts(struct call *call, struct month *month, bool *is_done)
{
        Peers__MonthWork *work = month->work;
        for (int i = 0; i < COHORTS_AT_ONCE && work->n_cohorts > 0; i++, work->n_done++)
                TRY(release_cohort(call, work->cohorts[--work->n_cohorts], &month->row));
        *is_done = work->n_cohorts == 0;
        return STATUS_OK;
}

/* ---- steps ----------------------------------------------------------------------------------------------------------
 */

static const struct phase {
        const char *state;
        status (*run)(struct call *call, struct month *month, bool *is_done);
        const char *next;
        bool is_of_cohorts; /* of people otherwise */
} phases[] = {
        {"counting", count_people, "releasing", false},
        {"releasing", release_cohorts, "telling", true},
        {"telling", tell_people, "released", false},
};

static const struct phase *phase_of(const char *state)
{
        for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
                if (strcmp(phases[i].state, state) == 0)
                        return &phases[i];
        return NULL;
}

static const char *context_of(struct call *call, const struct month *month)
{
        return arena_printf(call->arena, "peers closing of %s", month->row.period);
}

static status open_work(struct call *call, struct month *month)
{
        if (month->row.work.data != NULL)
                return sealed_open(call, context_of(call, month), month->row.work, &peers__month_work__descriptor,
                        (ProtobufCMessage **)&month->work);
        month->work = arena_alloc(call->arena, sizeof *month->work);
        peers__month_work__init(month->work);
        month->work->has_n_done = month->work->has_n_people = 1;
        month->work->n_people = month->row.n_people;
        return STATUS_OK;
}

/* In per cent. Who has withdrawn meanwhile had no turn. */
static int progress_of(const struct phase *phase, const Peers__MonthWork *work)
{
        int64_t all = phase->is_of_cohorts ? work->n_done + (int64_t)work->n_cohorts : work->n_people;
        return all <= work->n_done ? 100 : (int)(work->n_done * 100 / all);
}

/* `phase` NULL: nothing is left. */
static status put_down(struct call *call, const struct month *month, const struct phase *phase)
{
        const Peers__PeriodRow *row = &month->row;
        const char *key = arena_printf(call->arena, "%s %d", row->period, row->step + 1);
        TRY(db_exec(call, SQL_PUT_DOWN, row->period, row->state, phase == NULL ? 100 : progress_of(phase, month->work),
                phase == NULL ? db_null() : db_bytes(sealed_message(call, context_of(call, month), &month->work->base)),
                row->n_released, row->n_insufficient));
        return phase == NULL ? STATUS_OK : job_schedule(call, CLOSING_JOB, key, 0, (ProtobufCBinaryData){0, NULL});
}

static const struct phase *next_phase(struct month *month, const struct phase *phase)
{
        month->row.state = (char *)(size_t)phase->next;
        month->work->after_user_id = NULL;
        month->work->n_done = 0;
        return phase_of(phase->next);
}

/* A small month is done in one run. */
static status step(struct call *call, struct month *month)
{
        bool is_done = true;
        const struct phase *phase = phase_of(month->row.state);
        while (phase != NULL && is_done) {
                TRY(phase->run(call, month, &is_done));
                if (is_done)
                        phase = next_phase(month, phase);
        }
        return put_down(call, month, phase);
}

status closing_begin(struct call *call, const char *period)
{
        const char *key = arena_printf(call->arena, "%s 0", period);
        return job_schedule(call, CLOSING_JOB, key, 0, (ProtobufCBinaryData){0, NULL});
}

/* The key is the month and the number of the step: one that was done is not done again. */
status closing_run(struct call *call, const struct due_job *job)
{
        struct month month = {.row = PEERS__PERIOD_ROW__INIT};
        const char *period = arena_printf(call->arena, "%.*s", PERIOD_SIZE - 1, job->key);
        int number = (int)strtol(job->key + strlen(period), NULL, 10);
        status found = db_one(call, &month.row.base, SQL_LOAD, period, number);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        TRY(open_work(call, &month));
        return step(call, &month);
}
