/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of the books and the members, for the check of /status/consistency. */
#include "common/counters.h"

#include <stddef.h>

#define FIRST_ID "00000000-0000-0000-0000-000000000000"

/* The pot: what its credits are above its debits. */
#define IN_POT(group)                                                                                                  \
        "(SELECT coalesce(sum(CASE WHEN t.credit = a.id THEN t.amount ELSE -t.amount END), 0)::bigint"                 \
        " FROM ledger_accounts a JOIN ledger_transfers t ON a.id IN (t.debit, t.credit)"                               \
        " AND t.group_goal_id = a.group_goal_id WHERE a.group_goal_id = " group " AND a.participation_id IS NULL)"

#define PAID_IN(participation)                                                                                         \
        "(SELECT coalesce(sum(CASE WHEN t.kind = 'contribution' THEN t.amount ELSE -t.amount END), 0)::bigint"         \
        " FROM ledger_accounts a JOIN ledger_transfers t ON a.id IN (t.debit, t.credit)"                               \
        " AND t.kind IN ('contribution', 'reversal') WHERE a.participation_id = " participation ")"

#define MEMBERS(group)                                                                                                 \
        "(SELECT count(*) FROM group_goal_participations p WHERE p.group_goal_id = " group " AND p.is_approved)"

#define PART(column, table, truth)                                                                                     \
        "SELECT g.id AS key, g." column "::bigint AS stored, " truth " AS \"true\" FROM " table                        \
        " g WHERE g.id > $1 ORDER BY g.id LIMIT $2"

static const char SQL_LOCK_GROUP[] = "SELECT FROM group_savings_goals WHERE id = $1 FOR UPDATE";
/* The books of a group change under the lock of its row. */
static const char SQL_LOCK_PARTICIPATION[] =
        "SELECT FROM group_savings_goals g JOIN group_goal_participations p ON p.group_goal_id = g.id WHERE p.id = $1"
        " FOR UPDATE OF g, p";

const struct counter group_counters[] = {
        {"current_amount", FIRST_ID, PART("current_amount", "group_savings_goals", IN_POT("g.id")), SQL_LOCK_GROUP,
                "UPDATE group_savings_goals SET current_amount = " IN_POT("$1") " WHERE id = $1"},
        {"total_participants", FIRST_ID, PART("total_participants", "group_savings_goals", MEMBERS("g.id")),
                SQL_LOCK_GROUP, "UPDATE group_savings_goals SET total_participants = " MEMBERS("$1") " WHERE id = $1"},
        {"total_contributed", FIRST_ID, PART("total_contributed", "group_goal_participations", PAID_IN("g.id")),
                SQL_LOCK_PARTICIPATION,
                "UPDATE group_goal_participations SET total_contributed = " PAID_IN("$1") " WHERE id = $1"},
        {NULL},
};
