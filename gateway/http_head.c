/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http_head.h"

#include "gateway/http.h"

#include <ctype.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { JOINED_MAX = 16 /* lines that are joined to others of their name */ };

static const struct {
        const char *name;
        size_t size;
} header_names[HEADER_COUNT] = {
#define HEADER(id, text) [HEADER_##id] = {text, sizeof text - 1},
#include "gateway/header.def"
#undef HEADER
};

/* Those that may come in several lines, which are then read as one (RFC 9110, section 5.2). */
static const bool is_list[HEADER_COUNT] = {
        [HEADER_ACCEPT_ENCODING] = true,
        [HEADER_FORWARDED] = true,
        [HEADER_FORWARDED_FOR] = true,
        [HEADER_IF_NONE_MATCH] = true,
        [HEADER_PREFER] = true,
};

/* RFC 9112, section 3.2.2: a server must take the absolute form, of which only the path matters here. */
static const char *skip_authority(const char *uri)
{
        static const char scheme[] = "http://";
        if (strncasecmp(uri, scheme, sizeof scheme - 1) != 0)
                return uri;
        const char *path = strchr(uri + sizeof scheme - 1, '/');
        return path == NULL ? "/" : path;
}

void http_head_read_uri(struct exchange *exchange, const char *uri)
{
        struct request *request = &exchange->request;
        request->path = "/";
        if (uri == NULL || strnlen(uri, HTTP_URI_MAX + 1) > HTTP_URI_MAX) {
                request->fault = uri == NULL ? PROBLEM_MALFORMED_REQUEST : PROBLEM_URI_TOO_LONG;
                return;
        }
        char *path = arena_strdup(exchange->arena, skip_authority(uri));
        char *mark = strchr(path, '?');
        if (mark != NULL) {
                *mark = '\0';
                request->query = mark + 1;
        }
        request->path = path;
}

/* A field's name is a token (RFC 9110, section 5.6.2). "Transfer-Encoding :" is none: the library would not know it for
 * what the next reader takes it for. */
static bool is_token(const char *name, size_t size)
{
        static const char others[] = "!#$%&'*+-.^_`|~";
        for (size_t i = 0; i < size; i++)
                if (!isalnum((unsigned char)name[i]) && (name[i] == '\0' || strchr(others, name[i]) == NULL))
                        return false;
        return size > 0;
}

/* What of the request's headers was read so far. */
struct reading {
        struct exchange *exchange;
        unsigned n_joined;
};

static void take_value(struct reading *reading, enum header id, const char *value)
{
        struct request *request = &reading->exchange->request;
        if (request->headers[id] == NULL)
                request->headers[id] = value;
        else if (is_list[id] && ++reading->n_joined <= JOINED_MAX)
                request->headers[id] = arena_printf(reading->exchange->arena, "%s, %s", request->headers[id], value);
        else
                request->fault = PROBLEM_MALFORMED_REQUEST;
}

static enum MHD_Result take_header(
        void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value, size_t value_size)
{
        struct reading *reading = cls;
        struct request *request = &reading->exchange->request;
        (void)kind;
        if (!is_token(name, name_size))
                request->fault = PROBLEM_MALFORMED_REQUEST;
        for (size_t i = 0; i < HEADER_COUNT; i++) {
                if (header_names[i].size != name_size || strncasecmp(header_names[i].name, name, name_size) != 0)
                        continue;
                if (value != NULL && strlen(value) == value_size)
                        take_value(reading, i, value);
                else
                        request->fault = PROBLEM_MALFORMED_REQUEST;
                break;
        }
        return MHD_YES;
}

/* Where a body ends must be said once and plainly, or two readers of one stream disagree (RFC 9112, section 6.3). */
static enum problem judge_framing(const struct request *request)
{
        const char *length = request->headers[HEADER_CONTENT_LENGTH];
        const char *encoding = request->headers[HEADER_TRANSFER_ENCODING];
        bool is_length = length == NULL || (*length != '\0' && length[strspn(length, "0123456789")] == '\0');
        bool is_encoding = encoding == NULL || (length == NULL && strcasecmp(encoding, "chunked") == 0);
        return is_length && is_encoding ? PROBLEM_NONE : PROBLEM_MALFORMED_REQUEST;
}

size_t http_head_announced(const struct request *request)
{
        const char *length = request->headers[HEADER_CONTENT_LENGTH];
        return length == NULL ? 0 : strtoull(length, NULL, 10);
}

void http_head_read(struct exchange *exchange, const char *verb, size_t body_max)
{
        struct request *request = &exchange->request;
        struct reading reading = {.exchange = exchange};
        struct MHD_Connection *connection = exchange->link.connection;
        request->verb = verb;
        request->body_max = body_max;
        request->peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
        request->is_encrypted = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_PROTOCOL) != NULL;
        MHD_get_connection_values_n(connection, MHD_HEADER_KIND, take_header, &reading);
        size_t size = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
        if (request->fault == PROBLEM_NONE)
                request->fault = judge_framing(request);
        if (request->fault == PROBLEM_NONE && size > HTTP_HEADERS_MAX)
                request->fault = PROBLEM_HEADERS_TOO_LARGE;
        if (request->fault == PROBLEM_NONE && http_head_announced(request) > body_max)
                request->fault = PROBLEM_PAYLOAD_TOO_LARGE;
}
