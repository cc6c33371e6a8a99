/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event_follower.h"

#include "common/rpc_call.h"
#include "common/service.h"

#include <string.h>

enum { READ_DEADLINE_US = 2000000, READ_LIMIT = 500 };

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

void event_follower_hear(struct event_follower *follower, Events__CloudEvent *event)
{
        if (strcmp(event_service(event), follower->source) != 0)
                return;
        enum event_place place = follower->is_placed ? event_place(follower->position, event) : EVENT_BEHIND_A_GAP;
        if (place == EVENT_NEXT) {
                follower->position = event->sequence;
                follower->take(follower->owner, 1, &event);
        } else if (place == EVENT_BEHIND_A_GAP && event_follower_catch_up(follower) != STATUS_OK) {
                return; /* the next heartbeat will say it again */
        }
}
