/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/kit.h"

#include "common/client.h"
#include "common/clock.h"
#include "common/hmac.h"
#include "common/keyring.h"
#include "common/metrics.h"
#include "common/random.h"
#include "tests/common/keys.h"
#include "tests/common/unserved.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <nng/nng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void require(bool is_good, const char *what)
{
        if (is_good)
                return;
        fprintf(stderr, "the test's own ground gave way: %s\n", what);
        abort();
}

/* The library buries its dead in the background: a leak check must not look before that is done. */
static void end_mesh_at_exit(void)
{
        atexit(nng_fini);
}

const struct rpc *kit_rest(struct kit *kit, const struct rpc *const *tables)
{
        return unserved_rpcs(kit->arena, kit->service.schema, kit->definition.name, tables);
}

/* The tables given, and one with the rest. */
static const struct rpc *const *complete(struct kit *kit, const struct rpc *const *tables)
{
        size_t count = 0;
        while (tables[count] != NULL)
                count++;
        const struct rpc **all = arena_zalloc(kit->arena, (count + 2) * sizeof *all);
        memcpy(all, tables, count * sizeof *all);
        all[count] = kit_rest(kit, tables);
        return all;
}

void kit_open(struct kit *kit, const char *name, const struct rpc *const *tables)
{
        static const struct rpc *const no_tables[] = {NULL};
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        pthread_once(&once, end_mesh_at_exit);
        *kit = (struct kit){.arena = arena_new(0), .directory = "/tmp/sfp-kit-XXXXXX"};
        require(mkdtemp(kit->directory) != NULL, "a directory");
        kit->definition = (struct service_definition){.name = name, .tables = tables == NULL ? no_tables : tables};
        kit->keys = keyring_new("1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        kit->service = (struct service){
                .keys = kit->keys,
                .definition = &kit->definition,
                .schema = schema_new(),
                .identity = keys_identity(name),
                .metrics = metrics_new(),
                .cursor_key = hmac_new("a key of thirty-two bytes, truly", 32),
        };
        if (tables != NULL)
                kit->definition.tables = complete(kit, tables);
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
        (void)facts;
        (void)kind;
        (void)place;
        return remove(path);
}

void kit_close(struct kit *kit)
{
        if (kit->database_url != NULL)
                kit_sql(kit, "DROP SCHEMA %s CASCADE", kit->schema);
        nftw(kit->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        identity_free(kit->service.identity);
        keyring_free(kit->keys);
        hmac_free((struct hmac *)(size_t)kit->service.cursor_key);
        metrics_free(kit->service.metrics);
        schema_free((struct schema *)(size_t)kit->service.schema);
        if (kit->call.arena != NULL)
                arena_free(kit->call.arena);
        arena_free(kit->arena);
}

char *kit_ipc_url(struct kit *kit)
{
        uint32_t number;
        random_bytes(&number, sizeof number);
        return arena_printf(kit->arena, "ipc://%s/%08x.ipc", kit->directory, number);
}

char *kit_tcp_url(struct kit *kit)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        require(bind(fd, (struct sockaddr *)&address, size) == 0, "a port");
        require(getsockname(fd, (struct sockaddr *)&address, &size) == 0, "a port's number");
        close(fd);
        return arena_printf(kit->arena, "tcp://127.0.0.1:%u", ntohs(address.sin_port));
}

struct endpoint kit_endpoint(const char *url)
{
        struct endpoint endpoint = {.server_name = ""};
        snprintf(endpoint.url, sizeof endpoint.url, "%s", url);
        return endpoint;
}

static void free_identity(void *identity)
{
        identity_free(identity);
}

struct client *kit_client(struct kit *kit, const char *address, const char *name)
{
        const struct client_settings settings = {address, keys_identity(name), CLIENT_IN_FLIGHT_MAX};
        arena_defer(kit->arena, free_identity, settings.identity);
        return client_new(&settings, kit->service.metrics);
}

int kit_connect(const char *url)
{
        struct sockaddr_un local = {.sun_family = AF_UNIX};
        struct sockaddr_in remote = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        bool is_local = strncmp(url, "ipc://", 6) == 0;
        int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
        snprintf(local.sun_path, sizeof local.sun_path, "%s", url + 6);
        remote.sin_port = htons((uint16_t)strtol(strrchr(url, ':') + 1, NULL, 10));
        require(connect(fd, is_local ? (struct sockaddr *)&local : (struct sockaddr *)&remote,
                        is_local ? sizeof local : sizeof remote) == 0,
                "a connection");
        return fd;
}

static char gateway[] = IDENTITY_GATEWAY;
static char user_id[] = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";

struct call *kit_call(struct kit *kit, const char *method, int64_t deadline_us)
{
        if (kit->call.arena == NULL)
                kit->call.arena = arena_new(0);
        struct arena *arena = kit->call.arena;
        struct db *db = kit->call.db;
        arena_reset(arena);
        kit->caller = (Sfp__Caller)SFP__CALLER__INIT;
        kit->caller.user_id = user_id;
        kit->caller.service = gateway;
        kit->header = (Sfp__RequestHeader)SFP__REQUEST_HEADER__INIT;
        kit->header.has_deadline_us = 1;
        kit->header.deadline_us = (uint64_t)deadline_us;
        call_init(&kit->call, arena, &kit->service, &kit->header, &kit->caller);
        kit->call.db = db;
        if (method != NULL) {
                kit->call.method = schema_method_find(kit->service.schema, method);
                require(kit->call.method != NULL, method);
        }
        return &kit->call;
}

/* As the process that kit->caller names; it proves itself like any other. */
struct message *kit_request(struct kit *kit, const ProtobufCMessage *in)
{
        struct message *request;
        Sfp__Caller user = kit->caller;
        user.service = NULL;
        struct identity *caller = keys_identity(kit->caller.service);
        kit->header.has_principal = user.user_id != NULL || user.n_roles > 0;
        if (kit->header.has_principal)
                kit->header.principal = keys_vouch(kit->arena, &user, clock_unix_us() / 1000000);
        require(identity_pack(caller, kit->definition.name, &kit->header, in, &request) == STATUS_OK, "a request");
        identity_free(caller);
        return request;
}

void kit_database(struct kit *kit)
{
        const char *url = getenv("SFP_DATABASE_URL");
        uint64_t number;
        require(url != NULL, "SFP_DATABASE_URL is not set");
        random_bytes(&number, sizeof number);
        snprintf(kit->schema, sizeof kit->schema, "kit_%016llx", (unsigned long long)number);
        kit->database_url = arena_printf(
                kit->arena, "%s%coptions=-csearch_path%%3D%s", url, strchr(url, '?') == NULL ? '?' : '&', kit->schema);
        kit_sql(kit, "CREATE SCHEMA %s", kit->schema);
}

static void ignore_notice(void *arg, const PGresult *result)
{
        (void)arg;
        (void)result;
}

static PGresult *run_sql(const struct kit *kit, const char *sql)
{
        PGconn *connection = PQconnectdb(kit->database_url);
        require(PQstatus(connection) == CONNECTION_OK, PQerrorMessage(connection));
        PQsetNoticeReceiver(connection, ignore_notice, NULL);
        PGresult *result = PQexec(connection, sql);
        ExecStatusType outcome = PQresultStatus(result);
        require(outcome == PGRES_TUPLES_OK || outcome == PGRES_COMMAND_OK, PQerrorMessage(connection));
        PQfinish(connection);
        return result;
}

void kit_sql_aside(const struct kit *kit, const char *sql)
{
        PQclear(run_sql(kit, sql));
}

char *kit_sql(struct kit *kit, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        const char *sql = arena_vprintf(kit->arena, format, arguments);
        va_end(arguments);
        PGresult *result = run_sql(kit, sql);
        char *value = arena_strdup(kit->arena, PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
        PQclear(result);
        return value;
}

void answer_take(void *arg, status code, struct message *reply)
{
        struct answer *answer = arg;
        pthread_mutex_lock(&answer->mutex);
        answer->status = code;
        answer->reply = reply;
        answer->is_done = true;
        pthread_cond_signal(&answer->changed);
        pthread_mutex_unlock(&answer->mutex);
}

void answer_take_sent(void *arg, status code, bool was_sent, struct message *reply)
{
        ((struct answer *)arg)->was_sent = was_sent; /* nobody reads it before it is done */
        answer_take(arg, code, reply);
}

status answer_wait(struct answer *answer, struct message **reply)
{
        pthread_mutex_lock(&answer->mutex);
        while (!answer->is_done)
                pthread_cond_wait(&answer->changed, &answer->mutex);
        answer->is_done = false;
        pthread_mutex_unlock(&answer->mutex);
        *reply = answer->reply;
        return answer->status;
}
