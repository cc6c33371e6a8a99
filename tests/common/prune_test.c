/* SPDX-License-Identifier: Apache-2.0 */
/* However much is past its time, pieces of it are taken until it is gone; what is not stays; one go has an end. */
#include "common/db.h"
#include "common/prune.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

enum { SECOND_US = 1000000 };

static const char SQL_OLD[] = "DELETE FROM things WHERE n IN (SELECT n FROM things WHERE is_old LIMIT $1)";

static struct kit kit;
static struct db *db;

static void begin(void)
{
        kit_open(&kit, "goals", NULL);
        kit_database(&kit);
        kit_sql(&kit, "CREATE TABLE things (n integer PRIMARY KEY, is_old boolean NOT NULL)");
        db = db_new(kit.database_url, 10 * SECOND_US);
}

static void end(void)
{
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

static void fill(int old, int young)
{
        kit_sql(&kit, "INSERT INTO things SELECT n, n <= %d FROM generate_series(1, %d) n", old, old + young);
}

static void go(void)
{
        struct call *call = kit_call(&kit, NULL, 30 * SECOND_US);
        call->db = db;
        db_begin(call, true);
        status result = prune(call, SQL_OLD);
        ck_assert_int_eq(db_end(call, result == STATUS_OK), STATUS_OK);
        ck_assert_int_eq(result, STATUS_OK);
}

TEST(all_that_is_past_its_time_goes_and_the_rest_stays)
{
        fill(3 * PRUNE_ROWS + 7, 11);
        go();
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) || ' ' || count(*) FILTER (WHERE is_old) FROM things"), "11 0");
}
END_TEST

TEST(one_go_takes_so_much_and_no_more)
{
        fill(PRUNE_ROWS * PRUNE_ROUNDS + 3, 0);
        go();
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM things"), "3");
        go();
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM things"), "0");
}
END_TEST

SUITE_WITH(begin, end, "common/prune", FORK, T(all_that_is_past_its_time_goes_and_the_rest_stays),
        T(one_go_takes_so_much_and_no_more))
