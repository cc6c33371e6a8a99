/* SPDX-License-Identifier: Apache-2.0 */
/* An event names RECIPIENTS_MAX people at most, so that its participants are told in parts. */
#include "svc-forum/challenge_states.h"

#include "common/db.h"
#include "common/event.h"
#include "svc-forum/policy.h"

#include <stdlib.h>
#include <string.h>

static const char SQL_LOAD[] =
        "SELECT id, title, description, metric, target, starts_at, ends_at, status, participants_count, version FROM challenges"
        " WHERE id = $1 FOR UPDATE";
static const char SQL_MOVE[] =
        "UPDATE challenges SET status = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_RECIPIENTS[] =
        "SELECT coalesce(array_agg(p.user_id ORDER BY p.user_id), '{}') AS ids FROM (SELECT user_id FROM challenge_participants"
        " WHERE challenge_id = $1 AND user_id > $2 ORDER BY user_id LIMIT 100) p";
/* When it is due, on the clock of jobs. */
static const char SQL_TIMES[] = "SELECT ARRAY[micros(starts_at)::text, micros(ends_at)::text] AS ids FROM challenges"
                                " WHERE id = $1 AND status IN ('upcoming', 'running')";

static const char FIRST_ID[] = "00000000-0000-0000-0000-000000000000";

status challenge_load(struct call *call, const char *id, Forum__Challenge *out)
{
        return db_one(call, &out->base, SQL_LOAD, id);
}

static status publish_part(struct call *call, const Forum__Challenge *challenge, bool is_start, Forum__RowIds *part)
{
        Forum__ChallengeStarted started = FORUM__CHALLENGE_STARTED__INIT;
        Forum__ChallengeEnded ended = FORUM__CHALLENGE_ENDED__INIT;
        started.challenge_id = ended.challenge_id = challenge->id;
        started.starts_at = challenge->starts_at;
        started.n_recipient_user_ids = ended.n_recipient_user_ids = part->n_ids;
        started.recipient_user_ids = ended.recipient_user_ids = part->ids;
        return event_publish(call, is_start ? &started.base : &ended.base);
}

static status tell_participants(struct call *call, const Forum__Challenge *challenge, bool is_start)
{
        const char *after = FIRST_ID;
        size_t n_told = RECIPIENTS_MAX;
        while (n_told == RECIPIENTS_MAX) {
                Forum__RowIds part = FORUM__ROW_IDS__INIT;
                TRY(db_one(call, &part.base, SQL_RECIPIENTS, challenge->id, after));
                n_told = part.n_ids;
                if (n_told > 0 || after == FIRST_ID) /* that it happened is said once at least */
                        TRY(publish_part(call, challenge, is_start, &part));
                after = n_told > 0 ? part.ids[n_told - 1] : after;
        }
        return STATUS_OK;
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Forum__Challenge *challenge = subject->facts;
        Forum__Challenge moved = FORUM__CHALLENGE__INIT;
        bool is_start = strcmp(step->to, "running") == 0;
        TRY(db_one(call, &moved.base, SQL_MOVE, challenge->id, challenge->version, step->to));
        if (is_start || strcmp(step->to, "ended") == 0)
                TRY(tell_participants(call, challenge, is_start));
        return STATUS_OK;
}

status challenge_step(struct call *call, const Forum__Challenge *challenge, const char *actors, const char *action)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = {.id = challenge->id,
                .state = challenge->status,
                .version = challenge->version,
                .actors = actors,
                .facts = challenge};
        TRY(lifecycle_step(call, &challenge_lifecycle, &subject, action, NULL, &step));
        return apply(call, &subject, &step);
}

status challenge_schedule(struct call *call, const char *id)
{
        Forum__RowIds times = FORUM__ROW_IDS__INIT;
        status found = db_one(call, &times.base, SQL_TIMES, id);
        if (found != STATUS_OK)
                return found == STATUS_NOT_FOUND ? STATUS_OK : found;
        TRY(job_schedule(call, START_CHALLENGE, id, strtoll(times.ids[0], NULL, 10), (ProtobufCBinaryData){0, NULL}));
        return job_schedule(call, END_CHALLENGE, id, strtoll(times.ids[1], NULL, 10), (ProtobufCBinaryData){0, NULL});
}

/* Takes the step if it still is one: an administrator may have been quicker. */
static status step_when_due(struct call *call, const char *id, const char *action)
{
        Forum__Challenge challenge = FORUM__CHALLENGE__INIT;
        TRY(challenge_load(call, id, &challenge));
        if (lifecycle_find(challenge_transitions, challenge.status, action, "sys") == NULL)
                return STATUS_OK;
        return challenge_step(call, &challenge, "sys", action);
}

status start_challenge(struct call *call, const struct due_job *job)
{
        return step_when_due(call, job->key, "start");
}

status end_challenge(struct call *call, const struct due_job *job)
{
        return step_when_due(call, job->key, "end");
}

const struct lifecycle challenge_lifecycle = {
        .kind = "challenge",
        .transitions = challenge_transitions,
        .apply = apply,
};
