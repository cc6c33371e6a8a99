/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-groups/policy.h"

#include "sfp/groups.pb-c.h"

#include <stddef.h>
#include <string.h>

static bool is_text_approved(const void *group)
{
        return ((const Groups__GroupRow *)group)->is_text_approved;
}

static bool is_ready(const void *facts)
{
        const Groups__GroupRow *group = facts;
        return group->total_participants >= 2 && group->is_plan_ready;
}

/* What a moderator has frozen a moderator thaws; what has run past its day needs another one. */
static bool may_resume(const void *facts)
{
        const Groups__GroupRow *group = facts;
        return group->is_frozen ? group->is_moderator : !group->is_past_date;
}

static bool is_not_frozen(const void *group)
{
        return !((const Groups__GroupRow *)group)->is_frozen;
}

static bool is_reached(const void *facts)
{
        const Groups__GroupRow *group = facts;
        return group->current_amount >= group->target_amount;
}

static bool is_short(const void *facts)
{
        return !is_reached(facts);
}

static bool is_empty(const void *group)
{
        return ((const Groups__GroupRow *)group)->current_amount == 0;
}

static bool has_place(const void *facts)
{
        const Groups__ParticipationRow *who = facts;
        return who->has_place && group_takes_members(who->group_status);
}

static bool can_be_spared(const void *participation)
{
        return ((const Groups__ParticipationRow *)participation)->can_be_spared;
}

static bool may_go(const void *facts)
{
        return can_be_spared(facts) && group_lets_go(((const Groups__ParticipationRow *)facts)->group_status);
}

#define LIVING "open active paused reached"

/* clang-format off */
const struct transition group_transitions[] = {
        /* action             from                  actors        next           effects */
        {"found",            "new",                "gadmin",     "draft"},
        {"open",             "draft",              "gadmin",     "open",         "can_be_joined", "text_approved", is_text_approved},
        {"discard",          "draft",              "gadmin",     "cancelled"},
        {"activate",         "open",               "gadmin",     "active",       "schedule_is_made", "two_members plan_for_every_member", is_ready},
        {"pause",            "active",             "gadmin sys", "paused",       "contributions_stop"},
        {"freeze",           "open active reached", "mod",       "paused",       "contributions_stop"},
        {"resume",           "paused",             "gadmin mod", LIFECYCLE_PREVIOUS, NULL, "target_date_ahead moderator_if_frozen", may_resume},
        {"reach",            "active",             "sys",        "reached",      NULL, "target_met", is_reached},
        {"unreach",          "reached",            "sys",        "active",       NULL, "target_not_met", is_short},
        {"raise_target",     "reached",            "gadmin",     "active",       "schedule_is_made", "target_above_amount", is_short},
        {"complete",         "reached",            "gadmin",     "disbursing",   "pot_is_paid_out"},
        {"complete_partial", "paused",             "gadmin",     "disbursing",   "pot_is_paid_out", "not_frozen", is_not_frozen},
        {"cancel",           LIVING,               "gadmin sys", "cancelling",   "contributions_are_refunded"},
        {"settled",          "disbursing",         "sys",        "completed",    NULL, "pot_empty", is_empty},
        {"settled",          "cancelling",         "sys",        "cancelled",    NULL, "pot_empty", is_empty},
        {NULL},
};

#define STANDING "active delinquent suspended"

const struct transition participation_transitions[] = {
        /* action      from                 actors        next          effects */
        {"found",     "new",               "owner",      "active"},
        {"request",   "new",               "owner",      "requested",  "gadmins_are_told"},
        {"join",      "new",               "owner",      "active",     "takes_a_place", "place_left group_open", has_place},
        {"approve",   "requested",         "gadmin",     "active",     "takes_a_place", "place_left group_open", has_place},
        {"decline",   "requested",         "gadmin",     "declined"},
        {"withdraw",  "requested",         "owner sys",  "left"},
        {"miss",      "active",            "sys",        "delinquent"},
        {"catch_up",  "delinquent",        "sys",        "active"},
        {"waive",     "delinquent",        "gadmin",     "active",     "overdue_instalments_are_waived"},
        {"suspend",   "active delinquent", "gadmin",     "suspended",  "contributions_stop", "another_gadmin", can_be_spared},
        {"reinstate", "suspended",         "gadmin",     "active"},
        {"leave",     STANDING,            "owner sys",  "leaving",    "contributions_are_refunded", "another_gadmin group_not_closed", may_go},
        {"remove",    STANDING,            "gadmin mod", "leaving",    "contributions_are_refunded", "another_gadmin group_not_closed", may_go},
        {"settled",   "leaving",           "sys",        "left",       "frees_a_place"},
        {"removed",   "leaving",           "sys",        "removed",    "frees_a_place"},
        {NULL},
};

const struct transition celebration_transitions[] = {
        /* action      from                              actors   next */
        {"post",      "new",                            "owner", "published"},
        {"hold",      "new",                            "owner", "pending_review"},
        {"approve",   "pending_review",                 "mod",   "published"},
        {"reject",    "pending_review",                 "mod",   "removed"},
        {"hide",      "published",                      "mod",   "hidden"},
        {"restore",   "hidden",                         "mod",   "published"},
        {"remove",    "published pending_review hidden", "mod",  "removed"},
        {"reinstate", "removed",                        "mod",   LIFECYCLE_PREVIOUS},
        {NULL},
};
/* clang-format on */

bool action_pays_back(const char *action)
{
        return strcmp(action, "cancel") == 0 || strcmp(action, "complete") == 0 ||
               strcmp(action, "complete_partial") == 0;
}

bool group_takes_members(const char *state)
{
        return strcmp(state, "open") == 0 || strcmp(state, "active") == 0;
}

bool group_lets_go(const char *state)
{
        return strcmp(state, "draft") == 0 || strcmp(state, "open") == 0 || strcmp(state, "active") == 0 ||
               strcmp(state, "paused") == 0 || strcmp(state, "reached") == 0;
}
