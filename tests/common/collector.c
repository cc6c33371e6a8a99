/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/collector.h"

#include "otlp/trace.pb-c.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BODY_MAX = 4 << 20, SPANS_MAX = 8192, PATIENCE_S = 20, LOOK_NS = 10000000, HEADERS_SIZE = 2048 };

struct body {
        size_t size;
        unsigned char bytes[BODY_MAX];
};

struct collector {
        struct MHD_Daemon *daemon;
        char url[64];
        pthread_mutex_t mutex;
        int n_requests, n_to_refuse, refusal, retry_after_s;
        char headers[HEADERS_SIZE]; /* of the last request, "Name: value" a line */
        char header[256];
        size_t n_spans;
        struct seen_span spans[SPANS_MAX];
        struct seen_span told[SPANS_MAX];
};

static void put_hex(char *out, ProtobufCBinaryData id, size_t size)
{
        *out = '\0';
        for (size_t i = 0; i < id.len && i < size; i++)
                snprintf(out + 2 * i, 3, "%02x", id.data[i]);
}

static const char *attribute(Otlp__KeyValue *const *all, size_t count, const char *key, char number[24])
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(all[i]->key, key) == 0) {
                        if (all[i]->value->string_value != NULL)
                                return all[i]->value->string_value;
                        snprintf(number, 24, "%lld", (long long)all[i]->value->int_value);
                        return number;
                }
        return "";
}

static void keep_span(struct collector *collector, const char *service, const Otlp__Span *span)
{
        char number[24];
        if (collector->n_spans == SPANS_MAX)
                return;
        struct seen_span *seen = &collector->spans[collector->n_spans++];
        *seen = (struct seen_span){.kind = span->kind};
        snprintf(seen->service, sizeof seen->service, "%s", service);
        snprintf(seen->name, sizeof seen->name, "%s", span->name);
        put_hex(seen->trace_id, span->trace_id, 16);
        put_hex(seen->span_id, span->span_id, 8);
        put_hex(seen->parent_id, span->parent_span_id, 8);
        seen->is_failed = span->status != NULL && span->status->code == 2;
        seen->took_ns = (long long)(span->end_time_unix_nano - span->start_time_unix_nano);
        const char *code = attribute(span->attributes, span->n_attributes, "rpc.response.status_code", number);
        if (*code == '\0')
                code = attribute(span->attributes, span->n_attributes, "http.response.status_code", number);
        snprintf(seen->code, sizeof seen->code, "%s", code);
}

static bool keep(struct collector *collector, const struct body *body)
{
        char number[24];
        Otlp__ExportTraceRequest *request = otlp__export_trace_request__unpack(NULL, body->size, body->bytes);
        for (size_t r = 0; request != NULL && r < request->n_resource_spans; r++) {
                const Otlp__ResourceSpans *of = request->resource_spans[r];
                const char *service =
                        attribute(of->resource->attributes, of->resource->n_attributes, "service.name", number);
                for (size_t s = 0; s < of->n_scope_spans; s++)
                        for (size_t i = 0; i < of->scope_spans[s]->n_spans; i++)
                                keep_span(collector, service, of->scope_spans[s]->spans[i]);
        }
        bool is_good = request != NULL;
        otlp__export_trace_request__free_unpacked(request, NULL);
        return is_good;
}

static enum MHD_Result note_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
        struct collector *collector = cls;
        size_t length = strlen(collector->headers);
        (void)kind;
        snprintf(collector->headers + length, HEADERS_SIZE - length, "\n%s: %s", name, value);
        return MHD_YES;
}

/* The code to answer with. */
static unsigned take_request(struct collector *collector, struct MHD_Connection *connection, const struct body *body)
{
        pthread_mutex_lock(&collector->mutex);
        unsigned code = 200;
        collector->n_requests++;
        collector->headers[0] = '\0';
        MHD_get_connection_values(connection, MHD_HEADER_KIND, note_header, collector);
        if (collector->n_to_refuse > 0) {
                collector->n_to_refuse--;
                code = (unsigned)collector->refusal;
        } else if (!keep(collector, body)) {
                code = 400;
        }
        pthread_mutex_unlock(&collector->mutex);
        return code;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *path, const char *verb,
        const char *version, const char *upload, size_t *upload_size, void **state)
{
        struct collector *collector = cls;
        struct body *body = *state;
        (void)version;
        if (body == NULL) {
                *state = calloc(1, sizeof *body);
                return *state == NULL ? MHD_NO : MHD_YES;
        }
        if (*upload_size > 0) {
                if (body->size + *upload_size > BODY_MAX)
                        return MHD_NO;
                memcpy(body->bytes + body->size, upload, *upload_size);
                body->size += *upload_size;
                *upload_size = 0;
                return MHD_YES;
        }
        bool is_ours = strcmp(path, "/v1/traces") == 0 && strcmp(verb, "POST") == 0;
        unsigned code = is_ours ? take_request(collector, connection, body) : 404;
        struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        if (code >= 400 && collector->retry_after_s > 0) {
                char seconds[16];
                snprintf(seconds, sizeof seconds, "%d", collector->retry_after_s);
                MHD_add_response_header(response, "Retry-After", seconds);
        }
        enum MHD_Result result = MHD_queue_response(connection, code, response);
        MHD_destroy_response(response);
        return result;
}

static void completed(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
        (void)cls;
        (void)connection;
        (void)why;
        free(*state);
        *state = NULL;
}

struct collector *collector_start(void)
{
        struct collector *collector = calloc(1, sizeof *collector);
        const struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        if (collector == NULL)
                abort();
        pthread_mutex_init(&collector->mutex, NULL);
        collector->daemon =
                MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, answer, collector,
                        MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
        if (collector->daemon == NULL)
                abort();
        snprintf(collector->url, sizeof collector->url, "http://127.0.0.1:%d",
                MHD_get_daemon_info(collector->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
        return collector;
}

void collector_stop(struct collector *collector)
{
        MHD_stop_daemon(collector->daemon);
        pthread_mutex_destroy(&collector->mutex);
        free(collector);
}

const char *collector_url(const struct collector *collector)
{
        return collector->url;
}

void collector_refuse(struct collector *collector, int count, int code, int retry_after_s)
{
        pthread_mutex_lock(&collector->mutex);
        collector->n_to_refuse = count;
        collector->refusal = code;
        collector->retry_after_s = retry_after_s;
        pthread_mutex_unlock(&collector->mutex);
}

int collector_requests(struct collector *collector)
{
        pthread_mutex_lock(&collector->mutex);
        int count = collector->n_requests;
        pthread_mutex_unlock(&collector->mutex);
        return count;
}

const char *collector_header(struct collector *collector, const char *name)
{
        pthread_mutex_lock(&collector->mutex);
        char wanted[128];
        snprintf(wanted, sizeof wanted, "\n%s: ", name);
        const char *at = strstr(collector->headers, wanted);
        snprintf(collector->header, sizeof collector->header, "%s", at == NULL ? "" : at + strlen(wanted));
        collector->header[strcspn(collector->header, "\n")] = '\0';
        pthread_mutex_unlock(&collector->mutex);
        return collector->header;
}

size_t collector_spans(struct collector *collector, size_t count, const struct seen_span **out)
{
        const struct timespec pause = {.tv_nsec = LOOK_NS};
        size_t n_spans = 0;
        for (int i = 0; i < PATIENCE_S * (1000000000 / LOOK_NS); i++) {
                pthread_mutex_lock(&collector->mutex);
                n_spans = collector->n_spans;
                memcpy(collector->told, collector->spans, n_spans * sizeof *collector->spans);
                pthread_mutex_unlock(&collector->mutex);
                if (n_spans >= count)
                        break;
                nanosleep(&pause, NULL);
        }
        *out = collector->told;
        return n_spans;
}

const struct seen_span *collector_find(
        struct collector *collector, const char *trace_id, const char *service, const char *name, int kind)
{
        const struct seen_span *all;
        size_t count = collector_spans(collector, 0, &all);
        for (size_t i = 0; i < count; i++)
                if (strcmp(all[i].trace_id, trace_id) == 0 && strcmp(all[i].service, service) == 0 &&
                        strcmp(all[i].name, name) == 0 && all[i].kind == kind)
                        return &all[i];
        return NULL;
}
