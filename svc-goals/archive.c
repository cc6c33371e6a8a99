/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/archive.h"

#include "common/db.h"
#include "svc-goals/policy.h"
#include "svc-goals/share_states.h"

/* new_key is when it was published, and what the index of public shares is sorted by. */
static const char SQL_IDLE[] =
        "SELECT s.id FROM anonymous_goal_shares s WHERE s.is_public AND s.status IN ('published', 'completed')"
        " AND s.new_key < (extract(epoch FROM now() - interval '" ARCHIVE_IDLE "') * 1000000)::bigint"
        " AND NOT EXISTS (SELECT FROM lifecycle_history h WHERE h.resource_id = s.id AND h.kind = 'share'"
        "                 AND h.at > now() - interval '" ARCHIVE_IDLE "')"
        " AND NOT EXISTS (SELECT FROM share_reactions r WHERE r.share_id = s.id"
        "                 AND r.created_at > now() - interval '" ARCHIVE_IDLE "')"
        " ORDER BY s.new_key, s.id LIMIT $1";

/* *done: it is archived now. */
static status archive(struct call *call, const char *id, bool *done)
{
        struct lifecycle_subject share;
        struct lifecycle_step step;
        TRY(share_load(call, id, &share));
        if (lifecycle_find(share_transitions, share.state, "archive", share.actors) == NULL)
                return STATUS_OK; /* its owner was quicker */
        TRY(lifecycle_step(call, &share_lifecycle, &share, "archive", NULL, &step));
        TRY(share_lifecycle.apply(call, &share, &step));
        *done = true;
        return STATUS_OK;
}

status archive_idle(struct call *call)
{
        Goals__ShareList idle = GOALS__SHARE_LIST__INIT;
        TRY(db_rows(call, &idle.base, "items", SQL_IDLE, (int)ARCHIVE_AT_ONCE));
        const char **archived = arena_alloc(call->arena, idle.n_items * sizeof *archived + 1);
        size_t count = 0;
        for (size_t i = 0; i < idle.n_items; i++) {
                bool is_done = false;
                TRY(archive(call, idle.items[i]->id, &is_done));
                archived[count] = idle.items[i]->id;
                count += is_done;
        }
        return share_outdate(call, count, archived);
}
