/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile is given credit for, for the check of /status/consistency: folds of the ledger. */
#include "common/counters.h"

#include <stddef.h>

#define FIRST_ID "00000000-0000-0000-0000-000000000000"

#define FOLD(user, column)                                                                                             \
        "(SELECT coalesce(sum(" column ")::bigint, 0) FROM reputation_entries WHERE user_id = " user                   \
        " AND voided_at IS NULL)"

#define PART(stored, column)                                                                                           \
        "SELECT p.id AS key, p." stored "::bigint AS stored, " FOLD(                                                   \
                "p.user_id", column) " AS \"true\" FROM user_social_profiles p WHERE p.id > $1 ORDER BY p.id LIMIT $2"

static const char SQL_LOCK[] = "SELECT FROM user_social_profiles WHERE id = $1 FOR UPDATE";

#define REPAIR(stored, column)                                                                                         \
        "UPDATE user_social_profiles p SET " stored " = " FOLD("p.user_id", column) " WHERE p.id = $1"

const struct counter profile_counters[] = {
        {"reputation_score", FIRST_ID, PART("reputation_score", "delta"), SQL_LOCK,
                REPAIR("reputation_score", "delta")},
        {"total_contributions", FIRST_ID, PART("total_contributions", "contributions"), SQL_LOCK,
                REPAIR("total_contributions", "contributions")},
        {NULL},
};
