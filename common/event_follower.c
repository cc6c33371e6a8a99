/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event_follower.h"

#include "common/clock.h"
#include "common/rpc_call.h"
#include "common/service.h"

#include <string.h>

enum {
        READ_DEADLINE_US = 2000000,
        READ_LIMIT = 500,
        AGAIN_US = 250000, /* before a source that did not answer is asked again */
        PLACE_BACK = 500,  /* events that the first message heard may be behind the head */
};

static status read_on(struct event_follower *follower, struct arena *arena, const Events__EventList **out)
{
        ProtobufCMessage *reply;
        struct call call;
        Events__ReadRequest request = EVENTS__READ_REQUEST__INIT;
        call_init_own(&call, arena, follower->service, NULL, READ_DEADLINE_US);
        request.has_after_seq = follower->is_placed;
        request.after_seq = follower->position;
        request.has_limit = 1;
        request.limit = READ_LIMIT;
        TRY(rpc_call_at(&call, follower->source, "sfp.events.Events.Read", &request.base, &reply));
        *out = (const Events__EventList *)reply;
        return STATUS_OK;
}

static void pass_on(struct event_follower *follower, const Events__EventList *list)
{
        follower->position = list->next_seq;
        follower->is_placed = true;
        if (list->n_events > 0)
                follower->take(follower->owner, list->n_events, list->events);
}

status event_follower_catch_up(struct event_follower *follower)
{
        struct arena *arena = arena_new(0);
        status result = STATUS_OK;
        for (bool is_behind = true; is_behind && result == STATUS_OK; arena_reset(arena)) {
                const Events__EventList *list;
                result = read_on(follower, arena, &list);
                if (result == STATUS_OUT_OF_RANGE && follower->is_placed) {
                        follower->is_placed = false;
                        result = STATUS_OK;
                } else if (result == STATUS_OK) {
                        pass_on(follower, list);
                        is_behind = list->next_seq < list->head;
                }
        }
        arena_free(arena);
        return result;
}

static bool is_of(const struct event_follower *follower, const Events__CloudEvent *event)
{
        return strcmp(event_service(event), follower->source) == 0;
}

/* One that did not answer holds the feed's thread up once in a while, not with each message in its line. */
static bool may_ask(const struct event_follower *follower)
{
        return clock_now_us() >= follower->again_us;
}

static bool has_answered(struct event_follower *follower, status result)
{
        if (result != STATUS_OK)
                follower->again_us = clock_now_us() + AGAIN_US;
        return result == STATUS_OK;
}

void event_follower_hear(struct event_follower *follower, const Events__CloudEvent *event)
{
        bool is_news = !follower->is_placed || event_is_news(follower->position, event);
        if (!is_of(follower, event) || !is_news || !may_ask(follower))
                return;
        status read = event_follower_catch_up(follower);
        (void)has_answered(follower, read); /* if not, the next heartbeat says it again */
}

static status read_head(const struct event_follower *follower, uint64_t *out)
{
        struct call call;
        ProtobufCMessage *reply;
        Sfp__Empty nothing = SFP__EMPTY__INIT;
        struct arena *arena = arena_new(0);
        call_init_own(&call, arena, follower->service, NULL, READ_DEADLINE_US);
        status result = rpc_call_at(&call, follower->source, "sfp.events.Events.GetPositions", &nothing.base, &reply);
        if (result == STATUS_OK)
                *out = ((const Events__Positions *)reply)->head;
        arena_free(arena);
        return result;
}

bool event_follower_place(struct event_follower *follower, const Events__CloudEvent *first)
{
        uint64_t head;
        if (follower->is_placed || !is_of(follower, first))
                return follower->is_placed;
        if (!may_ask(follower) || !has_answered(follower, read_head(follower, &head)))
                return false;
        uint64_t before = first->sequence - (first->sequence > 0 && !event_is_heartbeat(first));
        uint64_t least = head > PLACE_BACK ? head - PLACE_BACK : 0;
        follower->position = before > head ? head : before < least ? least : before;
        follower->is_placed = true;
        return true;
}
