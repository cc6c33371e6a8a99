/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-mentor/mentor_states.h"

#include "common/db.h"
#include "svc-mentor/announce.h"
#include "svc-mentor/policy.h"
#include "svc-mentor/separation.h"

#include <string.h>

static const char SQL_LOAD[] = "SELECT id, status AS text, version AS number FROM mentor_profiles"
                               " WHERE id = $1 AND status <> 'withdrawn' FOR UPDATE";
static const char SQL_MOVE[] = "UPDATE mentor_profiles SET status = $3, version = $2::bigint + 1 WHERE id = $1";
static const char SQL_SNAPSHOT[] =
        "SELECT user_id AS author_user_id, status AS state, status = 'listed' AS is_public,"
        " ARRAY[array_to_string(expertise_areas || specializations, ', ')] AS texts FROM mentor_profiles WHERE id = $1";

const struct lifecycle mentor_lifecycle = {.kind = "mentor", .transitions = mentor_transitions};

status mentor_load_own(struct call *call, const char *id, struct lifecycle_subject *out)
{
        Mentor__Id row = MENTOR__ID__INIT;
        TRY(db_one(call, &row.base, SQL_LOAD, id));
        *out = (struct lifecycle_subject){.id = row.id, .state = row.text, .version = row.number, .actors = "owner"};
        return STATUS_OK;
}

status mentor_store(struct call *call, const struct lifecycle_subject *mentor)
{
        return db_exec(call, SQL_MOVE, mentor->id, mentor->version, mentor->state);
}

/* Who is no mentor any more has no mentees. */
static bool ends_matches(const char *state)
{
        return strcmp(state, "withdrawn") == 0 || strcmp(state, "suspended") == 0 || strcmp(state, "removed") == 0;
}

status mentor_step(struct call *call, struct lifecycle_subject *mentor, const char *actors, const char *action)
{
        mentor->actors = actors;
        TRY(lifecycle_step(call, &mentor_lifecycle, mentor, action, NULL, NULL));
        TRY(mentor_store(call, mentor));
        TRY(announce_mentor_updated(call, mentor->id, 0, NULL, strcmp(mentor->state, "listed") == 0));
        return ends_matches(mentor->state) ? separate_mentor(call, mentor->id) : STATUS_OK;
}

status mentor_show(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SNAPSHOT, id);
}

status mentor_decide(struct call *call, const char *id, const char *action, const char *reason)
{
        (void)reason; /* moderation's own record has it */
        struct lifecycle_subject mentor;
        TRY(mentor_load_own(call, id, &mentor));
        return mentor_step(call, &mentor, "mod", action);
}
