/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/items.h"

const char SQL_NAMED[] = "SELECT name AS goal_title, number AS version FROM items WHERE name = $1";
const char SQL_ADD[] = "INSERT INTO items (name, number) VALUES ($1, $2)";

struct items items;

void items_begin(void)
{
        kit_open(&items.kit, "goals", NULL);
        kit_database(&items.kit);
        kit_sql(&items.kit, "CREATE TABLE items (name text PRIMARY KEY CHECK (length(name) < 20),"
                            " number bigint NOT NULL DEFAULT 0, parent text REFERENCES items);"
                            "INSERT INTO items (name, number) VALUES ('a', 1), ('b', 2), ('c', 3)");
        items.db = db_new(items.kit.database_url, 5 * SECOND_US);
}

void items_end(void)
{
        db_free(items.db);
        items.kit.call.db = NULL;
        kit_close(&items.kit);
}

struct call *begin(bool is_transaction)
{
        struct call *call = kit_call(&items.kit, NULL, 5 * SECOND_US);
        call->db = items.db;
        db_begin(call, is_transaction);
        return call;
}

void assert_usable(void)
{
        Goals__Share out = GOALS__SHARE__INIT;
        struct call *call = begin(false);
        ck_assert_int_eq(db_one(call, &out.base, SQL_NAMED, "b"), STATUS_OK);
        ck_assert_str_eq(out.goal_title, "b");
        ck_assert_int_eq(out.version, 2);
        ck_assert_int_eq(db_end(call, true), STATUS_OK);
}

void assert_count(const char *where, const char *count)
{
        ck_assert_str_eq(kit_sql(&items.kit, "SELECT count(*) FROM items WHERE %s", where), count);
}
