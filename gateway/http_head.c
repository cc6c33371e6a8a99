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
        [HEADER_ACCEPT] = true,
        [HEADER_ACCEPT_ENCODING] = true,
        [HEADER_FORWARDED] = true,
        [HEADER_FORWARDED_FOR] = true,
        [HEADER_IF_NONE_MATCH] = true,
        [HEADER_PREFER] = true,
};

/* RFC 9112, section 3.2.2: a server must take the absolute form, of which only the path matters here. */
static const char *skip_authority(const char *uri)
{
        static const char *const schemes[] = {"http://", "https://"};
        for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
                size_t length = strlen(schemes[i]);
                if (strncasecmp(uri, schemes[i], length) != 0)
                        continue;
                const char *path = strchr(uri + length, '/');
                return path == NULL ? "/" : path;
        }
        return uri;
}

void http_head_read_uri(struct exchange *exchange, const char *uri)
{
        struct request *request = &exchange->request;
        request->path = "/";
        exchange->link.uri_end = uri == NULL ? NULL : uri + strlen(uri);
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

/* No control characters but tabs (RFC 9110, section 5.5): a CR alone ends a line to some. */
static bool is_value(const char *value, size_t size)
{
        for (size_t i = 0; i < size; i++)
                if (iscntrl((unsigned char)value[i]) && value[i] != '\t')
                        return false;
        return true;
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

/* Blanks behind a value are no part of it (RFC 9112, section 5.1). Those that say where a body ends stay as the library
 * has read them: to it, "chunked " is nothing it knows. */
static const char *trimmed(struct reading *reading, enum header id, const char *value, size_t size)
{
        size_t length = size;
        while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
                length--;
        if (length == size || id == HEADER_CONTENT_LENGTH || id == HEADER_TRANSFER_ENCODING)
                return value;
        return arena_strndup(reading->exchange->arena, value, length);
}

static enum MHD_Result take_header(
        void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value, size_t value_size)
{
        struct reading *reading = cls;
        struct request *request = &reading->exchange->request;
        (void)kind;
        if (!is_token(name, name_size) || !is_value(value == NULL ? "" : value, value_size))
                request->fault = PROBLEM_MALFORMED_REQUEST;
        for (size_t i = 0; i < HEADER_COUNT; i++) {
                if (header_names[i].size != name_size || strncasecmp(header_names[i].name, name, name_size) != 0)
                        continue;
                if (value != NULL && strlen(value) == value_size)
                        take_value(reading, i, trimmed(reading, i, value, value_size));
                else
                        request->fault = PROBLEM_MALFORMED_REQUEST;
                break;
        }
        return MHD_YES;
}

/* A name or an address, and a port: others read from it where the request goes (RFC 9112, section 3.2). That there is
 * one is the library's to see. */
static bool is_host(const char *host)
{
        static const char allowed[] =
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+;=[]:";
        return host == NULL || host[strspn(host, allowed)] == '\0';
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

/* The library's address ends at the first NUL, and what stands behind it in the line is seen by nobody but those in
 * front of us. Both texts are pieces of one line, with a space between them. */
static bool has_nul(const char *uri_end, const char *version)
{
        uintptr_t end = (uintptr_t)uri_end, behind = (uintptr_t)version;
        return uri_end != NULL && behind > end + 1 && behind - end < HTTP_HEADERS_MAX;
}

void http_head_read(struct exchange *exchange, const char *verb, const char *version, size_t body_max)
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
        if (request->fault == PROBLEM_NONE && has_nul(exchange->link.uri_end, version))
                request->fault = PROBLEM_MALFORMED_REQUEST;
        if (request->fault == PROBLEM_NONE && !is_host(request->headers[HEADER_HOST]))
                request->fault = PROBLEM_MALFORMED_REQUEST;
        if (request->fault == PROBLEM_NONE)
                request->fault = judge_framing(request);
        if (request->fault == PROBLEM_NONE && size > HTTP_HEADERS_MAX)
                request->fault = PROBLEM_HEADERS_TOO_LARGE;
        if (request->fault == PROBLEM_NONE && http_head_announced(request) > body_max)
                request->fault = PROBLEM_PAYLOAD_TOO_LARGE;
}
