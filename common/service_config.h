/* SPDX-License-Identifier: Apache-2.0 */
/* What every service reads from its environment, whatever else it reads, and what follows from it. */
#pragma once

#include "common/service.h"
#include "common/telemetry_config.h"

enum { SERVICE_PATH_SIZE = 256 };

/* As the environment says it; the table in service_config.c says what each means. */
struct service_config {
        const char *config_dir;
        const char *database_url;
        const char *run_dir;
        const char *replica;
        const char *mesh_listen;
        const char *mesh_address;
        const char *mesh_key;
        const char *mesh_callers;
        const char *principal_keys;
        const char *tls_authority;
        const char *tls_certificate;
        const char *events_url;
        const char *events_listen;
        const char *events_address;
        const char *admin_address;
        const char *log_level;
        const char *data_keys;
        const char *cursor_key;
        int64_t events_retention_h;
        int64_t events_patience_h;
        int64_t events_shards;
        int64_t workers;
        int64_t mesh_in_flight_max;
        int64_t drain_linger_ms;
        int64_t contexts;
        int64_t queue;
        int64_t cache_bytes;
        int64_t cache_default_ttl_s;
        const char *redis_url;
        int64_t query_timeout_s;
        int64_t dashboard_min_people;
        struct telemetry_config telemetry;

        char name[64];                          /* "svc-goals.2": in the log, and of its files */
        char announce[SERVICE_PATH_SIZE];       /* where the admin address is told */
        char default_listen[SERVICE_PATH_SIZE]; /* what the four addresses are when nothing is said of them */
        char default_address[SERVICE_PATH_SIZE];
        char default_events_listen[SERVICE_PATH_SIZE];
        char default_events_address[SERVICE_PATH_SIZE];
};

/* Reads it, and the service's own configuration, into service->config. All that is missing or wrong is said on stderr.
 * service->definition is set. */
MUST_CHECK status service_config_read(struct service_config *config, struct service *service);

/* Makes what the configuration has secrets for: service->keys, cursor_key, identity, and the certificates of the mesh.
 * INVALID_ARGUMENT with a line on stderr when one is not well formed. */
MUST_CHECK status service_config_unlock(const struct service_config *config, struct service *service);

/* Takes back what the two have made. */
void service_config_release(struct service *service);

/* Answers --help and --config-table; the exit code. */
int service_config_answer(const char *option, const struct service_definition *definition);
