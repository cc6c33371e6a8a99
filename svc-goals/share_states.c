/* SPDX-License-Identifier: Apache-2.0 */
/* The text columns hold what has passed, and stay when a share leaves the public: only its owner sees them then. What
 * has not passed is sealed in pending_texts. */
#include "svc-goals/share_states.h"

#include "common/answer_cache.h"
#include "common/clock.h"
#include "common/db.h"
#include "common/jobs.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-goals/announce.h"
#include "svc-goals/identity.h"
#include "svc-goals/owner_news.h"
#include "svc-goals/pending.h"
#include "svc-goals/policy.h"
#include "svc-goals/recheck.h"
#include "svc-goals/share_columns.h"
#include "svc-goals/sharing.h"

#include <string.h>

#define SHARE_STATE_RPCS(RPC)                                                                                          \
        RPC(GetShareTransitions, get_share_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                  \
        RPC(PostShareTransition, post_share_transition, Sfp__TransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(SHARE_STATE_RPCS)

/* published_on: only while others see it. */
#define STATE_COLUMNS                                                                                                  \
        "s.id, s.goal_category, s.status, s.version, s.current_progress_percentage, s.goal_title, s.goal_description," \
        " s.strategy_description, s.tips_and_lessons, s.tags,"                                                         \
        " CASE WHEN s.is_public THEN s.published_at::date END AS published_on"

/* $3: a moderator sees all. */
#define STATE_SOURCE                                                                                                   \
        "SELECT " STATE_COLUMNS                                                                                        \
        ", coalesce(o.is_owner, false) AS \"viewer.is_owner\" FROM anonymous_goal_shares s" OWNER_JOIN(                \
                "$2") " WHERE s.id = $1 AND (" IS_VISIBLE("$2") " OR $3::boolean)"

static const char SQL_STATE[] = STATE_SOURCE;
static const char SQL_STATE_LOCKED[] = STATE_SOURCE " FOR UPDATE OF s";
static const char SQL_STATE_OWN[] =
        "SELECT " STATE_COLUMNS " FROM anonymous_goal_shares s WHERE s.id = $1 FOR UPDATE OF s";
/* An edit that waits keeps what was public before it. */
static const char SQL_MOVE[] = "UPDATE anonymous_goal_shares SET status = $3, version = version + 1,"
                               " completed_key = CASE WHEN $3 <> 'completed' THEN completed_key"
                               " ELSE (extract(epoch FROM clock_timestamp()) * 1000000)::bigint END,"
                               " is_public = goal_title IS NOT NULL AND published_at IS NOT NULL"
                               "         AND ($4::boolean OR ($3 = 'pending_review' AND is_public))"
                               " WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_SHOW_TEXT[] =
        "UPDATE anonymous_goal_shares SET goal_title = $2, goal_description = $3, strategy_description = $4, tips_and_lessons = $5,"
        " tags = $6, is_public = true, published_at = coalesce(published_at, now()),"
        " new_key = CASE WHEN published_at IS NULL THEN (extract(epoch FROM clock_timestamp()) * 1000000)::bigint ELSE new_key END,"
        " hot_key = hot_key(likes_count, inspiration_votes, coalesce(published_at, now())) WHERE id = $1"
        " RETURNING id, goal_category, tags, user_age_group, user_income_range, user_location_region,"
        " CASE WHEN published_at = now() THEN published_at::date END AS published_on"; /* NULL: not for the first time
                                                                                        */
static const char SQL_PURGE[] = "DELETE FROM anonymous_goal_shares WHERE id = $1";

static const char *const roles[2][2] = {{"", "mod"}, {"owner", "owner mod"}};

static void take_row(const Goals__Share *share, struct lifecycle_subject *out)
{
        out->state = share->status;
        out->version = share->version;
        out->facts = share;
}

static Goals__Share *new_row(struct call *call)
{
        Goals__Share *share = arena_alloc(call->arena, sizeof *share);
        goals__share__init(share);
        return share;
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Goals__Share *share = new_row(call);
        bool is_mod = call_is_moderator(call);
        TRY(db_one(call, &share->base, is_locked ? SQL_STATE_LOCKED : SQL_STATE, id, identity_owner(call), is_mod));
        take_row(share, out);
        out->actors = roles[share->viewer->is_owner][is_mod];
        return STATUS_OK;
}

status share_load(struct call *call, const char *id, struct lifecycle_subject *out)
{
        Goals__Share *share = new_row(call);
        TRY(db_one(call, &share->base, SQL_STATE_OWN, id));
        *out = (struct lifecycle_subject){.id = id, .actors = "sys"};
        take_row(share, out);
        return STATUS_OK;
}

status share_show_text(struct call *call, const char *id, const Goals__ShareText *text)
{
        return db_later(call, NULL, SQL_SHOW_TEXT, id, text->goal_title, text->goal_description,
                text->strategy_description, text->tips_and_lessons, db_texts(text->n_tags, text->tags));
}

status share_ask_moderation(struct call *call, const char *id, int64_t after_ms)
{
        return job_schedule(call, RECHECK_SHARE, id, clock_unix_us() + after_ms * 1000, (ProtobufCBinaryData){0, NULL});
}

status share_outdate(struct call *call, size_t count, const char *const *ids)
{
        char **tags = arena_alloc(call->arena, count * sizeof *tags + 1);
        for (size_t i = 0; i < count; i++)
                tags[i] = arena_printf(call->arena, "share:%s", ids[i]);
        return answer_outdate(call, count, tags);
}

status share_purge(struct call *call, const Goals__Share *share)
{
        if (strcmp(share->status, "draft") != 0)
                TRY(announce_withdrawn(call, share));
        TRY(job_cancel(call, RECHECK_SHARE, share->id));
        TRY(job_cancel_all(call, OWNER_NEWS, share->id));
        TRY(lifecycle_forget(call, &share_lifecycle, share->id));
        return db_later(call, NULL, SQL_PURGE, share->id);
}

static status ask(struct call *call, const struct lifecycle_subject *subject)
{
        TRY(announce_submitted(call, subject->id, ((const Goals__Share *)subject->facts)->goal_category));
        return share_ask_moderation(call, subject->id, 0);
}

static status stop_asking(struct call *call, const struct lifecycle_subject *subject)
{
        return job_cancel(call, RECHECK_SHARE, subject->id);
}

/* What had passed once is ruled on again: a copy of it waits. */
static status seal_and_ask(struct call *call, const struct lifecycle_subject *subject)
{
        const Goals__Share *share = subject->facts;
        Goals__ShareText text = GOALS__SHARE_TEXT__INIT;
        text.goal_title = share->goal_title;
        text.goal_description = share->goal_description;
        text.strategy_description = share->strategy_description;
        text.tips_and_lessons = share->tips_and_lessons;
        text.n_tags = share->n_tags;
        text.tags = share->tags;
        TRY(pending_store(call, subject->id, &text));
        return ask(call, subject);
}

static status publish(struct call *call, const struct lifecycle_subject *subject)
{
        Goals__ShareText *text;
        Goals__Share shown = GOALS__SHARE__INIT;
        TRY(pending_load(call, subject->id, &text));
        TRY(db_one(call, &shown.base, SQL_SHOW_TEXT, subject->id, text->goal_title, text->goal_description,
                text->strategy_description, text->tips_and_lessons, db_texts(text->n_tags, text->tags)));
        TRY(shown.published_on != NULL ? announce_published(call, &shown) : announce_updated(call, shown.id));
        TRY(owner_credit(call, subject->id, "goal_shared", NULL));
        return pending_remove(call, subject->id);
}

/* A moderator does not wait for the machine. */
static status publish_now(struct call *call, const struct lifecycle_subject *subject)
{
        TRY(publish(call, subject));
        return stop_asking(call, subject);
}

/* Back to where it was; what waited then waits again. */
static status take_up_again(struct call *call, const struct lifecycle_subject *subject)
{
        if (state_is_public(subject->state))
                return announce_updated(call, subject->id);
        return strcmp(subject->state, "pending_review") == 0 ? ask(call, subject) : STATUS_OK;
}

/* By the owner's wish, if their setting does not speak against it. */
static status ask_if_shared(struct call *call, const struct lifecycle_subject *subject)
{
        TRY(sharing_check(call));
        return ask(call, subject);
}

static status seal_and_ask_if_shared(struct call *call, const struct lifecycle_subject *subject)
{
        TRY(sharing_check(call));
        return seal_and_ask(call, subject);
}

/* What an action does beside changing the state; the others do nothing. */
static const struct {
        const char *action;
        status (*run)(struct call *call, const struct lifecycle_subject *subject);
} effects[] = {
        {"submit", ask_if_shared},
        {"pass", publish},
        {"approve", publish_now},
        {"reject", stop_asking},
        {"unhide", seal_and_ask_if_shared},
        {"unarchive", seal_and_ask_if_shared},
        {"remove", stop_asking},
        {"restore", take_up_again},
        {"reinstate", take_up_again},
};

static status run_effect(struct call *call, const struct lifecycle_subject *subject, const char *action)
{
        for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
                if (strcmp(effects[i].action, action) == 0)
                        return effects[i].run(call, subject);
        return STATUS_OK;
}

/* Does the public see something else of it, or it no more? Publishing says so itself. */
static bool changes_the_public(const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Goals__Share *share = subject->facts;
        bool was_public = share->published_on != NULL;
        return was_public && (!state_is_public(step->to) || state_is_public(step->from)) &&
               strcmp(step->to, "pending_review") != 0;
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        Goals__Share moved = GOALS__SHARE__INIT;
        if (strcmp(step->transition->action, "withdraw") == 0)
                return share_purge(call, subject->facts);
        TRY(db_one(call, &moved.base, SQL_MOVE, subject->id, subject->version, step->to, state_is_public(step->to)));
        if (changes_the_public(subject, step))
                TRY(announce_state(call, subject->id, step->to));
        if (strcmp(step->transition->action, "complete") == 0)
                TRY(owner_credit(call, subject->id, "goal_completed", NULL));
        return run_effect(call, subject, step->transition->action);
}

static status get_share_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        return transitions_get(call, &share_lifecycle, in, out);
}

static status post_share_transition(struct call *call, const Sfp__TransitionRequest *in, Sfp__TransitionResult *out)
{
        return transitions_post(call, &share_lifecycle, in, out);
}

const struct lifecycle share_lifecycle = {
        .kind = "share",
        .transitions = share_transitions,
        .load = load,
        .apply = apply,
};

RPC_TABLE(share_state_rpcs, SHARE_STATE_RPCS);
