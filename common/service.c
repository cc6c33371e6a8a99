/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a service: configure, migrate, open, serve, drain. It is ready between the last two. */
#include "common/service.h"

#include "common/admin.h"
#include "common/base64.h"
#include "common/cache.h"
#include "common/cache_remote.h"
#include "common/cache_warmer.h"
#include "common/client.h"
#include "common/event_relay.h"
#include "common/events.h"
#include "common/hmac.h"
#include "common/identity.h"
#include "common/job_runner.h"
#include "common/keyring.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/process.h"
#include "common/server.h"
#include "common/ticker.h"
#include "common/transport_tls.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
        DRAIN_MS = 8000,
        FLUSH_MS = 1000,
        MIGRATE_RETRY_S = 1,
        SPARE_LINKS = 8, /* to Redis, for threads that are no workers */
};

/* What every service reads from the environment. */
struct kit_config {
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
};

#define PLACE(member) offsetof(struct kit_config, member)
static const struct config_item kit_table[] = {
        {"DATABASE_URL", CONFIG_SECRET, PLACE(database_url), NULL, 0, 0,
                "PostgreSQL, as the role that owns this service's schema"},
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
        {0},
};

struct program {
        struct kit_config kit;
        struct service service;
        char name[64]; /* in the log, and of its files */
        char listen[256];
        char address[256];
        char events_listen[256];
        char events_address[256];
        char announce[256];
        struct ticker *ticker;
        _Atomic bool is_serving;
};

static bool is_ready(void *owner)
{
        struct program *program = owner;
        return atomic_load(&program->is_serving) && ticker_has_database(program->ticker);
}

static void print_help(const struct service_definition *definition)
{
        printf("Usage: svc-%s [--help | --config-table]\n\n%s\n\nIt is configured by its environment:\n",
                definition->name, definition->purpose);
        config_print_help(kit_table, stdout);
        if (definition->config != NULL)
                config_print_help(definition->config, stdout);
}

static int answer_option(const char *option, const struct service_definition *definition)
{
        if (strcmp(option, "--help") == 0) {
                print_help(definition);
                return 0;
        }
        if (strcmp(option, "--config-table") == 0) {
                config_print_markdown(kit_table, stdout);
                if (definition->config != NULL)
                        config_print_markdown(definition->config, stdout);
                return 0;
        }
        fprintf(stderr, "svc-%s: unknown option %s (see --help)\n", definition->name, option);
        return 1;
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

static bool complain(const char *what)
{
        fprintf(stderr, "%s\n", what);
        return false;
}

static bool read_configuration(struct program *program)
{
        const struct service_definition *definition = program->service.definition;
        struct kit_config *kit = &program->kit;
        void *own = definition->config_size > 0 ? calloc(1, definition->config_size) : NULL;
        status kit_read = config_read(kit_table, kit);
        status own_read = own == NULL ? STATUS_OK : config_read(definition->config, own);
        program->service.config = own;
        if (kit_read != STATUS_OK || own_read != STATUS_OK)
                return false;
        snprintf(program->name, sizeof program->name, "svc-%s%s%s", definition->name, *kit->replica ? "." : "",
                kit->replica);
        snprintf(program->listen, sizeof program->listen, *kit->mesh_listen ? "%s" : "ipc://%s/%s.ipc",
                *kit->mesh_listen ? kit->mesh_listen : kit->run_dir, program->name);
        snprintf(program->address, sizeof program->address, *kit->mesh_address ? "%s" : "ipc://%s/svc-{service}.ipc",
                *kit->mesh_address ? kit->mesh_address : kit->run_dir);
        snprintf(program->events_listen, sizeof program->events_listen,
                *kit->events_listen ? "%s" : "ipc://%s/%s.events.ipc",
                *kit->events_listen ? kit->events_listen : kit->run_dir, program->name);
        snprintf(program->events_address, sizeof program->events_address,
                *kit->events_address ? "%s" : "ipc://%s/svc-{service}.events.ipc",
                *kit->events_address ? kit->events_address : kit->run_dir);
        snprintf(program->announce, sizeof program->announce, "%s/%s.admin", kit->run_dir, program->name);
        if ((program->service.keys = keyring_new(kit->data_keys)) == NULL)
                return complain("DATA_KEYS is not a list of ID:BASE64 with 32 bytes each");
        if ((program->service.cursor_key = read_cursor_key(kit->cursor_key)) == NULL)
                return complain("CURSOR_KEY is not the base64 of at least 32 bytes");
        program->service.identity =
                identity_new(definition->name, kit->mesh_key, kit->mesh_callers, kit->principal_keys);
        return program->service.identity != NULL &&
               transport_tls_set(kit->tls_authority, kit->tls_certificate) == STATUS_OK;
}

/* Tries until the database is there; a migration that fails ends the program. */
static status migrate(const struct program *program)
{
        for (;;) {
                status result = migrate_run(program->kit.database_url, kit_migrations);
                if (result == STATUS_OK)
                        result = migrate_run(program->kit.database_url, program->service.definition->migrations);
                if (result != STATUS_UNAVAILABLE)
                        return result;
                LOG(LOG_WARN, "waiting for the database");
                if (process_wait(MIGRATE_RETRY_S))
                        return STATUS_CANCELLED;
        }
}

/* Consumers and listeners; a service without a database has neither. */
static status start_hearing(struct program *program, const struct server_settings *server, struct events **out)
{
        const struct events_settings settings = {
                .pattern = *program->kit.events_url ? program->kit.events_url : program->events_address,
                .consumer = {server->database_url, server->query_timeout_us, (int)program->kit.events_shards},
        };
        *out = NULL;
        return server->database_url == NULL ? STATUS_OK : events_start(&program->service, &settings, out);
}

static int serve_calls(struct program *program)
{
        const struct service_definition *definition = program->service.definition;
        const struct server_settings settings = {
                .url = program->listen,
                .contexts = (int)program->kit.contexts,
                .queue = (int)program->kit.queue,
                .workers = (int)program->kit.workers,
                .database_url = definition->migrations == NULL ? NULL : program->kit.database_url,
                .query_timeout_us = program->kit.query_timeout_s * 1000000,
                .is_ready = is_ready,
                .owner = program,
        };
        struct server *server;
        status result = server_start(&program->service, &settings, &server);
        if (result != STATUS_OK) {
                LOG(LOG_ERROR, "cannot listen", log_text("url", program->listen),
                        log_text("status", status_name(result)));
                return EXIT_FAILURE;
        }
        struct events *events;
        result = start_hearing(program, &settings, &events);
        if (result != STATUS_OK) {
                LOG(LOG_ERROR, "cannot hear events", log_text("status", status_name(result)));
                server_stop(server, 0);
                return EXIT_FAILURE;
        }
        program->ticker = ticker_start(&program->service, settings.database_url, settings.query_timeout_us);
        atomic_store(&program->is_serving, true);
        LOG(LOG_INFO, "serving", log_text("url", program->listen), log_text("version", SFP_VERSION));

        process_serve();
        atomic_store(&program->is_serving, false);
        server_leave(server, DRAIN_MS, (int)program->kit.drain_linger_ms);
        ticker_stop(program->ticker);
        events_stop(events);
        server_stop(server, FLUSH_MS);
        return EXIT_SUCCESS;
}

/* Around the server: what it commits until its end is to be published. */
static int serve(struct program *program)
{
        const struct event_relay_settings settings = {
                .listen = program->events_listen,
                .broker = program->kit.events_url,
                .database_url = program->kit.database_url,
                .query_timeout_us = program->kit.query_timeout_s * 1000000,
                .retention_h = program->kit.events_retention_h,
                .patience_h = program->kit.events_patience_h,
        };
        if (program->service.definition->migrations == NULL)
                return serve_calls(program);
        status started = event_relay_start(&program->service, &settings, &program->service.relay);
        if (started != STATUS_OK) {
                LOG(LOG_ERROR, "cannot publish events", log_text("url", program->events_listen),
                        log_text("status", status_name(started)));
                return EXIT_FAILURE;
        }
        int code = serve_calls(program);
        event_relay_stop(program->service.relay);
        return code;
}

static int open_and_serve(struct program *program)
{
        const struct service_definition *definition = program->service.definition;
        status migrated = definition->migrations == NULL ? STATUS_OK : migrate(program);
        if (migrated != STATUS_OK)
                return migrated == STATUS_CANCELLED ? EXIT_SUCCESS : EXIT_FAILURE;
        if (definition->open != NULL && definition->open(&program->service) != STATUS_OK) {
                LOG(LOG_ERROR, "cannot open the service");
                return EXIT_FAILURE;
        }
        int code = serve(program);
        if (definition->close != NULL)
                definition->close(&program->service);
        return code;
}

/* False when REDIS_URL cannot be understood; that Redis does not answer is no failure. */
static bool open_cache(struct program *program, struct cache_remote **remote)
{
        struct service *service = &program->service;
        const struct kit_config *kit = &program->kit;
        *remote = NULL;
        if (kit->cache_bytes == 0)
                return true;
        service->cache = cache_new((size_t)kit->cache_bytes, service->metrics);
        if (*kit->redis_url == '\0')
                return true;
        *remote = cache_remote_new(service->definition->name, kit->redis_url,
                (int)kit->workers + JOB_THREADS + SPARE_LINKS, service->keys, service->metrics);
        cache_attach(service->cache, *remote);
        return *remote != NULL || complain("REDIS_URL is neither redis://HOST:PORT/DATABASE nor the path of a socket");
}

static int run_with_cache(struct program *program)
{
        struct cache_remote *remote;
        int code = EXIT_FAILURE;
        if (open_cache(program, &remote)) {
                struct cache_warmer *warmer = cache_warmer_start(program->service.cache, program->service.metrics);
                code = open_and_serve(program);
                cache_warmer_stop(warmer);
        }
        cache_free(program->service.cache);
        cache_remote_free(remote);
        return code;
}

static int run(struct program *program)
{
        struct schema *schema = schema_new();
        struct metrics *metrics = metrics_new();
        const struct client_settings calls = {
                .address = program->address,
                .identity = program->service.identity,
                .in_flight_max = (int)program->kit.mesh_in_flight_max,
        };
        struct client *client = client_new(&calls, metrics);
        program->service.schema = schema;
        program->service.metrics = metrics;
        program->service.client = client;
        program->service.cache_ttl_us = program->kit.cache_default_ttl_s * 1000000;
        const struct admin_settings door = {program->kit.admin_address, program->announce, metrics, is_ready, program};
        struct admin *admin;
        if (admin_start(&door, &admin) != STATUS_OK)
                return EXIT_FAILURE;
        int code = run_with_cache(program);
        admin_stop(admin);
        client_free(client);
        metrics_free(metrics);
        schema_free(schema);
        return code;
}

int service_main(int argc, char **argv, const struct service_definition *definition)
{
        struct program program = {.service = {.definition = definition}};
        if (argc > 1)
                return answer_option(argv[1], definition);
        if (!read_configuration(&program))
                return EXIT_FAILURE;
        process_prepare(program.name, program.kit.log_level);
        int code = run(&program);
        identity_free(program.service.identity);
        keyring_free((struct keyring *)(size_t)program.service.keys);
        hmac_free((struct hmac *)(size_t)program.service.cursor_key);
        free((void *)(size_t)program.service.config);
        return code;
}
