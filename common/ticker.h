/* SPDX-License-Identifier: Apache-2.0 */
/* A service's pulse: watches the database, and keeps the jobs going (common/job_runner.h). */
#pragma once

#include "common/service.h"

struct ticker;

/* `database_url` NULL: no database, and no jobs. */
struct ticker *ticker_start(struct service *service, const char *database_url, int64_t query_timeout_us);

/* Finishes the jobs under way. */
void ticker_stop(struct ticker *ticker);

/* Did the database answer when last asked? True without one. */
bool ticker_has_database(const struct ticker *ticker);
