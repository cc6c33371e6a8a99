/* SPDX-License-Identifier: Apache-2.0 */
/* Privacy in the platform's health: the cleaner cleans, and nobody's budget was overspent. */
#include "svc-anonymize/health.h"

#include "common/db.h"
#include "svc-anonymize/cleaner.h"

#include <string.h>

static const char SQL_BUDGETS[] =
        "SELECT NOT EXISTS (SELECT FROM budget_cells WHERE spent_micro > total_micro) AND NOT EXISTS"
        " (SELECT FROM epsilon_ledger WHERE spent_micro > total_micro) AS is_good";

static bool cleaner_works(struct arena *arena)
{
        struct cleaned_text cleaned;
        cleaner_clean(arena, "Write to canary@example.org or pay 4111 1111 1111 1111.", &cleaned);
        return strstr(cleaned.text, "canary@") == NULL && strstr(cleaned.text, "4111") == NULL;
}

status anonymize_health(struct call *call, Platform__Health *out)
{
        Platform__FigureRow row = PLATFORM__FIGURE_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_BUDGETS));
        out->has_is_private = 1;
        out->is_private = row.is_good && cleaner_works(call->arena);
        return STATUS_OK;
}

const struct dashboard_series anonymize_dashboards[] = {
        {"community-health", "profiles", ROWS_A_DAY("user_social_profiles", "created_at", "true")},
        {"privacy-metrics", "releases", ROWS_A_DAY("releases", "released_at", "is_sufficient")},
        {"privacy-metrics", "releases_refused", ROWS_A_DAY("release_months", "released_at", "is_refused")},
        {"user-satisfaction", "answers", ROWS_A_DAY("feedback", "day", "true")},
        {"user-satisfaction", "score",
                "SELECT day, avg(score)::double precision AS value FROM feedback WHERE day >= $1::text::date"
                " AND day <= $2::text::date GROUP BY 1 ORDER BY 1"},
        {0},
};
