/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/policy.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* clang-format off */
/* holder: the moderator whose claim it is; ruling: the holder's, with a decision (POST …/actions). */
const struct transition case_transitions[] = {
        /* action         from                   actors     next            effects */
        {"open",          "new",                 "sys",     "open"},
        {"auto_action",   "open queued",         "sys",     "resolved",     "action_taken"},
        {"enqueue",       "open",                "sys",     "queued"},
        {"lapse",         "open",                "sys",     "closed",       "content_is_purged"},
        {"claim",         "queued",              "mod",     "claimed",      "lease_of_15_minutes"},
        {"claim",         "escalated",           "admin",   "claimed",      "lease_of_15_minutes"},
        {"release",       "claimed",             "holder",  "queued"},
        {"lease_expire",  "claimed",             "sys",     "queued"},
        {"escalate",      "claimed",             "holder",  "escalated"},
        {"resolve",       "claimed",             "ruling",  "resolved",     "action_taken reports_answered"},
        {"appeal",        "resolved",            "sys",     "under_appeal", "purge_stopped"},
        {"decided",       "under_appeal",        "sys",     "closed"},
        {"withdrawn",     "under_appeal",        "sys",     "resolved"},
        {"window_end",    "resolved",            "sys",     "closed",       "content_is_purged"},
        {"reopen",        "resolved",            "admin",   "queued"},
        {NULL},
};

const struct transition report_transitions[] = {
        {"submit",    "new",         "owner",  "open"},
        {"link",      "open",        "sys",    "linked"},
        {"withdraw",  "open linked", "owner",  "withdrawn"},
        {"uphold",    "open linked", "ruling", "upheld",    "reporter_is_told"},
        {"dismiss",   "open linked", "ruling", "dismissed", "reporter_is_told"},
        {"expire",    "open",        "sys",    "expired"},
        {NULL},
};

/* affected: whom the action concerns; mod: a moderator who did not take it; reviewer: the one who claimed it. */
const struct transition appeal_transitions[] = {
        {"submit",       "new",            "affected", "submitted",         "purge_stopped"},
        {"claim",        "submitted",      "mod",      "under_review"},
        {"withdraw",     "submitted",      "affected", "withdrawn"},
        {"ask",          "under_review",   "reviewer", "info_requested"},
        {"answer",       "info_requested", "affected", "under_review"},
        {"expire",       "info_requested", "sys",      "under_review"},
        {"grant",        "under_review",   "reviewer", "granted",           "action_is_reversed"},
        {"grant_partly", "under_review",   "reviewer", "partially_granted", "action_is_reversed author_is_warned"},
        {"deny",         "under_review",   "reviewer", "denied"},
        {NULL},
};
/* clang-format on */

static const struct {
        const char *category;
        int severity;
} severities[] = {
        {"self_harm", 9},
        {"hate", 7},
        {"scam", 7},
        {"financial_scam", 7},
        {"harassment", 6},
        {"sexual", 6},
        {"privacy", 6},
        {"misinformation", 4},
        {"spam", 3},
        {"vote_ring", 3},
};

int category_severity(const char *category)
{
        for (size_t i = 0; i < sizeof severities / sizeof *severities; i++)
                if (strcmp(severities[i].category, category) == 0)
                        return severities[i].severity;
        return 2;
}

static int level_of(const char *experience_level)
{
        static const char *const levels[] = {"newcomer", "learner", "contributor", "expert", "leader"};
        for (int i = 0; experience_level != NULL && i < (int)(sizeof levels / sizeof *levels); i++)
                if (strcmp(levels[i], experience_level) == 0)
                        return i;
        return 0;
}

double report_weight(const char *experience_level, int upheld, int dismissed)
{
        enum { RULINGS_MIN = 5 };
        int rulings = upheld + dismissed;
        double weight = 1 + 0.5 * level_of(experience_level);
        if (rulings > RULINGS_MIN)
                weight += ((double)upheld / rulings - 0.7) * (log(rulings) / log(4)) * 5;
        if (reporter_is_muted(upheld, dismissed))
                return 0;
        return weight < REPORT_WEIGHT_MIN ? REPORT_WEIGHT_MIN : weight > REPORT_WEIGHT_MAX ? REPORT_WEIGHT_MAX : weight;
}

bool reporter_is_muted(int upheld, int dismissed)
{
        enum { RULINGS_MIN = 10, ONE_IN = 5 };
        return upheld + dismissed >= RULINGS_MIN && upheld * ONE_IN < upheld + dismissed;
}

bool case_may_enter(int severity, double weight, bool is_by_machine, bool has_room)
{
        enum { HARM_TO_LIFE = 9, URGENT = 7 };
        if (severity >= HARM_TO_LIFE)
                return true;
        if (weight <= 0 && !is_by_machine)
                return false;
        return has_room || severity >= URGENT;
}

bool is_visible_while_it_waits(int severity)
{
        enum { MILD = 4 };
        return severity <= MILD;
}

static const struct ruling {
        const char *action_taken;
        const char *held_verdict;
        bool is_sanction;
        bool needs_duration;
        const char *effects[4];
} rulings[] = {
        {"none", "allow", false, false, {"reports_dismissed"}},
        {"label", "label", false, false, {"content_is_labelled", "reports_upheld"}},
        {"hide", "block", false, false, {"content_is_hidden", "reports_upheld", "author_may_appeal"}},
        {"remove", "block", false, false, {"content_is_removed", "reports_upheld", "author_may_appeal"}},
        {"edit_request", "block", false, false, {"author_is_asked_to_edit", "reports_upheld", "author_may_appeal"}},
        {"warn", "allow", false, false, {"author_is_warned", "reports_upheld", "author_may_appeal"}},
        {"limit", "block", true, true, {"author_cannot_write_for_a_time", "reports_upheld", "author_may_appeal"}},
        {"suspend", "block", true, true, {"author_cannot_write_for_a_time", "reports_upheld", "author_may_appeal"}},
        {"ban", "block", true, false, {"author_cannot_write", "reports_upheld", "author_may_appeal"}},
};

static const struct ruling *ruling_of(const char *action_taken)
{
        for (size_t i = 0; i < sizeof rulings / sizeof *rulings; i++)
                if (strcmp(rulings[i].action_taken, action_taken) == 0)
                        return &rulings[i];
        return &rulings[0];
}

const char *const *action_effects(const char *action_taken)
{
        return ruling_of(action_taken)->effects;
}

const char *held_verdict(const char *action_taken)
{
        return ruling_of(action_taken)->held_verdict;
}

bool action_is_sanction(const char *action_taken)
{
        return ruling_of(action_taken)->is_sanction;
}

bool action_needs_duration(const char *action_taken)
{
        return ruling_of(action_taken)->needs_duration;
}
