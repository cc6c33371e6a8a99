/* SPDX-License-Identifier: Apache-2.0 */
#include "common/sqlstate.h"

#include <stddef.h>
#include <string.h>

/* By longest prefix first. */
static const struct {
        const char *prefix;
        status status;
        const char *message;
} rows[] = {
        {"23505", STATUS_ALREADY_EXISTS, "it exists already"},
        {"23503", STATUS_FAILED_PRECONDITION, "something it belongs to is not there"},
        {"23514", STATUS_INVALID_ARGUMENT, "a value is outside what is allowed"},
        {"23P01", STATUS_FAILED_PRECONDITION, "it overlaps with another one"},
        {"23", STATUS_INVALID_ARGUMENT, "a value is not allowed"},
        {"22", STATUS_INVALID_ARGUMENT, "a value is not of the type it must be"},
        {"40", STATUS_ABORTED, "somebody else changed it at the same time"},
        {"55P03", STATUS_ABORTED, "somebody else is changing it"},
        {"57014", STATUS_DEADLINE_EXCEEDED, "the database took too long"},
        {"57", STATUS_UNAVAILABLE, "the database is out of reach"},
        {"08", STATUS_UNAVAILABLE, "the database is out of reach"},
        {"25P03", STATUS_UNAVAILABLE, "the database gave the connection up"},
        {"25006", STATUS_UNAVAILABLE, "the database takes no writes"},
        {"53", STATUS_RESOURCE_EXHAUSTED, "the database has too much to do"},
};

status sqlstate_status(const char *sqlstate, const char **message)
{
        *message = "the database is out of reach";
        if (sqlstate == NULL)
                return STATUS_UNAVAILABLE;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                if (strncmp(sqlstate, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
                        *message = rows[i].message;
                        return rows[i].status;
                }
        }
        *message = "the database refused a statement";
        return STATUS_INTERNAL;
}
