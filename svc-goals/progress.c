/* SPDX-License-Identifier: Apache-2.0 */
/* Check-ins: one a day, never backwards unless it is said to be a correction. Others see a band and a day. */
#include "common/clock.h"
#include "common/event.h"
#include "common/page.h"
#include "common/review.h"
#include "common/rpc.h"
#include "svc-goals/announce.h"
#include "svc-goals/identity.h"
#include "svc-goals/owner_news.h"
#include "svc-goals/policy.h"
#include "svc-goals/share_columns.h"

#include <string.h>

#define PROGRESS_RPCS(RPC)                                                                                             \
        RPC(ListProgress, list_progress, Goals__ListProgressRequest, Goals__ProgressList)                              \
        RPC(CheckIn, check_in, Goals__CheckInRequest, Goals__Progress)
RPC_DECLARE(PROGRESS_RPCS)

#define BAND(column)                                                                                                   \
        "CASE WHEN " column " = 100 THEN '100' WHEN " column " >= 75 THEN '75-99' WHEN " column                        \
        " >= 50 THEN '50-74' WHEN " column " >= 25 THEN '25-49' ELSE '0-24' END"

static const char SQL_SHARE[] =
        "SELECT s.id, s.status, s.current_progress_percentage, s.version,"
        " coalesce(o.is_owner, false) AS \"viewer.is_owner\" FROM anonymous_goal_shares s" OWNER_JOIN(
                "$2") " WHERE s.id = $1 AND " IS_VISIBLE("$2") " FOR UPDATE OF s";
static const char SQL_LIST[] = "SELECT " BAND(
        "p.percentage") " AS pct_band, p.on_date, p.note,"
                        " CASE WHEN o.is_owner THEN p.percentage END AS current_progress_percentage,"
                        " p.on_date - '1970-01-01'::date AS page_key, s.id AS page_id FROM share_progress p"
                        " JOIN anonymous_goal_shares s ON s.id = p.share_id" OWNER_JOIN("$4") " WHERE (p.on_date - '1970-01-01'::date, s.id) < ($1::bigint, $2::uuid) AND p.share_id = $3 AND " IS_VISIBLE(
                                "$4") " ORDER BY p.on_date - '1970-01-01'::date DESC, s.id DESC";
static const char SQL_IS_VISIBLE[] =
        "SELECT s.id FROM anonymous_goal_shares s" OWNER_JOIN("$2") " WHERE s.id = $1 AND " IS_VISIBLE("$2");
static const char SQL_KEEP[] =
        "INSERT INTO share_progress (share_id, on_date, percentage, note) VALUES ($1, $2::text::date, $3, $4)"
        " ON CONFLICT (share_id, on_date) DO UPDATE SET percentage = excluded.percentage,"
        " note = coalesce(excluded.note, share_progress.note)"
        " RETURNING " BAND("percentage") " AS pct_band, on_date, note, percentage AS current_progress_percentage";
/* The share stands where its latest day does. */
static const char SQL_MOVE[] =
        "UPDATE anonymous_goal_shares SET version = version + 1, current_progress_percentage ="
        " (SELECT percentage FROM share_progress WHERE share_id = $1 ORDER BY on_date DESC LIMIT 1) WHERE id = $1";

static status list_progress(struct call *call, const Goals__ListProgressRequest *in, Goals__ProgressList *out)
{
        Goals__Share share = GOALS__SHARE__INIT;
        TRY(db_one(call, &share.base, SQL_IS_VISIBLE, in->share_id, identity_owner(call)));
        return page_rows(call, &in->base, &out->base, SQL_LIST, in->share_id, identity_owner(call));
}

/* The caller's day is at most one ahead of UTC's. */
static const char *check_day(struct call *call, const char *on_date, status *result)
{
        enum { DAY_S = 86400 };
        char *today = arena_alloc(call->arena, CLOCK_RFC3339_SIZE), tomorrow[CLOCK_RFC3339_SIZE];
        int64_t days = clock_unix_us() / 1000000 / DAY_S;
        clock_date(days, today);
        clock_date(days + 1, tomorrow);
        *result = STATUS_OK;
        if (on_date == NULL)
                return today;
        if (strcmp(on_date, tomorrow) > 0)
                *result = call_invalid(call, "on_date", "out_of_range", "is in the future");
        return on_date;
}

static status load_own(struct call *call, const char *id, Goals__Share *out)
{
        TRY(db_one(call, &out->base, SQL_SHARE, id, identity_owner(call)));
        if (!out->viewer->is_owner)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its owner may say how far a goal is");
        return share_takes_progress(out->status) ? STATUS_OK
                                                 : call_fail(call, STATUS_FAILED_PRECONDITION,
                                                           "a goal that is %s takes no progress", out->status);
}

/* A note that is not plainly fine is left out, and its writer told; the check-in counts all the same. */
static status review_note(struct call *call, char **note, Goals__Progress *out)
{
        struct review review;
        if (*note == NULL)
                return STATUS_OK;
        TRY(review_text(call, "goal_progress", "note", note, &review));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        if (review.outcome == REVIEW_HOLD)
                *note = NULL;
        return STATUS_OK;
}

static status announce(struct call *call, const Goals__Share *share, const Goals__Progress *progress)
{
        Goals__ShareProgressed event = GOALS__SHARE_PROGRESSED__INIT;
        event.share_id = share->id;
        event.pct_band = progress->pct_band;
        if (state_is_public(share->status))
                TRY(event_publish(call, &event.base));
        return owner_credit(call, share->id, "goal_checked_in", progress->on_date);
}

static status check_in(struct call *call, const Goals__CheckInRequest *in, Goals__Progress *out)
{
        Goals__Share share = GOALS__SHARE__INIT;
        char *note = in->note;
        status result;
        const char *day = check_day(call, in->on_date, &result);
        TRY(result);
        TRY(load_own(call, in->share_id, &share));
        TRY(call_expect_version(call, share.version));
        if (in->current_progress_percentage < share.current_progress_percentage && !in->correction)
                return call_invalid(call, "current_progress_percentage", "out_of_range",
                        "is behind the %d reached; say correction if it is one", share.current_progress_percentage);
        TRY(review_note(call, &note, out));
        TRY(db_one(call, &out->base, SQL_KEEP, in->share_id, day, in->current_progress_percentage, note));
        TRY(db_later(call, NULL, SQL_MOVE, in->share_id));
        return announce(call, &share, out);
}

RPC_TABLE(progress_rpcs, PROGRESS_RPCS);
