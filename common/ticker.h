/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a service's tasks at their times, one after the other, and watches the database meanwhile. */
#pragma once

#include "common/service.h"

struct ticker;

/* `database_url` NULL: no database. */
struct ticker *ticker_start(struct service *service, const char *database_url, int64_t query_timeout_us);

/* Finishes the task under way. */
void ticker_stop(struct ticker *ticker);

/* Did the database answer when last asked? True without one. */
bool ticker_has_database(const struct ticker *ticker);
