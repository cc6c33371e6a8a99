/* SPDX-License-Identifier: Apache-2.0 */
/* A counter is a projection: a column that says how many rows there are, kept by whoever writes them. What a service
 * says of its counters in a table lets the kit check and mend them (consistency.h). */
#pragma once

struct counter {
        const char *name;  /* of the projection, "likes_count"; NULL ends a table */
        const char *first; /* a key below all of them, as text */
        /* Gives `key`, `stored` and "true" (bigint) of the rows with a key above $1, in order of the key, at most $2 of
         * them. One statement sees one moment: writers do not disturb it as long as they write row and counter in one
         * transaction. */
        const char *sql_part;
        /* Locks the counter of key $1 and then, as a statement of its own that sees what was committed before the lock,
         * sets it. */
        const char *sql_lock;
        const char *sql_repair;
};
