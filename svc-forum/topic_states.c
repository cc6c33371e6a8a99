/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/topic_states.h"

#include "common/db.h"
#include "common/jobs.h"
#include "common/rpc.h"
#include "common/transitions.h"
#include "svc-forum/announce.h"
#include "svc-forum/closing.h"
#include "svc-forum/policy.h"
#include "svc-forum/topic_columns.h"
#include "svc-forum/viewer.h"

#include <string.h>

#define TOPIC_STATE_RPCS(RPC)                                                                                          \
        RPC(GetTopicTransitions, get_topic_transitions, Sfp__GetTransitionsRequest, Sfp__Transitions)                  \
        RPC(PostTopicTransition, post_topic_transition, Sfp__TransitionRequest, Sfp__TransitionResult)
RPC_DECLARE(TOPIC_STATE_RPCS)

#define STATE_COLUMNS                                                                                                   \
        "SELECT t.id, t.category_id, t.post_type, t.status, t.version, t.title, t.description, t.tags, t.is_anonymous," \
        " t.is_pinned, t.is_solved, t.best_answer, t.was_public, t.created_by_user_id AS author_user_id,"               \
        " coalesce(t.closed_at > now() - interval '7 days', false) AS was_closed_lately,"                               \
        " EXISTS (SELECT FROM forum_posts p WHERE p.topic_id = t.id AND p.status <> 'deleted'"                          \
        "  AND p.author_user_id IS DISTINCT FROM t.created_by_user_id) AS is_discussed"

static const char SQL_STATE[] = STATE_COLUMNS ", " IS_TOPIC_OWNER("$2") " AS \"viewer.is_owner\", " IS_TOPIC_MODERATOR(
        "$2", "$3") " AS \"viewer.is_moderator\" FROM forum_topics t WHERE t.id = $1 AND " TOPIC_IS_VISIBLE("$2", "$3");
static const char SQL_STATE_OWN[] =
        STATE_COLUMNS ", false AS \"viewer.is_owner\", false AS \"viewer.is_moderator\" FROM forum_topics t"
                      " WHERE t.id = $1";
/* A statement of its own in front: what is read after it was committed before it. */
static const char SQL_LOCK[] = "SELECT FROM forum_topics WHERE id = $1 FOR NO KEY UPDATE";
static const char SQL_MOVE[] =
        "UPDATE forum_topics SET status = $3, version = version + 1,"
        " is_pinned = CASE $4 WHEN 'pin' THEN true WHEN 'unpin' THEN false ELSE is_pinned END,"
        " closed_at = CASE WHEN $4 = 'close' THEN now() ELSE closed_at END,"
        " auto_close_at = CASE WHEN $3 IN ('closed', 'deleted', 'removed', 'archived') THEN NULL ELSE auto_close_at END,"
        " was_public = was_public OR $5::boolean WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_COUNT[] = "UPDATE forum_categories SET topics_count = topics_count + $2::integer WHERE id = $1";
static const char SQL_PURGE[] =
        "UPDATE forum_topics SET created_by_user_id = NULL, title = '[deleted]', description = NULL, tags = '{}' WHERE id = $1";
static const char SQL_PURGE_POSTS[] = "UPDATE forum_posts SET author_user_id = NULL, content = '[deleted]',"
                                      " status = 'deleted', is_best_answer = false WHERE topic_id = $1";
static const char SQL_PURGE_COUNTS[] =
        "UPDATE forum_topics SET posts_count = 0, participants_count = 0, is_solved = false, best_answer = NULL WHERE id = $1";
static const char SQL_PURGE_REVISIONS[] =
        "DELETE FROM post_revisions WHERE post_id IN (SELECT id FROM forum_posts WHERE topic_id = $1)";
static const char SQL_PURGE_POLL[] = "DELETE FROM poll_options WHERE topic_id = $1";
static const char SQL_PURGE_READERS[] = "DELETE FROM topic_readers WHERE topic_id = $1";

status topic_load(struct call *call, const char *id, bool is_locked, Forum__Topic *out)
{
        if (is_locked)
                TRY(db_exec(call, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_STATE, id, call->caller->user_id, call_is_moderator(call));
}

status topic_load_own(struct call *call, const char *id, Forum__Topic *out)
{
        TRY(db_exec(call, SQL_LOCK, id));
        return db_one(call, &out->base, SQL_STATE_OWN, id);
}

struct lifecycle_subject topic_subject(const Forum__Topic *topic, const char *actors)
{
        return (struct lifecycle_subject){
                .id = topic->id,
                .state = topic->status,
                .version = topic->version,
                .actors = actors != NULL ? actors : viewer_actors(topic->viewer->is_owner, topic->viewer->is_moderator),
                .facts = topic,
        };
}

static status load(struct call *call, const char *id, bool is_locked, struct lifecycle_subject *out)
{
        Forum__Topic *topic = arena_alloc(call->arena, sizeof *topic);
        forum__topic__init(topic);
        TRY(topic_load(call, id, is_locked, topic));
        *out = topic_subject(topic, NULL);
        return STATUS_OK;
}

/* What the author has deleted is gone with everything that hangs on it. */
static status purge(struct call *call, const Forum__Topic *topic)
{
        static const char *const statements[] = {
                SQL_PURGE, SQL_PURGE_REVISIONS, SQL_PURGE_POSTS, SQL_PURGE_COUNTS, SQL_PURGE_POLL, SQL_PURGE_READERS};
        for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
                TRY(db_exec(call, statements[i], topic->id));
        return lifecycle_forget(call, &topic_lifecycle, topic->id);
}

static status announce(struct call *call, const Forum__Topic *topic, const struct lifecycle_step *step)
{
        bool is_listed = topic_is_listed(step->to);
        if (is_listed && !topic->was_public)
                return announce_topic_created(call, topic);
        if (strcmp(step->from, step->to) == 0)
                return announce_topic_updated(call, topic->id);
        return topic->was_public ? announce_topic_status(call, topic->id, step->from, step->to, step->actor)
                                 : STATUS_OK;
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        const Forum__Topic *topic = subject->facts;
        Forum__Topic moved = FORUM__TOPIC__INIT;
        int was_listed = topic_is_listed(step->from);
        int is_listed = topic_is_listed(step->to);
        TRY(db_one(
                call, &moved.base, SQL_MOVE, topic->id, topic->version, step->to, step->transition->action, is_listed));
        if (was_listed != is_listed)
                TRY(db_exec(call, SQL_COUNT, topic->category_id, is_listed - was_listed));
        if (strcmp(step->to, "open") != 0)
                TRY(job_cancel(call, CLOSE_SOLVED, topic->id));
        TRY(announce(call, topic, step));
        return strcmp(step->to, "deleted") == 0 ? purge(call, topic) : STATUS_OK;
}

status topic_step(
        struct call *call, const Forum__Topic *topic, const char *actors, const char *action, const char *reason)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = topic_subject(topic, actors);
        TRY(lifecycle_step(call, &topic_lifecycle, &subject, action, reason, &step));
        return apply(call, &subject, &step);
}

static status get_topic_transitions(struct call *call, const Sfp__GetTransitionsRequest *in, Sfp__Transitions *out)
{
        return transitions_get(call, &topic_lifecycle, in, out);
}

static status post_topic_transition(struct call *call, const Sfp__TransitionRequest *in, Sfp__TransitionResult *out)
{
        return transitions_post(call, &topic_lifecycle, in, out);
}

const struct lifecycle topic_lifecycle = {
        .kind = "topic",
        .transitions = topic_transitions,
        .load = load,
        .apply = apply,
};

RPC_TABLE(topic_state_rpcs, TOPIC_STATE_RPCS);
