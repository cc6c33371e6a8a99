/* SPDX-License-Identifier: Apache-2.0 */
/* The kit's part Events: what every service answers about its outbox and its consumer groups. */
#include "common/db.h"
#include "common/event_cursor.h"
#include "common/outbox.h"
#include "common/rpc.h"
#include "sfp/rpc.pb-c.h"

#define EVENT_RPCS(RPC)                                                                                                \
        RPC(Read, read_events, Events__ReadRequest, Events__EventList)                                                 \
        RPC(GetPositions, get_positions, Sfp__Empty, Events__Positions)                                                \
        RPC(ListGroups, list_groups, Sfp__Empty, Events__GroupList)                                                    \
        RPC(ListDead, list_dead, Sfp__Empty, Events__DeadList)                                                         \
        RPC(RetryDead, retry_dead, Events__RetryDeadRequest, Events__RetryDeadReply)
RPC_DECLARE(EVENT_RPCS)

static status need_database(struct call *call)
{
        return call->db != NULL ? STATUS_OK : call_fail(call, STATUS_UNIMPLEMENTED, "this service keeps no events");
}

static status read_events(struct call *call, const Events__ReadRequest *in, Events__EventList *out)
{
        TRY(need_database(call));
        TRY(outbox_read(call, in, out));
        if (in->group == NULL || call->caller->service == NULL)
                return STATUS_OK;
        const char *reader = arena_printf(call->arena, "%s/%s", call->caller->service, in->group);
        return outbox_note_reader(call, reader, in->shard, in->has_after_seq ? in->after_seq : out->floor);
}

static status get_positions(struct call *call, const Sfp__Empty *in, Events__Positions *out)
{
        (void)in;
        TRY(need_database(call));
        return outbox_positions(call, out);
}

static status list_groups(struct call *call, const Sfp__Empty *in, Events__GroupList *out)
{
        (void)in;
        TRY(need_database(call));
        return event_group_list(call, out);
}

static status list_dead(struct call *call, const Sfp__Empty *in, Events__DeadList *out)
{
        (void)in;
        TRY(need_database(call));
        return event_dead_list(call, out);
}

static status retry_dead(struct call *call, const Events__RetryDeadRequest *in, Events__RetryDeadReply *out)
{
        TRY(need_database(call));
        out->has_count = 1;
        TRY(event_dead_retry(call, in->id, &out->count));
        return out->count > 0 ? STATUS_OK : call_fail(call, STATUS_NOT_FOUND, "no group has given up such an event");
}

RPC_TABLE(event_rpcs, EVENT_RPCS);
