/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-feed/policy.h"

#include <stddef.h>
#include <string.h>

enum { HOUR = 60, DAY = 24 * HOUR, WEEK = 7 * DAY };

#define NOTIFICATION "notification"

static const struct notification_kind kinds[] = {
        /* the five that clients know by name */
        {"new_inspiration_on_goal", "goals", "new_inspiration_on_goal"},
        {"peer_comparison_updated", "peers", "peer_comparison_updated"},
        {"mentorship_session_scheduled", "mentorship", "mentorship_session_scheduled"},
        {"group_goal_milestone_reached", "groups", "group_goal_milestone_reached"},
        {"community_challenge_started", "community", "community_challenge_started"},

        {"goal_shared", "goals", NOTIFICATION},
        {"share_completed", "goals", NOTIFICATION},
        {"reply_posted", "community", NOTIFICATION},
        {"answer_accepted", "community", NOTIFICATION},
        {"answer_unaccepted", "community", NOTIFICATION},
        {"post_reaction", "community", NOTIFICATION},
        {"challenge_ended", "community", NOTIFICATION},
        {"group_updated", "groups", NOTIFICATION},
        {"group_status_changed", "groups", NOTIFICATION},
        {"group_member_joined", "groups", NOTIFICATION},
        {"group_participation_changed", "groups", NOTIFICATION},
        {"group_contribution", "groups", NOTIFICATION},
        {"group_milestone_revoked", "groups", NOTIFICATION},
        {"group_celebration", "groups", NOTIFICATION},
        {"group_contribution_due", "groups", NOTIFICATION},
        {"group_contribution_overdue", "groups", NOTIFICATION},
        {"group_event", "groups", NOTIFICATION},
        {"mentorship_session_rescheduled", "mentorship", NOTIFICATION},
        {"mentorship_session_reminder", "mentorship", NOTIFICATION},
        {"mentorship_session_changed", "mentorship", NOTIFICATION},
        {"mentorship_match_requested", "mentorship", NOTIFICATION},
        {"mentorship_match_changed", "mentorship", NOTIFICATION},
        {"mentorship_goal_achieved", "mentorship", NOTIFICATION},
        {"mentorship_profile_changed", "mentorship", NOTIFICATION},
        {"mentorship_review", "mentorship", NOTIFICATION},
        {"mentorship_event", "mentorship", NOTIFICATION},
        {"activity_reaction", "social", NOTIFICATION},
        {"level_changed", "account", NOTIFICATION},
        {"badge_awarded", "account", NOTIFICATION},
        {"moderation_action", "moderation", NOTIFICATION},
        {"moderation_appeal", "moderation", NOTIFICATION},
        {"moderation_report", "moderation", NOTIFICATION},
        {"moderation_case", "moderation", NOTIFICATION},
        {"moderation_event", "moderation", NOTIFICATION},
};

static const struct notification_kind other = {"", "account", NOTIFICATION};

const struct notification_kind *notification_kind_of(const char *type)
{
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
                if (strcmp(kinds[i].type, type) == 0)
                        return &kinds[i];
        return &other;
}

static int until_next(int minute, int period, int at)
{
        int ahead = (at - minute % period + period) % period;
        return ahead == 0 ? period : ahead;
}

static int wait_of(const char *mode, int minute)
{
        if (strcmp(mode, "hourly") == 0)
                return until_next(minute, HOUR, 0);
        if (strcmp(mode, "daily") == 0)
                return until_next(minute, DAY, DIGEST_MINUTE);
        if (strcmp(mode, "weekly") == 0)
                return until_next(minute, WEEK, DIGEST_MINUTE);
        return 0;
}

/* Minutes from `minute` to the end of the window, 0 outside of it. */
static int rest_of(const int *window, int minute)
{
        int begin = (window[0] - 1) * DAY + window[1];
        int length = (window[2] - window[1] + DAY) % DAY;
        int inside = (minute - begin + WEEK) % WEEK;
        return inside < length ? length - inside : 0;
}

int delivery_delay(const char *mode, int minute, const int *quiet, size_t n)
{
        int delay = wait_of(mode, minute);
        for (size_t round = 0; round <= n; round++) { /* one window may end in another */
                int rest = 0;
                for (size_t i = 0; i < n && rest == 0; i++)
                        rest = rest_of(quiet + 3 * i, (minute + delay) % WEEK);
                if (rest == 0)
                        break;
                delay += rest;
        }
        return delay;
}

/* clang-format off */
const struct transition activity_transitions[] = {
        /* action      from                                actors       next                effects */
        {"publish",   "new",                              "owner",     "published",         "becomes_public"},
        {"hold",      "new",                              "owner",     "pending_review",    "waits_for_moderator"},
        {"approve",   "pending_review removed",           "mod",       "published",         "becomes_public"},
        {"reject",    "pending_review",                   "mod",       "removed",           "leaves_public"},
        {"hide",      "pending_review published",         "mod",       "hidden",            "leaves_public"},
        {"restore",   "hidden",                           "mod",       "published",         "becomes_public"},
        {"remove",    "pending_review published hidden",  "mod",       "removed",           "leaves_public"},
        {"reinstate", "removed",                          "mod",       "published",         "becomes_public"},
        {NULL},
};
/* clang-format on */

static const struct {
        const char *type;
        const char *summary;
} summaries[] = {
        {"milestone", "reached a milestone"},
        {"status", "says how it is going"},
        {"celebration", "celebrates"},
        {"tip", "has a tip"},
        {"goal_shared", "a goal was shared"},
        {"goal_completed", "a goal was reached"},
        {"topic_created", "a topic was begun"},
        {"topic_solved", "a question was answered"},
        {"challenge_started", "a challenge has started"},
        {"challenge_joined", "takes part in a challenge"},
        {"group_created", "began to save with others"},
        {"group_milestone_reached", "the group has reached a milestone"},
        {"badge_awarded", "was awarded a badge"},
        {"comparison_updated", "there is a new comparison"},
};

const char *activity_summary(const char *type)
{
        for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++)
                if (strcmp(summaries[i].type, type) == 0)
                        return summaries[i].summary;
        return "";
}
