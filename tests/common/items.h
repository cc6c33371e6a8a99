/* SPDX-License-Identifier: Apache-2.0 */
/* A database with a table of three items, a 1, b 2 and c 3, in a schema of the test's own. The calls are made by hand,
 * as the server makes them. */
#pragma once

#include "common/db.h"
#include "sfp/goals.pb-c.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

enum { SECOND_US = 1000000 };

extern struct items {
        struct kit kit;
        struct db *db;
} items;

void items_begin(void);
void items_end(void);

/* Gives the title and the version of the item with that name; adds one with name and number. */
extern const char SQL_NAMED[];
extern const char SQL_ADD[];

/* A call with the database, begun. Everything of the call before is gone. */
struct call *begin(bool is_transaction);

/* The next call on the same connection is as good as the first. */
void assert_usable(void);

/* So many items are stored for which that is true. */
void assert_count(const char *where, const char *count);
