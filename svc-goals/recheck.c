/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a text moves its due time on, so that no other replica asks about it at the same time and a crash only delays
 * it. The publishing statement counts only if the share is still the version that was ruled on. */
#include "svc-goals/recheck.h"

#include "common/db.h"
#include "svc-goals/announce.h"
#include "svc-goals/pending.h"
#include "svc-goals/submission.h"

static const char SQL_TAKE[] =
        "UPDATE pending_texts p SET check_due_at = now() + interval '20 seconds' FROM anonymous_goal_shares s"
        " WHERE s.id = p.share_id AND p.share_id IN (SELECT share_id FROM pending_texts WHERE check_due_at <= now()"
        " ORDER BY check_due_at LIMIT 20 FOR UPDATE SKIP LOCKED) RETURNING p.share_id, p.sealed, s.version";
static const char SQL_PUBLISH[] =
        "WITH gone AS (DELETE FROM pending_texts p USING anonymous_goal_shares s WHERE p.share_id = $1 AND s.id = $1 AND s.version = $2"
        " RETURNING p.share_id) UPDATE anonymous_goal_shares SET goal_title = $3, goal_description = $4, strategy_description = $5,"
        " tips_and_lessons = $6, tags = $7, status = 'published', is_public = true, version = version + 1,"
        " new_key = CASE WHEN published_at IS NULL THEN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint ELSE new_key END,"
        " published_at = coalesce(published_at, now()), hot_key = hot_key(likes_count, inspiration_votes, coalesce(published_at, now()))"
        " FROM gone WHERE id = gone.share_id"
        " RETURNING id, goal_category, tags, user_age_group, user_income_range, user_location_region,"
        " CASE WHEN published_at = now() THEN published_at::date END AS published_on"; /* NULL: it has been public
                                                                                          before */
static const char SQL_LEAVE_TO_PEOPLE[] = "UPDATE pending_texts SET check_due_at = NULL WHERE share_id = $1";

static status publish_row(struct call *call, const Goals__PendingText *row, const Goals__ShareText *text)
{
        Goals__Share share = GOALS__SHARE__INIT;
        status result = db_one(call, &share.base, SQL_PUBLISH, row->share_id, row->version, text->goal_title,
                text->goal_description, text->strategy_description, text->tips_and_lessons,
                db_texts(text->n_tags, text->tags));
        if (result == STATUS_NOT_FOUND)
                return STATUS_OK; /* it was changed meanwhile, and is asked about again as it is now */
        TRY(result);
        return share.published_on != NULL ? announce_published(call, &share) : announce_updated(call, share.id);
}

/* Share and event in one transaction of their own. */
static status publish(struct call *call, const Goals__PendingText *row, const Goals__ShareText *text)
{
        db_begin(call, true);
        status result = publish_row(call, row, text);
        status ended = db_end(call, result == STATUS_OK);
        db_begin(call, false);
        return result == STATUS_OK ? ended : result;
}

static status settle(
        struct call *call, const Goals__PendingText *row, const Goals__ShareText *text, enum outcome outcome)
{
        if (outcome == OUTCOME_RETRY)
                return STATUS_OK; /* it comes round again */
        if (outcome != OUTCOME_PUBLISH)
                return db_exec(call, SQL_LEAVE_TO_PEOPLE, row->share_id);
        return publish(call, row, text);
}

status recheck_pending(struct call *call)
{
        Goals__PendingTextList rows = GOALS__PENDING_TEXT_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_TAKE));
        for (size_t i = 0; i < rows.n_items; i++) {
                Goals__ShareText *text;
                const char *reason;
                TRY(pending_open(call, rows.items[i]->share_id, rows.items[i]->sealed, &text));
                TRY(settle(call, rows.items[i], text, submission_outcome(call, text, &reason)));
        }
        return STATUS_OK;
}
