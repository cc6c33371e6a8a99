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
static void sum_up_health(struct client_reply *reply, size_t n_unanswered)
{
        Platform__Health *health = (Platform__Health *)reply->payload;
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
        Sfp__ReplyHeader *header = (Sfp__ReplyHeader *)(size_t)reply->header;
        header->has_success = !is_well;
        header->success = 503;
}

static void sum_up_status(Platform__Status *status_of_all)
{
        bool is_well = status_of_all->complete;
        for (size_t i = 0; i < status_of_all->n_services; i++)
                is_well = is_well && strcmp(status_of_all->services[i]->state, "serving") == 0;
        status_of_all->status = word(is_well ? "healthy" : "degraded");
}

void platform_sum_up(struct client_reply *joined, size_t n_unanswered)
{
        if (joined->payload->descriptor == &platform__health__descriptor)
                sum_up_health(joined, n_unanswered);
        else if (joined->payload->descriptor == &platform__status__descriptor)
                sum_up_status((Platform__Status *)joined->payload);
}
