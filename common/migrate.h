/* SPDX-License-Identifier: Apache-2.0 */
/* Forward-only changes of a service's schema, embedded in the program and applied at its start. */
#pragma once

#include "common/status.h"

struct migration {
        const char *name; /* "0001_shares"; NULL ends a list */
        const char *sql;  /* statements, run in one transaction */
};

/* The migrations of the program (made by add_service()). */
extern const struct migration service_migrations[];

/* Those of the kit itself, the same in every service's schema. */
extern const struct migration kit_migrations[];

/* Applies what is missing, in order, under a lock that replicas starting together take in turn. Others may be at work
 * meanwhile, with the version before: a table that they hold is waited for half a second at a time, for a minute in
 * all, and they go first in between. UNAVAILABLE when the database is out of reach; INTERNAL when one fails (a line in
 * the log says why). What was applied stays applied. */
MUST_CHECK status migrate_run(const char *database_url, const struct migration *migrations);
