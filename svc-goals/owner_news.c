/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-goals/owner_news.h"

#include "common/db.h"
#include "common/frame.h"
#include "common/keyring.h"
#include "common/rpc_call.h"
#include "common/service.h"
#include "sfp/anonymize.pb-c.h"
#include "sfp/feed.pb-c.h"
#include "sfp/goals.pb-c.h"
#include "svc-goals/identity.h"

#include <string.h>

static status schedule(struct call *call, const Goals__OwnerNews *news)
{
        size_t size = goals__owner_news__get_packed_size(news);
        ProtobufCBinaryData payload = {size, arena_alloc(call->arena, size + 1)};
        goals__owner_news__pack(news, payload.data);
        const char *what = news->reason != NULL ? news->reason : news->type;
        const char *key = arena_printf(call->arena, "%s:%s:%s", news->share_id, what, news->about);
        return job_schedule(call, OWNER_NEWS, key, 0, payload);
}

status owner_credit(struct call *call, const char *share_id, const char *reason, const char *about)
{
        Goals__OwnerNews news = GOALS__OWNER_NEWS__INIT;
        news.share_id = (char *)(size_t)share_id;
        news.reason = (char *)(size_t)reason;
        news.about = (char *)(size_t)(about == NULL ? share_id : about);
        return schedule(call, &news);
}

/* Somebody's second inspiration for a share is the first one: the key is made of both, and tells neither. */
static const char *inspiration_key(struct call *call, const char *share_id)
{
        enum { BYTES = 16 };
        char *key = arena_alloc(call->arena, 2 * BYTES + 1);
        const char *purpose = arena_printf(call->arena, "goals inspiration of %s", share_id);
        ProtobufCBinaryData tag = keyring_tag(call->service->keys, call->arena, purpose, call->caller->user_id);
        for (int i = 0; i < BYTES; i++)
                snprintf(key + 2 * i, 3, "%02x", tag.data[i]);
        return key;
}

status owner_notify_inspired(struct call *call, const char *share_id)
{
        Goals__OwnerNews news = GOALS__OWNER_NEWS__INIT;
        news.share_id = (char *)(size_t)share_id;
        news.type = (char *)(size_t) "new_inspiration_on_goal";
        news.about = (char *)(size_t)inspiration_key(call, share_id);
        TRY(schedule(call, &news));
        return owner_credit(call, share_id, "goal_inspired", news.about);
}

static status give_credit(struct call *call, const Goals__OwnerNews *news, char *owner)
{
        ProtobufCMessage *reply;
        Anonymize__CreditRequest request = ANONYMIZE__CREDIT_REQUEST__INIT;
        request.user_id = owner;
        request.reason = news->reason;
        request.object_ref = (char *)(size_t)arena_printf(call->arena, "%s:%s", news->share_id, news->about);
        return rpc_call(call, "sfp.anonymize.Anonymize.Credit", &request.base, &reply);
}

static status notify(struct call *call, const Goals__OwnerNews *news, char *owner)
{
        ProtobufCMessage *reply;
        Feed__NotifyRequest request = FEED__NOTIFY_REQUEST__INIT;
        request.user_id = owner;
        request.type = news->type;
        request.object_type = (char *)(size_t) "goal_share";
        request.object_id = news->share_id;
        request.event_key = (char *)(size_t)arena_printf(call->arena, "%s:%s", news->share_id, news->about);
        return rpc_call(call, "sfp.feed.Feed.Notify", &request.base, &reply);
}

status owner_news(struct call *call, const struct due_job *job)
{
        Goals__OwnerNews *news;
        char *owner;
        TRY(frame_unpack(call->arena, &goals__owner_news__descriptor, job->payload.data, job->payload.len,
                (ProtobufCMessage **)&news));
        status found = identity_load_owner(call, news->share_id, &owner);
        if (found == STATUS_NOT_FOUND)
                return STATUS_OK;
        TRY(found);
        return news->reason != NULL ? give_credit(call, news, owner) : notify(call, news, owner);
}
