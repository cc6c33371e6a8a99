/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a service: configure, migrate, open, serve, drain. It is ready between the last two. */
#include "common/service.h"

#include "common/admin.h"
#include "common/cache.h"
#include "common/cache_remote.h"
#include "common/cache_warmer.h"
#include "common/client.h"
#include "common/clock.h"
#include "common/event_relay.h"
#include "common/events.h"
#include "common/job_runner.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/process.h"
#include "common/process_metrics.h"
#include "common/server.h"
#include "common/service_config.h"
#include "common/ticker.h"
#include "common/tracer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
        DRAIN_MS = 8000,
        FLUSH_MS = 1000,
        MIGRATE_RETRY_S = 1,
        SPARE_LINKS = 8, /* to Redis, for threads that are no workers */
};

struct program {
        struct service_config config;
        struct service service;
        struct ticker *ticker;
        char traces_name[64]; /* what the spans are said to be of, and where they go */
        char traces_url[TELEMETRY_URL_SIZE];
        _Atomic bool is_serving;
};

static bool is_ready(void *owner)
{
        struct program *program = owner;
        return atomic_load(&program->is_serving) && ticker_has_database(program->ticker);
}

/* Tries until the database is there; a migration that fails ends the program. */
static status migrate(const struct program *program)
{
        for (;;) {
                status result = migrate_run(program->config.database_url, kit_migrations);
                if (result == STATUS_OK)
                        result = migrate_run(program->config.database_url, program->service.definition->migrations);
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
                .pattern = *program->config.events_url ? program->config.events_url : program->config.events_address,
                .consumer = {server->database_url, server->query_timeout_us, (int)program->config.events_shards},
        };
        *out = NULL;
        return server->database_url == NULL ? STATUS_OK : events_start(&program->service, &settings, out);
}

static int serve_calls(struct program *program)
{
        const struct service_definition *definition = program->service.definition;
        const struct server_settings settings = {
                .url = program->config.mesh_listen,
                .contexts = (int)program->config.contexts,
                .queue = (int)program->config.queue,
                .workers = (int)program->config.workers,
                .database_url = definition->migrations == NULL ? NULL : program->config.database_url,
                .query_timeout_us = program->config.query_timeout_s * 1000000,
                .is_ready = is_ready,
                .owner = program,
        };
        struct server *server;
        status result = server_start(&program->service, &settings, &server);
        if (result != STATUS_OK) {
                LOG(LOG_ERROR, "cannot listen", log_text("url", program->config.mesh_listen),
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
        LOG(LOG_INFO, "serving", log_text("url", program->config.mesh_listen), log_text("version", SFP_VERSION));

        process_serve(NULL, NULL);
        atomic_store(&program->is_serving, false);
        server_leave(server, DRAIN_MS, (int)program->config.drain_linger_ms);
        ticker_stop(program->ticker);
        events_stop(events);
        server_stop(server, FLUSH_MS);
        return EXIT_SUCCESS;
}

/* Around the server: what it commits until its end is to be published. */
static int serve(struct program *program)
{
        const struct event_relay_settings settings = {
                .listen = program->config.events_listen,
                .broker = program->config.events_url,
                .database_url = program->config.database_url,
                .query_timeout_us = program->config.query_timeout_s * 1000000,
                .retention_h = program->config.events_retention_h,
                .patience_h = program->config.events_patience_h,
        };
        if (program->service.definition->migrations == NULL)
                return serve_calls(program);
        status started = event_relay_start(&program->service, &settings, &program->service.relay);
        if (started != STATUS_OK) {
                LOG(LOG_ERROR, "cannot publish events", log_text("url", program->config.events_listen),
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
        const struct service_config *config = &program->config;
        *remote = NULL;
        if (config->cache_bytes == 0)
                return true;
        service->cache = cache_new((size_t)config->cache_bytes, service->metrics);
        if (*config->redis_url == '\0')
                return true;
        *remote = cache_remote_new(service->definition->name, config->redis_url,
                (int)config->workers + JOB_THREADS + SPARE_LINKS, service->keys, service->metrics);
        cache_attach(service->cache, *remote);
        if (*remote == NULL)
                LOG(LOG_ERROR, "REDIS_URL is neither redis://HOST:PORT/DATABASE nor the path of a socket");
        return *remote != NULL;
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

/* False when its settings are not well formed, which is said on stderr. */
static bool start_tracer(struct program *program, struct metrics *metrics)
{
        struct tracer_settings settings;
        const struct service_config *config = &program->config;
        snprintf(program->traces_name, sizeof program->traces_name, "svc-%s", program->service.definition->name);
        return telemetry_settings(
                       &config->telemetry, program->traces_url, program->traces_name, config->replica, &settings) &&
               tracer_start(&settings, metrics, &program->service.tracer) == STATUS_OK;
}

static int run(struct program *program)
{
        struct schema *schema = schema_new();
        struct metrics *metrics = metrics_new();
        struct process_metrics *process = process_metrics_new(metrics, program->config.name, program->config.replica);
        const struct client_settings calls = {
                .address = program->config.mesh_address,
                .identity = program->service.identity,
                .in_flight_max = (int)program->config.mesh_in_flight_max,
        };
        struct client *client = client_new(&calls, metrics);
        program->service.schema = schema;
        program->service.metrics = metrics;
        program->service.started_us = clock_now_us();
        program->service.client = client;
        program->service.dashboard_min_people = program->config.dashboard_min_people;
        program->service.cache_ttl_us = program->config.cache_default_ttl_s * 1000000;
        const struct admin_settings door = {
                program->config.admin_address, program->config.announce, metrics, is_ready, program};
        struct admin *admin;
        if (!start_tracer(program, metrics) || admin_start(&door, &admin) != STATUS_OK)
                return EXIT_FAILURE;
        int code = run_with_cache(program);
        admin_stop(admin);
        client_free(client);
        tracer_stop(program->service.tracer); /* behind the client, whose calls end in spans */
        process_metrics_free(process);
        metrics_free(metrics);
        schema_free(schema);
        return code;
}

int service_main(int argc, char **argv, const struct service_definition *definition)
{
        struct program program = {.service = {.definition = definition}};
        int code = EXIT_FAILURE;
        if (argc > 1)
                return service_config_answer(argv[1], definition);
        if (service_config_read(&program.config, &program.service) == STATUS_OK &&
                service_config_unlock(&program.config, &program.service) == STATUS_OK) {
                process_prepare(program.config.name, program.config.log_level);
                code = run(&program);
        }
        service_config_release(&program.service);
        return code;
}
