/* SPDX-License-Identifier: Apache-2.0 */
#include "common/platform.h"

#include "common/cache.h"
#include "common/cache_remote.h"
#include "common/clock.h"
#include "common/dashboard.h"
#include "common/db.h"
#include "common/metrics.h"
#include "common/server.h"
#include "common/service.h"

#include <string.h>

#define PLATFORM_RPCS(RPC)                                                                                             \
        RPC(GetHealth, get_health, Platform__HealthRequest, Platform__Health)                                          \
        RPC(GetStatus, get_status, Platform__StatusRequest, Platform__Status)                                          \
        RPC(GetDashboard, get_dashboard, Platform__DashboardRequest, Platform__Dashboard)
RPC_DECLARE(PLATFORM_RPCS)

static const char SQL_LAG[] =
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(time)) * 1000, 0)::bigint AS lag_ms FROM outbox"
        " WHERE sequence IS NULL";
/* The database is asked; that it does not answer is the answer, not a failure. */
static bool ask_database(struct call *call, int64_t *lag_ms)
{
        struct call asking = *call;
        Platform__FigureRow row = PLATFORM__FIGURE_ROW__INIT;
        if (call->db == NULL || db_one(&asking, &row.base, SQL_LAG) != STATUS_OK)
                return false;
        *lag_ms = row.lag_ms;
        return true;
}

static bool has_redis(const struct service *service)
{
        return service->cache != NULL && cache_remote_of(service->cache) != NULL;
}

static status get_health(struct call *call, const Platform__HealthRequest *in, Platform__Health *out)
{
        (void)in;
        int64_t lag_ms;
        const struct service *service = call->service;
        out->has_is_database_up = 1;
        out->is_database_up = ask_database(call, &lag_ms);
        out->has_is_cache_up = has_redis(service);
        out->is_cache_up = out->has_is_cache_up && cache_remote_is_up(cache_remote_of(service->cache));
        if (service->definition->health == NULL || !out->is_database_up)
                return STATUS_OK;
        return service->definition->health(call, out);
}

static Platform__Dependency *dependency(struct call *call, const char *name, bool is_up)
{
        Platform__Dependency *one = arena_alloc(call->arena, sizeof *one);
        platform__dependency__init(one);
        one->name = (char *)(size_t)name;
        one->state = (char *)(size_t)(is_up ? "up" : "down");
        return one;
}

static void list_dependencies(struct call *call, bool has_database, Platform__ServiceStatus *out)
{
        out->dependencies = arena_alloc(call->arena, 2 * sizeof *out->dependencies);
        out->dependencies[out->n_dependencies++] = dependency(call, "database", has_database);
        if (has_redis(call->service))
                out->dependencies[out->n_dependencies++] =
                        dependency(call, "cache", cache_remote_is_up(cache_remote_of(call->service->cache)));
}

static status get_status(struct call *call, const Platform__StatusRequest *in, Platform__Status *out)
{
        (void)in;
        const struct service *service = call->service;
        Platform__ServiceStatus *own = arena_alloc(call->arena, sizeof *own);
        bool is_serving = service->server != NULL && server_is_serving(service->server);
        platform__service_status__init(own);
        out->has_outbox_lag_ms = 1;
        bool has_database = ask_database(call, &out->outbox_lag_ms);
        own->name = (char *)(size_t)service->definition->name;
        own->state = (char *)(size_t)(is_serving && has_database ? "serving" : is_serving ? "degraded" : "stopping");
        own->version = (char *)(size_t)SFP_VERSION;
        own->has_uptime = own->has_p99_ms = 1;
        own->uptime = (clock_now_us() - service->started_us) / 1000000;
        own->p99_ms = (double)histogram_quantile_us(service->calls, 0.99) / 1000;
        list_dependencies(call, has_database, own);
        out->has_complete = 1;
        out->complete = 1;
        out->services = arena_alloc(call->arena, sizeof *out->services);
        out->services[out->n_services++] = own;
        return STATUS_OK;
}

static status get_dashboard(struct call *call, const Platform__DashboardRequest *in, Platform__Dashboard *out)
{
        return dashboard_get(call, in, out);
}

RPC_TABLE(platform_rpcs, PLATFORM_RPCS);
