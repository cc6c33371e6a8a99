/* SPDX-License-Identifier: Apache-2.0 */
#include "common/transitions.h"

#include "common/db.h"
#include "common/sealed.h"
#include "common/service.h"

#include <string.h>

enum { WORDS_MAX = 16 };

static const char SQL_HISTORY[] =
        "SELECT from_state AS \"from\", to_state AS \"to\", action, actor_role, reason, at FROM lifecycle_history"
        " WHERE resource_id = $1 AND kind = $2 ORDER BY version DESC, step DESC LIMIT 100";

static status load(struct call *call, const struct lifecycle *lifecycle, const char *id, bool is_locked,
        struct lifecycle_subject *out)
{
        *out = (struct lifecycle_subject){.id = id};
        TRY(lifecycle->load(call, id, is_locked, out));
        if (*out->actors == '\0')
                return call_fail(call, STATUS_PERMISSION_DENIED, "this is for others than you");
        return STATUS_OK;
}

/* A list of words as a repeated field. */
static char **split(struct arena *arena, const char *list, size_t *count)
{
        const char *word;
        size_t length;
        char **words = arena_alloc(arena, WORDS_MAX * sizeof *words);
        *count = 0;
        while (list != NULL && *count < WORDS_MAX && lifecycle_next_word(&list, &word, &length))
                words[(*count)++] = arena_strndup(arena, word, length);
        return words;
}

static size_t count_rows(const struct transition *table)
{
        size_t count = 0;
        while (table[count].action != NULL)
                count++;
        return count;
}

static void list_allowed(struct call *call, const struct transition *table, const struct lifecycle_subject *subject,
        Sfp__Transitions *out)
{
        out->allowed = arena_alloc(call->arena, count_rows(table) * sizeof *out->allowed);
        for (const struct transition *row = table; row->action != NULL; row++) {
                if (lifecycle_find(table, subject->state, row->action, subject->actors) != row)
                        continue;
                Sfp__AllowedAction *allowed = arena_alloc(call->arena, sizeof *allowed);
                sfp__allowed_action__init(allowed);
                allowed->action = (char *)(size_t)row->action;
                allowed->requires = split(call->arena, row->requires, &allowed->n_requires);
                out->allowed[out->n_allowed++] = allowed;
        }
}

static status open_reason(
        struct call *call, const struct lifecycle *lifecycle, const char *id, const Sfp__TransitionRow *row, char **out)
{
        const char *context = arena_printf(call->arena, "lifecycle reason of %s %s", lifecycle->kind, id);
        return row->has_reason ? sealed_open_text(call, context, row->reason, out) : STATUS_OK;
}

static status prepare_reasons(struct call *call, const Sfp__TransitionRowList *rows)
{
        ProtobufCBinaryData *sealed = arena_alloc(call->arena, rows->n_items * sizeof *sealed + 1);
        size_t count = 0;
        for (size_t i = 0; i < rows->n_items; i++)
                if (rows->items[i]->has_reason)
                        sealed[count++] = rows->items[i]->reason;
        return sealed_prepare(call, count, sealed);
}

static status list_history(struct call *call, const struct lifecycle *lifecycle, const char *id, Sfp__Transitions *out)
{
        Sfp__TransitionRowList rows = SFP__TRANSITION_ROW_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_HISTORY, id, lifecycle->kind));
        TRY(prepare_reasons(call, &rows));
        out->history = arena_alloc(call->arena, rows.n_items * sizeof *out->history + 1);
        for (size_t i = 0; i < rows.n_items; i++) {
                const Sfp__TransitionRow *row = rows.items[i];
                Sfp__TransitionRecord *record = arena_alloc(call->arena, sizeof *record);
                sfp__transition_record__init(record);
                record->from = row->from;
                record->to = row->to;
                record->action = row->action;
                record->actor_role = row->actor_role;
                record->at = row->at;
                TRY(open_reason(call, lifecycle, id, row, &record->reason));
                out->history[out->n_history++] = record;
        }
        return STATUS_OK;
}

status transitions_get(struct call *call, const struct lifecycle *lifecycle, const Sfp__GetTransitionsRequest *in,
        Sfp__Transitions *out)
{
        struct lifecycle_subject subject;
        TRY(load(call, lifecycle, in->id, false, &subject));
        out->state = (char *)(size_t)subject.state;
        out->has_version = 1;
        out->version = subject.version;
        list_allowed(call, lifecycle->transitions, &subject, out);
        return list_history(call, lifecycle, in->id, out);
}

static status take(struct call *call, const struct lifecycle *lifecycle, struct lifecycle_subject *subject,
        const Sfp__TransitionRequest *in, struct lifecycle_step *out)
{
        call->is_rehearsal = in->dry_run;
        if (in->dry_run)
                return lifecycle_plan(call, lifecycle, subject, in->action, out);
        TRY(lifecycle_step(call, lifecycle, subject, in->action, in->reason, out));
        return lifecycle->apply(call, subject, out);
}

status transitions_post(struct call *call, const struct lifecycle *lifecycle, const Sfp__TransitionRequest *in,
        Sfp__TransitionResult *out)
{
        struct lifecycle_subject subject;
        struct lifecycle_step step;
        TRY(load(call, lifecycle, in->id, true, &subject));
        if (in->expected_version != subject.version)
                return call_problem(call, PROBLEM_VERSION_MISMATCH, "its version is %lld", (long long)subject.version);
        TRY(take(call, lifecycle, &subject, in, &step));
        out->state = (char *)(size_t)step.to;
        out->has_version = 1;
        out->version = subject.version + 1;
        out->effects = split(call->arena, step.transition->effects, &out->n_effects);
        return STATUS_OK;
}
