/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/policy.h"

#include "sfp/forum.pb-c.h"

#include <stddef.h>
#include <string.h>

bool topic_is_listed(const char *state)
{
        static const char *const listed[] = {"open", "closed", "locked", "archived"};
        for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
                if (strcmp(listed[i], state) == 0)
                        return true;
        return false;
}

bool topic_takes_reactions(const char *state)
{
        return strcmp(state, "open") == 0 || strcmp(state, "closed") == 0;
}

static bool was_closed_lately(const void *topic)
{
        return ((const Forum__Topic *)topic)->was_closed_lately;
}

static bool is_pinned(const void *topic)
{
        return ((const Forum__Topic *)topic)->is_pinned;
}

static bool is_not_pinned(const void *topic)
{
        return !is_pinned(topic);
}

static bool is_not_discussed(const void *topic)
{
        return !((const Forum__Topic *)topic)->is_discussed;
}

#define LISTED "open closed locked archived"

/* clang-format off */
const struct transition topic_transitions[] = {
        /* action      from                              actors           next                effects */
        {"create",    "new",                            "owner",         "open",              "becomes_public"},
        {"hold",      "new open",                       "owner",         "pending_review",    "waits_for_moderator"},
        {"approve",   "pending_review removed",         "mod",           "open",              "becomes_public"},
        {"reject",    "pending_review",                 "mod",           "removed",           "leaves_public"},
        {"close",     "open",                           "owner mod sys", "closed",            "takes_no_posts"},
        {"reopen",    "closed archived",                "mod",           "open",              "takes_posts"},
        {"reopen",    "closed",                         "owner",         "open",              "takes_posts", "closed_within_7_days", was_closed_lately},
        {"lock",      "open closed",                    "mod",           "locked",            "takes_no_posts takes_no_reactions"},
        {"unlock",    "locked",                         "mod",           "open",              "takes_posts"},
        {"archive",   "open closed",                    "mod sys",       "archived",          "takes_no_posts takes_no_reactions"},
        {"hide",      "pending_review " LISTED,         "mod sys",       "hidden",            "leaves_public"},
        {"restore",   "hidden",                         "mod",           LIFECYCLE_PREVIOUS,  "becomes_public"},
        {"remove",    "pending_review hidden " LISTED,  "mod",           "removed",           "leaves_public"},
        {"reinstate", "removed",                        "mod",           LIFECYCLE_PREVIOUS,  "becomes_public"},
        {"delete",    "pending_review open",            "owner",         "deleted",           "leaves_public content_is_purged", "no_posts_by_others", is_not_discussed},
        {"pin",       "open",                           "mod",           "open",              "comes_first", "not_pinned", is_not_pinned},
        {"pin",       "closed",                         "mod",           "closed",            "comes_first", "not_pinned", is_not_pinned},
        {"pin",       "locked",                         "mod",           "locked",            "comes_first", "not_pinned", is_not_pinned},
        {"unpin",     "open",                           "mod",           "open",              NULL, "pinned", is_pinned},
        {"unpin",     "closed",                         "mod",           "closed",            NULL, "pinned", is_pinned},
        {"unpin",     "locked",                         "mod",           "locked",            NULL, "pinned", is_pinned},
        {NULL},
};

const struct transition post_transitions[] = {
        /* action      from                              actors           next                effects */
        {"publish",   "new",                            "owner",         "published",         "becomes_public"},
        {"hold",      "new published",                  "owner",         "pending_review",    "waits_for_moderator"},
        {"approve",   "pending_review removed",         "mod",           "published",         "becomes_public"},
        {"reject",    "pending_review",                 "mod",           "removed",           "leaves_public"},
        {"hide",      "pending_review published",       "mod sys",       "hidden",            "leaves_public"},
        {"restore",   "hidden",                         "mod",           "published",         "becomes_public"},
        {"remove",    "pending_review published hidden","mod",           "removed",           "leaves_public"},
        {"reinstate", "removed",                        "mod",           "published",         "becomes_public"},
        {"delete",    "pending_review published hidden","owner",         "deleted",           "leaves_public content_is_purged"},
        {NULL},
};

const struct transition challenge_transitions[] = {
        /* action      from                              actors           next                effects */
        {"draft",     "new",                            "admin",         "draft"},
        {"announce",  "new draft",                      "admin",         "upcoming",          "becomes_public"},
        {"start",     "upcoming",                       "admin sys",     "running",           "takes_check_ins"},
        {"end",       "running",                        "admin sys",     "ended",             "takes_no_check_ins"},
        {"cancel",    "draft upcoming running",         "admin",         "cancelled",         "takes_no_check_ins"},
        {NULL},
};
/* clang-format on */

/* The month of a day, counted from year 0: civil_from_days of Howard Hinnant's calendar algorithms. */
static int month_of(int day)
{
        int z = day + 719468;
        int era = (z >= 0 ? z : z - 146096) / 146097;
        int day_of_era = z - era * 146097;
        int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int month = (5 * day_of_year + 2) / 153;
        return (era * 400 + year_of_era) * 12 + month;
}

/* Freezes used, by month, on the way back from today. */
struct freezes {
        int month;
        int used;
};

/* Bridges the days from `from` down to `to`; false when a month has no freeze left. */
static bool bridge(int from, int to, struct freezes *freezes)
{
        for (int day = from; day >= to; day--) {
                if (month_of(day) != freezes->month)
                        *freezes = (struct freezes){month_of(day), 0};
                if (freezes->used == FREEZES_A_MONTH)
                        return false;
                freezes->used++;
        }
        return true;
}

int streak_of(const int *days, size_t n_days, int today, int *freezes_left)
{
        struct freezes freezes = {month_of(today), 0};
        int expected = n_days > 0 && days[0] >= today ? days[0] : today - 1;
        int streak = 0;
        *freezes_left = FREEZES_A_MONTH;
        for (size_t i = 0; i < n_days; i++) {
                struct freezes before = freezes;
                if (!bridge(expected, days[i] + 1, &freezes)) {
                        freezes = before;
                        break;
                }
                if (freezes.month == month_of(today))
                        *freezes_left = FREEZES_A_MONTH - freezes.used;
                expected = days[i] - 1;
                streak++;
        }
        return streak;
}
