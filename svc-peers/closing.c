/* SPDX-License-Identifier: Apache-2.0 */
/* Each run does a step, and how far it came is committed with what it did: a step happens once. svc-anonymize draws the
 * noise and keeps the releases, so a step that is tried again brings the same numbers. What is left to do knows exact
 * counts and a person's id, and is sealed. */
#include "svc-peers/closing.h"

#include "common/db.h"
#include "common/event.h"
#include "common/sealed.h"
#include "common/uuid.h"
#include "svc-peers/cells.h"
#include "svc-peers/noising.h"
#include "svc-peers/period.h"
#include "svc-peers/snapshot.h"

#include <stdlib.h>
#include <string.h>

/* How much is done at once, how often in a step, and how the work is written down. */
enum { OPENED_AT_ONCE = 1000, COUNTED_AT_ONCE = 10000, COUNTS_A_STEP = 5, TOLD_AT_ONCE = 100, FORM_CELLS = 2 };

#define NOBODY "00000000-0000-0000-0000-000000000000"

static const char SQL_LOAD[] =
        "SELECT p.period, p.state, p.step, p.work, p.n_released, p.n_insufficient,"
        " CASE WHEN p.work IS NULL THEN (SELECT count(*) FROM metric_snapshots s WHERE s.period = p.period) END AS n_people"
        " FROM released_periods p WHERE p.period = $1 AND p.step = $2 AND p.state <> 'released' FOR UPDATE";
static const char SQL_PUT_DOWN[] =
        "UPDATE released_periods SET state = $2, step = step + 1, progress = $3, work = $4, n_released = $5,"
        " n_insufficient = $6, released_at = CASE WHEN $2 IN ('telling', 'released') THEN coalesce(released_at, now()) END"
        " WHERE period = $1";
static const char SQL_FIGURES[] = "SELECT user_id, period, sealed, place FROM metric_snapshots WHERE period = $1"
                                  " AND place > $2 ORDER BY place LIMIT $3";
static const char SQL_PEOPLE[] = "SELECT user_id, period FROM metric_snapshots WHERE period = $1 AND user_id > $2"
                                 " ORDER BY user_id LIMIT $3";

struct month {
        Peers__PeriodRow row;
        Peers__MonthWork *work;
};

/* ---- people ---------------------------------------------------------------------------------------------------------
 */

/* The next ones' figures; *is_last when nobody comes after them. */
static status next_figures(struct call *call, struct month *month, Peers__SnapshotRows *rows, bool *is_last)
{
        Peers__MonthWork *work = month->work;
        TRY(db_rows(
                call, &rows->base, "items", SQL_FIGURES, month->row.period, work->after_place, (int)COUNTED_AT_ONCE));
        *is_last = rows->n_items < COUNTED_AT_ONCE;
        work->n_done += (int64_t)rows->n_items;
        if (rows->n_items > 0) {
                work->has_after_place = 1;
                work->after_place = rows->items[rows->n_items - 1]->place;
        }
        return STATUS_OK;
}

/* The next ones to be told. */
static status next_people(struct call *call, struct month *month, Peers__SnapshotRows *rows, bool *is_last)
{
        Peers__MonthWork *work = month->work;
        const char *after = work->after_user_id == NULL ? NOBODY : work->after_user_id;
        TRY(db_rows(call, &rows->base, "items", SQL_PEOPLE, month->row.period, after, (int)TOLD_AT_ONCE));
        *is_last = rows->n_items < TOLD_AT_ONCE;
        work->n_done += (int64_t)rows->n_items;
        if (rows->n_items > 0)
                work->after_user_id = rows->items[rows->n_items - 1]->user_id;
        return STATUS_OK;
}

static status add_person(struct call *call, const Peers__SnapshotRow *row, struct cells *cells)
{
        uint8_t user_id[USER_ID_SIZE];
        Peers__Snapshot *snapshot;
        if (snapshot_open(call, row, &snapshot) != STATUS_OK || !uuid_parse(row->user_id, user_id))
                return call_fail(call, STATUS_DATA_LOSS, "what was sealed cannot be opened");
        cells_add(cells, user_id, snapshot);
        return STATUS_OK;
}

/* Some of the rows, from `at` on, while they are opened: a copy of the call with an arena of their own. */
struct batch {
        struct call opening;
        struct person_keys_asked asked;
        size_t at, count;
};

static status start_batch(struct call *call, const Peers__SnapshotRows *rows, size_t at, struct batch *batch)
{
        struct arena *arena = batch->opening.arena;
        ProtobufCBinaryData *sealed = arena_alloc(arena, OPENED_AT_ONCE * sizeof *sealed);
        batch->opening = *call;
        batch->opening.arena = arena;
        batch->at = at;
        for (batch->count = 0; batch->count < OPENED_AT_ONCE && at + batch->count < rows->n_items; batch->count++)
                sealed[batch->count] = rows->items[at + batch->count]->sealed;
        return sealed_prepare_start(&batch->opening, batch->count, sealed, &batch->asked);
}

static status add_batch(struct batch *batch, const Peers__SnapshotRows *rows, struct cells *cells)
{
        for (size_t i = 0; i < batch->count; i++)
                TRY(add_person(&batch->opening, rows->items[batch->at + i], cells));
        arena_reset(batch->opening.arena);
        return STATUS_OK;
}

/* The keys of the next ones are looked for while some are opened. */
static status add_batches(
        struct call *call, const Peers__SnapshotRows *rows, struct batch batches[2], struct cells *cells)
{
        struct batch *now = &batches[0], *next = &batches[1];
        TRY(start_batch(call, rows, 0, now));
        while (now->count > 0) {
                struct batch *opened = now;
                TRY(sealed_prepare_wait(&now->opening, &now->asked));
                TRY(start_batch(call, rows, now->at + now->count, next));
                TRY(add_batch(now, rows, cells));
                now = next;
                next = opened;
        }
        return STATUS_OK;
}

/* What is still under way when something fails must not come to what is gone. */
static status add_people(struct call *call, const Peers__SnapshotRows *rows, struct cells *cells)
{
        struct batch *batches = arena_zalloc(call->arena, 2 * sizeof *batches);
        for (int i = 0; i < 2; i++)
                batches[i].opening.arena = arena_new(0);
        status added = add_batches(call, rows, batches, cells), drained = db_flush(call);
        for (int i = 0; i < 2; i++)
                arena_free(batches[i].opening.arena);
        return added == STATUS_OK ? drained : added;
}

static status add_next(struct call *call, struct month *month, struct cells *cells, bool *is_done)
{
        Peers__SnapshotRows rows = PEERS__SNAPSHOT_ROWS__INIT;
        TRY(next_figures(call, month, &rows, is_done));
        return add_people(call, &rows, cells);
}

/* Who is counted is enrolled, too: nobody is in a release who does not pay for it. svc-anonymize writes down some while
 * the next ones are opened here. Rows are gone when they are counted. */
static status count_some(
        struct call *call, struct month *month, struct cells *cells, struct rpc_pending **enrolling, bool *is_done)
{
        struct call reading = *call;
        reading.arena = arena_new(0);
        status added = add_next(&reading, month, cells, is_done);
        arena_free(reading.arena);
        if (added != STATUS_OK)
                return call_fail(call, added, "figures cannot be read");
        TRY(noising_await(call, *enrolling));
        noising_enrol(call, month->row.period, cells, enrolling);
        return STATUS_OK;
}

static status count_people(struct call *call, struct month *month, bool *is_done)
{
        struct cells cells = {.arena = call->arena};
        struct rpc_pending *enrolling = NULL;
        if (!cells_take(&cells, month->work->n_cells, month->work->cells))
                return call_fail(call, STATUS_DATA_LOSS, "what was counted is of another kind");
        *is_done = false;
        for (int i = 0; i < COUNTS_A_STEP && !*is_done; i++)
                TRY(count_some(call, month, &cells, &enrolling, is_done));
        TRY(noising_await(call, enrolling));
        month->work->n_cells = cells.count;
        month->work->cells = cells_list(&cells);
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

/* ---- cells ----------------------------------------------------------------------------------------------------------
 */

static status release_cells(struct call *call, struct month *month, bool *is_done)
{
        Peers__MonthWork *work = month->work;
        *is_done = true;
        TRY(noising_release(call, month->row.period, work->n_cells, work->cells, &month->row.n_released));
        work->n_cells = 0;
        return STATUS_OK;
}

/* ---- steps ----------------------------------------------------------------------------------------------------------
 */

static const struct phase {
        const char *state;
        status (*run)(struct call *call, struct month *month, bool *is_done);
        const char *next;
} phases[] = {
        {"counting", count_people, "releasing"},
        {"releasing", release_cells, "telling"},
        {"telling", tell_people, "released"},
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

/* What an earlier version has counted counts for nothing; what it has released is what is said of the month. */
static void take_over(struct month *month)
{
        Peers__MonthWork *work = month->work;
        if (work->form == FORM_CELLS || strcmp(month->row.state, "telling") == 0)
                return;
        work->n_cohorts = work->n_cells = 0;
        work->n_done = work->after_place = 0;
        work->after_user_id = NULL;
        if (strcmp(month->row.state, "releasing") == 0)
                month->row.state = (char *)(size_t) "telling";
}

static status open_work(struct call *call, struct month *month)
{
        if (month->row.work.data != NULL) {
                TRY(sealed_open(call, context_of(call, month), month->row.work, &peers__month_work__descriptor,
                        (ProtobufCMessage **)&month->work));
                take_over(month);
        } else {
                month->work = arena_alloc(call->arena, sizeof *month->work);
                peers__month_work__init(month->work);
                month->work->has_n_people = 1;
                month->work->n_people = month->row.n_people;
        }
        month->work->has_n_done = month->work->has_form = 1;
        month->work->form = FORM_CELLS;
        return STATUS_OK;
}

/* In per cent. Who has withdrawn meanwhile had no turn. */
static int progress_of(const Peers__MonthWork *work)
{
        return work->n_people <= work->n_done ? 100 : (int)(work->n_done * 100 / work->n_people);
}

/* `phase` NULL: nothing is left. */
static status put_down(struct call *call, const struct month *month, const struct phase *phase)
{
        const Peers__PeriodRow *row = &month->row;
        const char *key = arena_printf(call->arena, "%s %d", row->period, row->step + 1);
        TRY(db_exec(call, SQL_PUT_DOWN, row->period, row->state, phase == NULL ? 100 : progress_of(month->work),
                phase == NULL ? db_null()
                              : db_bytes(sealed_message_of(call, NULL, context_of(call, month), &month->work->base)),
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
