/* SPDX-License-Identifier: Apache-2.0 */
/* A service's role owns its schema and has no right in any other, nor in the database as a whole. */
#include "tests/e2e/client.h"
#include "tests/e2e/database.h"

#define SERVICES "('anonymize'), ('moderation'), ('goals'), ('forum'), ('feed'), ('groups'), ('mentor'), ('peers')"

TEST(a_role_sees_its_own_schema_and_no_other)
{
        ck_assert_str_eq(
                sql_text("SELECT format('%s in %s', r, s) FROM (VALUES " SERVICES ") role (r), (VALUES " SERVICES
                         ") schema (s) WHERE has_schema_privilege('sfp_' || r, s, 'USAGE, CREATE') <> (r = s)"),
                "");
}
END_TEST

TEST(a_role_has_no_right_in_a_table_of_another)
{
        ck_assert_str_eq(
                sql_text(
                        "SELECT format('%s in %s', r, c.oid::regclass) FROM (VALUES " SERVICES ") role (r), pg_class c"
                        " WHERE c.relkind IN ('r', 'p', 'v', 'S') AND c.relnamespace::regnamespace::text <> r"
                        " AND c.relnamespace::regnamespace::text IN (VALUES " SERVICES ")"
                        " AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege('sfp_' || r, c.oid, 'SELECT, USAGE, UPDATE')"
                        " ELSE has_table_privilege('sfp_' || r, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') END"),
                "");
}
END_TEST

TEST(a_role_makes_no_schemas_roles_or_databases)
{
        ck_assert_str_eq(
                sql_text(
                        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'sfp\\_%' AND (rolsuper OR rolcreaterole OR rolcreatedb"
                        " OR rolreplication OR rolbypassrls OR has_database_privilege(oid, current_database(), 'CREATE')"
                        " OR has_schema_privilege(oid, 'public', 'CREATE'))"),
                "");
        ck_assert_str_eq(sql_text("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'sfp\\_%'"), "8");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/rights", FORK, T(a_role_sees_its_own_schema_and_no_other),
        T(a_role_has_no_right_in_a_table_of_another), T(a_role_makes_no_schemas_roles_or_databases))
