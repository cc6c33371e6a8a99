/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-feed/activity_states.h"

#include "common/content.h"
#include "common/db.h"
#include "common/event.h"
#include "svc-feed/activity_columns.h"
#include "svc-feed/policy.h"

#include <string.h>

#define STATE_COLUMNS                                                                                                  \
        "SELECT a.id, a.type, a.actor_user_id, a.group_id, a.visibility, a.status, a.version, a.is_automatic"

static const char SQL_STATE[] = STATE_COLUMNS
        ", " IS_ACTIVITY_OWNER("$2") " AS \"viewer.is_owner\" FROM activities a"
                                     " WHERE a.id = $1 AND " ACTIVITY_IS_VISIBLE("$2", "$3") " FOR NO KEY UPDATE OF a";
static const char SQL_STATE_OWN[] =
        STATE_COLUMNS ", false AS \"viewer.is_owner\" FROM activities a WHERE a.id = $1 FOR NO KEY UPDATE OF a";
static const char SQL_MOVE[] =
        "UPDATE activities SET status = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING id";
static const char SQL_SHOW[] =
        "SELECT actor_user_id AS author_user_id, status AS state, is_open AS is_public,"
        " CASE WHEN text IS NULL THEN '{}'::text[] ELSE ARRAY[text] END AS texts FROM activities WHERE id = $1";

status activity_load(struct call *call, const char *id, Feed__Activity *out)
{
        return db_one(call, &out->base, SQL_STATE, id, call->caller->user_id, call_is_moderator(call));
}

status activity_load_own(struct call *call, const char *id, Feed__Activity *out)
{
        return db_one(call, &out->base, SQL_STATE_OWN, id);
}

status activity_announce(struct call *call, const Feed__Activity *activity)
{
        Feed__ActivityCreated event = FEED__ACTIVITY_CREATED__INIT;
        bool is_named = strcmp(activity->visibility, "community") == 0;
        event.activity_id = activity->id;
        event.activity_type = activity->type;
        event.visibility = activity->visibility;
        event.actor_user_id = is_named ? activity->actor_user_id : NULL;
        return event_publish(call, &event.base);
}

status activity_announce_removed(struct call *call, const char *id)
{
        Feed__ActivityRemoved event = FEED__ACTIVITY_REMOVED__INIT;
        event.activity_id = (char *)(size_t)id;
        return event_publish(call, &event.base);
}

static status apply(struct call *call, const struct lifecycle_subject *subject, const struct lifecycle_step *step)
{
        Feed__Activity moved = FEED__ACTIVITY__INIT;
        TRY(db_one(call, &moved.base, SQL_MOVE, subject->id, subject->version, step->to));
        if (strcmp(step->to, "published") == 0)
                return activity_announce(call, subject->facts);
        return strcmp(step->from, "published") == 0 ? activity_announce_removed(call, subject->id) : STATUS_OK;
}

status activity_step(
        struct call *call, const Feed__Activity *activity, const char *actors, const char *action, const char *reason)
{
        struct lifecycle_step step;
        struct lifecycle_subject subject = {.id = activity->id,
                .state = activity->status,
                .version = activity->version,
                .actors = actors,
                .facts = activity};
        TRY(lifecycle_step(call, &activity_lifecycle, &subject, action, reason, &step));
        return apply(call, &subject, &step);
}

static status show(struct call *call, const char *id, Content__Snapshot *out)
{
        return db_one(call, &out->base, SQL_SHOW, id);
}

static status decide(struct call *call, const char *id, const char *action, const char *reason)
{
        Feed__Activity activity = FEED__ACTIVITY__INIT;
        TRY(activity_load_own(call, id, &activity));
        return activity_step(call, &activity, "mod", action, reason);
}

const struct lifecycle activity_lifecycle = {
        .kind = "activity",
        .transitions = activity_transitions,
        .apply = apply,
};

const struct content_kind feed_content[] = {
        {"feed_activity", show, decide},
        {NULL, NULL, NULL},
};
