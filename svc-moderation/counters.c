/* SPDX-License-Identifier: Apache-2.0 */
/* What cases count, for the check of /status/consistency: reports that were not taken back. */
#include "common/counters.h"

#include <stddef.h>

#define COUNT_OF(id) "(SELECT count(*) FROM reports r WHERE r.case_id = " id " AND r.state <> 'withdrawn')"

const struct counter case_counters[] = {
        {"reports_count", "00000000-0000-0000-0000-000000000000",
                "SELECT c.id AS key, c.reports_count AS stored, " COUNT_OF(
                        "c.id") " AS \"true\" FROM cases c"
                                " WHERE c.id > $1 ORDER BY c.id LIMIT $2",
                "SELECT FROM cases WHERE id = $1 FOR UPDATE",
                "UPDATE cases SET reports_count = " COUNT_OF("$1") " WHERE id = $1"},
        {NULL},
};
