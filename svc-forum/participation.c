/* SPDX-License-Identifier: Apache-2.0 */
/* Taking part in challenges and checking in. A day is the day where the caller is. */
#include "svc-forum/participation.h"

#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "svc-forum/policy.h"

#include <string.h>

#define PARTICIPATION_RPCS(RPC)                                                                                        \
        RPC(SetParticipation, set_participation, Forum__SetParticipationRequest, Forum__ChallengeProgress)             \
        RPC(ClearParticipation, clear_participation, Forum__GetChallengeRequest, Sfp__Empty)                           \
        RPC(CheckIn, check_in, Forum__CheckInRequest, Forum__ChallengeProgress)
RPC_DECLARE(PARTICIPATION_RPCS)

#define DAY_OF(date) "(" date " - DATE '1970-01-01')"

static const char SQL_LOCK[] = "SELECT FROM challenges WHERE id = $1 FOR NO KEY UPDATE";
static const char SQL_LOAD[] =
        "SELECT c.target, c.metric, c.status, p.user_id IS NOT NULL AS is_participant, coalesce(p.progress, 0) AS progress,"
        " coalesce(p.public_on_leaderboard, false) AS public_on_leaderboard, " DAY_OF(
                "(now() AT TIME ZONE $3)::date") " AS today,"
                                                 " " DAY_OF(
                                                         "(c.starts_at AT TIME ZONE $3)::date") " AS first_day,"
                                                                                                " ARRAY(SELECT " DAY_OF(
                                                                                                        "i.on_date") " FROM challenge_check_ins i WHERE i.challenge_id = c.id AND i.user_id = $2"
                                                                                                                     "  ORDER BY i.on_date DESC LIMIT 400) AS days"
                                                                                                                     " FROM challenges c LEFT JOIN challenge_participants p ON p.challenge_id = c.id AND p.user_id = $2"
                                                                                                                     " WHERE c.id = $1 AND c.status <> 'draft'";
static const char SQL_JOIN[] = "INSERT INTO challenge_participants AS p (challenge_id, user_id, public_on_leaderboard)"
                               " VALUES ($1, $2, coalesce($3::boolean, false)) ON CONFLICT (challenge_id, user_id)"
                               " DO UPDATE SET public_on_leaderboard = coalesce($3::boolean, p.public_on_leaderboard)";
static const char SQL_LEAVE[] =
        "WITH gone AS (DELETE FROM challenge_participants WHERE challenge_id = $1 AND user_id = $2"
        " RETURNING 1) UPDATE challenges SET participants_count = participants_count - 1"
        " WHERE id = $1 AND EXISTS (SELECT FROM gone)";
static const char SQL_COUNT[] = "UPDATE challenges SET participants_count = participants_count + 1 WHERE id = $1";
static const char SQL_DAY[] = "SELECT " DAY_OF("$1::date") " AS day";
static const char SQL_CHECK_IN[] = "INSERT INTO challenge_check_ins (challenge_id, user_id, on_date, value)"
                                   " VALUES ($1, $2, DATE '1970-01-01' + $3::integer, $4)";
static const char SQL_PROGRESS[] =
        "UPDATE challenge_participants p SET progressed_at = now(), progress = least(2000000000, (SELECT CASE c.metric"
        " WHEN 'check_in_days' THEN count(*) WHEN 'contributions' THEN sum(i.value)"
        " ELSE (array_agg(i.value ORDER BY i.on_date DESC))[1] END FROM challenge_check_ins i"
        " WHERE i.challenge_id = p.challenge_id AND i.user_id = p.user_id))"
        " FROM challenges c WHERE c.id = p.challenge_id AND p.challenge_id = $1 AND p.user_id = $2";

status participation_load(struct call *call, const char *challenge_id, bool is_locked, Forum__ParticipationRow *out)
{
        const char *zone = call->caller->time_zone != NULL ? call->caller->time_zone : "UTC";
        if (is_locked)
                TRY(db_exec(call, SQL_LOCK, challenge_id));
        return db_one(call, &out->base, SQL_LOAD, challenge_id, call->caller->user_id, zone);
}

void participation_show(const Forum__ParticipationRow *row, Forum__ChallengeProgress *out)
{
        int freezes_left;
        int streak = streak_of(row->days, row->n_days, row->today, &freezes_left);
        out->has_progress = out->has_target = out->has_is_reached = out->has_streak_days = out->has_freezes_left =
                out->has_public_on_leaderboard = 1;
        out->progress = row->progress;
        out->target = row->target;
        out->is_reached = row->progress >= row->target;
        out->streak_days = streak;
        out->freezes_left = freezes_left;
        out->public_on_leaderboard = row->public_on_leaderboard;
}

static status announce_joined(struct call *call, char *challenge_id)
{
        Forum__ChallengeJoined event = FORUM__CHALLENGE_JOINED__INIT;
        event.challenge_id = challenge_id;
        event.actor_user_id = call->caller->user_id;
        return event_publish(call, &event.base);
}

static status join(struct call *call, char *challenge_id, const Forum__ParticipationRow *row)
{
        if (strcmp(row->status, "upcoming") != 0 && strcmp(row->status, "running") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the challenge is %s", row->status);
        TRY(db_exec(call, SQL_COUNT, challenge_id));
        return announce_joined(call, challenge_id);
}

static status set_participation(
        struct call *call, const Forum__SetParticipationRequest *in, Forum__ChallengeProgress *out)
{
        Forum__ParticipationRow before = FORUM__PARTICIPATION_ROW__INIT, after = FORUM__PARTICIPATION_ROW__INIT;
        TRY(participation_load(call, in->challenge_id, true, &before));
        if (!before.is_participant)
                TRY(join(call, in->challenge_id, &before));
        TRY(db_exec(call, SQL_JOIN, in->challenge_id, call->caller->user_id, DB_OPTIONAL(in, public_on_leaderboard)));
        TRY(participation_load(call, in->challenge_id, false, &after));
        participation_show(&after, out);
        return STATUS_OK;
}

static status clear_participation(struct call *call, const Forum__GetChallengeRequest *in, Sfp__Empty *out)
{
        (void)out;
        Forum__ParticipationRow row = FORUM__PARTICIPATION_ROW__INIT;
        TRY(participation_load(call, in->challenge_id, true, &row));
        return db_exec(call, SQL_LEAVE, in->challenge_id, call->caller->user_id);
}

/* The day asked for, as a number: today, or yesterday for who forgot. */
static status choose_day(
        struct call *call, const Forum__CheckInRequest *in, const Forum__ParticipationRow *row, int *out)
{
        Forum__CheckInDay asked = FORUM__CHECK_IN_DAY__INIT;
        *out = row->today;
        if (in->on_date == NULL)
                return STATUS_OK;
        TRY(db_one(call, &asked.base, SQL_DAY, in->on_date));
        *out = asked.day;
        if (asked.day > row->today || asked.day < row->today - 1 || asked.day < row->first_day)
                return call_invalid(
                        call, "on_date", "out_of_range", "must be today or yesterday, and of the challenge");
        return STATUS_OK;
}

static status check_value(struct call *call, const Forum__CheckInRequest *in, const Forum__ParticipationRow *row)
{
        bool is_counted = strcmp(row->metric, "check_in_days") == 0;
        if (!is_counted && !in->has_value)
                return call_invalid(call, "value", "required", "says how much");
        if (strcmp(row->metric, "percent") == 0 && in->value > 100)
                return call_invalid(call, "value", "out_of_range", "must be from 0 to 100");
        return STATUS_OK;
}

static status announce_check_in(struct call *call, char *challenge_id, const Forum__ChallengeProgress *progress)
{
        Forum__ChallengeCheckedIn event = FORUM__CHALLENGE_CHECKED_IN__INIT;
        event.challenge_id = challenge_id;
        event.actor_user_id = call->caller->user_id;
        event.has_streak_days = event.has_is_reached = 1;
        event.streak_days = progress->streak_days;
        event.is_reached = progress->is_reached;
        return event_publish(call, &event.base);
}

static status check_in(struct call *call, const Forum__CheckInRequest *in, Forum__ChallengeProgress *out)
{
        int day;
        Forum__ParticipationRow before = FORUM__PARTICIPATION_ROW__INIT, after = FORUM__PARTICIPATION_ROW__INIT;
        TRY(participation_load(call, in->challenge_id, true, &before));
        if (!before.is_participant)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "who checks in takes part");
        if (strcmp(before.status, "running") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the challenge is %s", before.status);
        TRY(choose_day(call, in, &before, &day));
        TRY(check_value(call, in, &before));
        TRY(db_exec(call, SQL_CHECK_IN, in->challenge_id, call->caller->user_id, day, in->value));
        TRY(db_exec(call, SQL_PROGRESS, in->challenge_id, call->caller->user_id));
        TRY(participation_load(call, in->challenge_id, false, &after));
        participation_show(&after, out);
        return announce_check_in(call, in->challenge_id, out);
}

RPC_TABLE(participation_rpcs, PARTICIPATION_RPCS);
