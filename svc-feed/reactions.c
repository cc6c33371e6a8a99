/* SPDX-License-Identifier: Apache-2.0 */
/* Reactions to activities. Row and counter change in one statement under the activity's lock. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-feed/activity_states.h"
#include "svc-feed/notify.h"

#include <string.h>

#define REACTION_RPCS(RPC)                                                                                             \
        RPC(SetReaction, set_reaction, Feed__ReactionRequest, Feed__Reaction)                                          \
        RPC(ClearReaction, clear_reaction, Feed__ReactionRequest, Feed__Reaction)
RPC_DECLARE(REACTION_RPCS)

#define COUNT_CHANGED(sign)                                                                                            \
        " UPDATE activities a SET likes_count = a.likes_count " sign                                                   \
        " c.likes, celebrates_count = a.celebrates_count " sign                                                        \
        " c.celebrates, supports_count = a.supports_count " sign                                                       \
        " c.supports, bookmarks_count = a.bookmarks_count " sign                                                       \
        " c.bookmarks FROM (SELECT count(*) FILTER (WHERE kind = 'like')::integer AS likes,"                           \
        " count(*) FILTER (WHERE kind = 'celebrate')::integer AS celebrates,"                                          \
        " count(*) FILTER (WHERE kind = 'support')::integer AS supports,"                                              \
        " count(*) FILTER (WHERE kind = 'bookmark')::integer AS bookmarks, count(*) > 0 AS is_change FROM changed) c"  \
        " WHERE a.id = $1 RETURNING a.likes_count, a.celebrates_count, a.supports_count, c.is_change"

static const char SQL_SET[] =
        "WITH changed AS (INSERT INTO activity_reactions (activity_id, kind, user_id) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING RETURNING kind)" COUNT_CHANGED("+");
static const char SQL_CLEAR[] =
        "WITH changed AS (DELETE FROM activity_reactions WHERE activity_id = $1 AND kind = $2 AND user_id = $3 RETURNING kind)" COUNT_CHANGED(
                "-");

static status change_reaction(
        struct call *call, const Feed__ReactionRequest *in, const char *sql, bool is_active, Feed__Reaction *out)
{
        Feed__ReactionRow row = FEED__REACTION_ROW__INIT;
        TRY(db_one(call, &row.base, sql, in->activity_id, in->kind, call->caller->user_id));
        out->kind = in->kind;
        out->has_active = out->has_likes_count = out->has_celebrates_count = out->has_supports_count = 1;
        out->active = is_active;
        out->likes_count = row.likes_count;
        out->celebrates_count = row.celebrates_count;
        out->supports_count = row.supports_count;
        return STATUS_OK;
}

/* Once for a person, activity and kind, however often it is set and cleared. */
static status tell_owner(struct call *call, const Feed__ReactionRequest *in, const Feed__Activity *activity)
{
        if (activity->actor_user_id == NULL || strcmp(in->kind, "bookmark") == 0)
                return STATUS_OK;
        return notify(call, &(struct notice){.user_id = activity->actor_user_id,
                                    .type = "activity_reaction",
                                    .object_type = "feed_activity",
                                    .object_id = in->activity_id,
                                    .event_key = arena_printf(call->arena, "reaction:%s:%s:%s", in->activity_id,
                                            in->kind, call->caller->user_id),
                                    .actor_user_id = call->caller->user_id});
}

static status set_reaction(struct call *call, const Feed__ReactionRequest *in, Feed__Reaction *out)
{
        Feed__Activity activity = FEED__ACTIVITY__INIT;
        TRY(activity_load(call, in->activity_id, &activity));
        if (strcmp(activity.status, "published") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "the activity is %s", activity.status);
        if (activity.viewer->is_owner && strcmp(in->kind, "bookmark") != 0)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "one's own activity takes no reaction");
        TRY(change_reaction(call, in, SQL_SET, true, out));
        return activity.viewer->is_owner ? STATUS_OK : tell_owner(call, in, &activity);
}

static status clear_reaction(struct call *call, const Feed__ReactionRequest *in, Feed__Reaction *out)
{
        Feed__Activity activity = FEED__ACTIVITY__INIT;
        TRY(activity_load(call, in->activity_id, &activity));
        return change_reaction(call, in, SQL_CLEAR, false, out);
}

RPC_TABLE(reaction_rpcs, REACTION_RPCS);
