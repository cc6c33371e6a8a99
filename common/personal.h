/* SPDX-License-Identifier: Apache-2.0 */
/* What a service knows of a person, in one table: the kit answers svc-anonymize's export and erasure from it, together
 * with the kit's own tables. */
#pragma once

#include "common/rpc.h"
#include "sfp/personal.pb-c.h"

enum { PERSONAL_ROWS_MAX = 5000 }; /* of one table in an export */

/* A row of service_definition.personal; the table ends with a row without name. Statements get the user id as $1, or
 * what `key` makes of it where the table knows people by a tag. They run in the order of the table. */
struct personal_table {
        const char *name;       /* as the person sees it in the export: "posts" */
        const char *sql_export; /* one column: a JSON object a row ("SELECT row_to_json(t) FROM …"); NULL: nothing */
        const char
                *sql_erase; /* removes the rows, or what in them is the person's; NULL: `erase` does, or nothing is */
        const char *sql_anonymize; /* the same where texts may stay, by nobody; NULL: as sql_erase */
        ProtobufCBinaryData (*key)(struct call *call, const char *user_id); /* NULL: the user id itself */
        /* What of it others can see, for the dashboard: the feature it belongs to, and a statement that gives `items`
         * and `last_at`. Both NULL: nothing. */
        const char *feature;
        const char *sql_shared;
        /* What SQL alone cannot do. Each adds to the count of rows. */
        status (*export_rows)(struct call *call, const char *user_id, Personal__PersonalTable *out);
        status (*erase)(struct call *call, const char *user_id, const char *mode, int64_t *rows);
};

extern const struct rpc personal_rpcs[];
