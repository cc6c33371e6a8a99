/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/ledger.h"

#include "common/db.h"
#include "common/sealed.h"

#include <inttypes.h>
#include <string.h>

static const char SQL_OPEN[] = "INSERT INTO ledger_accounts (id, group_goal_id, participation_id)"
                               " VALUES (gen_random_uuid(), $1, $2) ON CONFLICT DO NOTHING";
static const char SQL_POST[] =
        "WITH moved AS (UPDATE group_savings_goals SET last_seq = last_seq + 1, current_amount = current_amount + $4::bigint"
        "               WHERE id = $2 RETURNING id, last_seq),"
        " total AS (UPDATE group_goal_participations SET total_contributed = total_contributed + $4::bigint WHERE id = $3)"
        " INSERT INTO ledger_transfers (id, group_goal_id, seq, debit, credit, amount, kind, reverses, reason)"
        " SELECT $1, moved.id, moved.last_seq, CASE WHEN $4::bigint > 0 THEN own.id ELSE pot.id END,"
        " CASE WHEN $4::bigint > 0 THEN pot.id ELSE own.id END, abs($4::bigint),"
        " CASE WHEN $5::uuid IS NULL THEN 'contribution' ELSE 'reversal' END, $5, $6"
        " FROM moved JOIN ledger_accounts pot ON pot.group_goal_id = moved.id AND pot.participation_id IS NULL"
        " JOIN ledger_accounts own ON own.group_goal_id = moved.id AND own.participation_id = $3 RETURNING seq AS number";
/* What somebody has in the pot is what they were debited above what they were credited. */
static const char SQL_IN_POT[] =
        "SELECT a.participation_id AS id, sum(CASE WHEN t.debit = a.id THEN t.amount ELSE -t.amount END)::bigint AS number"
        " FROM ledger_accounts a JOIN ledger_transfers t ON a.id IN (t.debit, t.credit) AND t.group_goal_id = a.group_goal_id"
        " WHERE a.group_goal_id = $1 AND a.participation_id IS NOT NULL AND ($2::uuid IS NULL OR a.participation_id = $2)"
        " GROUP BY a.participation_id"
        " HAVING sum(CASE WHEN t.debit = a.id THEN t.amount ELSE -t.amount END) > 0 ORDER BY a.participation_id";
static const char SQL_PAY_BACK[] =
        "WITH moved AS (UPDATE group_savings_goals SET last_seq = last_seq + $5, current_amount = current_amount - $6::bigint"
        "               WHERE id = $1 RETURNING id, last_seq - $5 AS before)"
        " INSERT INTO ledger_transfers (id, group_goal_id, seq, debit, credit, amount, kind)"
        " SELECT gen_random_uuid(), moved.id, moved.before + paid.n, pot.id, own.id, paid.amount, $2"
        " FROM moved CROSS JOIN unnest($3::uuid[], $4::bigint[]) WITH ORDINALITY AS paid (participation_id, amount, n)"
        " JOIN ledger_accounts pot ON pot.group_goal_id = moved.id AND pot.participation_id IS NULL"
        " JOIN ledger_accounts own ON own.group_goal_id = moved.id AND own.participation_id = paid.participation_id";

status ledger_open(struct call *call, const char *group_id, const char *participation_id)
{
        return db_later(call, NULL, SQL_OPEN, group_id, participation_id);
}

/* The books stay when somebody goes, and what was said of a transfer with them. */
static struct db_value seal_reason(struct call *call, const struct posting *posting)
{
        return sealed_text_of(
                call, NULL, arena_printf(call->arena, "groups reason of transfer %s", posting->id), posting->reason);
}

status ledger_post(struct call *call, const struct posting *posting, int64_t *seq)
{
        Groups__Id row = GROUPS__ID__INIT;
        TRY(db_one(call, &row.base, SQL_POST, posting->id, posting->group_id, posting->participation_id,
                posting->amount, posting->reverses, seal_reason(call, posting)));
        *seq = row.number;
        return STATUS_OK;
}

status ledger_refunds(struct call *call, const Groups__GroupRow *group, const char *participation_id, struct parts *out)
{
        Groups__IdList rows = GROUPS__ID_LIST__INIT;
        *out = (struct parts){0};
        TRY(db_rows(call, &rows.base, "items", SQL_IN_POT, group->id, participation_id));
        out->count = rows.n_items;
        out->items = arena_alloc(call->arena, rows.n_items * sizeof *out->items + 1);
        for (size_t i = 0; i < rows.n_items; i++)
                out->items[i] = (struct part){rows.items[i]->id, rows.items[i]->number, 0};
        divide_refunds(group->current_amount, out->count, out->items);
        for (size_t i = 0; i < out->count; i++)
                out->sum += out->items[i].amount;
        return STATUS_OK;
}

status ledger_pay_back(struct call *call, const char *group_id, const char *kind, const struct parts *parts)
{
        char **ids = arena_alloc(call->arena, parts->count * sizeof *ids + 1);
        char **amounts = arena_alloc(call->arena, parts->count * sizeof *amounts + 1);
        size_t count = 0;
        for (size_t i = 0; i < parts->count; i++) {
                if (parts->items[i].amount == 0)
                        continue;
                ids[count] = (char *)(size_t)parts->items[i].id;
                amounts[count++] = arena_printf(call->arena, "%" PRId64, parts->items[i].amount);
        }
        if (count == 0)
                return STATUS_OK;
        return db_exec(call, SQL_PAY_BACK, group_id, kind, db_texts(count, ids), db_texts(count, amounts), (long)count,
                parts->sum);
}

Groups__Refund **refunds_shown(struct call *call, const struct parts *parts, const char *currency, size_t *count)
{
        Groups__Refund **shown = arena_alloc(call->arena, parts->count * sizeof *shown + 1);
        *count = 0;
        for (size_t i = 0; i < parts->count; i++) {
                if (parts->items[i].amount == 0)
                        continue;
                Groups__Refund *refund = arena_alloc(call->arena, sizeof *refund);
                groups__refund__init(refund);
                refund->participation_id = (char *)(size_t)parts->items[i].id;
                refund->has_amount = 1;
                refund->amount = parts->items[i].amount;
                refund->currency = (char *)(size_t)currency;
                shown[(*count)++] = refund;
        }
        return shown;
}
