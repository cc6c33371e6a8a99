/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd with a pool of epoll threads. It makes an exchange when it has read a request line and gives it back
 * when the request is completed, which never happens while a connection is suspended: so a reply always finds its
 * exchange. */
#include "gateway/http.h"

#include "common/address.h"
#include "common/clock.h"
#include "gateway/http_head.h"
#include "gateway/http_watch.h"
#include "gateway/tls.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
        CONNECTION_MEMORY = 24 << 10, /* holds the headers of a request and a piece of its body */
        STACK_SIZE = 256 << 10,
        BACKLOG = 1024,
        SPARE_MAX = 128, /* exchanges kept for the next request */
        SOURCE_BLOCK = 2 << 10,
};

struct http {
        struct http_settings settings;
        struct MHD_Daemon *daemon;
        struct http_watch *watch;
        char address[ADDRESS_TEXT_SIZE];
        atomic_bool is_draining;
        pthread_mutex_t lock; /* over the two below */
        struct exchange *spare;
        unsigned n_spare;
};

/* A body becomes at most so many bytes of tokens, messages and text, or json_scan refuses it. */
static size_t arena_limit(const struct http *http)
{
        return ARENA_DEFAULT_LIMIT + 16 * http->settings.body_max;
}

static struct exchange *take_exchange(struct http *http)
{
        pthread_mutex_lock(&http->lock);
        struct exchange *exchange = http->spare;
        if (exchange != NULL) {
                http->spare = exchange->link.next;
                http->n_spare--;
        }
        pthread_mutex_unlock(&http->lock);
        struct arena *arena = exchange == NULL ? arena_new(arena_limit(http)) : exchange->arena;
        if (exchange == NULL && (exchange = malloc(sizeof *exchange)) == NULL)
                abort();
        *exchange = (struct exchange){.arena = arena, .link = {.http = http, .body = buffer_in(arena)}};
        return exchange;
}

static void free_exchange(struct exchange *exchange)
{
        arena_free(exchange->arena);
        free(exchange);
}

static void give_back(struct http *http, struct exchange *exchange)
{
        arena_reset(exchange->arena);
        pthread_mutex_lock(&http->lock);
        bool is_kept = http->n_spare < SPARE_MAX;
        if (is_kept) {
                exchange->link.next = http->spare;
                http->spare = exchange;
                http->n_spare++;
        }
        pthread_mutex_unlock(&http->lock);
        if (!is_kept)
                free_exchange(exchange);
}

static struct http_watched *watched(struct MHD_Connection *connection)
{
        return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void notice(
        void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
        struct http *http = cls;
        if (what == MHD_CONNECTION_NOTIFY_STARTED) {
                int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
                *context = http_watch_add(http->watch, fd);
        } else {
                http_watch_remove(http->watch, *context);
                *context = NULL;
        }
}

/* The one place where the address is still as it was sent. */
static void *begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
        struct exchange *exchange = take_exchange(cls);
        exchange->link.connection = connection;
        exchange->started_us = clock_now_us();
        http_head_read_uri(exchange, uri);
        http_watch_begin(exchange->link.http->watch, watched(connection));
        return exchange;
}

/* Leaves percent-encoding alone: path.c undoes it, strictly. */
static size_t keep_encoded(void *cls, struct MHD_Connection *connection, char *text)
{
        (void)cls;
        (void)connection;
        return strlen(text);
}

/* Is it better to read on before answering? A sender that is cut off amid its body may never see the answer. */
static bool is_worth_draining(const struct exchange *exchange)
{
        return exchange->request.fault == PROBLEM_NONE ||
               (exchange->request.fault == PROBLEM_PAYLOAD_TOO_LARGE &&
                       http_head_announced(&exchange->request) <= HTTP_DRAIN_MAX);
}

static bool is_late(const struct exchange *exchange)
{
        return clock_now_us() - exchange->started_us > (int64_t)exchange->link.http->settings.timeout_s * 1000000;
}

/* MHD_NO closes the connection. */
static enum MHD_Result take_body(struct exchange *exchange, const char *bytes, size_t size)
{
        struct exchange_link *link = &exchange->link;
        size_t body_max = link->http->settings.body_max;
        link->received += size;
        if (link->received > body_max)
                exchange->request.fault = PROBLEM_PAYLOAD_TOO_LARGE;
        if (exchange->request.fault != PROBLEM_NONE)
                return link->received > body_max + HTTP_DRAIN_MAX || is_late(exchange) ? MHD_NO : MHD_YES;
        if (link->body.bytes == NULL)
                buffer_reserve(&link->body, http_head_announced(&exchange->request));
        buffer_append(&link->body, bytes, size);
        exchange->request.body = link->body.bytes;
        exchange->request.body_size = link->body.length;
        return is_late(exchange) ? MHD_NO : MHD_YES;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
        if (value != NULL)
                MHD_add_response_header(response, name, value);
}

static void add_headers(const struct exchange *exchange, struct MHD_Response *to)
{
        const struct response *response = &exchange->response;
        char seconds[16];
        add_header(to, "Content-Type", response->content_type);
        add_header(to, "Cache-Control", "private, no-cache");
        add_header(to, "X-Request-Id", exchange->request_id);
        if (response->source.read != NULL)
                add_header(to, "X-Accel-Buffering", "no"); /* a proxy that gathered it would hold it back */
        add_header(to, "Location", response->location);
        add_header(to, "Link", response->link);
        add_header(to, "ETag", response->etag);
        add_header(to, "Allow", response->allow);
        add_header(to, "WWW-Authenticate", response->challenge);
        add_header(to, "Idempotent-Replay", response->is_replay ? "true" : NULL);
        if (response->code == MHD_HTTP_UPGRADE_REQUIRED) { /* RFC 9110, section 15.5.22; RFC 6455, section 4.4 */
                add_header(to, "Upgrade", "websocket");
                add_header(to, "Sec-WebSocket-Version", "13");
        }
        if (response->retry_after_s > 0) {
                snprintf(seconds, sizeof seconds, "%u", response->retry_after_s);
                add_header(to, "Retry-After", seconds);
        }
        for (size_t i = 0; i < exchange->n_headers; i++)
                add_header(to, exchange->headers[i].name, exchange->headers[i].value);
        if (exchange->request.fault != PROBLEM_NONE || atomic_load(&exchange->link.http->is_draining))
                add_header(to, "Connection", "close");
}

/* The library keeps what a connection had for as long as it is upgraded: some thirty KiB. So it is given back at once,
 * and what is used on is a descriptor of our own. Under TLS the library has to stay between the two. */
static void take_over(void *cls, struct MHD_Connection *connection, void *state, const char *extra, size_t extra_size,
        MHD_socket fd, struct MHD_UpgradeResponseHandle *handle)
{
        struct http *http = cls;
        (void)connection;
        (void)extra;
        bool is_encrypted = http->settings.tls != NULL;
        bool is_welcome = extra_size == 0; /* no client of ours sends frames before the handshake is answered */
        int own = is_welcome && !is_encrypted ? dup(fd) : -1;
        if (is_welcome && is_encrypted) {
                http->settings.upgraded(http->settings.owner, state, fd, handle);
                return;
        }
        if (own >= 0)
                http->settings.upgraded(http->settings.owner, state, own, NULL);
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

void http_let_go(int fd, void *handle)
{
        if (handle != NULL)
                MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE); /* closes the descriptor as well */
        else
                close(fd);
}

static enum MHD_Result send_upgrade(struct exchange *exchange)
{
        struct MHD_Response *response = MHD_create_response_for_upgrade(take_over, exchange->link.http);
        if (response == NULL)
                return MHD_NO;
        add_header(response, "Upgrade", "websocket");
        add_header(response, "Sec-WebSocket-Accept", exchange->response.upgrade_accept);
        enum MHD_Result result = MHD_queue_response(exchange->link.connection, MHD_HTTP_SWITCHING_PROTOCOLS, response);
        MHD_destroy_response(response);
        return result;
}

static ssize_t read_source(void *cls, uint64_t position, char *out, size_t max)
{
        const struct source *source = cls;
        (void)position;
        ssize_t result = source->read(source->owner, out, max);
        return result == SOURCE_END      ? MHD_CONTENT_READER_END_OF_STREAM
               : result == SOURCE_BROKEN ? MHD_CONTENT_READER_END_WITH_ERROR
                                         : result;
}

static struct MHD_Response *new_response(struct response *from)
{
        if (from->source.read != NULL)
                return MHD_create_response_from_callback(
                        MHD_SIZE_UNKNOWN, SOURCE_BLOCK, read_source, &from->source, NULL);
        return MHD_create_response_from_buffer(from->body_size, (void *)(size_t)from->body, MHD_RESPMEM_PERSISTENT);
}

/* The body lives in the exchange, which outlives the response. */
static enum MHD_Result send_response(struct exchange *exchange)
{
        struct response *from = &exchange->response;
        const struct http_settings *settings = &exchange->link.http->settings;
        if (from->code == MHD_HTTP_SWITCHING_PROTOCOLS)
                return send_upgrade(exchange);
        if (settings->represent != NULL)
                settings->represent(settings->owner, exchange);
        struct MHD_Response *response = new_response(from);
        if (response == NULL)
                return MHD_NO;
        add_headers(exchange, response);
        enum MHD_Result result = MHD_queue_response(exchange->link.connection, (unsigned)from->code, response);
        MHD_destroy_response(response);
        if (from->source.read == NULL) /* a stream has no end to be in time for */
                http_watch_send(exchange->link.http->watch, watched(exchange->link.connection), from->body_size);
        return result;
}

/* Called when the headers are there, for every piece of the body, at the end of the request, and again when a suspended
 * connection is resumed. */
static enum MHD_Result receive(void *cls, struct MHD_Connection *connection, const char *path, const char *verb,
        const char *version, const char *upload, size_t *upload_size, void **state)
{
        struct http *http = cls;
        struct exchange *exchange = *state;
        (void)path;
        if (!exchange->link.has_head) {
                exchange->link.has_head = true;
                http_head_read(exchange, verb, version, http->settings.body_max);
                if (is_worth_draining(exchange))
                        return MHD_YES;
        } else if (*upload_size > 0) {
                size_t size = *upload_size;
                *upload_size = 0;
                return take_body(exchange, upload, size);
        }
        http_watch_whole(watched(connection));
        if (exchange->response.code == 0 && !http->settings.handle(http->settings.owner, exchange))
                return MHD_YES; /* the exchange is in other hands now */
        return send_response(exchange);
}

static void complete(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
        struct http *http = cls;
        struct exchange *exchange = *state;
        (void)why;
        if (exchange == NULL)
                return;
        http_watch_free_again(http->watch, watched(connection));
        *state = NULL;
        if (exchange->response.source.leave != NULL)
                exchange->response.source.leave(exchange->response.source.owner);
        http->settings.complete(http->settings.owner, exchange);
        give_back(http, exchange);
}

/* To quiesce the daemon would refuse them before they are accepted, but its threads and the one that asks may then take
 * the listener out of one epoll both, at which the library aborts. */
static enum MHD_Result admit(void *owner, const struct sockaddr *address, socklen_t size)
{
        const struct http *http = owner;
        (void)address;
        (void)size;
        return atomic_load(&http->is_draining) ? MHD_NO : MHD_YES;
}

static struct MHD_Daemon *start_daemon(struct http *http, const union address *address)
{
        const struct http_settings *settings = &http->settings;
        unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE;
        if (address->any.sa_family == AF_INET6)
                flags |= MHD_USE_IPv6;
        if (settings->tls != NULL)
                flags |= MHD_USE_TLS;
        const struct MHD_OptionItem none = {MHD_OPTION_END, 0, NULL};
        const struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, tls_certificate_callback()},
                {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(size_t)TLS_PRIORITIES}, none};
        const struct MHD_OptionItem pool[] = {{MHD_OPTION_THREAD_POOL_SIZE, settings->threads, NULL}, none};
        return MHD_start_daemon(flags, 0, admit, http, receive, http, MHD_OPTION_SOCK_ADDR, &address->any,
                MHD_OPTION_URI_LOG_CALLBACK, begin, http, MHD_OPTION_NOTIFY_COMPLETED, complete, http,
                MHD_OPTION_NOTIFY_CONNECTION, notice, http, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
                MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT, settings->connections_max,
                MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings->connections_per_address_max,
                MHD_OPTION_CONNECTION_TIMEOUT, settings->timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                (size_t)CONNECTION_MEMORY, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_SIZE,
                MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG, MHD_OPTION_ARRAY,
                settings->threads > 1 ? pool : &none, MHD_OPTION_ARRAY, settings->tls != NULL ? tls : &none,
                MHD_OPTION_END);
}

static void free_http(struct http *http)
{
        while (http->spare != NULL) {
                struct exchange *exchange = http->spare;
                http->spare = exchange->link.next;
                free_exchange(exchange);
        }
        http_watch_free(http->watch);
        pthread_mutex_destroy(&http->lock);
        free(http);
}

status http_start(const struct http_settings *settings, struct http **out)
{
        union address address;
        if (address_parse(settings->address, &address) != STATUS_OK) {
                fprintf(stderr, /* allow(fprintf): to whoever starts it */
                        "http: \"%s\" is no address\n", settings->address);
                return STATUS_INVALID_ARGUMENT;
        }
        struct http *http = calloc(1, sizeof *http);
        if (http == NULL)
                return STATUS_UNAVAILABLE;
        http->settings = *settings;
        pthread_mutex_init(&http->lock, NULL);
        http->watch = http_watch_new((int64_t)settings->timeout_s * 1000000);
        http->daemon = start_daemon(http, &address);
        if (http->daemon == NULL) {
                fprintf(stderr, /* allow(fprintf): to whoever starts it */
                        "http: cannot listen on %s\n", settings->address);
                free_http(http);
                return STATUS_UNAVAILABLE;
        }
        address_format(&address, MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port, http->address);
        *out = http;
        return STATUS_OK;
}

const char *http_address(const struct http *http)
{
        return http->address;
}

void http_drain(struct http *http)
{
        atomic_store(&http->is_draining, true);
}

void http_stop(struct http *http)
{
        MHD_stop_daemon(http->daemon);
        free_http(http);
}

void http_suspend(struct exchange *exchange)
{
        MHD_suspend_connection(exchange->link.connection);
}

void http_resume(struct exchange *exchange)
{
        MHD_resume_connection(exchange->link.connection);
}
