/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/platform.h"

#include "common/client.h"
#include "common/identity.h"
#include "common/kit_parts.h"
#include "common/metrics.h"
#include "common/transport_tls.h"

#include <string.h>

struct settings {
        const char *run_dir;
        const char *mesh_key, *tls_authority, *tls_certificate;
        const char *mesh_address;
        const char *events_address;
        const char *events_url;
};

#define PLACE(member) offsetof(struct settings, member)
static const struct config_item table[] = {
        {"RUN_DIR", CONFIG_TEXT, PLACE(run_dir), "/run/sfp", 0, 0, "directory of the mesh's sockets"},
        {"MESH_KEY", CONFIG_SECRET, PLACE(mesh_key), NULL, 0, 0,
                "base64 of at least 32 bytes by which operators prove themselves to services, who know them as ops"},
        {"MESH_TLS_CA", CONFIG_TEXT, PLACE(tls_authority), "", 0, 0,
                "PEM file of the authority, for tls+tcp:// addresses"},
        {"MESH_TLS_CERTIFICATE", CONFIG_TEXT, PLACE(tls_certificate), "", 0, 0,
                "PEM file with the operators' certificate and key"},
        {"MESH_ADDRESS", CONFIG_TEXT, PLACE(mesh_address), "", 0, 0,
                "where services are, with {service}; default ipc://RUN_DIR/svc-{service}.ipc"},
        {"EVENTS_ADDRESS", CONFIG_TEXT, PLACE(events_address), "", 0, 0,
                "where services publish events; default ipc://RUN_DIR/svc-{service}.events.ipc"},
        {"EVENTS_URL", CONFIG_TEXT, PLACE(events_url), "", 0, 0,
                "nats://host:port: events are pushed by NATS JetStream"},
        {0},
};

static const struct service_definition ops = {.name = "ops"};

/* Whatever has handlers of its own is a service; the kit's parts are in all of them. */
static void list_sources(struct platform *platform)
{
        const struct schema *schema = platform->service.schema;
        size_t n_sources = 0, most = sizeof platform->sources / sizeof *platform->sources - 1;
        for (size_t i = 0; i < schema_method_count(schema) && n_sources < most; i++) {
                const char *name = schema_method_at(schema, i)->service;
                bool is_known = n_sources > 0 && strcmp(platform->sources[n_sources - 1], name) == 0;
                if (!is_known && kit_part_tables(name) == NULL)
                        platform->sources[n_sources++] = name;
        }
}

status platform_open(struct platform *platform)
{
        struct settings settings;
        *platform = (struct platform){.service = {.definition = &ops}};
        TRY(config_read(table, &settings));
        snprintf(platform->mesh_pattern, sizeof platform->mesh_pattern,
                *settings.mesh_address ? "%s" : "ipc://%s/svc-{service}.ipc",
                *settings.mesh_address ? settings.mesh_address : settings.run_dir);
        snprintf(platform->events_pattern, sizeof platform->events_pattern,
                *settings.events_url || *settings.events_address ? "%s" : "ipc://%s/svc-{service}.events.ipc",
                *settings.events_url       ? settings.events_url
                : *settings.events_address ? settings.events_address
                                           : settings.run_dir);
        platform->service.schema = schema_new();
        platform->service.metrics = metrics_new();
        platform->service.identity = identity_new(ops.name, settings.mesh_key, "", "");
        if (platform->service.identity == NULL)
                return STATUS_INVALID_ARGUMENT;
        TRY(transport_tls_set(settings.tls_authority, settings.tls_certificate));
        const struct client_settings calls = {platform->mesh_pattern, platform->service.identity, CLIENT_IN_FLIGHT_MAX};
        platform->service.client = client_new(&calls, platform->service.metrics);
        list_sources(platform);
        return STATUS_OK;
}

void platform_close(struct platform *platform)
{
        client_free(platform->service.client);
        identity_free(platform->service.identity);
        metrics_free(platform->service.metrics);
        schema_free((struct schema *)(size_t)platform->service.schema);
}
