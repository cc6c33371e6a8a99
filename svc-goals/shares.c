/* SPDX-License-Identifier: Apache-2.0 */
/* One share: made, read, changed, withdrawn. No text is public before it was cleaned and ruled on; what waits is
 * sealed. */
#include "common/db.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-goals/announce.h"
#include "svc-goals/identity.h"
#include "svc-goals/moderated.h"
#include "svc-goals/owner_news.h"
#include "svc-goals/pending.h"
#include "svc-goals/recheck.h"
#include "svc-goals/share_columns.h"
#include "svc-goals/share_states.h"
#include "svc-goals/sharing.h"
#include "svc-goals/submission.h"

#include <string.h>

#define SHARE_RPCS(RPC)                                                                                                \
        RPC(CreateShare, create_share, Goals__CreateShareRequest, Goals__Share)                                        \
        RPC(GetShare, get_share, Goals__GetShareRequest, Goals__Share)                                                 \
        RPC(UpdateShare, update_share, Goals__UpdateShareRequest, Goals__Share)                                        \
        RPC(WithdrawShare, withdraw_share, Goals__GetShareRequest, Sfp__Empty)
RPC_DECLARE(SHARE_RPCS)

/* The text columns are NULL until the text is public. */
static const char SQL_INSERT[] =
        "INSERT INTO anonymous_goal_shares (id, goal_category, goal_title, goal_description, strategy_description,"
        " tips_and_lessons, tags, target_amount_range, current_progress_percentage, user_age_group, user_income_range,"
        " user_location_region, template_id, status, is_public, published_at, hot_key, new_key)"
        " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, p.is_public,"
        " CASE WHEN p.is_public THEN now() END, hot_key(0, 0, now()), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        " FROM (SELECT $15::boolean AS is_public) p"
        " RETURNING id, goal_category, target_amount_range, current_progress_percentage, user_age_group, user_income_range,"
        " user_location_region, likes_count, inspiration_votes, is_verified_completion, template_id, status, version,"
        " published_at::date AS published_on";
static const char SQL_INSERT_OWNER[] =
        "INSERT INTO share_owners (share_id, owner_tag, owner_sealed) VALUES ($1, $2, $3)";
static const char SQL_GET[] =
        "SELECT " SHARE_COLUMNS " FROM " SHARE_SOURCE("$2", "$3") " WHERE s.id = $1 AND " IS_VISIBLE("$3");
static const char SQL_UPDATE[] =
        "UPDATE anonymous_goal_shares s SET goal_category = coalesce($3, goal_category),"
        " current_progress_percentage = coalesce($4, current_progress_percentage),"
        " target_amount_range = coalesce($5, target_amount_range), status = $6, version = version + 1"
        " WHERE id = $1 AND version = $2 RETURNING id";

/* The way of a text from its owner into the state it is stored in: `action`, and what the platform says to it. */
static status walk(struct call *call, struct lifecycle_subject *share, const char *action, enum outcome outcome)
{
        TRY(lifecycle_step(call, &share_lifecycle, share, action, NULL, NULL));
        if (strcmp(share->state, "pending_review") != 0 || outcome == OUTCOME_RETRY)
                return STATUS_OK;
        share->actors = "sys";
        return lifecycle_step(call, &share_lifecycle, share, outcome == OUTCOME_PUBLISH ? "pass" : "hold", NULL, NULL);
}

static Goals__ShareText text_of_request(const Goals__CreateShareRequest *in)
{
        Goals__ShareText text = GOALS__SHARE_TEXT__INIT;
        text.goal_title = in->goal_title;
        text.goal_description = in->goal_description;
        text.strategy_description = in->strategy_description;
        text.tips_and_lessons = in->tips_and_lessons;
        text.n_tags = in->n_tags;
        text.tags = in->tags;
        return text;
}

static status insert_share(struct call *call, const Goals__CreateShareRequest *in, const struct submission *submission,
        const struct lifecycle_subject *share, Goals__Share *out)
{
        static const Goals__ShareText no_text = GOALS__SHARE_TEXT__INIT;
        bool is_public = state_is_public(share->state);
        const Goals__ShareText *text = is_public ? &submission->text : &no_text;
        const Anonymize__Bands *bands = submission->bands;
        return db_later(call, &out->base, SQL_INSERT, share->id, in->goal_category, text->goal_title,
                text->goal_description, text->strategy_description, text->tips_and_lessons,
                db_texts(text->n_tags, text->tags), bands->amount_range, in->current_progress_percentage,
                bands->user_age_group, bands->user_income_range, bands->user_location_region, in->template_id,
                share->state, (int)is_public);
}

/* What the owner is shown of what was just written: the text itself, public or not. */
static void show_to_owner(struct call *call, const struct submission *submission, Goals__Share *out)
{
        share_set_text(out, &submission->text);
        out->n_notices = submission->review.n_notices;
        out->notices = submission->review.notices;
        out->viewer = arena_alloc(call->arena, sizeof *out->viewer);
        goals__viewer__init(out->viewer);
        out->viewer->has_is_owner = out->viewer->has_liked = out->viewer->has_inspired = 1;
        out->viewer->is_owner = 1;
}

/* The row is written with the commit, so the event is made of what the row is made of. */
static status announce_created(struct call *call, const Goals__CreateShareRequest *in,
        const struct submission *submission, char *id, bool is_public)
{
        Goals__Share share = GOALS__SHARE__INIT;
        if (in->submit)
                TRY(announce_submitted(call, id, in->goal_category));
        if (!is_public)
                return STATUS_OK;
        TRY(owner_credit(call, id, "goal_shared", NULL));
        share.id = id;
        share.goal_category = in->goal_category;
        share.n_tags = submission->text.n_tags;
        share.tags = submission->text.tags;
        share.user_age_group = submission->bands->user_age_group;
        share.user_income_range = submission->bands->user_income_range;
        share.user_location_region = submission->bands->user_location_region;
        return announce_published(call, &share);
}

/* Stores the text where its state puts it, in the open or sealed, and has moderation asked again where it was silent.
 */
static status store_text(struct call *call, const struct lifecycle_subject *share, const struct submission *submission)
{
        if (!state_is_public(share->state))
                TRY(pending_store(call, share->id, &submission->text));
        if (strcmp(share->state, "pending_review") == 0 && submission->outcome == OUTCOME_RETRY)
                return share_ask_moderation(call, share->id, RECHECK_AFTER_MS);
        if (strcmp(share->state, "pending_review") == 0)
                return share_hold(call, share->id, &submission->review);
        return STATUS_OK;
}

static status create_share(struct call *call, const Goals__CreateShareRequest *in, Goals__Share *out)
{
        struct submission submission;
        const Goals__ShareText raw = text_of_request(in);
        if (in->submit)
                TRY(sharing_check(call));
        TRY(submission_clean(
                call, &raw, in->has_target_amount ? &in->target_amount : NULL, in->currency, true, &submission));
        if (in->submit)
                TRY(submission_rule(call, &submission));
        char *id = arena_alloc(call->arena, UUID_SIZE);
        uuid_v4(id); /* random: an anonymous share carries no time */
        struct lifecycle_subject share = {.id = id, .state = LIFECYCLE_NEW, .actors = "owner"};
        TRY(walk(call, &share, in->submit ? "submit" : "save", submission.outcome));
        show_to_owner(call, &submission, out);
        TRY(insert_share(call, in, &submission, &share, out));
        TRY(db_later(call, NULL, SQL_INSERT_OWNER, id, identity_owner(call), identity_seal(call, id)));
        TRY(announce_created(call, in, &submission, id, state_is_public(share.state)));
        return store_text(call, &share, &submission);
}

static status load_visible(struct call *call, const char *id, Goals__Share *out)
{
        TRY(db_one(call, &out->base, SQL_GET, id, identity_actor(call), identity_owner(call)));
        return pending_show(call, 1, &out);
}

static status get_share(struct call *call, const Goals__GetShareRequest *in, Goals__Share *out)
{
        return load_visible(call, in->share_id, out);
}

/* Others' shares can be seen but not changed; what cannot be seen is not there. */
static status load_owned(struct call *call, const char *id, Goals__Share *out)
{
        TRY(load_visible(call, id, out));
        if (!out->viewer->is_owner)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its owner may change a share");
        return STATUS_OK;
}

static bool has_new_text(const Goals__UpdateShareRequest *in)
{
        return in->goal_title != NULL || in->goal_description != NULL || in->strategy_description != NULL ||
               in->tips_and_lessons != NULL || in->n_tags > 0;
}

/* The text as it will be: the given members, the rest as it stands. */
static Goals__ShareText merged_text(const Goals__UpdateShareRequest *in, const Goals__Share *old)
{
        Goals__ShareText text = GOALS__SHARE_TEXT__INIT;
        text.goal_title = in->goal_title != NULL ? in->goal_title : old->goal_title;
        text.goal_description = in->goal_description != NULL ? in->goal_description : old->goal_description;
        text.strategy_description =
                in->strategy_description != NULL ? in->strategy_description : old->strategy_description;
        text.tips_and_lessons = in->tips_and_lessons != NULL ? in->tips_and_lessons : old->tips_and_lessons;
        text.n_tags = in->n_tags > 0 ? in->n_tags : old->n_tags;
        text.tags = in->n_tags > 0 ? in->tags : old->tags;
        return text;
}

/* New text takes the place of what was public, or waits in front of it; what was asked about the old is void. */
static status replace_text(
        struct call *call, const struct lifecycle_subject *share, const struct submission *submission)
{
        TRY(job_cancel(call, RECHECK_SHARE, share->id));
        if (!state_is_public(share->state))
                return store_text(call, share, submission);
        TRY(share_show_text(call, share->id, &submission->text));
        return pending_remove(call, share->id);
}

static status update_row(struct call *call, const Goals__UpdateShareRequest *in, const Goals__Share *old,
        const struct submission *submission, const char *new_status)
{
        Goals__Share changed = GOALS__SHARE__INIT;
        status result = db_one(call, &changed.base, SQL_UPDATE, in->share_id, old->version, in->goal_category,
                DB_OPTIONAL(in, current_progress_percentage),
                submission->bands == NULL ? NULL : submission->bands->amount_range, new_status);
        if (result == STATUS_NOT_FOUND)
                return call_fail(call, STATUS_ABORTED, "the share was changed meanwhile: read it again");
        return result;
}

/* `new_text`: text was submitted and what became of it; `share` is as its owner sees it now. */
static status announce_update(
        struct call *call, const Goals__Share *old, const Goals__Share *share, const enum outcome *new_text)
{
        bool was_public = old->published_on != NULL;
        if (new_text != NULL)
                TRY(announce_submitted(call, share->id, share->goal_category));
        if (new_text != NULL && *new_text == OUTCOME_PUBLISH && !was_public)
                return announce_published(call, share);
        bool is_seen = was_public && (new_text == NULL || *new_text == OUTCOME_PUBLISH);
        return is_seen ? announce_updated(call, share->id) : STATUS_OK;
}

static const char *edit_action(const Goals__UpdateShareRequest *in, const Goals__Share *old)
{
        if (strcmp(old->status, "draft") != 0)
                return "edit";
        return in->submit ? "submit" : "save";
}

static status clean_and_rule(struct call *call, const Goals__UpdateShareRequest *in, const Goals__Share *old,
        bool is_ruled, struct submission *out)
{
        const Goals__ShareText raw = merged_text(in, old);
        TRY(submission_clean(call, &raw, in->has_target_amount ? &in->target_amount : NULL, in->currency, false, out));
        return is_ruled ? submission_rule(call, out) : STATUS_OK;
}

static status update_share(struct call *call, const Goals__UpdateShareRequest *in, Goals__Share *out)
{
        struct submission submission = {.outcome = OUTCOME_PUBLISH};
        struct lifecycle_step planned;
        Goals__Share old = GOALS__SHARE__INIT;
        TRY(load_owned(call, in->share_id, &old));
        TRY(call_expect_version(call, old.version));
        const char *action = edit_action(in, &old);
        struct lifecycle_subject share = {in->share_id, old.status, old.version, "owner", &old, 0};
        TRY(lifecycle_plan(call, &share_lifecycle, &share, action, &planned));

        bool is_submitted = strcmp(planned.to, "draft") != 0;
        bool changes_text = has_new_text(in) || strcmp(action, "submit") == 0;
        if (changes_text && is_submitted)
                TRY(sharing_check(call));
        if (changes_text || in->has_target_amount)
                TRY(clean_and_rule(call, in, &old, changes_text && is_submitted, &submission));
        if (changes_text)
                TRY(walk(call, &share, action, submission.outcome));
        TRY(update_row(call, in, &old, &submission, share.state));
        if (changes_text)
                TRY(replace_text(call, &share, &submission));
        TRY(load_visible(call, in->share_id, out));
        TRY(announce_update(call, &old, out, changes_text && is_submitted ? &submission.outcome : NULL));
        out->n_notices = submission.review.n_notices;
        out->notices = submission.review.notices;
        return STATUS_OK;
}

static status withdraw_share(struct call *call, const Goals__GetShareRequest *in, Sfp__Empty *out)
{
        (void)out;
        Goals__Share old = GOALS__SHARE__INIT;
        struct lifecycle_step planned;
        TRY(load_owned(call, in->share_id, &old));
        TRY(call_expect_version(call, old.version));
        const struct lifecycle_subject share = {in->share_id, old.status, old.version, "owner", &old, 0};
        TRY(lifecycle_plan(call, &share_lifecycle, &share, "withdraw", &planned));
        return share_purge(call, &old);
}

RPC_TABLE(share_rpcs, SHARE_RPCS);
