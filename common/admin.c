/* SPDX-License-Identifier: Apache-2.0 */
/* One thread of libmicrohttpd's own serves a handful of connections; nothing here is on the path of a user's request.
 */
#include "common/admin.h"

#include "common/address.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 32, CONNECTION_MEMORY = 8 << 10, STACK_SIZE = 256 << 10, TIMEOUT_S = 10 };

struct admin {
        struct admin_settings settings;
        struct MHD_Daemon *daemon;
};

struct page {
        unsigned code;
        const char *text;
        const char *type; /* NULL: plain text */
};

/* What a page may look at. */
struct asked {
        const struct admin *admin;
        struct arena *arena;
        const char *accept; /* NULL: not sent */
};

static struct page print_live(const struct asked *asked)
{
        (void)asked;
        return (struct page){MHD_HTTP_OK, "alive\n", NULL};
}

static struct page print_ready(const struct asked *asked)
{
        const struct admin_settings *settings = &asked->admin->settings;
        bool is_ready = settings->is_ready == NULL || settings->is_ready(settings->owner);
        return is_ready ? (struct page){MHD_HTTP_OK, "ready\n", NULL}
                        : (struct page){MHD_HTTP_SERVICE_UNAVAILABLE, "not ready\n", NULL};
}

static struct page print_metrics(const struct asked *asked)
{
        enum metrics_format format = metrics_format_choose(asked->accept);
        struct buffer out = buffer_in(asked->arena);
        metrics_print(asked->admin->settings.metrics, format, &out);
        return (struct page){MHD_HTTP_OK, buffer_text(&out), metrics_format_type(format)};
}

static const struct {
        const char *path;
        struct page (*print)(const struct asked *asked);
} pages[] = {
        {"/livez", print_live},
        {"/readyz", print_ready},
        {"/metrics", print_metrics},
};

static struct page print_page(const struct asked *asked, const char *path)
{
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
                if (strcmp(pages[i].path, path) == 0)
                        return pages[i].print(asked);
        return (struct page){MHD_HTTP_NOT_FOUND, "not found\n", NULL};
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *path, const char *verb,
        const char *version, const char *upload, size_t *upload_size, void **state)
{
        static int is_begun;
        (void)version;
        (void)upload;
        if (*state == NULL) { /* the headers have come; the rest, which nobody reads, has not */
                *state = &is_begun;
                return MHD_YES;
        }
        if (*upload_size > 0) {
                *upload_size = 0;
                return MHD_YES;
        }
        bool is_read = strcmp(verb, MHD_HTTP_METHOD_GET) == 0 || strcmp(verb, MHD_HTTP_METHOD_HEAD) == 0;
        struct arena *arena = arena_new(0);
        const struct asked asked = {
                cls, arena, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT)};
        struct page page =
                is_read ? print_page(&asked, path) : (struct page){MHD_HTTP_METHOD_NOT_ALLOWED, "only GET\n", NULL};
        struct MHD_Response *response =
                MHD_create_response_from_buffer(strlen(page.text), (void *)(size_t)page.text, MHD_RESPMEM_MUST_COPY);
        arena_free(arena);
        MHD_add_response_header(
                response, MHD_HTTP_HEADER_CONTENT_TYPE, page.type == NULL ? "text/plain; charset=utf-8" : page.type);
        MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT);
        enum MHD_Result result = MHD_queue_response(connection, page.code, response);
        MHD_destroy_response(response);
        return result;
}

static struct MHD_Daemon *start_daemon(struct admin *admin, const union address *address)
{
        unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
        if (address->any.sa_family == AF_INET6)
                flags |= MHD_USE_IPv6;
        return MHD_start_daemon(flags, 0, NULL, NULL, answer, admin, MHD_OPTION_SOCK_ADDR, &address->any,
                MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
                MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_SIZE, MHD_OPTION_END);
}

/* The file appears whole or not at all: whoever waits for it never reads half an address. */
static status announce(const char *path, const char *address)
{
        char passing[4096];
        if (snprintf(passing, sizeof passing, "%s.new", path) >= (int)sizeof passing)
                return STATUS_INVALID_ARGUMENT;
        FILE *file = fopen(passing, "we");
        if (file == NULL)
                return STATUS_UNAVAILABLE;
        bool is_written = fprintf(file, "%s\n", address) > 0;
        is_written = fclose(file) == 0 && is_written;
        return is_written && rename(passing, path) == 0 ? STATUS_OK : STATUS_UNAVAILABLE;
}

static status listen_and_announce(struct admin *admin)
{
        const struct admin_settings *settings = &admin->settings;
        union address address;
        char text[ADDRESS_TEXT_SIZE];
        if (address_parse(settings->address, &address) != STATUS_OK) {
                fprintf(stderr, "admin: \"%s\" is no address\n", settings->address);
                return STATUS_UNAVAILABLE;
        }
        admin->daemon = start_daemon(admin, &address);
        if (admin->daemon == NULL) {
                fprintf(stderr, "admin: cannot listen on %s\n", settings->address);
                return STATUS_UNAVAILABLE;
        }
        address_format(&address, MHD_get_daemon_info(admin->daemon, MHD_DAEMON_INFO_BIND_PORT)->port, text);
        if (settings->announce != NULL && announce(settings->announce, text) != STATUS_OK) {
                fprintf(stderr, "admin: cannot write %s\n", settings->announce);
                return STATUS_UNAVAILABLE;
        }
        return STATUS_OK;
}

status admin_start(const struct admin_settings *settings, struct admin **out)
{
        struct admin *admin = calloc(1, sizeof *admin);
        if (admin == NULL)
                return STATUS_UNAVAILABLE;
        admin->settings = *settings;
        if (listen_and_announce(admin) != STATUS_OK) {
                admin_stop(admin);
                return STATUS_UNAVAILABLE;
        }
        *out = admin;
        return STATUS_OK;
}

void admin_stop(struct admin *admin)
{
        if (admin == NULL)
                return;
        if (admin->daemon != NULL)
                MHD_stop_daemon(admin->daemon);
        if (admin->settings.announce != NULL)
                unlink(admin->settings.announce);
        free(admin);
}
