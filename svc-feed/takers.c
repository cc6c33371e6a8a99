/* SPDX-License-Identifier: Apache-2.0 */
/* One consumer group for each service whose events make notifications and activities. */
#include "common/consumer.h"
#include "svc-feed/audience.h"
#include "svc-feed/happenings.h"
#include "svc-feed/notices.h"
#include "svc-feed/relations.h"

#include <stddef.h>

static status take(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        TRY(notices_make(call, event, data));
        return happenings_take(call, event, data);
}

static status take_group(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        TRY(audience_take_group(call, event, data));
        return take(call, event, data);
}

static status take_profile(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        if (event_has_topic(event, event_topic(call->arena, "profile.relationship.changed")))
                return relation_take(call, data);
        if (event_has_topic(event, event_topic(call->arena, "profile.privacy.changed")))
                return audience_take_settings(call, data);
        return take(call, event, data);
}

const struct event_consumer feed_consumers[] = {
        /* group             source        topic          apply */
        {"feed_profile", "anonymize", "profile.", take_profile},
        {"feed_goals", "goals", "goals.", take},
        {"feed_forum", "forum", "community.", take},
        {"feed_groups", "groups", "groups.", take_group},
        {"feed_mentor", "mentor", "mentorship.", take},
        {"feed_peers", "peers", "peers.", take},
        {"feed_moderation", "moderation", "moderation.", take},
        {NULL, NULL, NULL, NULL},
};
