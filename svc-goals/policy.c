/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/policy.h"

#include "sfp/goals.pb-c.h"

#include <stddef.h>
#include <string.h>

static const struct {
        const char *verdict;
        enum outcome outcome;
} outcomes[] = {
        {"allow", OUTCOME_PUBLISH},
        {"label", OUTCOME_PUBLISH},
        {"hold", OUTCOME_HOLD},
        {"block", OUTCOME_REFUSE},
};

enum outcome outcome_of(const char *verdict)
{
        if (verdict == NULL)
                return OUTCOME_RETRY;
        for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
                if (strcmp(outcomes[i].verdict, verdict) == 0)
                        return outcomes[i].outcome;
        return OUTCOME_HOLD;
}

bool state_is_public(const char *state)
{
        return strcmp(state, "published") == 0 || strcmp(state, "completed") == 0;
}

bool share_takes_progress(const char *state)
{
        return strcmp(state, "published") == 0 || strcmp(state, "hidden") == 0 || strcmp(state, "draft") == 0 ||
               strcmp(state, "pending_review") == 0;
}

static bool is_at_goal(const void *share)
{
        return ((const Goals__Share *)share)->current_progress_percentage == 100;
}

#define STANDING "pending_review published hidden completed archived"

/* clang-format off */
const struct transition share_transitions[] = {
        /* action      from                          actors       next                effects */
        {"save",      "new draft",                  "owner",     "draft"},
        {"submit",    "new draft",                  "owner",     "pending_review",     "asks_moderation"},
        {"edit",      "pending_review published",   "owner",     "pending_review",     "asks_moderation"},
        {"pass",      "pending_review",             "sys",       "published",          "becomes_public"},
        {"hold",      "pending_review",             "sys",       "pending_review",     "waits_for_moderator"},
        {"approve",   "pending_review",             "mod",       "published",          "becomes_public"},
        {"reject",    "pending_review",             "mod",       "draft",              "leaves_public"},
        {"hide",      "published",                  "owner mod sys", "hidden",             "leaves_public"},
        {"restore",   "hidden",                     "mod",       LIFECYCLE_PREVIOUS},
        {"unhide",    "hidden",                     "owner",     "pending_review",     "asks_moderation"},
        {"complete",  "published",                  "owner",     "completed",          NULL, "full_progress", is_at_goal},
        {"reopen",    "completed",                  "owner",     "published"},
        {"archive",   "published completed",        "owner sys", "archived",           "leaves_public"},
        {"unarchive", "archived",                   "owner",     "pending_review",     "asks_moderation"},
        {"remove",    "draft " STANDING,            "mod",       "removed",            "leaves_public"},
        {"reinstate", "removed",                    "mod",       LIFECYCLE_PREVIOUS},
        {"withdraw",  "draft removed " STANDING,    "owner",     "withdrawn",          "leaves_public content_is_purged"},
        {NULL},
};
/* clang-format on */
