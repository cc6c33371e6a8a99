/* SPDX-License-Identifier: Apache-2.0 */
/* Shares as moderators see them, and what their rulings do. Whose a share is moderation is told, and tells nobody. */
#include "svc-goals/moderated.h"

#include "common/db.h"
#include "svc-goals/identity.h"
#include "svc-goals/pending.h"
#include "svc-goals/share_states.h"

#include <string.h>

static const char SQL_SHARE[] =
        "SELECT id, status, goal_title, goal_description, strategy_description, tips_and_lessons, tags,"
        " CASE WHEN is_public THEN published_at::date END AS published_on FROM anonymous_goal_shares WHERE id = $1";

static void list_texts(struct call *call, const Goals__ShareText *text, Content__Snapshot *out)
{
        char *const all[] = {
                text->goal_title, text->goal_description, text->strategy_description, text->tips_and_lessons};
        out->texts = arena_alloc(call->arena, sizeof all);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                if (all[i] != NULL && *all[i] != '\0')
                        out->texts[out->n_texts++] = all[i];
}

static Goals__ShareText public_text(const Goals__Share *share)
{
        Goals__ShareText text = GOALS__SHARE_TEXT__INIT;
        text.goal_title = share->goal_title;
        text.goal_description = share->goal_description;
        text.strategy_description = share->strategy_description;
        text.tips_and_lessons = share->tips_and_lessons;
        return text;
}

/* What waits is what is ruled on; else what was published. */
static status show_share(struct call *call, const char *id, Content__Snapshot *out)
{
        Goals__Share share = GOALS__SHARE__INIT;
        Goals__ShareText *pending;
        TRY(db_one(call, &share.base, SQL_SHARE, id));
        out->state = share.status;
        out->has_is_public = 1;
        out->is_public = share.published_on != NULL;
        status found = identity_load_owner(call, id, &out->author_user_id);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        found = pending_load(call, id, &pending);
        Goals__ShareText shown = public_text(&share);
        if (found != STATUS_OK && found != STATUS_NOT_FOUND)
                return found;
        list_texts(call, found == STATUS_OK ? pending : &shown, out);
        return STATUS_OK;
}

static status decide_share(struct call *call, const char *id, const char *action, const char *reason)
{
        struct lifecycle_subject share;
        struct lifecycle_step step;
        const char *taken = strcmp(action, "edit_request") == 0 ? "hide" : action;
        TRY(share_load(call, id, &share));
        share.actors = "mod";
        TRY(lifecycle_step(call, &share_lifecycle, &share, taken, reason, &step));
        TRY(share_lifecycle.apply(call, &share, &step));
        return share_outdate(call, 1, &share.id);
}

status share_hold(struct call *call, const char *id, const struct review *review)
{
        return content_hold(call, "goal_share", id, review);
}

const struct content_kind goals_content[] = {
        {"goal_share", show_share, decide_share},
        {0},
};
