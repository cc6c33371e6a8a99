/* SPDX-License-Identifier: Apache-2.0 */
/* An id is text of 36 characters in a payload, and what takes its place is as long: no length in front of it changes.
 * Days of the outbox are looked at by ordinal, the latest part of what is left at each run. */
#include "common/forgetting.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/sealed.h"
#include "sfp/kit.pb-c.h"

#include <string.h>

/* The bytes of an id in bytes: nothing else is 72 hexadecimal digits that read like it. */
#define WITHOUT(column)                                                                                                \
        "decode(replace(encode(" column ", 'hex'), encode($1::text::bytea, 'hex'), encode('" FORGOTTEN_USER            \
        "'::bytea, 'hex')), 'hex')"
#define HOLDS(column) "position($1::text::bytea IN " column ") > 0"

static const char SQL_END[] = "SELECT coalesce(max(ordinal), 0) AS last FROM outbox";
static const char SQL_OUTBOX[] = "UPDATE outbox SET data = " WITHOUT(
        "data") ", subject = replace(subject, $1, '" FORGOTTEN_USER
                "'), partitionkey = replace(partitionkey, $1, '" FORGOTTEN_USER
                "') WHERE ordinal > $2 AND ordinal <= $3"
                " AND sequence IS NOT NULL AND (" HOLDS("data") " OR subject = $1 OR partitionkey = $1)";
static const char SQL_DEAD[] = "UPDATE event_dead SET event = " WITHOUT("event") " WHERE " HOLDS("event");

static const char *context_of(struct call *call, const char *erasure_id)
{
        return arena_printf(call->arena, "events of erasure %s", erasure_id);
}

/* Under the service's own key: the person's is gone. Each run is a job of its own: none may replace itself. */
static status go_on(struct call *call, const char *erasure_id, const Sfp__Forgetting *what, int64_t after_s)
{
        const char *key = arena_printf(call->arena, "%s %lld", erasure_id, (long long)what->n_done);
        return job_schedule(call, FORGET_EVENTS, key, clock_unix_us() + after_s * 1000000,
                sealed_message_of(call, NULL, context_of(call, erasure_id), &what->base));
}

status forgetting_begin(struct call *call, const char *erasure_id, const char *user_id)
{
        Sfp__Forgetting what = SFP__FORGETTING__INIT;
        what.user_id = (char *)(size_t)user_id;
        return go_on(call, erasure_id, &what, FORGET_EVENTS_AFTER_S);
}

static status forget_some(struct call *call, Sfp__Forgetting *what)
{
        int64_t until = what->last - what->n_done;
        int64_t from = until > FORGET_EVENTS_AT_ONCE ? until - FORGET_EVENTS_AT_ONCE : 0;
        TRY(db_exec(call, SQL_OUTBOX, what->user_id, from, until));
        what->has_n_done = 1;
        what->n_done += until - from;
        return STATUS_OK;
}

status forgetting_run(struct call *call, const struct due_job *job)
{
        ProtobufCMessage *message;
        const char *erasure_id = arena_strndup(call->arena, job->key, strcspn(job->key, " "));
        TRY(sealed_open(call, context_of(call, erasure_id), job->payload, &sfp__forgetting__descriptor, &message));
        Sfp__Forgetting *what = (Sfp__Forgetting *)message;
        if (!what->has_last) {
                TRY(db_one(call, &what->base, SQL_END));
                TRY(db_exec(call, SQL_DEAD, what->user_id));
        }
        TRY(forget_some(call, what));
        return what->n_done < what->last ? go_on(call, erasure_id, what, 0) : STATUS_OK;
}
