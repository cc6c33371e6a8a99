/* SPDX-License-Identifier: Apache-2.0 */
#include "common/service_config.h"

#include "common/base64.h"
#include "common/config.h"
#include "common/consumer.h"
#include "common/hmac.h"
#include "common/identity.h"
#include "common/keyring.h"
#include "common/transport_tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE(member) offsetof(struct service_config, member)
static const struct config_item kit_table[] = {
        {"CONFIG_DIR", CONFIG_TEXT, PLACE(config_dir), "", 0, 0,
                "directory with a file for each variable that is not in the environment, called as it is"},
        {"DATABASE_URL", CONFIG_SECRET, PLACE(database_url), NULL, 0, 0,
                "PostgreSQL, as the role that owns this service's schema; of several hosts the one that takes writes"},
        {"RUN_DIR", CONFIG_TEXT, PLACE(run_dir), "/run/sfp", 0, 0, "directory of the mesh's sockets, mode 0700"},
        {"REPLICA", CONFIG_TEXT, PLACE(replica), "", 0, 0,
                "tells replicas on one host apart: its files in RUN_DIR are called svc-NAME.REPLICA"},
        {"MESH_LISTEN", CONFIG_TEXT, PLACE(mesh_listen), "", 0, 0,
                "where to listen; default ipc://RUN_DIR/svc-NAME[.REPLICA].ipc"},
        {"MESH_ADDRESS", CONFIG_TEXT, PLACE(mesh_address), "", 0, 0,
                "where other services are, with {service}; default ipc://RUN_DIR/svc-{service}.ipc"},
        {"MESH_KEY", CONFIG_SECRET, PLACE(mesh_key), NULL, 0, 0,
                "base64 of at least 32 bytes by which this process proves itself to those it calls"},
        {"MESH_CALLERS", CONFIG_SECRET, PLACE(mesh_callers), NULL, 0, 0,
                "who may call: NAME=BASE64,... with the keys that sfp-keys derives for this service"},
        {"PRINCIPAL_KEYS", CONFIG_TEXT, PLACE(principal_keys), NULL, 0, 0,
                "public keys (base64, by commas) of the gateway, which vouches for users"},
        {"MESH_TLS_CA", CONFIG_TEXT, PLACE(tls_authority), "", 0, 0,
                "PEM file of the authority, for tls+tcp:// addresses"},
        {"MESH_TLS_CERTIFICATE", CONFIG_TEXT, PLACE(tls_certificate), "", 0, 0,
                "PEM file with this process's certificate and key"},
        {"EVENTS_URL", CONFIG_TEXT, PLACE(events_url), "", 0, 0,
                "nats://host:port: events travel by NATS JetStream; empty: by the bus of the next two"},
        {"EVENTS_LISTEN", CONFIG_TEXT, PLACE(events_listen), "", 0, 0,
                "where events are published; default ipc://RUN_DIR/svc-NAME[.REPLICA].events.ipc"},
        {"EVENTS_ADDRESS", CONFIG_TEXT, PLACE(events_address), "", 0, 0,
                "where other services publish theirs, with {service}; default ipc://RUN_DIR/svc-{service}.events.ipc"},
        {"EVENTS_RETENTION_HOURS", CONFIG_INT, PLACE(events_retention_h), "168", 1, 87600,
                "how long events are kept at least"},
        {"EVENTS_PATIENCE_HOURS", CONFIG_INT, PLACE(events_patience_h), "336", 1, 87600,
                "how long events are kept for a consumer group that does not move"},
        {"EVENTS_SHARDS", CONFIG_INT, PLACE(events_shards), "4", 1, CONSUMER_SHARDS_MAX,
                "shards of a new consumer group: how many replicas can work for it at a time"},
        {"ADMIN_ADDRESS", CONFIG_TEXT, PLACE(admin_address), "127.0.0.1:0", 0, 0,
                "where /livez, /readyz and /metrics are; port 0: a free one"},
        {"LOG_LEVEL", CONFIG_TEXT, PLACE(log_level), "info", 0, 0, "debug, info, warn or error"},
        {"DATA_KEYS", CONFIG_SECRET, PLACE(data_keys), NULL, 0, 0,
                "keys for columns at rest: ID:BASE64,...; the first seals, all open"},
        {"CURSOR_KEY", CONFIG_SECRET, PLACE(cursor_key), NULL, 0, 0,
                "base64 of 32 bytes that sign list cursors, the same in all replicas"},
        {"WORKERS", CONFIG_INT, PLACE(workers), "16", 1, 256,
                "calls served at a time, each with a database connection"},
        {"CONTEXTS", CONFIG_INT, PLACE(contexts), "256", 1, 4096,
                "requests taken from the wire at a time; at least what QUEUE and WORKERS hold, and some"},
        {"QUEUE", CONFIG_INT, PLACE(queue), "512", 1, 65536, "requests waiting for a worker before they are refused"},
        {"MESH_IN_FLIGHT_MAX", CONFIG_INT, PLACE(mesh_in_flight_max), "256", 1, 65536,
                "calls to one other service at a time; more fail at once"},
        {"DRAIN_LINGER_MS", CONFIG_INT, PLACE(drain_linger_ms), "3000", 0, 60000,
                "how long a stopping service goes on sending callers elsewhere; 0 where it has no second replica"},
        {"CACHE_BYTES", CONFIG_INT, PLACE(cache_bytes), "4194304", 0, 1 << 30, "answers kept in memory; 0: none"},
        {"CACHE_DEFAULT_TTL", CONFIG_INT, PLACE(cache_default_ttl_s), "3600", 1, 86400,
                "seconds an answer is kept whose method says no other time"},
        {"REDIS_URL", CONFIG_SECRET, PLACE(redis_url), "", 0, 0,
                "answers shared by the replicas: redis://[:PASSWORD@]HOST[:PORT][/DATABASE] or the path of a socket;"
                " unset: memory alone"},
        {"QUERY_TIMEOUT_SECONDS", CONFIG_INT, PLACE(query_timeout_s), "30", 1, 600,
                "longest a database statement may take"},
        {"DASHBOARD_MIN_PEOPLE", CONFIG_INT, PLACE(dashboard_min_people), "10", 2, 1000000,
                "people that must have had a part in a figure of a day before dashboards tell it"},
        {0},
};

static void print_help(const struct service_definition *definition)
{
        printf("Usage: svc-%s [--help | --config-table]\n\n%s\n\nIt is configured by its environment:\n",
                definition->name, definition->purpose);
        config_print_help(kit_table, stdout);
        config_print_help(telemetry_table, stdout);
        if (definition->config != NULL)
                config_print_help(definition->config, stdout);
}

int service_config_answer(const char *option, const struct service_definition *definition)
{
        if (strcmp(option, "--help") == 0) {
                print_help(definition);
                return EXIT_SUCCESS;
        }
        if (strcmp(option, "--config-table") == 0) {
                config_print_markdown(kit_table, stdout);
                config_print_markdown(telemetry_table, stdout);
                if (definition->config != NULL)
                        config_print_markdown(definition->config, stdout);
                return EXIT_SUCCESS;
        }
        fprintf(stderr, "svc-%s: unknown option %s (see --help)\n", definition->name, option);
        return EXIT_FAILURE;
}

static status complain(const char *what)
{
        fprintf(stderr, "%s\n", what);
        return STATUS_INVALID_ARGUMENT;
}

/* Takes the default where nothing was said. */
static void settle(const char **address, char standard[SERVICE_PATH_SIZE], const char *format, const char *run_dir,
        const char *name)
{
        snprintf(standard, SERVICE_PATH_SIZE, format, run_dir, name);
        if (**address == '\0')
                *address = standard;
}

static void settle_addresses(struct service_config *config, const char *service)
{
        const char *run_dir = config->run_dir;
        snprintf(
                config->name, sizeof config->name, "svc-%s%s%s", service, *config->replica ? "." : "", config->replica);
        snprintf(config->announce, sizeof config->announce, "%s/%s.admin", run_dir, config->name);
        settle(&config->mesh_listen, config->default_listen, "ipc://%s/%s.ipc", run_dir, config->name);
        settle(&config->mesh_address, config->default_address, "ipc://%s/svc-{service}.ipc", run_dir, "");
        settle(&config->events_listen, config->default_events_listen, "ipc://%s/%s.events.ipc", run_dir, config->name);
        settle(&config->events_address, config->default_events_address, "ipc://%s/svc-{service}.events.ipc", run_dir,
                "");
}

/* The sockets in it are as private as it is. */
static status check_run_dir(const struct service_config *config)
{
        struct stat facts;
        bool is_ours = stat(config->run_dir, &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == geteuid() &&
                       (facts.st_mode & 0077) == 0;
        if (is_ours || strncmp(config->mesh_listen, "ipc://", strlen("ipc://")) != 0)
                return STATUS_OK;
        fprintf(stderr, "RUN_DIR %s must be a directory of this user alone: mkdir -m 0700 %s\n", config->run_dir,
                config->run_dir);
        return STATUS_INVALID_ARGUMENT;
}

status service_config_read(struct service_config *config, struct service *service)
{
        const struct service_definition *definition = service->definition;
        void *own = definition->config_size > 0 ? calloc(1, definition->config_size) : NULL;
        service->config = own;
        status kit_read = config_read(kit_table, config);
        status telemetry_read = config_read(telemetry_table, &config->telemetry);
        status own_read = own == NULL ? STATUS_OK : config_read(definition->config, own);
        TRY(kit_read);
        TRY(telemetry_read);
        TRY(own_read);
        settle_addresses(config, definition->name);
        return check_run_dir(config);
}

static struct hmac *read_cursor_key(const char *text)
{
        struct arena *arena = arena_new(0);
        size_t size = 0;
        const uint8_t *bytes = base64_decode(arena, text, strlen(text), &size);
        struct hmac *key = bytes != NULL && size >= 32 ? hmac_new(bytes, size) : NULL;
        arena_free(arena);
        return key;
}

status service_config_unlock(const struct service_config *config, struct service *service)
{
        if ((service->keys = keyring_new(config->data_keys)) == NULL)
                return complain("DATA_KEYS is not a list of ID:BASE64 with 32 bytes each");
        if ((service->cursor_key = read_cursor_key(config->cursor_key)) == NULL)
                return complain("CURSOR_KEY is not the base64 of at least 32 bytes");
        service->identity =
                identity_new(service->definition->name, config->mesh_key, config->mesh_callers, config->principal_keys);
        if (service->identity == NULL)
                return STATUS_INVALID_ARGUMENT;
        return transport_tls_set(config->tls_authority, config->tls_certificate);
}

void service_config_release(struct service *service)
{
        identity_free(service->identity);
        keyring_free((struct keyring *)(size_t)service->keys);
        hmac_free((struct hmac *)(size_t)service->cursor_key);
        free((void *)(size_t)service->config);
}
