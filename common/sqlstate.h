/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL's error codes as statuses; the one place that knows them. */
#pragma once

#include "common/status.h"

/* For a five-letter SQLSTATE; NULL (no answer came) is UNAVAILABLE. *message is what a caller may be told. */
status sqlstate_status(const char *sqlstate, const char **message);
