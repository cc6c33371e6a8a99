/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/share_counts.h"

#include "common/db.h"
#include "sfp/goals.pb-c.h"

static const char SQL_COUNT[] = "INSERT INTO share_counts (day, goal_category, kind, count)"
                                " VALUES (($1::timestamptz AT TIME ZONE 'UTC')::date, coalesce($2, ''), $3, 1)"
                                " ON CONFLICT (day, goal_category, kind) DO UPDATE SET count = share_counts.count + 1";

static status count(struct call *call, const Events__CloudEvent *event, const char *goal_category, const char *kind)
{
        return db_later(call, NULL, SQL_COUNT, event->time, goal_category, kind);
}

status count_share_event(struct call *call, const Events__CloudEvent *event, const ProtobufCMessage *data)
{
        if (data->descriptor == &goals__share_submitted__descriptor)
                return count(call, event, ((const Goals__ShareSubmitted *)data)->goal_category, "submitted");
        if (data->descriptor == &goals__share_published__descriptor)
                return count(call, event, ((const Goals__SharePublished *)data)->goal_category, "published");
        if (data->descriptor == &goals__share_updated__descriptor)
                return count(call, event, NULL, "updated");
        if (data->descriptor == &goals__share_withdrawn__descriptor)
                return count(call, event, ((const Goals__ShareWithdrawn *)data)->goal_category, "withdrawn");
        return STATUS_OK;
}
