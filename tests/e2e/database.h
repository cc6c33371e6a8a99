/* SPDX-License-Identifier: Apache-2.0 */
/* The instance's database as its administrator sees it. */
#pragma once

#include <stdbool.h>

/* Runs one statement. A number is what its first column says, 0 when that is NULL or there is none. */
void sql(const char *statement);
long sql_number(const char *statement);
char *sql_text(const char *statement);

/* The SQLSTATE a statement is refused with; "" when it is not. */
const char *sql_refusal(const char *statement);

/* Every row of every table of a schema, as text; bytea in hexadecimal digits. */
const char *sql_dump(const char *schema);

/* The same without the record of events, which keeps for some days that there was a thing of that id. */
const char *sql_dump_beside_events(const char *schema);

/* Is `text` in a dump as it stands, in any case, or spelled in hexadecimal digits, as bytes that hold it would be? */
bool dump_has(const char *dump, const char *text);
