/* SPDX-License-Identifier: Apache-2.0 */
/* sfp-gateway: its configuration, its life, and its subcommands. */
#include "common/admin.h"
#include "common/config.h"
#include "common/identity.h"
#include "common/log.h"
#include "common/process.h"
#include "common/process_metrics.h"
#include "common/telemetry_config.h"
#include "common/tracer.h"
#include "common/transport_tls.h"
#include "gateway/asyncapi.h"
#include "gateway/buckets.h"
#include "gateway/gateway.h"
#include "gateway/openapi.h"
#include "gateway/own_routes.h"
#include "gateway/probe.h"
#include "gateway/tls.h"
#include "gateway/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "sfp-gateway"

enum { PATIENCE_MS = 10000, PATH_SIZE = 4096 };

struct main_config {
        const char *config_dir;
        const char *http_address, *admin_address, *mesh_address, *run_dir, *log_level;
        const char *jwt_secret, *jwt_issuer, *jwt_audience, *jwks_file, *jwks_url, *jwks_authority;
        bool jwt_access_tokens_only;
        int64_t jwks_refresh_s;
        const char *mesh_key, *principal_key, *tls_authority, *tls_certificate;
        int64_t http_threads, http_connections_max, http_connections_per_address_max, http_body_max, http_timeout_s;
        int64_t requests_max, call_deadline_ms, mesh_in_flight_max, sockets_max;
        const char *events_url, *events_address, *https_certificate, *https_key;
        const char *redis_url, *trusted_proxies, *trusted_proxy_header, *cors_origins, *ws_origins;
        int64_t rate_read, rate_write, rate_heavy, rate_public;
};

#define PLACE(member) offsetof(struct main_config, member)
static const struct config_item main_table[] = {
        {"CONFIG_DIR", CONFIG_TEXT, PLACE(config_dir), "", 0, 0,
                "directory with a file for each variable that is not in the environment, called as it is"},
        {"JWT_SECRET", CONFIG_SECRET, PLACE(jwt_secret), "", 0, 0,
                "base64 of at least 32 bytes; bearer tokens are signed with it (HS256). Unset: none are"},
        {"JWKS_FILE", CONFIG_TEXT, PLACE(jwks_file), "", 0, 0,
                "file with the public keys of an issuer of bearer tokens (RS256, ES256, EdDSA); read anew when it changes"},
        {"JWKS_URL", CONFIG_TEXT, PLACE(jwks_url), "", 0, 0,
                "the same from an https:// address, or http:// on this host"},
        {"JWKS_TLS_CA", CONFIG_TEXT, PLACE(jwks_authority), "", 0, 0,
                "PEM file of the authority for JWKS_URL; unset: the system's"},
        {"JWKS_REFRESH_S", CONFIG_INT, PLACE(jwks_refresh_s), "300", 1, 86400,
                "seconds between two looks at JWKS_URL; a token of an unknown key brings the next one forward"},
        {"JWT_ISSUER", CONFIG_TEXT, PLACE(jwt_issuer), "", 0, 0,
                "what `iss` of a token must be; needed with JWKS_FILE and JWKS_URL, unset: not looked at"},
        {"JWT_AUDIENCE", CONFIG_TEXT, PLACE(jwt_audience), "", 0, 0,
                "what must be in `aud` of a token; needed with JWKS_FILE and JWKS_URL, unset: not looked at"},
        {"JWT_ACCESS_TOKENS_ONLY", CONFIG_BOOL, PLACE(jwt_access_tokens_only), "false", 0, 0,
                "`typ` of a token must be at+jwt (RFC 9068)"},
        {"RUN_DIR", CONFIG_TEXT, PLACE(run_dir), "/run/sfp", 0, 0, "directory of the services' sockets"},
        {"MESH_ADDRESS", CONFIG_TEXT, PLACE(mesh_address), "", 0, 0,
                "where services are, with {service} for the name; unset: ipc://RUN_DIR/svc-{service}.ipc"},
        {"MESH_KEY", CONFIG_SECRET, PLACE(mesh_key), NULL, 0, 0,
                "base64 of at least 32 bytes by which the gateway proves itself to services"},
        {"PRINCIPAL_KEY", CONFIG_SECRET, PLACE(principal_key), NULL, 0, 0,
                "base64 of the 32 bytes of the Ed25519 key by which it vouches for users"},
        {"MESH_TLS_CA", CONFIG_TEXT, PLACE(tls_authority), "", 0, 0,
                "PEM file of the authority, for tls+tcp:// addresses"},
        {"MESH_TLS_CERTIFICATE", CONFIG_TEXT, PLACE(tls_certificate), "", 0, 0,
                "PEM file with the gateway's certificate and key"},
        {"HTTP_ADDRESS", CONFIG_TEXT, PLACE(http_address), "127.0.0.1:8000", 0, 0, "where users are served"},
        {"TLS_CERTIFICATE", CONFIG_TEXT, PLACE(https_certificate), "", 0, 0,
                "PEM file with the certificate shown to users, its chain behind it: HTTP_ADDRESS is https then"},
        {"TLS_KEY", CONFIG_TEXT, PLACE(https_key), "", 0, 0,
                "PEM file with its key; both are read again on SIGHUP, and kept as they were when they are no pair"},
        {"HTTP_THREADS", CONFIG_INT, PLACE(http_threads), "2", 1, 64, "threads that read and write connections"},
        {"HTTP_CONNECTIONS_MAX", CONFIG_INT, PLACE(http_connections_max), "4096", 1, 1000000,
                "connections open at a time"},
        {"HTTP_CONNECTIONS_PER_ADDRESS_MAX", CONFIG_INT, PLACE(http_connections_per_address_max), "1024", 0, 1000000,
                "of them from one address; 0: as many as there are"},
        {"HTTP_BODY_MAX", CONFIG_INT, PLACE(http_body_max), "262144", 1024, 4 << 20,
                "bytes of a request's body; more is answered 413"},
        {"HTTP_TIMEOUT_S", CONFIG_INT, PLACE(http_timeout_s), "30", 1, 3600,
                "seconds an idle connection stays open, and a request may take to arrive"},
        {"REQUESTS_MAX", CONFIG_INT, PLACE(requests_max), "1024", 1, 1000000,
                "requests in flight; more are answered 503"},
        {"CALL_DEADLINE_MS", CONFIG_INT, PLACE(call_deadline_ms), "10000", 1, 600000,
                "longest a call may take; a method's own deadline may be shorter"},
        {"MESH_IN_FLIGHT_MAX", CONFIG_INT, PLACE(mesh_in_flight_max), "256", 1, 65536,
                "calls to one service at a time; more are answered 503"},
        {"SOCKETS_MAX", CONFIG_INT, PLACE(sockets_max), "10000", 0, 1000000,
                "WebSockets and streams of events open at a time, 10 KiB each; more are answered 503. Streams, and all of them under TLS, count among HTTP_CONNECTIONS_MAX as well"},
        {"WS_ORIGINS", CONFIG_TEXT, PLACE(ws_origins), "", 0, 0,
                "web pages, as https://HOST[:PORT] and separated by commas, that may open sockets; those of the host asked may always"},
        {"EVENTS_URL", CONFIG_TEXT, PLACE(events_url), "", 0, 0,
                "nats://HOST:PORT: a broker in place of the services' own event addresses"},
        {"EVENTS_ADDRESS", CONFIG_TEXT, PLACE(events_address), "", 0, 0,
                "where services publish events, with {service} for the name; unset: ipc://RUN_DIR/svc-{service}.events.ipc"},
        {"RATE_LIMIT_READ", CONFIG_INT, PLACE(rate_read), "30000", 0, BUCKET_QUOTA_MAX,
                "requests a user may make in a minute to methods that read; more are answered 429. 0: no limit"},
        {"RATE_LIMIT_WRITE", CONFIG_INT, PLACE(rate_write), "6000", 0, BUCKET_QUOTA_MAX,
                "the same to methods that write"},
        {"RATE_LIMIT_HEAVY", CONFIG_INT, PLACE(rate_heavy), "300", 0, BUCKET_QUOTA_MAX,
                "the same to methods that cost much"},
        {"RATE_LIMIT_PUBLIC", CONFIG_INT, PLACE(rate_public), "30000", 0, BUCKET_QUOTA_MAX,
                "requests without a user, or with a token that is refused, from one address in a minute"},
        {"REDIS_URL", CONFIG_SECRET, PLACE(redis_url), "", 0, 0,
                "Redis through which gateways share what they have counted; unset: each counts for itself"},
        {"TRUSTED_PROXIES", CONFIG_TEXT, PLACE(trusted_proxies), "", 0, 0,
                "addresses and networks, by commas, that are believed about whom they forward: 10.0.0.0/8, ::1"},
        {"TRUSTED_PROXY_HEADER", CONFIG_TEXT, PLACE(trusted_proxy_header), "x-forwarded-for", 0, 0,
                "where they say it: x-forwarded-for or forwarded"},
        {"CORS_ORIGINS", CONFIG_TEXT, PLACE(cors_origins), "", 0, 0,
                "origins, by commas, whose pages may use the interface: https://app.example; unset: none"},
        {"ADMIN_ADDRESS", CONFIG_TEXT, PLACE(admin_address), "127.0.0.1:0", 0, 0,
                "where operators find /livez, /readyz and /metrics; the address taken is in RUN_DIR/sfp-gateway.admin"},
        {"LOG_LEVEL", CONFIG_TEXT, PLACE(log_level), "info", 0, 0, "debug, info, warn or error"},
        {0},
};

static struct rate_settings rate_settings(const struct main_config *config)
{
        return (struct rate_settings){
                .quotas = {[RATE_POLICY_READ] = config->rate_read,
                        [RATE_POLICY_WRITE] = config->rate_write,
                        [RATE_POLICY_HEAVY] = config->rate_heavy,
                        [RATE_POLICY_PUBLIC] = config->rate_public},
                .trusted_proxies = config->trusted_proxies,
                .proxy_header = config->trusted_proxy_header,
                .redis_url = config->redis_url,
                .secret = config->principal_key,
        };
}

static struct gateway_settings gateway_settings(const struct main_config *config)
{
        return (struct gateway_settings){
                .http =
                        {
                                .address = config->http_address,
                                .threads = (unsigned)config->http_threads,
                                .connections_max = (unsigned)config->http_connections_max,
                                .connections_per_address_max = (unsigned)config->http_connections_per_address_max,
                                .body_max = (size_t)config->http_body_max,
                                .timeout_s = (unsigned)config->http_timeout_s,
                        },
                .jwt_secret = config->jwt_secret,
                .jwt_issuer = config->jwt_issuer,
                .jwt_audience = config->jwt_audience,
                .jwt_access_tokens_only = config->jwt_access_tokens_only,
                .jwks_file = config->jwks_file,
                .jwks_url = config->jwks_url,
                .jwks_authority = config->jwks_authority,
                .jwks_refresh_ms = config->jwks_refresh_s * 1000,
                .principal_key = config->principal_key,
                .requests_max = config->requests_max,
                .call_deadline_ms = config->call_deadline_ms,
                .sockets_max = config->sockets_max,
                .cors_origins = config->cors_origins,
                .rate = rate_settings(config),
                .socket_origins = config->ws_origins,
                .events_address = *config->events_url != '\0' ? config->events_url : config->events_address,
        };
}

/* On SIGHUP. */
static void reload(void *owner)
{
        const struct gateway *gateway = owner;
        tls_reload(gateway->settings.http.tls);
}

static bool is_ready(void *owner)
{
        return gateway_is_ready(owner);
}

static status start_admin(
        const struct main_config *config, struct metrics *metrics, struct gateway *gateway, struct admin **out)
{
        char announce[PATH_SIZE];
        if (snprintf(announce, sizeof announce, "%s/sfp-gateway.admin", config->run_dir) >= PATH_SIZE)
                return STATUS_INVALID_ARGUMENT;
        const struct admin_settings settings = {config->admin_address, announce, metrics, is_ready, gateway};
        return admin_start(&settings, out);
}

static status serve(
        const struct main_config *config, struct identity *identity, struct metrics *metrics, struct tracer *tracer)
{
        char mesh_address[PATH_SIZE], events_address[PATH_SIZE];
        struct gateway_settings settings = gateway_settings(config);
        struct gateway *gateway;
        struct admin *admin;
        if (snprintf(mesh_address, sizeof mesh_address, "ipc://%s/svc-{service}.ipc", config->run_dir) >= PATH_SIZE)
                return STATUS_INVALID_ARGUMENT;
        if (snprintf(events_address, sizeof events_address, "ipc://%s/svc-{service}.events.ipc", config->run_dir) >=
                PATH_SIZE)
                return STATUS_INVALID_ARGUMENT;
        settings.tracer = tracer;
        if (*settings.events_address == '\0')
                settings.events_address = events_address;
        const struct client_settings calls = {
                .address = *config->mesh_address == '\0' ? mesh_address : config->mesh_address,
                .identity = identity,
                .in_flight_max = (int)config->mesh_in_flight_max,
        };
        TRY(tls_new(config->https_certificate, config->https_key, &settings.http.tls));
        struct client *client = client_new(&calls, metrics);
        status result = gateway_start(&settings, metrics, client, &gateway);
        if (result != STATUS_OK) {
                client_free(client);
                tls_free(settings.http.tls);
                return result;
        }
        result = start_admin(config, metrics, gateway, &admin);
        if (result == STATUS_OK) {
                LOG(LOG_INFO, "serving", log_text("address", http_address(gateway->http)));
                process_serve(reload, gateway);
        }
        gateway_stop(gateway, result == STATUS_OK ? PATIENCE_MS : 0);
        if (result == STATUS_OK)
                admin_stop(admin);
        tls_free(settings.http.tls);
        return result;
}

static status serve_traced(const struct main_config *config, const struct telemetry_config *telemetry,
        struct identity *identity, struct metrics *metrics)
{
        char url[TELEMETRY_URL_SIZE];
        struct tracer_settings settings;
        struct tracer *tracer;
        if (!telemetry_settings(telemetry, url, PROGRAM, "", &settings))
                return STATUS_INVALID_ARGUMENT;
        TRY(tracer_start(&settings, metrics, &tracer));
        status result = serve(config, identity, metrics, tracer);
        tracer_stop(tracer);
        return result;
}

static int run(void)
{
        struct main_config config;
        struct telemetry_config telemetry;
        status own_read = config_read(main_table, &config);
        if (config_read(telemetry_table, &telemetry) != STATUS_OK || own_read != STATUS_OK)
                return EXIT_FAILURE;
        struct identity *identity = identity_new(IDENTITY_GATEWAY, config.mesh_key, "", "");
        if (identity == NULL || transport_tls_set(config.tls_authority, config.tls_certificate) != STATUS_OK)
                return EXIT_FAILURE;
        process_prepare(PROGRAM, config.log_level);
        struct metrics *metrics = metrics_new();
        struct process_metrics *process = process_metrics_new(metrics, PROGRAM, "");
        status result = serve_traced(&config, &telemetry, identity, metrics);
        process_metrics_free(process);
        metrics_free(metrics);
        identity_free(identity);
        return result == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The documents that /status/openapi.json gives, without a platform around. */
static int print_document(bool is_of_events)
{
        struct schema *schema = schema_new();
        struct routes *routes = routes_new(schema, own_routes);
        char *text = is_of_events ? asyncapi_write(schema) : openapi_write(schema, routes);
        puts(text); /* allow(puts): what was asked for */
        free(text);
        routes_free(routes);
        schema_free(schema);
        return EXIT_SUCCESS;
}

static int print_help(void)
{
        puts(/* allow(puts): --help */
                "sfp-gateway: serves the platform's REST interface and calls the services behind it.\n"
                "usage: sfp-gateway [--help | --config-table | --version | token ... | probe URL | openapi [events]]\n"
                "environment:");
        config_print_help(main_table, stdout);
        config_print_help(telemetry_table, stdout);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        const char *word = argc > 1 ? argv[1] : "";
        if (argc == 1)
                return run();
        if (strcmp(word, "token") == 0)
                return token_command(argc - 1, argv + 1);
        if (strcmp(word, "probe") == 0)
                return probe_command(argc - 1, argv + 1);
        if (strcmp(word, "openapi") == 0)
                return print_document(argc > 2 && strcmp(argv[2], "events") == 0);
        if (strcmp(word, "--config-table") == 0) {
                config_print_markdown(main_table, stdout);
                config_print_markdown(telemetry_table, stdout);
                return EXIT_SUCCESS;
        }
        if (strcmp(word, "--version") == 0) {
                puts("sfp-gateway " SFP_VERSION); /* allow(puts): --version */
                return EXIT_SUCCESS;
        }
        if (strcmp(word, "--help") == 0)
                return print_help();
        fprintf(stderr, "sfp-gateway: what is %s? Try --help.\n", word); /* allow(fprintf): a command for people */
        return EXIT_FAILURE;
}
