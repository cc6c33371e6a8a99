/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/report_expiry.h"

#include "common/db.h"
#include "common/lifecycle.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/policy.h"

static const char SQL_OLD[] =
        "SELECT id AS report_id, state, version, case_id FROM reports WHERE state = 'open'"
        " AND created_at < now() - interval '90 days' ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED";
static const char SQL_EXPIRE[] = "UPDATE reports SET state = 'expired', version = version + 1 WHERE id = $1";
static const char SQL_LEAVE_CASE[] = "UPDATE cases SET weight = greatest(0, cases.weight - r.weight) FROM reports r"
                                     " WHERE r.id = $1 AND cases.id = r.case_id";

static const struct lifecycle report_lifecycle = {.kind = "report", .transitions = report_transitions};

static status expire(struct call *call, const Moderation__ReporterRow *row)
{
        struct lifecycle_subject subject = {
                .id = row->report_id, .state = row->state, .version = row->version, .actors = "sys"};
        TRY(lifecycle_step(call, &report_lifecycle, &subject, "expire", NULL, NULL));
        TRY(db_later(call, NULL, SQL_EXPIRE, row->report_id));
        TRY(db_later(call, NULL, SQL_LEAVE_CASE, row->report_id));
        return case_lapse(call, row->case_id);
}

status reports_expire(struct call *call)
{
        Moderation__ReporterRowList rows = MODERATION__REPORTER_ROW_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_OLD, (int)REPORT_EXPIRY_MAX));
        for (size_t i = 0; i < rows.n_items; i++)
                TRY(expire(call, rows.items[i]));
        return STATUS_OK;
}
