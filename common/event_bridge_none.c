/* SPDX-License-Identifier: Apache-2.0 */
/* The bridge of a build without libnats: there is none. */
#include "common/event_bridge.h"

#include "common/log.h"

#include <string.h>

bool event_bridge_is_address(const char *url)
{
        return strncmp(url, "nats://", strlen("nats://")) == 0;
}

static status refuse(void)
{
        LOG(LOG_ERROR, "EVENTS_URL names NATS, but this program was built without libnats");
        return STATUS_UNIMPLEMENTED;
}

status event_bridge_open(const char *url, struct event_bridge **out)
{
        (void)url;
        (void)out;
        return refuse();
}

void event_bridge_close(struct event_bridge *bridge)
{
        (void)bridge;
}

status event_bridge_carry(struct event_bridge *bridge, struct call *call, uint64_t head)
{
        (void)bridge;
        (void)call;
        (void)head;
        return STATUS_UNIMPLEMENTED;
}

void event_bridge_beat(struct event_bridge *bridge, const Events__CloudEvent *heartbeat)
{
        (void)bridge;
        (void)heartbeat;
}

status event_bridge_follow(const char *url, const struct event_feed_settings *settings, struct event_bridge **out)
{
        (void)url;
        (void)settings;
        (void)out;
        return refuse();
}
