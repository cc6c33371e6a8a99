/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/streaming.h"

#include "common/buffer.h"
#include "tests/e2e/wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_MAX = 512, HEAD_S = 30 };

struct tap {
        int fd;
        struct arena *arena;
        struct buffer raw; /* behind the head */
        size_t decoded;    /* bytes of it */
        struct buffer text;
        size_t parsed;
        const char *head;
        int count;
        struct {
                cJSON *data;
                long id;
        } events[EVENTS_MAX];
        bool is_closed;
        bool is_whole;
};

static const char *request(struct user user, const char *query, const char *headers)
{
        return text("GET /api/v1/social/events%s HTTP/1.1\r\nHost: test\r\n%s%s%s%s\r\n", query,
                user.token == NULL ? "" : "Authorization: Bearer ", user.token == NULL ? "" : user.token,
                user.token == NULL ? "" : "\r\n", headers);
}

struct answer tap_refusal(struct user user, const char *query, const char *headers)
{
        const char *bytes = request(user, query, headers);
        return wire_ask(bytes, strlen(bytes));
}

static bool read_more(struct tap *tap, int patience_ms)
{
        struct pollfd poll_fd = {.fd = tap->fd, .events = POLLIN};
        if (tap->is_closed || poll(&poll_fd, 1, patience_ms) <= 0)
                return false;
        ssize_t got = recv(tap->fd, buffer_reserve(&tap->raw, 4096), 4096, 0);
        tap->is_closed = got <= 0;
        if (got > 0)
                tap->raw.length += (size_t)got;
        return got > 0;
}

static void read_head(struct tap *tap)
{
        const char *end = NULL;
        double until = now_s() + HEAD_S;
        while (end == NULL && !tap->is_closed && now_s() < until) {
                read_more(tap, 100);
                end = tap->raw.length == 0 ? NULL : memmem(tap->raw.bytes, tap->raw.length, "\r\n\r\n", 4);
        }
        ck_assert_msg(end != NULL, "no head");
        tap->decoded = (size_t)(end + 4 - tap->raw.bytes);
        tap->head = arena_strndup(tap->arena, tap->raw.bytes, tap->decoded);
        ck_assert_msg(strncmp(tap->head, "HTTP/1.1 200 ", 13) == 0, "no stream: %s", tap->head);
        ck_assert_ptr_nonnull(strcasestr(tap->head, "Transfer-Encoding: chunked"));
}

/* Whole chunks only. */
static void decode(struct tap *tap)
{
        while (tap->decoded < tap->raw.length && !tap->is_whole) {
                const char *at = tap->raw.bytes + tap->decoded, *limit = tap->raw.bytes + tap->raw.length;
                const char *line_end = memmem(at, (size_t)(limit - at), "\r\n", 2);
                if (line_end == NULL)
                        return;
                size_t size = strtoul(at, NULL, 16);
                if ((size_t)(limit - line_end) < size + 4)
                        return;
                buffer_append(&tap->text, line_end + 2, size);
                tap->decoded = (size_t)(line_end + 2 + size + 2 - tap->raw.bytes);
                tap->is_whole = size == 0;
        }
}

static void take_event(struct tap *tap, const char *event)
{
        const char *data = strstr(event, "data: "), *id = strstr(event, "id: ");
        if (data == NULL)
                return; /* a comment, or how soon to come back */
        ck_assert_int_lt(tap->count, EVENTS_MAX);
        cJSON *json = cJSON_Parse(data + strlen("data: "));
        ck_assert_msg(json != NULL, "no JSON: %s", data);
        tap->events[tap->count].id = id == NULL || id > data ? -1 : strtol(id + strlen("id: "), NULL, 10);
        tap->events[tap->count++].data = json;
}

static void parse(struct tap *tap)
{
        const char *end;
        decode(tap);
        while (tap->parsed < tap->text.length && (end = strstr(tap->text.bytes + tap->parsed, "\n\n")) != NULL) {
                size_t size = (size_t)(end - tap->text.bytes) - tap->parsed;
                take_event(tap, arena_strndup(tap->arena, tap->text.bytes + tap->parsed, size));
                tap->parsed += size + 2;
        }
}

struct tap *tap_open(struct user user, const char *query, const char *headers)
{
        struct tap *tap = calloc(1, sizeof *tap);
        const char *bytes = request(user, query, headers);
        tap->arena = arena_new(0);
        tap->raw = buffer_in(tap->arena);
        tap->text = buffer_in(tap->arena);
        tap->fd = wire_connect();
        ck_assert_int_eq(send(tap->fd, bytes, strlen(bytes), MSG_NOSIGNAL), (ssize_t)strlen(bytes));
        read_head(tap);
        return tap;
}

void tap_close(struct tap *tap)
{
        for (int i = 0; i < tap->count; i++)
                cJSON_Delete(tap->events[i].data);
        close(tap->fd);
        arena_free(tap->arena);
        free(tap);
}

const char *tap_head(const struct tap *tap)
{
        return tap->head;
}

const char *tap_text(const struct tap *tap)
{
        return buffer_text(&tap->text);
}

static int find(const struct tap *tap, const char *type)
{
        for (int i = 0; i < tap->count; i++)
                if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(tap->events[i].data, "type")), type) == 0)
                        return i;
        return -1;
}

const cJSON *tap_hear(struct tap *tap, const char *type, double seconds)
{
        double until = now_s() + seconds;
        parse(tap);
        while (find(tap, type) < 0 && !tap->is_closed && !tap->is_whole && now_s() < until) {
                read_more(tap, 100);
                parse(tap);
        }
        int i = find(tap, type);
        return i < 0 ? NULL : tap->events[i].data;
}

long tap_id(struct tap *tap, const char *type)
{
        int i = find(tap, type);
        return i < 0 ? -1 : tap->events[i].id;
}

int tap_count(struct tap *tap, const char *type)
{
        int count = 0;
        for (int i = 0; i < tap->count; i++)
                count += strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(tap->events[i].data, "type")), type) == 0;
        return count;
}

bool tap_ends(struct tap *tap, double seconds)
{
        double until = now_s() + seconds;
        while (!tap->is_closed && !tap->is_whole && now_s() < until) {
                read_more(tap, 100);
                parse(tap);
        }
        return tap->is_whole;
}
