/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/separation.h"

#include "common/db.h"
#include "common/field.h"
#include "common/people_feed.h"
#include "svc-mentor/locks.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/mentor_states.h"

#include <string.h>

static const char SQL_OF_PAIR[] =
        "SELECT id FROM mentorship_matches WHERE (mentor_user_id, mentee_user_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))"
        " AND status IN ('requested', 'trial', 'active', 'paused')";
static const char SQL_PROFILE_OF[] = "SELECT id FROM mentor_profiles WHERE user_id = $1";

status matches_break(struct call *call, const Mentor__IdList *ids)
{
        for (size_t i = 0; i < ids->n_items; i++)
                TRY(match_break(call, ids->items[i]->id));
        return STATUS_OK;
}

status separate_mentor(struct call *call, const char *mentor_profile_id)
{
        Mentor__IdList ids = MENTOR__ID_LIST__INIT;
        TRY(lock_matches_of(call, mentor_profile_id, &ids));
        return matches_break(call, &ids);
}

/* The block is kept here as well: a request that is sent after this one looked for requests must find it. */
static status take_block(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        (void)event;
        Mentor__IdList ids = MENTOR__ID_LIST__INIT;
        const char *user_id = field_text(data, "user_id"), *target_id = field_text(data, "target_id");
        bool is_blocked = field_flag(data, "blocked");
        if (user_id == NULL || target_id == NULL)
                return STATUS_OK;
        TRY(lock_pair(call, user_id, target_id));
        TRY(people_take_block(call, user_id, target_id, is_blocked));
        if (!is_blocked)
                return STATUS_OK;
        TRY(db_rows(call, &ids.base, "items", SQL_OF_PAIR, user_id, target_id));
        TRY(lock_matches(call, &ids));
        return matches_break(call, &ids);
}

/* Does this kind of sanction end what somebody has with others? A warning, or less room for a while, does not. */
static bool is_exclusion(const char *kind)
{
        return kind != NULL && (strcmp(kind, "suspend") == 0 || strcmp(kind, "ban") == 0);
}

/* As a mentor they are suspended, or are one again; where that is not due, nothing happens. */
static status step_profile(struct call *call, const char *user_id, const char *action)
{
        Mentor__Id profile = MENTOR__ID__INIT;
        struct lifecycle_subject mentor;
        status found = db_one(call, &profile.base, SQL_PROFILE_OF, user_id);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        found = mentor_load_own(call, profile.id, &mentor);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        if (lifecycle_find(mentor_lifecycle.transitions, mentor.state, action, "sys") == NULL)
                return STATUS_OK;
        return mentor_step(call, &mentor, "sys", action);
}

static status take_sanction(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        Mentor__IdList ids = MENTOR__ID_LIST__INIT;
        const char *user_id = field_text(data, "user_id");
        if (user_id == NULL || !is_exclusion(field_text(data, "kind")))
                return STATUS_OK;
        if (!event_has_topic(event, event_topic(call->arena, "moderation.sanction.started")))
                return step_profile(call, user_id, "unsuspend");
        TRY(lock_person(call, user_id, &ids));
        TRY(step_profile(call, user_id, "suspend"));
        return matches_break(call, &ids);
}

const struct event_consumer separation_consumers[] = {
        {"separate_blocked", "anonymize", "profile.relationship.changed", take_block},
        {"separate_sanctioned", "moderation", "moderation.sanction.", take_sanction},
        {0},
};
