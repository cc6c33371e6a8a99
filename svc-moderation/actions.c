/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/actions.h"

#include "common/db.h"
#include "common/event.h"
#include "common/uuid.h"
#include "svc-moderation/audit.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/sanctions.h"
#include "svc-moderation/words.h"

#include <string.h>

static const char SQL_INSERT[] =
        "INSERT INTO actions (id, case_id, object_type, object_id, reported_user_id, moderator_user_id, action_taken,"
        " reason, rule_id, note_sealed, is_automated_action, is_held, confidence_score, sanction_id, until_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::boolean, $12::boolean, $13, $14,"
        " to_timestamp($15::double precision / 1000000))";
static const char SQL_REVERSE[] =
        "UPDATE actions SET reversed_at = now(), version = version + 1 WHERE id = $1 AND reversed_at IS NULL"
        " RETURNING id, object_type, object_id, reported_user_id, action_taken, sanction_id, is_held";

/* What was waiting and is ruled on. */
static status announce_checked(struct call *call, const struct ruling *ruling)
{
        Moderation__ContentChecked event = MODERATION__CONTENT_CHECKED__INIT;
        event.object_type = ruling->about->object_type;
        event.object_id = ruling->about->object_id;
        event.verdict = (char *)(size_t)held_verdict(ruling->action_taken);
        event.category = ruling->about->category;
        return event_publish(call, &event.base);
}

static status announce_taken(struct call *call, const struct ruling *ruling, const char *id)
{
        Moderation__ActionTaken event = MODERATION__ACTION_TAKEN__INIT;
        char *recipients[] = {ruling->about->author_user_id};
        event.action_id = (char *)(size_t)id;
        event.object_type = ruling->about->object_type;
        event.object_id = ruling->about->object_id;
        event.reported_user_id = ruling->about->author_user_id;
        event.action_taken = (char *)(size_t)ruling->action_taken;
        event.has_is_automated_action = 1;
        event.is_automated_action = ruling->moderator == NULL;
        bool is_told = ruling->about->author_user_id != NULL && strcmp(ruling->action_taken, "none") != 0;
        event.n_recipient_user_ids = is_told;
        event.recipient_user_ids = recipients;
        return event_publish(call, &event.base);
}

static status record_taken(struct call *call, const struct ruling *ruling, const char *id)
{
        const struct audit_entry entry = {.kind = "action",
                .resource_id = id,
                .what = ruling->action_taken,
                .role = ruling->moderator == NULL ? "sys" : NULL,
                .to = "taken",
                .policy = ruling->rule_id,
                .score = ruling->about->has_confidence_score ? &ruling->about->confidence_score : NULL};
        return audit_record(call, &entry);
}

static status record_reversed(struct call *call, const Moderation__ActionRow *row)
{
        const struct audit_entry entry = {
                .kind = "action", .resource_id = row->id, .what = row->action_taken, .from = "taken", .to = "reversed"};
        return audit_record(call, &entry);
}

status action_take(struct call *call, const struct ruling *ruling, char **id)
{
        const Moderation__Case *about = ruling->about;
        char *sanction_id = NULL;
        *id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v7(*id);
        if (action_is_sanction(ruling->action_taken) && about->author_user_id != NULL) {
                sanction_id = arena_alloc(call->arena, UUID_SIZE);
                uuid_v7(sanction_id);
        }
        TRY(db_later(call, NULL, SQL_INSERT, *id, about->id, about->object_type, about->object_id,
                about->author_user_id, ruling->moderator, ruling->action_taken, ruling->reason, ruling->rule_id,
                words_seal(call, NULL, "note of action", *id, ruling->note), ruling->moderator == NULL, about->is_held,
                about->has_confidence_score ? db_real(about->confidence_score) : db_null(), sanction_id,
                ruling->until_us == 0 ? db_null() : db_integer(ruling->until_us)));
        if (about->is_held)
                TRY(announce_checked(call, ruling));
        TRY(announce_taken(call, ruling, *id));
        TRY(record_taken(call, ruling, *id));
        if (sanction_id == NULL)
                return STATUS_OK;
        return sanction_start(call, sanction_id, about->author_user_id, ruling->action_taken, ruling->until_us);
}

/* What was kept from the public is let through now; what was taken down comes back. */
static const char *reversed_word(const Moderation__ActionRow *row)
{
        if (!row->is_held)
                return row->action_taken;
        return strcmp(held_verdict(row->action_taken), "block") == 0 ? "reject" : "none";
}

status action_reverse(struct call *call, const char *action_id)
{
        Moderation__ActionRow row = MODERATION__ACTION_ROW__INIT;
        Moderation__ActionReversed event = MODERATION__ACTION_REVERSED__INIT;
        status result = db_one(call, &row.base, SQL_REVERSE, action_id);
        if (result == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(result);
        TRY(record_reversed(call, &row));
        event.action_id = row.id;
        event.object_type = row.object_type;
        event.object_id = row.object_id;
        event.reported_user_id = row.reported_user_id;
        event.action_taken = (char *)(size_t)reversed_word(&row);
        event.n_recipient_user_ids = row.reported_user_id != NULL;
        event.recipient_user_ids = &row.reported_user_id;
        TRY(event_publish(call, &event.base));
        return row.sanction_id == NULL ? STATUS_OK : sanction_end(call, row.sanction_id);
}
