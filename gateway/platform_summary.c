/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/platform_summary.h"

#include "sfp/platform.pb-c.h"

#include <stdbool.h>

#include <string.h>

static char *word(const char *text)
{
        return (char *)(size_t)text;
}

/* A service that does not answer has no database that anybody could use. */
static int sum_up_health(Platform__Health *health, size_t n_unanswered)
{
        bool has_database = health->is_database_up && n_unanswered == 0;
        bool is_well = has_database && health->has_is_queue_well && health->is_private;
        health->status = word(is_well ? "healthy" : "unhealthy");
        health->version = word(SFP_VERSION);
        health->database = word(has_database ? "connected" : "disconnected");
        health->cache = word(!health->has_is_cache_up ? "memory"
                             : health->is_cache_up    ? "redis_connected"
                                                      : "redis_disconnected");
        health->moderation_queue = word(!health->has_is_queue_well ? "unavailable"
                                        : health->is_queue_well    ? "healthy"
                                                                   : "saturated");
        health->privacy_compliance = word(health->is_private ? "verified" : "unverified");
        health->has_is_database_up = health->has_is_cache_up = health->has_is_queue_well = health->has_is_private = 0;
        return is_well ? 0 : 503;
}

static void sum_up_status(Platform__Status *status_of_all)
{
        bool is_well = status_of_all->complete;
        for (size_t i = 0; i < status_of_all->n_services; i++)
                is_well = is_well && strcmp(status_of_all->services[i]->state, "serving") == 0;
        status_of_all->status = word(is_well ? "healthy" : "degraded");
}

int platform_sum_up(ProtobufCMessage *joined, size_t n_unanswered)
{
        if (joined->descriptor == &platform__health__descriptor)
                return sum_up_health((Platform__Health *)joined, n_unanswered);
        if (joined->descriptor == &platform__status__descriptor)
                sum_up_status((Platform__Status *)joined);
        return 0;
}
