/* SPDX-License-Identifier: Apache-2.0 */
/* The profile's row is locked first: entries of one person are written one after another, so a day's cap holds and the
 * score is the sum. */
#include "svc-anonymize/ledger.h"

#include "common/db.h"
#include "common/event.h"
#include "common/uuid.h"
#include "sfp/anonymize.pb-c.h"
#include "svc-anonymize/badges.h"
#include "svc-anonymize/policy.h"

#include <string.h>

static const char SQL_LOCK[] =
        "SELECT id, user_id, reputation_score, total_contributions, experience_level FROM user_social_profiles"
        " WHERE user_id = $1 AND NOT is_leaving FOR UPDATE";
static const char SQL_GIVE[] =
        "INSERT INTO reputation_entries (id, user_id, delta, contributions, reason, object_ref, source_key)"
        " SELECT $1, $2, CASE WHEN $3::integer < 0 THEN $3 ELSE greatest(0, least($3, $4::integer - (SELECT"
        "  coalesce(sum(delta), 0) FROM reputation_entries WHERE user_id = $2 AND reason = $5"
        "  AND day = (now() AT TIME ZONE 'UTC')::date AND voided_at IS NULL))) END, $6, $5, $7, $8"
        " ON CONFLICT (source_key) DO NOTHING RETURNING id AS entry_id, delta, contributions, reason, object_ref";
static const char SQL_UNDO[] =
        "UPDATE reputation_entries SET voided_at = now() WHERE id = (SELECT id FROM reputation_entries"
        " WHERE user_id = $1 AND reason = $2 AND object_ref = $3 AND voided_at IS NULL ORDER BY id DESC LIMIT 1)"
        " RETURNING id AS entry_id, -delta AS delta, -contributions AS contributions, reason, object_ref";
static const char SQL_SCORE[] = "UPDATE user_social_profiles SET reputation_score = reputation_score + $2,"
                                " total_contributions = total_contributions + $3, experience_level = $4 WHERE id = $1"
                                " RETURNING id, user_id, reputation_score, total_contributions, experience_level";

static status announce_change(struct call *call, const Anonymize__Standing *standing, const Anonymize__LedgerRow *entry)
{
        Anonymize__ReputationChanged event = ANONYMIZE__REPUTATION_CHANGED__INIT;
        event.profile_id = standing->id;
        event.user_id = standing->user_id;
        event.has_delta = event.has_score = 1;
        event.delta = entry->delta;
        event.reason = entry->reason;
        event.object_ref = entry->object_ref;
        event.entry_id = entry->entry_id;
        event.score = standing->reputation_score;
        return event_publish(call, &event.base);
}

static status announce_level(struct call *call, const Anonymize__Standing *standing, char *from)
{
        Anonymize__LevelChanged event = ANONYMIZE__LEVEL_CHANGED__INIT;
        event.profile_id = standing->id;
        event.user_id = standing->user_id;
        event.from = from;
        event.to = standing->experience_level;
        event.n_recipient_user_ids = 1;
        event.recipient_user_ids = (char **)(size_t)&standing->user_id;
        return event_publish(call, &event.base);
}

/* What an entry that was written, or taken back, does to its owner's standing. */
static status apply(struct call *call, const Anonymize__Standing *old, const Anonymize__LedgerRow *entry)
{
        Anonymize__Standing standing = ANONYMIZE__STANDING__INIT;
        const char *level = policy_level(old->experience_level, old->reputation_score + entry->delta);
        TRY(db_one(call, &standing.base, SQL_SCORE, old->id, entry->delta, entry->contributions, level));
        if (entry->delta != 0)
                TRY(announce_change(call, &standing, entry));
        if (strcmp(level, old->experience_level) != 0)
                TRY(announce_level(call, &standing, old->experience_level));
        return badges_award(call, &standing, entry->reason);
}

static status load(struct call *call, const char *user_id, Anonymize__Standing *out)
{
        return db_one(call, &out->base, SQL_LOCK, user_id);
}

status ledger_give(struct call *call, const struct ledger_entry *entry)
{
        char id[UUID_SIZE];
        Anonymize__Standing standing = ANONYMIZE__STANDING__INIT;
        Anonymize__LedgerRow row = ANONYMIZE__LEDGER_ROW__INIT;
        uuid_v7(id);
        status found = load(call, entry->user_id, &standing);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        status given = db_one(call, &row.base, SQL_GIVE, id, entry->user_id, entry->points, entry->cap, entry->reason,
                entry->contributions, entry->object_ref, entry->source_key);
        if (given != STATUS_OK)
                return given == STATUS_NOT_FOUND ? STATUS_OK : given; /* it was given before */
        return apply(call, &standing, &row);
}

status ledger_undo(struct call *call, const char *user_id, const char *reason, const char *object_ref)
{
        Anonymize__Standing standing = ANONYMIZE__STANDING__INIT;
        Anonymize__LedgerRow row = ANONYMIZE__LEDGER_ROW__INIT;
        status found = load(call, user_id, &standing);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        status undone = db_one(call, &row.base, SQL_UNDO, user_id, reason, object_ref);
        if (undone != STATUS_OK)
                return undone == STATUS_NOT_FOUND ? STATUS_OK : undone;
        return apply(call, &standing, &row);
}
