/* SPDX-License-Identifier: Apache-2.0 */
/* The platform as a program of an operator sees it: whom it calls, and where it listens. It calls as a service does;
 * whatever a caller has to show is put on here and nowhere else. */
#pragma once

#include "common/service.h"

/* Another process on the mesh, named "ops", without handlers. */
struct platform {
        struct service service;   /* for calls: call_init_own(&call, arena, &platform->service, ...) */
        char events_pattern[256]; /* for event_feed_settings, or "nats://..." */
        const char *sources[64];  /* every service of this build; NULL-terminated */
        char mesh_pattern[256];
};

/* Reads RUN_DIR, MESH_ADDRESS, EVENTS_ADDRESS, EVENTS_URL and the overrides of single services, as services do. */
MUST_CHECK status platform_open(struct platform *platform);
void platform_close(struct platform *platform);
