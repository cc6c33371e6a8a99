/* SPDX-License-Identifier: Apache-2.0 */
#include "common/lifecycle.h"

#include "common/db.h"
#include "common/sealed.h"
#include "common/service.h"
#include "sfp/lifecycle.pb-c.h"

#include <string.h>

enum { ALLOWED_MAX = 32 };

static const char SQL_RECORD[] =
        "INSERT INTO lifecycle_history (kind, resource_id, version, step, from_state, to_state, action, actor_role, reason)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"; /* the version decides who was first */
static const char SQL_PREVIOUS[] = "SELECT from_state AS \"from\" FROM lifecycle_history"
                                   " WHERE resource_id = $1 AND kind = $2 AND to_state = $3 AND from_state <> to_state"
                                   " ORDER BY version DESC, step DESC LIMIT 1";
static const char SQL_FORGET[] = "DELETE FROM lifecycle_history WHERE resource_id = $1 AND kind = $2";

bool lifecycle_next_word(const char **list, const char **word, size_t *length)
{
        *word = *list + strspn(*list, " ");
        *length = strcspn(*word, " ");
        *list = *word + *length;
        return *length > 0;
}

/* `length` bytes at `word` as a word of the list. */
static bool has_word(const char *list, const char *word, size_t length)
{
        const char *other;
        size_t other_length;
        while (lifecycle_next_word(&list, &other, &other_length))
                if (other_length == length && memcmp(other, word, length) == 0)
                        return true;
        return false;
}

/* The first of the row's actors that the asker is; "" for none. */
static const char *actor_of(struct arena *arena, const struct transition *row, const char *actors)
{
        const char *list = row->actors;
        const char *word;
        size_t length;
        while (lifecycle_next_word(&list, &word, &length))
                if (has_word(actors, word, length))
                        return arena_strndup(arena, word, length);
        return "";
}

static bool shares_word(const char *list, const char *other)
{
        const char *word;
        size_t length;
        while (lifecycle_next_word(&list, &word, &length))
                if (has_word(other, word, length))
                        return true;
        return false;
}

const struct transition *lifecycle_find(
        const struct transition *table, const char *state, const char *action, const char *actors)
{
        for (const struct transition *row = table; row->action != NULL; row++)
                if (strcmp(row->action, action) == 0 && has_word(row->from, state, strlen(state)) &&
                        shares_word(row->actors, actors))
                        return row;
        return NULL;
}

static void note_allowed(struct call *call, const struct lifecycle *lifecycle, const struct lifecycle_subject *subject)
{
        call->allowed = arena_alloc(call->arena, ALLOWED_MAX * sizeof *call->allowed);
        call->n_allowed = 0;
        for (const struct transition *row = lifecycle->transitions; row->action != NULL; row++)
                if (call->n_allowed < ALLOWED_MAX &&
                        lifecycle_find(lifecycle->transitions, subject->state, row->action, subject->actors) == row)
                        call->allowed[call->n_allowed++] = (char *)(size_t)row->action;
}

static status find_previous(
        struct call *call, const struct lifecycle *lifecycle, const struct lifecycle_subject *subject, const char **out)
{
        Sfp__TransitionRow row = SFP__TRANSITION_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_PREVIOUS, subject->id, lifecycle->kind, subject->state));
        *out = row.from;
        return STATUS_OK;
}

status lifecycle_plan(struct call *call, const struct lifecycle *lifecycle, const struct lifecycle_subject *subject,
        const char *action, struct lifecycle_step *out)
{
        const struct transition *row = lifecycle_find(lifecycle->transitions, subject->state, action, subject->actors);
        if (row == NULL || (row->guard != NULL && !row->guard(subject->facts))) {
                note_allowed(call, lifecycle, subject);
                return row == NULL ? call_problem(call, PROBLEM_ILLEGAL_TRANSITION,
                                             "this is not for you to do while it is %s", subject->state)
                                   : call_problem(call, PROBLEM_ILLEGAL_TRANSITION, "it requires: %s", row->requires);
        }
        *out = (struct lifecycle_step){row, subject->state, row->next, actor_of(call->arena, row, subject->actors)};
        return strcmp(row->next, LIFECYCLE_PREVIOUS) == 0 ? find_previous(call, lifecycle, subject, &out->to)
                                                          : STATUS_OK;
}

static struct db_value seal_reason(struct call *call, const struct lifecycle *lifecycle,
        const struct lifecycle_subject *subject, const char *reason)
{
        if (reason == NULL || *reason == '\0')
                return db_null();
        const char *context = arena_printf(call->arena, "lifecycle reason of %s %s", lifecycle->kind, subject->id);
        const char *of = call_is_moderator(call) ? NULL : call->caller->user_id; /* what the desk says stays */
        return sealed_text_of(call, of, context, reason);
}

status lifecycle_step(struct call *call, const struct lifecycle *lifecycle, struct lifecycle_subject *subject,
        const char *action, const char *reason, struct lifecycle_step *out)
{
        struct lifecycle_step step;
        TRY(lifecycle_plan(call, lifecycle, subject, action, &step));
        TRY(db_later(call, NULL, SQL_RECORD, lifecycle->kind, subject->id, subject->version + 1, subject->n_steps,
                step.from, step.to, step.transition->action, step.actor,
                seal_reason(call, lifecycle, subject, reason)));
        subject->state = step.to;
        subject->n_steps++;
        if (out != NULL)
                *out = step;
        return STATUS_OK;
}

status lifecycle_forget(struct call *call, const struct lifecycle *lifecycle, const char *id)
{
        return db_later(call, NULL, SQL_FORGET, id, lifecycle->kind);
}
