/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/reports.h"

#include "common/db.h"
#include "common/event.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/objects.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/words.h"

#include <string.h>

#define REPORT_RPCS(RPC)                                                                                               \
        RPC(CreateReport, create_report, Moderation__CreateReportRequest, Moderation__Report)                          \
        RPC(ListReports, list_reports, Moderation__ListReportsRequest, Moderation__ReportList)                         \
        RPC(GetReport, get_report, Moderation__ReportRequest, Moderation__Report)                                      \
        RPC(WithdrawReport, withdraw_report, Moderation__ReportRequest, Moderation__Report)
RPC_DECLARE(REPORT_RPCS)

/* A moderator sees which case it is and whether it waits for room in the queue; whoever reported, only that there is
 * one: what a report weighs is not to be told from how it is taken. */
#define STATE_FOR_REPORTER "CASE WHEN r.state = 'open' THEN 'linked' ELSE r.state END"
#define REPORT_COLUMNS_AT(is_moderator)                                                                                \
        "r.id, r.object_type, r.object_id, r.reason, r.details_sealed, r.created_at, r.version,"                       \
        " CASE WHEN " is_moderator "::boolean THEN r.state ELSE " STATE_FOR_REPORTER " END AS state,"                  \
        " CASE WHEN r.overturned_at IS NOT NULL THEN 'overturned'"                                                     \
        " WHEN r.state IN ('upheld', 'dismissed') THEN r.state END AS outcome,"                                        \
        " CASE WHEN " is_moderator "::boolean THEN r.case_id::text END AS case_ref"
#define REPORT_COLUMNS REPORT_COLUMNS_AT("$2")

/* One at a time, so that no two pass the bound together. */
static const char SQL_QUEUE_UP[] = "SELECT pg_advisory_xact_lock(hashtextextended('reports ' || $1::text, 0))";
static const char SQL_REPORTER[] =
        "SELECT (SELECT count(*) FROM reports WHERE reporter_user_id = $1 AND created_at > now() - interval '1 day')"
        " AS reports_today, coalesce(p.upheld, 0) AS upheld, coalesce(p.dismissed, 0) AS dismissed,"
        " (SELECT experience_level FROM people WHERE user_id = $1) AS experience_level"
        " FROM (SELECT $1::uuid AS user_id) u LEFT JOIN reporters p USING (user_id)";
static const char SQL_INSERT[] =
        "INSERT INTO reports AS r (id, case_id, reporter_user_id, object_type, object_id, reason, details_sealed, state,"
        " weight, version) VALUES ($1, $3, $4, $5, $6, $7, $8, $10, $9, 1) RETURNING " REPORT_COLUMNS;
static const char SQL_LIST_MINE[] = "SELECT " REPORT_COLUMNS_AT(
        "$3") ", r.new_key AS page_key, r.id AS page_id FROM reports r"
              " WHERE (r.new_key, r.id) < ($1::bigint, $2::uuid) AND r.reporter_user_id = $4"
              " AND ($5::text IS NULL OR " STATE_FOR_REPORTER " = $5) ORDER BY r.new_key DESC, r.id DESC";
static const char SQL_LIST_ALL[] =
        "SELECT " REPORT_COLUMNS_AT("$3") ", r.new_key AS page_key, r.id AS page_id FROM reports r"
                                          " WHERE (r.new_key, r.id) < ($1::bigint, $2::uuid)"
                                          " AND ($4::text IS NULL OR r.state = $4) ORDER BY r.new_key DESC, r.id DESC";
static const char SQL_GET[] =
        "SELECT " REPORT_COLUMNS " FROM reports r WHERE r.id = $1 AND (r.reporter_user_id = $3 OR $2::boolean)";
static const char SQL_GET_OWN[] =
        "SELECT " REPORT_COLUMNS " FROM reports r WHERE r.id = $1 AND r.reporter_user_id = $3 FOR UPDATE";
static const char SQL_MOVE[] = "UPDATE reports AS r SET state = $3, version = version + 1 WHERE r.id = $1"
                               " RETURNING " REPORT_COLUMNS;
static const char SQL_WAITING[] =
        "SELECT id AS report_id, reporter_user_id, state, version FROM reports WHERE case_id = $1"
        " AND state IN ('open', 'linked') ORDER BY id FOR UPDATE";
static const char SQL_ANSWER[] = "UPDATE reports SET state = $2, answered_by = $3, version = version + 1"
                                 " WHERE case_id = $1 AND state IN ('open', 'linked')";
static const char SQL_LINK[] =
        "UPDATE reports SET state = 'linked', version = version + 1 WHERE case_id = $1 AND state = 'open'";
static const char SQL_OVERTURN[] =
        "WITH overturned AS (UPDATE reports SET overturned_at = now(), version = version + 1 WHERE answered_by = $1"
        " AND state = 'upheld' AND overturned_at IS NULL RETURNING reporter_user_id)"
        " UPDATE reporters p SET upheld = greatest(0, p.upheld - o.n) FROM (SELECT reporter_user_id, count(*)::integer AS n"
        " FROM overturned GROUP BY 1) o WHERE p.user_id = o.reporter_user_id";
static const char SQL_COUNT_RIGHT[] = "INSERT INTO reporters (user_id, upheld) VALUES ($1, 1)"
                                      " ON CONFLICT (user_id) DO UPDATE SET upheld = reporters.upheld + 1";
static const char SQL_COUNT_WRONG[] = "INSERT INTO reporters (user_id, dismissed) VALUES ($1, 1)"
                                      " ON CONFLICT (user_id) DO UPDATE SET dismissed = reporters.dismissed + 1";
static const char SQL_LEAVE_CASE[] =
        "UPDATE cases SET reports_count = reports_count - 1, weight = greatest(0, cases.weight - r.weight)"
        " FROM reports r WHERE r.id = $1 AND cases.id = r.case_id";

static const struct lifecycle report_lifecycle = {.kind = "report", .transitions = report_transitions};

static status show(struct call *call, Moderation__Report *report)
{
        return words_open(call, "details of report", report->id, report->has_details_sealed, report->details_sealed,
                &report->details);
}

/* What this reporter's word weighs; over the daily bound it is refused. */
static status weigh(struct call *call, double *out)
{
        Moderation__ReporterScore score = MODERATION__REPORTER_SCORE__INIT;
        TRY(db_exec(call, SQL_QUEUE_UP, call->caller->user_id));
        TRY(db_one(call, &score.base, SQL_REPORTER, call->caller->user_id));
        if (score.reports_today >= REPORTS_A_DAY)
                return call_problem(call, PROBLEM_LIMIT_REACHED, "%d reports a day are the most", REPORTS_A_DAY);
        *out = report_weight(score.experience_level, score.upheld, score.dismissed);
        return STATUS_OK;
}

static status announce_submitted(struct call *call, const Moderation__CreateReportRequest *in, char *id, bool is_linked)
{
        Moderation__ReportSubmitted event = MODERATION__REPORT_SUBMITTED__INIT;
        struct lifecycle_subject subject = {.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        TRY(lifecycle_step(call, &report_lifecycle, &subject, "submit", NULL, NULL));
        subject.actors = "sys";
        if (is_linked)
                TRY(lifecycle_step(call, &report_lifecycle, &subject, "link", NULL, NULL));
        event.report_id = id;
        event.object_type = in->object_type;
        event.reason = in->reason;
        return event_publish(call, &event.base);
}

static status create_report(struct call *call, const Moderation__CreateReportRequest *in, Moderation__Report *out)
{
        Content__Snapshot *thing;
        double weight = 0;
        char id[UUID_SIZE];
        struct opened_case about = {0};
        TRY(object_show(call, in->object_type, in->object_id, call->caller->user_id, &thing));
        if (thing->author_user_id != NULL && strcmp(thing->author_user_id, call->caller->user_id) == 0)
                return call_invalid(call, "object_id", "not_allowed", "is your own");
        TRY(weigh(call, &weight));
        TRY(case_open(call, thing, in->reason, NULL, weight, 1, &about));
        uuid_v7(id);
        TRY(db_one(call, &out->base, SQL_INSERT, id, false, about.id, call->caller->user_id, in->object_type,
                in->object_id, in->reason,
                words_seal(call, call->caller->user_id, "details of report", id, in->details), weight,
                about.waits ? "open" : "linked"));
        TRY(announce_submitted(call, in, out->id, !about.waits));
        return show(call, out);
}

static status list_reports(struct call *call, const Moderation__ListReportsRequest *in, Moderation__ReportList *out)
{
        if (call_is_moderator(call))
                TRY(page_rows(call, &in->base, &out->base, SQL_LIST_ALL, true, in->state));
        else
                TRY(page_rows(call, &in->base, &out->base, SQL_LIST_MINE, false, call->caller->user_id, in->state));
        ProtobufCBinaryData *sealed = arena_alloc(call->arena, out->n_items * sizeof *sealed + 1);
        for (size_t i = 0; i < out->n_items; i++)
                sealed[i] = out->items[i]->details_sealed;
        TRY(sealed_prepare(call, out->n_items, sealed));
        for (size_t i = 0; i < out->n_items; i++)
                TRY(show(call, out->items[i]));
        return STATUS_OK;
}

static status get_report(struct call *call, const Moderation__ReportRequest *in, Moderation__Report *out)
{
        TRY(db_one(call, &out->base, SQL_GET, in->report_id, call_is_moderator(call), call->caller->user_id));
        return show(call, out);
}

static status withdraw_report(struct call *call, const Moderation__ReportRequest *in, Moderation__Report *out)
{
        Moderation__Report old = MODERATION__REPORT__INIT;
        TRY(db_one(call, &old.base, SQL_GET_OWN, in->report_id, true, call->caller->user_id));
        struct lifecycle_subject subject = {
                .id = in->report_id, .state = old.state, .version = old.version, .actors = "owner"};
        TRY(lifecycle_step(call, &report_lifecycle, &subject, "withdraw", NULL, NULL));
        TRY(db_later(call, NULL, SQL_LEAVE_CASE, in->report_id));
        TRY(db_one(call, &out->base, SQL_MOVE, in->report_id, false, subject.state));
        TRY(case_lapse(call, old.case_ref));
        return show(call, out);
}

static status tell_reporter(struct call *call, const Moderation__ReporterRow *row, bool is_upheld)
{
        Moderation__ReportResolved event = MODERATION__REPORT_RESOLVED__INIT;
        char *recipients[] = {row->reporter_user_id};
        event.report_id = row->report_id;
        event.outcome = (char *)(size_t)(is_upheld ? "upheld" : "dismissed");
        event.n_recipient_user_ids = row->reporter_user_id != NULL;
        event.recipient_user_ids = recipients;
        TRY(event_publish(call, &event.base));
        if (row->reporter_user_id == NULL)
                return STATUS_OK;
        return db_later(call, NULL, is_upheld ? SQL_COUNT_RIGHT : SQL_COUNT_WRONG, row->reporter_user_id);
}

status reports_answer(struct call *call, const char *case_id, const char *action_id, bool is_upheld)
{
        Moderation__ReporterRowList rows = MODERATION__REPORTER_ROW_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_WAITING, case_id));
        for (size_t i = 0; i < rows.n_items; i++) {
                const Moderation__ReporterRow *row = rows.items[i];
                struct lifecycle_subject subject = {
                        .id = row->report_id, .state = row->state, .version = row->version, .actors = "ruling"};
                TRY(lifecycle_step(call, &report_lifecycle, &subject, is_upheld ? "uphold" : "dismiss", NULL, NULL));
                TRY(tell_reporter(call, row, is_upheld));
        }
        return db_later(call, NULL, SQL_ANSWER, case_id, is_upheld ? "upheld" : "dismissed", action_id);
}

status reports_link(struct call *call, const char *case_id)
{
        Moderation__ReporterRowList rows = MODERATION__REPORTER_ROW_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_WAITING, case_id));
        for (size_t i = 0; i < rows.n_items; i++) {
                const Moderation__ReporterRow *row = rows.items[i];
                struct lifecycle_subject subject = {
                        .id = row->report_id, .state = row->state, .version = row->version, .actors = "sys"};
                if (strcmp(row->state, "open") == 0)
                        TRY(lifecycle_step(call, &report_lifecycle, &subject, "link", NULL, NULL));
        }
        return db_later(call, NULL, SQL_LINK, case_id);
}

status reports_overturn(struct call *call, const char *action_id)
{
        return db_later(call, NULL, SQL_OVERTURN, action_id);
}

RPC_TABLE(report_rpcs, REPORT_RPCS);
