/* SPDX-License-Identifier: Apache-2.0 */
/* Privacy in the platform's health: the cleaner cleans, and nobody's budget was overspent. */
#include "svc-anonymize/health.h"

#include "common/dashboard.h"
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
        {"community-health", "profiles", DASHBOARD_SUM, "people", "People who made a profile, and have one still.",
                PEOPLES_ROWS_A_DAY("user_social_profiles", "created_at", "true", "user_id")},
        {"privacy-metrics", "releases", DASHBOARD_NOBODYS, "things",
                "Figures of groups that were released, with noise.",
                ROWS_A_DAY("releases", "released_at", "is_sufficient")},
        {"privacy-metrics", "releases_withheld", DASHBOARD_NOBODYS, "things",
                "Figures of groups that were too small to be released.",
                ROWS_A_DAY("releases", "released_at", "NOT is_sufficient")},
        {"privacy-metrics", "releases_refused", DASHBOARD_NOBODYS, "things",
                "Months that were refused, because somebody's budget was spent.",
                ROWS_A_DAY("release_months", "released_at", "is_refused")},
        {"privacy-metrics", "exports", DASHBOARD_SUM, "things", "Archives of their data that people asked for.",
                PEOPLES_ROWS_A_DAY("privacy_jobs", "created_at", "kind = 'export'", "owner_tag")},
        {"privacy-metrics", "erasures", DASHBOARD_SUM, "things", "Erasures that people asked for.",
                PEOPLES_ROWS_A_DAY("privacy_jobs", "created_at", "kind = 'erasure'", "owner_tag")},
        {"user-satisfaction", "answers", DASHBOARD_SUM, "things", "Answers to how satisfied one is.",
                PEOPLES_ROWS_A_DAY("feedback", "day", "true", "person_tag")},
        {"user-satisfaction", "score", DASHBOARD_MEAN, "stars", "Their mean, 1 to 5.",
                "SELECT day, avg(score)::double precision AS value, count(DISTINCT person_tag) AS people FROM feedback WHERE " DASHBOARD_DAYS(
                        "day") " GROUP BY 1 ORDER BY 1"},
        {0},
};
