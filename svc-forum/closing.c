/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-forum/closing.h"

#include "common/db.h"
#include "svc-forum/policy.h"
#include "svc-forum/topic_states.h"

#include <string.h>

enum { ARCHIVE_AT_ONCE = 50 };

static const char SQL_IDLE[] =
        "SELECT coalesce(array_agg(i.id), '{}') AS ids FROM (SELECT id FROM forum_topics WHERE status IN ('open', 'closed')"
        " AND last_posted_at < now() - make_interval(days => $1::integer) ORDER BY last_posted_at LIMIT $2) i";

/* Takes the step where the topic still allows it: somebody may have been quicker. */
static status step_by_itself(struct call *call, const char *id, const char *action)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        status found = topic_load_own(call, id, &topic);
        if (found == STATUS_NOT_FOUND ||
                (found == STATUS_OK && lifecycle_find(topic_transitions, topic.status, action, "sys") == NULL))
                return STATUS_OK;
        TRY(found);
        return topic_step(call, &topic, "sys", action, NULL);
}

status close_solved(struct call *call, const struct due_job *job)
{
        Forum__Topic topic = FORUM__TOPIC__INIT;
        TRY(topic_load_own(call, job->key, &topic));
        if (!topic.is_solved || strcmp(topic.status, "open") != 0)
                return STATUS_OK;
        return topic_step(call, &topic, "sys", "close", NULL);
}

status archive_idle(struct call *call)
{
        Forum__RowIds idle = FORUM__ROW_IDS__INIT;
        TRY(db_one(call, &idle.base, SQL_IDLE, (int)ARCHIVE_IDLE_DAYS, (int)ARCHIVE_AT_ONCE));
        for (size_t i = 0; i < idle.n_ids; i++)
                TRY(step_by_itself(call, idle.ids[i], "archive"));
        return STATUS_OK;
}
