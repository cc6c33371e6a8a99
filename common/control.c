/* SPDX-License-Identifier: Apache-2.0 */
#include "common/control.h"

#include "common/log.h"
#include "common/server.h"
#include "sfp/admin.pb-c.h"

#define CONTROL_RPCS(RPC)                                                                                              \
        RPC(Stats, read_stats, Sfp__Empty, Admin__StatsReply)                                                          \
        RPC(SetLogLevel, set_log_level, Admin__SetLogLevelRequest, Sfp__Empty)                                         \
        RPC(Drain, drain, Sfp__Empty, Sfp__Empty)                                                                      \
        RPC(Cancel, cancel, Admin__CancelRequest, Admin__CancelReply)
RPC_DECLARE(CONTROL_RPCS)

enum { SECOND_US = 1000000 };

static status require_server(struct call *call)
{
        return call->service->server != NULL ? STATUS_OK : call_fail(call, STATUS_UNAVAILABLE, "nothing is served");
}

static status read_stats(struct call *call, const Sfp__Empty *in, Admin__StatsReply *out)
{
        struct server_stats stats;
        (void)in;
        TRY(require_server(call));
        server_read_stats(call->service->server, &stats);
        out->service = (char *)(size_t)call->service->definition->name;
        out->version = (char *)(size_t)SFP_VERSION;
        out->has_uptime_s = out->has_queued = out->has_workers = out->has_workers_busy = 1;
        out->has_in_flight = out->has_is_serving = 1;
        out->uptime_s = (uint64_t)(stats.uptime_us / SECOND_US);
        out->queued = (uint32_t)stats.waiting;
        out->workers = (uint32_t)stats.workers;
        out->workers_busy = (uint32_t)stats.busy;
        out->in_flight = (uint32_t)stats.in_flight;
        out->is_serving = server_is_serving(call->service->server);
        return STATUS_OK;
}

static status set_log_level(struct call *call, const Admin__SetLogLevelRequest *in, Sfp__Empty *out)
{
        (void)call;
        (void)out;
        log_set_level(log_level_find(in->level));
        LOG(LOG_WARN, "log level changed", log_text("level", in->level), log_text("by", call->caller->service));
        return STATUS_OK;
}

static status drain(struct call *call, const Sfp__Empty *in, Sfp__Empty *out)
{
        (void)in;
        (void)out;
        TRY(require_server(call));
        server_drain(call->service->server);
        LOG(LOG_WARN, "draining", log_text("by", call->caller->service));
        return STATUS_OK;
}

static status cancel(struct call *call, const Admin__CancelRequest *in, Admin__CancelReply *out)
{
        out->has_cancelled = 1;
        for (size_t i = 0; i < in->n_call_ids; i++)
                out->cancelled += running_cancel(call->service->running, in->call_ids[i], call->caller->service);
        return STATUS_OK;
}

RPC_TABLE(control_rpcs, CONTROL_RPCS);
