/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges as administrators make them and everybody reads them. */
#include "common/db.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-forum/challenge_states.h"
#include "svc-forum/participation.h"

#include <string.h>

#define CHALLENGE_RPCS(RPC)                                                                                            \
        RPC(ListChallenges, list_challenges, Forum__ListChallengesRequest, Forum__ChallengeList)                       \
        RPC(CreateChallenge, create_challenge, Forum__CreateChallengeRequest, Forum__Challenge)                        \
        RPC(GetChallenge, get_challenge, Forum__GetChallengeRequest, Forum__Challenge)                                 \
        RPC(UpdateChallenge, update_challenge, Forum__UpdateChallengeRequest, Forum__Challenge)
RPC_DECLARE(CHALLENGE_RPCS)

#define CHALLENGE_COLUMNS                                                                                              \
        "c.id, c.title, c.description, c.metric, c.target, c.starts_at, c.ends_at, c.status, c.participants_count, c.version"

static const char SQL_LIST[] =
        "SELECT " CHALLENGE_COLUMNS
        ", p.progress AS \"my.progress\", p.public_on_leaderboard AS \"my.public_on_leaderboard\","
        " c.start_key AS page_key, c.id AS page_id FROM challenges c LEFT JOIN challenge_participants p"
        " ON p.challenge_id = c.id AND p.user_id = $3 WHERE (c.start_key, c.id) < ($1::bigint, $2::uuid) AND c.status <> 'draft'"
        " AND ($4::text IS NULL OR c.status = $4) AND ($5::boolean IS NULL OR $5::boolean = (p.user_id IS NOT NULL))"
        " ORDER BY c.start_key DESC, c.id DESC";
static const char SQL_GET[] =
        "SELECT " CHALLENGE_COLUMNS " FROM challenges c WHERE c.id = $1 AND (c.status <> 'draft' OR $2::boolean)";
static const char SQL_INSERT[] =
        "INSERT INTO challenges (id, title, description, metric, target, starts_at, ends_at, status)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char SQL_UPDATE[] =
        "UPDATE challenges SET title = coalesce($2, title), description = coalesce($3, description),"
        " target = coalesce($4::integer, target), starts_at = coalesce($5::timestamptz, starts_at),"
        " ends_at = coalesce($6::timestamptz, ends_at), version = version + $7::integer WHERE id = $1";

/* The step that leads to a state. */
static const struct {
        const char *state;
        const char *action;
} steps[] = {
        {"upcoming", "announce"},
        {"running", "start"},
        {"ended", "end"},
        {"cancelled", "cancel"},
};

static status list_challenges(struct call *call, const Forum__ListChallengesRequest *in, Forum__ChallengeList *out)
{
        return page_rows(
                call, &in->base, &out->base, SQL_LIST, call->caller->user_id, in->status, DB_OPTIONAL(in, joined));
}

static status load(struct call *call, const char *id, Forum__Challenge *out)
{
        Forum__ParticipationRow row = FORUM__PARTICIPATION_ROW__INIT;
        TRY(db_one(call, &out->base, SQL_GET, id, call_has_role(call, "admin")));
        if (strcmp(out->status, "draft") == 0)
                return STATUS_OK;
        TRY(participation_load(call, id, false, &row));
        if (!row.is_participant)
                return STATUS_OK;
        out->my = arena_alloc(call->arena, sizeof *out->my);
        forum__challenge_progress__init(out->my);
        participation_show(&row, out->my);
        return STATUS_OK;
}

static status get_challenge(struct call *call, const Forum__GetChallengeRequest *in, Forum__Challenge *out)
{
        return load(call, in->challenge_id, out);
}

static status check_times(struct call *call, const char *starts_at, const char *ends_at)
{
        if (starts_at != NULL && ends_at != NULL && strcmp(ends_at, starts_at) <= 0)
                return call_invalid(call, "ends_at", "out_of_range", "must be after starts_at");
        return STATUS_OK;
}

static status check_target(struct call *call, const char *metric, int target)
{
        if (strcmp(metric, "percent") == 0 && target > 100)
                return call_invalid(call, "target", "out_of_range", "of percent is at most 100");
        return STATUS_OK;
}

static status create_challenge(struct call *call, const Forum__CreateChallengeRequest *in, Forum__Challenge *out)
{
        char *id = arena_alloc(call->arena, UUID_SIZE);
        struct lifecycle_subject challenge = {.id = id, .state = LIFECYCLE_NEW, .actors = "admin"};
        uuid_v7(id);
        TRY(check_times(call, in->starts_at, in->ends_at));
        TRY(check_target(call, in->metric, in->target));
        TRY(lifecycle_step(call, &challenge_lifecycle, &challenge, in->publish ? "announce" : "draft", NULL, NULL));
        TRY(db_exec(call, SQL_INSERT, id, in->title, in->description, in->metric, in->target, in->starts_at,
                in->ends_at, challenge.state));
        TRY(challenge_schedule(call, id));
        return load(call, id, out);
}

static status take_step(struct call *call, const Forum__Challenge *challenge, const char *state)
{
        for (size_t i = 0; state != NULL && i < sizeof steps / sizeof *steps; i++)
                if (strcmp(steps[i].state, state) == 0)
                        return challenge_step(call, challenge, "admin", steps[i].action);
        return STATUS_OK;
}

/* What has begun keeps its beginning, and what is over its end. */
static status check_change(struct call *call, const Forum__UpdateChallengeRequest *in, const Forum__Challenge *old)
{
        bool has_begun = strcmp(old->status, "draft") != 0 && strcmp(old->status, "upcoming") != 0;
        bool is_over = has_begun && strcmp(old->status, "running") != 0;
        if ((in->starts_at != NULL && has_begun) || (in->ends_at != NULL && is_over))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the challenge is %s", old->status);
        TRY(check_target(call, old->metric, in->has_target ? in->target : old->target));
        return check_times(call, in->starts_at != NULL ? in->starts_at : old->starts_at,
                in->ends_at != NULL ? in->ends_at : old->ends_at);
}

static status update_challenge(struct call *call, const Forum__UpdateChallengeRequest *in, Forum__Challenge *out)
{
        Forum__Challenge old = FORUM__CHALLENGE__INIT;
        TRY(challenge_load(call, in->challenge_id, &old));
        TRY(call_expect_version(call, old.version));
        TRY(check_change(call, in, &old));
        TRY(take_step(call, &old, in->status));
        TRY(db_exec(call, SQL_UPDATE, in->challenge_id, in->title, in->description, DB_OPTIONAL(in, target),
                in->starts_at, in->ends_at, (int)(in->status == NULL)));
        TRY(challenge_schedule(call, in->challenge_id));
        return load(call, in->challenge_id, out);
}

RPC_TABLE(challenge_rpcs, CHALLENGE_RPCS);
