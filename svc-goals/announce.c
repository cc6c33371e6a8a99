/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/announce.h"

#include "common/event.h"

#include <string.h>

status announce_submitted(struct call *call, const char *share_id, const char *goal_category)
{
        Goals__ShareSubmitted event = GOALS__SHARE_SUBMITTED__INIT;
        event.share_id = (char *)(size_t)share_id;
        event.goal_category = (char *)(size_t)goal_category;
        return event_publish(call, &event.base);
}

status announce_published(struct call *call, const Goals__Share *share)
{
        Goals__SharePublished event = GOALS__SHARE_PUBLISHED__INIT;
        event.share_id = share->id;
        event.goal_category = share->goal_category;
        event.user_age_group = share->user_age_group;
        event.user_income_range = share->user_income_range;
        event.user_location_region = share->user_location_region;
        return event_publish(call, &event.base);
}

status announce_updated(struct call *call, const char *share_id)
{
        Goals__ShareUpdated event = GOALS__SHARE_UPDATED__INIT;
        event.share_id = (char *)(size_t)share_id;
        return event_publish(call, &event.base);
}

status announce_state(struct call *call, const char *share_id, const char *state)
{
        Goals__ShareHidden hidden = GOALS__SHARE_HIDDEN__INIT;
        Goals__ShareRemoved removed = GOALS__SHARE_REMOVED__INIT;
        Goals__ShareCompleted completed = GOALS__SHARE_COMPLETED__INIT;
        hidden.share_id = removed.share_id = completed.share_id = (char *)(size_t)share_id;
        if (strcmp(state, "hidden") == 0)
                return event_publish(call, &hidden.base);
        if (strcmp(state, "removed") == 0)
                return event_publish(call, &removed.base);
        if (strcmp(state, "completed") == 0)
                return event_publish(call, &completed.base);
        return announce_updated(call, share_id);
}

status announce_template(struct call *call, const char *template_id)
{
        Goals__TemplateChanged event = GOALS__TEMPLATE_CHANGED__INIT;
        event.template_id = (char *)(size_t)template_id;
        return event_publish(call, &event.base);
}

status announce_withdrawn(struct call *call, const Goals__Share *share)
{
        Goals__ShareWithdrawn event = GOALS__SHARE_WITHDRAWN__INIT;
        event.share_id = share->id;
        event.goal_category = share->goal_category;
        return event_publish(call, &event.base);
}

status announce_reaction(struct call *call, const char *share_id, const char *kind, bool is_set)
{
        Goals__ReactionSet set = GOALS__REACTION_SET__INIT;
        Goals__ReactionCleared cleared = GOALS__REACTION_CLEARED__INIT;
        set.share_id = cleared.share_id = (char *)(size_t)share_id;
        set.kind = cleared.kind = (char *)(size_t)kind;
        return event_publish(call, is_set ? &set.base : &cleared.base);
}
