/* SPDX-License-Identifier: Apache-2.0 */
/* What many react to now. It is counted by jobs, so that asking costs the same whatever happened. */
#pragma once

#include "common/jobs.h"

enum { TRENDING_DAY_EVERY_MS = 15000, TRENDING_WEEK_EVERY_MS = 300000 };

/* Count the reactions of a day, and of a week, anew: the latest half a million of them at most. Whoever listens to
 * feed.trending.refreshed hears of it when something changed. */
MUST_CHECK status trending_count_day(struct call *call);
MUST_CHECK status trending_count_week(struct call *call);
