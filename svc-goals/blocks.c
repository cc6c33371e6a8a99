/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/blocks.h"

#include "common/db.h"
#include "common/field.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/identity.h"
#include "svc-goals/share_states.h"

enum { OUTDATED_MAX = 500 };

static const char SQL_OUT[] =
        "INSERT INTO blocked_owners (viewer_tag, owner_tag, by_viewer) VALUES ($1, $2, $3::boolean)"
        " ON CONFLICT (viewer_tag, owner_tag) DO UPDATE SET by_viewer = excluded.by_viewer";
static const char SQL_IN[] = "INSERT INTO blocked_owners (viewer_tag, owner_tag, by_owner) VALUES ($2, $1, $3::boolean)"
                             " ON CONFLICT (viewer_tag, owner_tag) DO UPDATE SET by_owner = excluded.by_owner";
static const char SQL_TIDY[] =
        "DELETE FROM blocked_owners WHERE (viewer_tag, owner_tag) IN (($1::bytea, $2::bytea), ($2::bytea, $1::bytea))"
        " AND NOT by_viewer AND NOT by_owner";
static const char SQL_SHARES[] = "SELECT share_id AS id FROM share_owners WHERE owner_tag IN ($1, $2) LIMIT $3";

/* Kept answers of either one's shares are stale for the other. */
static status outdate(struct call *call, ProtobufCBinaryData one, ProtobufCBinaryData other)
{
        Goals__ShareList shares = GOALS__SHARE_LIST__INIT;
        TRY(db_rows(call, &shares.base, "items", SQL_SHARES, one, other, (int)OUTDATED_MAX));
        const char **ids = arena_alloc(call->arena, shares.n_items * sizeof *ids + 1);
        for (size_t i = 0; i < shares.n_items; i++)
                ids[i] = shares.items[i]->id;
        return share_outdate(call, shares.n_items, ids);
}

status take_block(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        (void)event;
        const char *user_id = field_text(data, "user_id"), *target_id = field_text(data, "target_id");
        if (user_id == NULL || target_id == NULL)
                return STATUS_OK;
        ProtobufCBinaryData user = identity_owner_of(call, user_id), target = identity_owner_of(call, target_id);
        bool flag = field_flag(data, "blocked");
        TRY(db_later(call, NULL, SQL_OUT, user, target, flag));
        TRY(db_later(call, NULL, SQL_IN, user, target, flag));
        TRY(db_later(call, NULL, SQL_TIDY, user, target));
        return outdate(call, user, target);
}
