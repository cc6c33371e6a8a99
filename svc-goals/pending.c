/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/pending.h"

#include "common/db.h"
#include "common/sealed.h"

#include <string.h>

static const char SQL_STORE[] = "INSERT INTO pending_texts (share_id, sealed) VALUES ($1, $2)"
                                " ON CONFLICT (share_id) DO UPDATE SET sealed = excluded.sealed";
static const char SQL_REMOVE[] = "DELETE FROM pending_texts WHERE share_id = $1";
static const char SQL_OF_SHARE[] = "SELECT share_id, sealed FROM pending_texts WHERE share_id = $1";
static const char SQL_OF_SHARES[] = "SELECT share_id, sealed FROM pending_texts WHERE share_id = ANY ($1::uuid[])";

static const char *context_of(struct call *call, const char *share_id)
{
        return arena_printf(call->arena, "goals pending text of %s", share_id);
}

status pending_store(struct call *call, const char *share_id, const Goals__ShareText *text)
{
        return db_later(call, NULL, SQL_STORE, share_id, sealed_message(call, context_of(call, share_id), &text->base));
}

status pending_remove(struct call *call, const char *share_id)
{
        return db_later(call, NULL, SQL_REMOVE, share_id);
}

static status open_text(struct call *call, const char *share_id, ProtobufCBinaryData sealed, Goals__ShareText **out)
{
        return sealed_open(
                call, context_of(call, share_id), sealed, &goals__share_text__descriptor, (ProtobufCMessage **)out);
}

status pending_load(struct call *call, const char *share_id, Goals__ShareText **out)
{
        Goals__PendingText row = GOALS__PENDING_TEXT__INIT;
        TRY(db_one(call, &row.base, SQL_OF_SHARE, share_id));
        return open_text(call, row.share_id, row.sealed, out);
}

void share_set_text(Goals__Share *share, const Goals__ShareText *text)
{
        share->goal_title = text->goal_title;
        share->goal_description = text->goal_description;
        share->strategy_description = text->strategy_description;
        share->tips_and_lessons = text->tips_and_lessons;
        share->n_tags = text->n_tags;
        share->tags = text->tags;
}

static bool may_have_pending(const Goals__Share *share)
{
        return share->viewer != NULL && share->viewer->is_owner &&
               (strcmp(share->status, "draft") == 0 || strcmp(share->status, "pending_review") == 0);
}

static Goals__Share *find_share(size_t count, Goals__Share *const *shares, const char *id)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(shares[i]->id, id) == 0)
                        return shares[i];
        return NULL;
}

static status show_rows(
        struct call *call, const Goals__PendingTextList *rows, size_t count, Goals__Share *const *shares)
{
        for (size_t i = 0; i < rows->n_items; i++) {
                Goals__ShareText *text;
                const Goals__PendingText *row = rows->items[i];
                TRY(open_text(call, row->share_id, row->sealed, &text));
                share_set_text(find_share(count, shares, row->share_id), text);
        }
        return STATUS_OK;
}

status pending_show(struct call *call, size_t count, Goals__Share *const *shares)
{
        size_t n_ids = 0;
        char **ids = arena_alloc(call->arena, count * sizeof *ids + 1);
        for (size_t i = 0; i < count; i++)
                if (may_have_pending(shares[i]))
                        ids[n_ids++] = shares[i]->id;
        if (n_ids == 0)
                return STATUS_OK;
        Goals__PendingTextList rows = GOALS__PENDING_TEXT_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_OF_SHARES, db_texts(n_ids, ids)));
        return show_rows(call, &rows, count, shares);
}
