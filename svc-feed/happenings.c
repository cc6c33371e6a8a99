/* SPDX-License-Identifier: Apache-2.0 */
/* An automatic activity is private unless its object is public anyway or its actor's settings say otherwise; an event
 * that names nobody makes one without an actor. */
#include "svc-feed/happenings.h"

#include "common/db.h"
#include "common/field.h"
#include "common/uuid.h"
#include "sfp/feed.pb-c.h"
#include "svc-feed/activity_states.h"

#include <string.h>

static const struct happening {
        const char *topic;
        const char *type; /* of the activity */
        const char *object_type;
        const char *object_id; /* field */
        const char *actor;     /* field; NULL: nobody is named */
        const char *level;     /* where the actor's settings say nothing */
} happenings[] = {
        {"goals.share.published", "goal_shared", "goal_share", "share_id", NULL, "community"},
        {"goals.share.completed", "goal_completed", "goal_share", "share_id", NULL, "community"},
        {"community.topic.created", "topic_created", "forum_topic", "topic_id", "actor_user_id", "community"},
        {"community.topic.solved", "topic_solved", "forum_topic", "topic_id", NULL, "community"},
        {"community.challenge.started", "challenge_started", "challenge", "challenge_id", NULL, "community"},
        {"community.challenge.joined", "challenge_joined", "challenge", "challenge_id", "actor_user_id", "private"},
        {"groups.goal.created", "group_created", "group_goal", "group_goal_id", "actor_user_id", "private"},
        {"groups.milestone.reached", "group_milestone_reached", "group_milestone", "milestone_id", NULL, "group"},
        {"profile.badge.awarded", "badge_awarded", "badge", "badge_id", "user_id", "private"},
        {"peers.comparison.updated", "comparison_updated", NULL, NULL, "user_id", "private"},
};

/* What is no longer to be seen by anybody takes what was said of it along; `field` says so by being one of `gone`. */
static const struct retraction {
        const char *topic;
        const char *object_type;
        const char *object_id; /* field */
        const char *field;     /* NULL: the event itself says it */
        const char *gone;
} retractions[] = {
        {"community.topic.status_changed", "forum_topic", "topic_id", "to", "pending_review hidden deleted removed"},
        {"goals.share.withdrawn", "goal_share", "share_id"},
        {"goals.share.hidden", "goal_share", "share_id"},
        {"goals.share.removed", "goal_share", "share_id"},
};

static const char SQL_INSERT[] =
        "INSERT INTO activities (id, actor_user_id, type, object_type, object_id, group_id, visibility, status, is_automatic, event_id)"
        " SELECT $1, $2, $3, $4, $5, $6, coalesce((SELECT level FROM activity_levels WHERE user_id = $2::uuid AND type IN ($3, '*')"
        "  ORDER BY type = '*' LIMIT 1), $7), 'published', true, $8 ON CONFLICT DO NOTHING"
        " RETURNING id, type, actor_user_id, visibility";
static const char SQL_RETRACT[] =
        "UPDATE activities SET is_retracted = $3::boolean WHERE object_type = $1 AND object_id = $2 AND is_retracted <> $3::boolean";

/* With a field that can name somebody and does not, the content is anonymous: for everybody, by nobody. */
static status make(
        struct call *call, const struct happening *row, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        char id[UUID_SIZE];
        PGresult *result;
        Feed__Activity made = FEED__ACTIVITY__INIT;
        const char *actor = row->actor == NULL ? NULL : field_text(data, row->actor);
        if (actor == NULL && strcmp(row->level, "private") == 0)
                return STATUS_OK; /* for whom? */
        actor == NULL ? uuid_v4(id) : uuid_v7(id);
        TRY(db_query(call, &result, SQL_INSERT, id, actor, row->type, row->object_type,
                row->object_id == NULL ? NULL : field_text(data, row->object_id), field_text(data, "group_goal_id"),
                row->level, event->id));
        if (PQntuples(result) == 0)
                return STATUS_OK; /* it happened before */
        made.id = id;
        made.type = (char *)(size_t)row->type;
        made.visibility = arena_strdup(call->arena, PQgetvalue(result, 0, 3));
        made.actor_user_id = (char *)(size_t)actor;
        return activity_announce(call, &made);
}

static bool is_gone(const struct retraction *row, const ProtobufCMessage *data)
{
        if (row->field == NULL)
                return true;
        const char *list = row->gone, *word, *value = field_text(data, row->field);
        size_t length;
        while (value != NULL && lifecycle_next_word(&list, &word, &length))
                if (strlen(value) == length && memcmp(value, word, length) == 0)
                        return true;
        return false;
}

static status retract(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        for (size_t i = 0; i < sizeof retractions / sizeof *retractions; i++)
                if (event_has_topic(event, event_topic(call->arena, retractions[i].topic)))
                        return db_exec(call, SQL_RETRACT, retractions[i].object_type,
                                field_text(data, retractions[i].object_id), is_gone(&retractions[i], data));
        return STATUS_OK;
}

status happenings_take(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        for (size_t i = 0; i < sizeof happenings / sizeof *happenings; i++)
                if (event_has_topic(event, event_topic(call->arena, happenings[i].topic)))
                        return make(call, &happenings[i], event, data);
        return retract(call, event, data);
}
