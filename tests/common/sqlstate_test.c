/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sqlstate.h"
#include "tests/suite.h"

TEST(codes_of_postgresql_become_statuses)
{
        static const struct {
                const char *code;
                status status;
        } rows[] = {
                {NULL, STATUS_UNAVAILABLE},
                {"23505", STATUS_ALREADY_EXISTS},      /* unique_violation */
                {"23503", STATUS_FAILED_PRECONDITION}, /* foreign_key_violation */
                {"23514", STATUS_INVALID_ARGUMENT},    /* check_violation */
                {"23502", STATUS_INVALID_ARGUMENT},    /* not_null_violation */
                {"23P01", STATUS_FAILED_PRECONDITION}, /* exclusion_violation */
                {"22P02", STATUS_INVALID_ARGUMENT},    /* invalid_text_representation */
                {"22021", STATUS_INVALID_ARGUMENT},    /* character_not_in_repertoire */
                {"40001", STATUS_ABORTED},             /* serialization_failure */
                {"40P01", STATUS_ABORTED},             /* deadlock_detected */
                {"55P03", STATUS_ABORTED},             /* lock_not_available */
                {"57014", STATUS_DEADLINE_EXCEEDED},   /* query_canceled */
                {"57P01", STATUS_UNAVAILABLE},         /* admin_shutdown */
                {"57P03", STATUS_UNAVAILABLE},         /* cannot_connect_now */
                {"08006", STATUS_UNAVAILABLE},         /* connection_failure */
                {"25006", STATUS_UNAVAILABLE},         /* read_only_sql_transaction */
                {"25P03", STATUS_UNAVAILABLE},         /* idle_in_transaction_session_timeout */
                {"53300", STATUS_RESOURCE_EXHAUSTED},  /* too_many_connections */
                {"53100", STATUS_RESOURCE_EXHAUSTED},  /* disk_full */
                {"42P01", STATUS_INTERNAL},            /* undefined_table */
                {"42601", STATUS_INTERNAL},            /* syntax_error */
                {"42501", STATUS_INTERNAL},            /* insufficient_privilege */
                {"XX000", STATUS_INTERNAL},            /* internal_error */
                {"", STATUS_INTERNAL},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                const char *message = NULL;
                ck_assert_msg(sqlstate_status(rows[i].code, &message) == rows[i].status, "%s", rows[i].code);
                ck_assert_ptr_nonnull(message);
        }
}
END_TEST

SUITE("common/sqlstate", FORK, T(codes_of_postgresql_become_statuses))
