/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/separation.h"

#include "common/db.h"
#include "common/field.h"
#include "svc-mentor/match_states.h"
#include "svc-mentor/mentor_states.h"

#include <string.h>

#define UNDER_WAY " AND status IN ('requested', 'trial', 'active', 'paused') ORDER BY id"
static const char SQL_OF_MENTOR[] = "SELECT id FROM mentorship_matches WHERE mentor_profile_id = $1" UNDER_WAY;
static const char SQL_OF_PAIR[] =
        "SELECT id FROM mentorship_matches WHERE (mentor_user_id, mentee_user_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))" UNDER_WAY;
static const char SQL_OF_MENTEE[] = "SELECT id FROM mentorship_matches WHERE mentee_user_id = $1" UNDER_WAY;
static const char SQL_PROFILE_OF[] = "SELECT id FROM mentor_profiles WHERE user_id = $1";

/* Behind the lock only where there is something to break: most blocks are between people who have nothing here. */
static status break_all(struct call *call, const Mentor__IdList *rows)
{
        if (rows->n_items > 0)
                TRY(match_lock(call));
        for (size_t i = 0; i < rows->n_items; i++)
                TRY(match_break(call, rows->items[i]->id));
        return STATUS_OK;
}

status separate_mentor(struct call *call, const char *mentor_profile_id)
{
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        TRY(match_lock(call));
        TRY(db_rows(call, &rows.base, "items", SQL_OF_MENTOR, mentor_profile_id));
        return break_all(call, &rows);
}

static status take_block(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        (void)event;
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        const char *user_id = field_text(data, "user_id"), *target_id = field_text(data, "target_id");
        if (!field_flag(data, "blocked") || user_id == NULL || target_id == NULL)
                return STATUS_OK;
        TRY(db_rows(call, &rows.base, "items", SQL_OF_PAIR, user_id, target_id));
        return break_all(call, &rows);
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
        Mentor__IdList rows = MENTOR__ID_LIST__INIT;
        const char *user_id = field_text(data, "user_id");
        if (user_id == NULL || !is_exclusion(field_text(data, "kind")))
                return STATUS_OK;
        TRY(match_lock(call));
        if (!event_has_topic(event, event_topic(call->arena, "moderation.sanction.started")))
                return step_profile(call, user_id, "unsuspend");
        TRY(step_profile(call, user_id, "suspend"));
        TRY(db_rows(call, &rows.base, "items", SQL_OF_MENTEE, user_id));
        return break_all(call, &rows);
}

const struct event_consumer separation_consumers[] = {
        {"separate_blocked", "anonymize", "profile.relationship.changed", take_block},
        {"separate_sanctioned", "moderation", "moderation.sanction.", take_sanction},
        {0},
};
