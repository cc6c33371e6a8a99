/* SPDX-License-Identifier: Apache-2.0 */
/* How far somebody has read a topic and how closely they follow it. What is unread is derived, never counted. */
#include "common/db.h"
#include "common/rpc.h"
#include "svc-forum/topic_states.h"

#define READING_RPCS(RPC) RPC(SetReadingState, set_reading_state, Forum__SetReadingStateRequest, Forum__TopicViewer)
RPC_DECLARE(READING_RPCS)

static const char SQL_SET[] =
        "INSERT INTO topic_readers AS r (topic_id, user_id, last_read_post_number, level, bookmarked)"
        " SELECT t.id, $2, least(coalesce($3::integer, 0), t.last_post_number), coalesce($4, 'normal'), coalesce($5::boolean, false)"
        " FROM forum_topics t WHERE t.id = $1 ON CONFLICT (topic_id, user_id) DO UPDATE SET"
        " last_read_post_number = greatest(r.last_read_post_number, excluded.last_read_post_number),"
        " level = coalesce($4, r.level), bookmarked = coalesce($5::boolean, r.bookmarked)"
        " RETURNING last_read_post_number, level, bookmarked";

static status set_reading_state(struct call *call, const Forum__SetReadingStateRequest *in, Forum__TopicViewer *out)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load(call, in->topic_id, false, &topic));
        return db_one(call, &out->base, SQL_SET, in->topic_id, call->caller->user_id,
                DB_OPTIONAL(in, last_read_post_number), in->level, DB_OPTIONAL(in, bookmarked));
}

RPC_TABLE(reading_rpcs, READING_RPCS);
