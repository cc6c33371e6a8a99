/* SPDX-License-Identifier: Apache-2.0 */
/* Export and erasure out of a table: what is the person's is in it, and goes. */
#include "common/db.h"
#include "common/migrate.h"
#include "common/personal.h"
#include "tests/common/kit.h"
#include "tests/suite.h"

#include <string.h>

enum { SECOND_US = 1000000 };

#define ANN "11111111-1111-4111-8111-111111111111"
#define JOB "99999999-9999-4999-8999-999999999999"

extern const struct migration kit_migrations[];

static struct kit kit;
static struct db *db;

static ProtobufCBinaryData tag(struct call *call, const char *user_id)
{
        (void)call;
        return (ProtobufCBinaryData){4, (uint8_t *)(size_t)user_id};
}

static const struct personal_table tables[] = {
        {.name = "notes",
                .sql_export = "SELECT row_to_json(n) FROM notes n WHERE owner_id = $1 ORDER BY text",
                .sql_erase = "DELETE FROM notes WHERE owner_id = $1",
                .sql_anonymize = "UPDATE notes SET owner_id = NULL WHERE owner_id = $1"},
        {.name = "tagged", .sql_erase = "DELETE FROM tagged WHERE owner_tag = $1", .key = tag},
        {0},
};

static void set_up(void)
{
        kit_open(&kit, "goals", NULL);
        kit.definition.personal = tables;
        kit_database(&kit);
        ck_assert_int_eq(migrate_run(kit.database_url, kit_migrations), STATUS_OK);
        kit_sql(&kit, "CREATE TABLE notes (owner_id uuid, text text); CREATE TABLE tagged (owner_tag bytea);"
                      " INSERT INTO notes VALUES ('" ANN "', 'one'), ('" ANN "', 'two'), (gen_random_uuid(), 'other');"
                      " INSERT INTO tagged VALUES ('1111'), ('2222');"
                      " INSERT INTO people VALUES ('" ANN "', gen_random_uuid(), 'Ann')");
        db = db_new(kit.database_url, 5 * SECOND_US);
}

static void tear_down(void)
{
        db_free(db);
        kit.call.db = NULL;
        kit_close(&kit);
}

static void run(const char *method, int place, const ProtobufCMessage *in, ProtobufCMessage *out)
{
        struct call *call = kit_call(&kit, method, 5 * SECOND_US);
        call->db = db;
        db_begin(call, call->method->rules->transaction);
        status result = personal_rpcs[place].serve(call, in, out);
        ck_assert_int_eq(db_end(call, result == STATUS_OK), STATUS_OK);
        ck_assert_int_eq(result, STATUS_OK);
}

static int64_t erased(const char *mode)
{
        Personal__EraseRequest in = PERSONAL__ERASE_REQUEST__INIT;
        Personal__Receipt out = PERSONAL__RECEIPT__INIT;
        in.user_id = (char *)(size_t)ANN;
        in.job_id = (char *)(size_t)JOB;
        in.mode = (char *)(size_t)mode;
        run("sfp.personal.Personal.Erase", 1, &in.base, &out.base);
        return out.rows;
}

TEST(an_export_has_the_persons_rows_and_nobody_elses)
{
        Personal__ExportRequest in = PERSONAL__EXPORT_REQUEST__INIT;
        Personal__PersonalData out = PERSONAL__PERSONAL_DATA__INIT;
        in.user_id = (char *)(size_t)ANN;
        run("sfp.personal.Personal.Export", 0, &in.base, &out.base);
        ck_assert_int_eq((int)out.n_tables, 2);
        ck_assert_str_eq(out.tables[0]->name, "notes");
        ck_assert_int_eq((int)out.tables[0]->n_rows, 2);
        ck_assert_ptr_nonnull(strstr(out.tables[0]->rows[0], "\"one\""));
        ck_assert_str_eq(out.tables[1]->name, "known_as");
        ck_assert_int_eq(out.tables[1]->rows[0][0], '{');
}
END_TEST

TEST(an_erasure_removes_them_and_says_how_many)
{
        ck_assert_int_eq((int)erased("delete"), 4);
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM notes"), "1");
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM tagged"), "1");
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM people"), "0");
        ck_assert_int_eq((int)erased("delete"), 0);
}
END_TEST

TEST(anonymizing_keeps_the_rows_by_nobody)
{
        erased("anonymize");
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) || ' ' || count(owner_id) FROM notes"), "3 1");
}
END_TEST

TEST(an_erasure_is_announced)
{
        erased("delete");
        ck_assert_str_eq(kit_sql(&kit, "SELECT count(*) FROM outbox WHERE subject = '" JOB "'"), "1");
}
END_TEST

SUITE_WITH(set_up, tear_down, "common/personal", FORK, T(an_export_has_the_persons_rows_and_nobody_elses),
        T(an_erasure_removes_them_and_says_how_many), T(anonymizing_keeps_the_rows_by_nobody),
        T(an_erasure_is_announced))
