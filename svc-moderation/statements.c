/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of actions: a moderator rules, whom it concerns reads why. */
#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/page.h"
#include "common/rpc.h"
#include "svc-moderation/actions.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/reports.h"
#include "svc-moderation/strikes.h"
#include "svc-moderation/words.h"

#include <string.h>

#define STATEMENT_RPCS(RPC)                                                                                            \
        RPC(CreateAction, create_action, Moderation__CreateActionRequest, Moderation__Action)                          \
        RPC(ListActions, list_actions, Moderation__ListActionsRequest, Moderation__ActionList)                         \
        RPC(GetAction, get_action, Moderation__ActionRequest, Moderation__Action)
RPC_DECLARE(STATEMENT_RPCS)

/* `mod`: whether a moderator asks, who sees more; `viewer`: who asks. Whom an action concerns sees what was done, never
 * by whom. */
#define ACTION_COLUMNS(mod, viewer)                                                                                    \
        "a.id, CASE WHEN " mod "::boolean THEN a.case_id::text END AS case_id, a.object_type, a.object_id,"            \
        " CASE WHEN a.object_type = 'forum_post' THEN a.object_id END AS post_id,"                                     \
        " CASE WHEN a.object_type = 'forum_topic' THEN a.object_id END AS topic_id, a.action_taken, a.reason,"         \
        " a.rule_id, a.is_automated_action, a.confidence_score, a.taken_at, a.until_at, a.version,"                    \
        " CASE WHEN a.action_taken <> 'none' THEN a.appeal_until END AS appeal_until,"                                 \
        " a.reversed_at IS NOT NULL AS is_reversed, CASE WHEN " mod "::boolean THEN a.note_sealed END AS note_sealed," \
        " CASE WHEN " mod "::boolean THEN a.reported_user_id END AS \"reported.user_id\","                             \
        " CASE WHEN " mod "::boolean THEN 'moderation' END AS \"reported.scope\","                                     \
        " nullif(" STRIKES_OF ", 0) AS strikes, CASE WHEN " STRIKES_OF " > 0 THEN a.taken_at +" STRIKE_LIFE            \
        " END AS strike_until, CASE WHEN EXISTS (SELECT FROM reports r WHERE r.answered_by = a.id) THEN 'report'"      \
        " ELSE 'machine' END AS found_by,"                                                                             \
        " a.reported_user_id = " viewer " AND a.action_taken <> 'none' AND a.reversed_at IS NULL"                      \
        " AND a.appeal_until > now() AND NOT EXISTS (SELECT FROM appeals p WHERE p.action_id = a.id) AS can_appeal"

static const char SQL_LIST_MINE[] = "SELECT " ACTION_COLUMNS("$3",
        "$4") ", a.new_key AS page_key, a.id AS page_id FROM actions a"
              " WHERE (a.new_key, a.id) < ($1::bigint, $2::uuid) AND a.reported_user_id = $4 AND a.action_taken <> 'none'"
              " AND ($5::text IS NULL OR a.action_taken = $5) ORDER BY a.new_key DESC, a.id DESC";
static const char SQL_LIST_ALL[] = "SELECT " ACTION_COLUMNS(
        "$3", "$4") ", a.new_key AS page_key, a.id AS page_id FROM actions a"
                    " WHERE (a.new_key, a.id) < ($1::bigint, $2::uuid) AND ($5::text IS NULL OR a.action_taken = $5)"
                    " ORDER BY a.new_key DESC, a.id DESC";
static const char SQL_GET[] = "SELECT " ACTION_COLUMNS(
        "$2", "$3") " FROM actions a WHERE a.id = $1"
                    " AND ($2::boolean OR (a.reported_user_id = $3 AND a.action_taken <> 'none'))";

static const char redress[] =
        "You may appeal until appeal_until, once: POST /moderation/appeals with this action_id and what"
        " you have to say. Somebody else than took the action decides, and never a machine.";

static status show(struct call *call, Moderation__Action *action)
{
        if (action->can_appeal)
                action->redress = (char *)(size_t)redress;
        return words_open(
                call, "note of action", action->id, action->has_note_sealed, action->note_sealed, &action->note);
}

static status load(struct call *call, const char *id, Moderation__Action *out)
{
        TRY(db_one(call, &out->base, SQL_GET, id, call_is_moderator(call), call->caller->user_id));
        return show(call, out);
}

static status announce_resolved(struct call *call, const char *case_id, const char *action_taken)
{
        Moderation__CaseResolved event = MODERATION__CASE_RESOLVED__INIT;
        event.case_id = (char *)(size_t)case_id;
        event.action_taken = (char *)(size_t)action_taken;
        return event_publish(call, &event.base);
}

static void foresee(struct call *call, const Moderation__CreateActionRequest *in, const Moderation__Case *about,
        Moderation__Action *out)
{
        const char *const *effects = action_effects(in->action_taken);
        call->is_rehearsal = true;
        out->object_type = about->object_type;
        out->object_id = about->object_id;
        out->action_taken = in->action_taken;
        while (effects[out->n_effects] != NULL)
                out->n_effects++;
        out->effects = (char **)(size_t)effects;
        call_succeed_as(call, 200);
}

/* Nobody is told off without being told what for. */
static status check_rule(struct call *call, const Moderation__CreateActionRequest *in)
{
        if (in->rule_id == NULL && strcmp(in->action_taken, "none") != 0)
                return call_invalid(call, "rule_id", "required", "is required for %s", in->action_taken);
        return STATUS_OK;
}

static status check_duration(struct call *call, const Moderation__CreateActionRequest *in)
{
        bool is_needed = action_needs_duration(in->action_taken);
        if (is_needed && !in->has_duration_s)
                return call_invalid(call, "duration_s", "required", "is required for %s", in->action_taken);
        if (!is_needed && in->has_duration_s)
                return call_invalid(call, "duration_s", "not_allowed", "means nothing for %s", in->action_taken);
        return STATUS_OK;
}

static status create_action(struct call *call, const Moderation__CreateActionRequest *in, Moderation__Action *out)
{
        Moderation__Case about = MODERATION__CASE__INIT;
        struct lifecycle_subject subject;
        struct lifecycle_step step;
        char *id;
        TRY(check_duration(call, in));
        TRY(check_rule(call, in));
        TRY(case_load_held(call, in->case_id, &about, &subject, &step));
        if (in->dry_run) {
                foresee(call, in, &about, out);
                return STATUS_OK;
        }
        const struct ruling ruling = {.about = &about,
                .action_taken = in->action_taken,
                .reason = in->reason,
                .rule_id = in->rule_id,
                .note = in->note,
                .moderator = call->caller->user_id,
                .until_us = in->has_duration_s ? clock_unix_us() + in->duration_s * INT64_C(1000000) : 0};
        TRY(lifecycle_step(call, &case_lifecycle, &subject, "resolve", in->reason, &step));
        TRY(case_lifecycle.apply(call, &subject, &step));
        TRY(action_take(call, &ruling, &id));
        TRY(reports_answer(call, in->case_id, id, strcmp(in->action_taken, "none") != 0));
        TRY(announce_resolved(call, in->case_id, in->action_taken));
        return load(call, id, out);
}

static status list_actions(struct call *call, const Moderation__ListActionsRequest *in, Moderation__ActionList *out)
{
        bool is_mod = call_is_moderator(call);
        TRY(page_rows(call, &in->base, &out->base, is_mod ? SQL_LIST_ALL : SQL_LIST_MINE, is_mod, call->caller->user_id,
                in->action_taken));
        for (size_t i = 0; i < out->n_items; i++)
                TRY(show(call, out->items[i]));
        return STATUS_OK;
}

static status get_action(struct call *call, const Moderation__ActionRequest *in, Moderation__Action *out)
{
        return load(call, in->action_id, out);
}

RPC_TABLE(statement_rpcs, STATEMENT_RPCS);
