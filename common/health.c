/* SPDX-License-Identifier: Apache-2.0 */
#include "common/health.h"

#include "common/server.h"
#include "sfp/health.pb-c.h"

#include <string.h>

#define HEALTH_RPCS(RPC) RPC(Check, check, Health__CheckRequest, Health__CheckReply)
RPC_DECLARE(HEALTH_RPCS)

static bool is_here(const struct service *service, const char *name)
{
        return name == NULL || *name == '\0' || strcmp(name, service->definition->name) == 0;
}

static status check(struct call *call, const Health__CheckRequest *in, Health__CheckReply *out)
{
        if (!is_here(call->service, in->service))
                return call_fail(call, STATUS_NOT_FOUND, "this service is not here");
        bool is_serving = call->service->server != NULL && server_is_serving(call->service->server);
        out->has_status = 1;
        out->status = is_serving ? HEALTH__SERVING_STATUS__SERVING : HEALTH__SERVING_STATUS__NOT_SERVING;
        return STATUS_OK;
}

RPC_TABLE(health_rpcs, HEALTH_RPCS);
