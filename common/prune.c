/* SPDX-License-Identifier: Apache-2.0 */
#include "common/prune.h"

#include "common/db.h"

#include <stdlib.h>

status prune(struct call *call, const char *sql)
{
        long taken = PRUNE_ROWS;
        for (int round = 0; round < PRUNE_ROUNDS && taken == PRUNE_ROWS; round++) {
                PGresult *result;
                TRY(db_query(call, &result, sql, (int)PRUNE_ROWS));
                taken = strtol(PQcmdTuples(result), NULL, 10);
        }
        return STATUS_OK;
}
