/* SPDX-License-Identifier: Apache-2.0 */
/* One activity: shared on purpose, read, meant for others than before, taken away. */
#include "common/content.h"
#include "common/db.h"
#include "common/event.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-feed/activity_columns.h"
#include "svc-feed/activity_states.h"
#include "svc-feed/policy.h"

#include <string.h>

#define ACTIVITY_RPCS(RPC)                                                                                             \
        RPC(CreateActivity, create_activity, Feed__CreateActivityRequest, Feed__Activity)                              \
        RPC(GetActivity, get_activity, Feed__GetActivityRequest, Feed__Activity)                                       \
        RPC(UpdateActivity, update_activity, Feed__UpdateActivityRequest, Feed__Activity)                              \
        RPC(DeleteActivity, delete_activity, Feed__GetActivityRequest, Sfp__Empty)
RPC_DECLARE(ACTIVITY_RPCS)

static const char SQL_GET[] = "SELECT " ACTIVITY_COLUMNS ", " ACTIVITY_VIEWER_COLUMNS(
        "$2") " FROM activities a WHERE a.id = $1 AND " ACTIVITY_IS_VISIBLE("$2", "$3");
/* The level the author has set for the type, or for all; and whether they are in the group. */
static const char SQL_LEVEL[] =
        "SELECT coalesce((SELECT level FROM activity_levels WHERE user_id = $1 AND type IN ($2, '*')"
        " ORDER BY type = '*' LIMIT 1), 'private') AS level,"
        " EXISTS (SELECT FROM group_members WHERE user_id = $1 AND group_id = $3) AS is_member";
static const char SQL_INSERT[] =
        "INSERT INTO activities (id, actor_user_id, type, object_type, object_id, group_id, text, visibility, status, is_automatic)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, false)";
static const char SQL_SET_VISIBILITY[] = "UPDATE activities SET visibility = $2, version = version + 1 WHERE id = $1";
static const char SQL_DELETE[] = "DELETE FROM activities WHERE id = $1";

static status load_visible(struct call *call, const char *id, Feed__Activity *out)
{
        TRY(db_one(call, &out->base, SQL_GET, id, call->caller->user_id, call_is_moderator(call)));
        out->summary = (char *)(size_t)activity_summary(out->type);
        return STATUS_OK;
}

static bool is_group(const Feed__ObjectRef *object)
{
        return object != NULL && strcmp(object->type, "group_goal") == 0;
}

static bool says_nothing(const Feed__CreateActivityRequest *in)
{
        return in->object_ref == NULL && (in->text == NULL || *in->text == '\0');
}

/* *visibility: as asked for, or as the author's settings say. For a group only by who is in it. */
static status choose_visibility(struct call *call, const Feed__CreateActivityRequest *in, char **visibility)
{
        Feed__LevelRow row = FEED__LEVEL_ROW__INIT;
        TRY(db_one(call, &row.base, SQL_LEVEL, call->caller->user_id, in->type,
                is_group(in->object_ref) ? in->object_ref->id : NULL));
        *visibility = in->visibility != NULL ? in->visibility : row.level;
        if (strcmp(*visibility, "group") == 0 && !row.is_member)
                return call_invalid(call, "object_ref", "not_found", "names no group that you are in");
        return STATUS_OK;
}

static status store(
        struct call *call, const Feed__CreateActivityRequest *in, Feed__Activity *activity, const struct review *review)
{
        struct lifecycle_subject subject = {.id = activity->id, .state = LIFECYCLE_NEW, .actors = "owner"};
        bool is_held = review->outcome == REVIEW_HOLD;
        const Feed__ObjectRef *object = in->object_ref;
        TRY(lifecycle_step(call, &activity_lifecycle, &subject, is_held ? "hold" : "publish", NULL, NULL));
        TRY(db_exec(call, SQL_INSERT, activity->id, call->caller->user_id, in->type,
                object == NULL ? NULL : object->type, object == NULL ? NULL : object->id,
                is_group(object) ? object->id : NULL, review->texts[0], activity->visibility, subject.state));
        return is_held ? content_hold(call, "feed_activity", activity->id, review) : activity_announce(call, activity);
}

static status create_activity(struct call *call, const Feed__CreateActivityRequest *in, Feed__Activity *out)
{
        struct review review;
        char *text = in->text;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        Feed__Activity activity = FEED__ACTIVITY__INIT;
        if (says_nothing(in))
                return call_invalid(call, "text", "required", "say something, or what it is about");
        TRY(choose_visibility(call, in, &activity.visibility));
        TRY(review_text(call, "feed_activity", "text", &text, &review));
        strcmp(activity.visibility, "anonymous") == 0 ? uuid_v4(id) : uuid_v7(id);
        activity.id = id;
        activity.type = in->type;
        activity.actor_user_id = call->caller->user_id;
        TRY(store(call, in, &activity, &review));
        TRY(load_visible(call, id, out));
        out->n_notices = review.n_notices;
        out->notices = review.notices;
        if (review.outcome == REVIEW_HOLD)
                call_succeed_as(call, 202);
        return STATUS_OK;
}

static status get_activity(struct call *call, const Feed__GetActivityRequest *in, Feed__Activity *out)
{
        return load_visible(call, in->activity_id, out);
}

static status announce_visibility(struct call *call, const Feed__UpdateActivityRequest *in)
{
        Feed__ActivityVisibilityChanged event = FEED__ACTIVITY_VISIBILITY_CHANGED__INIT;
        event.activity_id = in->activity_id;
        event.visibility = in->visibility;
        return event_publish(call, &event.base);
}

static status check_group(struct call *call, const Feed__Activity *activity, const char *visibility)
{
        Feed__LevelRow row = FEED__LEVEL_ROW__INIT;
        if (strcmp(visibility, "group") != 0)
                return STATUS_OK;
        TRY(db_one(call, &row.base, SQL_LEVEL, call->caller->user_id, activity->type, activity->group_id));
        return row.is_member ? STATUS_OK
                             : call_invalid(call, "visibility", "not_allowed", "it is about no group that you are in");
}

/* What was shared by name has been seen under it: it does not become anonymous, nor the other way round. */
static status check_name(struct call *call, const Feed__Activity *activity, const char *visibility)
{
        bool was_anonymous = strcmp(activity->visibility, "anonymous") == 0;
        bool is_anonymous = strcmp(visibility, "anonymous") == 0;
        if (was_anonymous != is_anonymous && strcmp(activity->visibility, "private") != 0 &&
                strcmp(visibility, "private") != 0)
                return call_fail(
                        call, STATUS_FAILED_PRECONDITION, "others have seen who it is by, or that it is by nobody");
        return STATUS_OK;
}

static status update_activity(struct call *call, const Feed__UpdateActivityRequest *in, Feed__Activity *out)
{
        Feed__Activity activity = FEED__ACTIVITY__INIT;
        TRY(activity_load(call, in->activity_id, &activity));
        if (!activity.viewer->is_owner)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its owner says for whom it is");
        TRY(call_expect_version(call, activity.version));
        TRY(check_group(call, &activity, in->visibility));
        TRY(check_name(call, &activity, in->visibility));
        TRY(db_exec(call, SQL_SET_VISIBILITY, in->activity_id, in->visibility));
        TRY(announce_visibility(call, in));
        return load_visible(call, in->activity_id, out);
}

static status delete_activity(struct call *call, const Feed__GetActivityRequest *in, Sfp__Empty *out)
{
        (void)out;
        Feed__Activity activity = FEED__ACTIVITY__INIT;
        TRY(activity_load(call, in->activity_id, &activity));
        TRY(call_expect_version(call, activity.version));
        bool is_mod = call_is_moderator(call);
        if (!activity.viewer->is_owner && !is_mod)
                return call_fail(call, STATUS_PERMISSION_DENIED, "only its owner or a moderator takes it away");
        if (!activity.viewer->is_owner)
                return activity_step(call, &activity, "mod", "remove", NULL);
        TRY(lifecycle_forget(call, &activity_lifecycle, in->activity_id));
        TRY(db_exec(call, SQL_DELETE, in->activity_id));
        return activity_announce_removed(call, in->activity_id);
}

RPC_TABLE(activity_rpcs, ACTIVITY_RPCS);
