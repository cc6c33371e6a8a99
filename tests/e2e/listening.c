/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/listening.h"

#include "tests/e2e/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

enum { HEARD_MAX = 1000, HANDSHAKE_MAX = 4096 };

static const char KEY[] = "dGhlIHNhbXBsZSBub25jZQ==";
static const char ACCEPT[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; /* RFC 6455, section 1.3 */

struct ear {
        int fd;
        wslay_event_context_ptr wire;
        int count;
        cJSON *heard[HEARD_MAX];
        int64_t last_seq;
        int code;
        bool is_over;
};

static ssize_t receive_bytes(wslay_event_context_ptr wire, uint8_t *bytes, size_t size, int flags, void *owner)
{
        struct ear *ear = owner;
        (void)flags;
        ssize_t n = recv(ear->fd, bytes, size, MSG_DONTWAIT);
        if (n > 0)
                return n;
        wslay_event_set_error(wire, n < 0 && errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

static ssize_t send_bytes(wslay_event_context_ptr wire, const uint8_t *bytes, size_t size, int flags, void *owner)
{
        struct ear *ear = owner;
        (void)flags;
        ssize_t n = send(ear->fd, bytes, size, MSG_NOSIGNAL);
        if (n < 0)
                wslay_event_set_error(wire, WSLAY_ERR_CALLBACK_FAILURE);
        return n;
}

static int make_mask(wslay_event_context_ptr wire, uint8_t *mask, size_t size, void *owner)
{
        (void)wire;
        (void)owner;
        memset(mask, 0x5a, size);
        return 0;
}

static void receive_message(
        wslay_event_context_ptr wire, const struct wslay_event_on_msg_recv_arg *message, void *owner)
{
        struct ear *ear = owner;
        (void)wire;
        if (message->opcode == WSLAY_CONNECTION_CLOSE)
                ear->code = message->status_code;
        if (message->opcode != WSLAY_TEXT_FRAME)
                return;
        ck_assert_int_lt(ear->count, HEARD_MAX);
        ear->heard[ear->count] = cJSON_ParseWithLength((const char *)message->msg, message->msg_length);
        ck_assert_msg(ear->heard[ear->count] != NULL, "no JSON: %.*s", (int)message->msg_length, message->msg);
        ear->count++;
}

/* `place` is what stands behind /ws/: an id, or an id and a query. */
static const char *handshake(struct user user, const char *place, const char *more)
{
        return text("GET /api/v1/social/ws/%s HTTP/1.1\r\nHost: test\r\n%s%s%s%s\r\n", place,
                user.token == NULL ? "" : "Authorization: Bearer ", user.token == NULL ? "" : user.token,
                user.token == NULL ? "" : "\r\n", more);
}

const char *ear_upgrade_headers(void)
{
        return text(
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n",
                KEY);
}

struct answer ear_handshake(struct user user, const char *place, const char *more_headers)
{
        const char *request = handshake(user, place, more_headers != NULL ? more_headers : ear_upgrade_headers());
        return wire_ask(request, strlen(request));
}

/* Reads the head alone: what follows is frames. */
static void read_head(int fd)
{
        char head[HANDSHAKE_MAX];
        size_t length = 0;
        while (length < sizeof head - 1 && read(fd, head + length, 1) == 1) {
                head[++length] = '\0';
                if (length >= 4 && strcmp(head + length - 4, "\r\n\r\n") == 0)
                        break;
        }
        ck_assert_msg(strncmp(head, "HTTP/1.1 101 ", 13) == 0, "no upgrade: %.*s", (int)length, head);
        ck_assert_ptr_nonnull(strstr(head, ACCEPT));
}

static void serve(struct ear *ear, int patience_ms)
{
        struct pollfd poll_fd = {.fd = ear->fd, .events = POLLIN};
        if (!ear->is_over && wslay_event_want_write(ear->wire) && wslay_event_send(ear->wire) != 0)
                ear->is_over = true;
        if (ear->is_over || poll(&poll_fd, 1, patience_ms) <= 0)
                return;
        if (wslay_event_recv(ear->wire) != 0 || (wslay_event_send(ear->wire) != 0))
                ear->is_over = true;
        ear->is_over |= !wslay_event_want_read(ear->wire);
}

static struct ear *open_at(const char *request)
{
        static const struct wslay_event_callbacks callbacks = {
                .recv_callback = receive_bytes,
                .send_callback = send_bytes,
                .genmask_callback = make_mask,
                .on_msg_recv_callback = receive_message,
        };
        struct ear *ear = calloc(1, sizeof *ear);
        ear->fd = wire_connect();
        ck_assert_int_eq(send(ear->fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
        read_head(ear->fd);
        ck_assert_int_eq(wslay_event_context_client_init(&ear->wire, &callbacks, ear), 0);
        const cJSON *hello = ear_hear(ear, "hello", 30);
        ck_assert_msg(hello != NULL, "no hello");
        ear->last_seq = (int64_t)cJSON_GetObjectItem(hello, "last_seq")->valuedouble;
        return ear;
}

struct ear *ear_open(struct user user)
{
        return open_at(handshake(user, user.id, ear_upgrade_headers()));
}

struct ear *ear_open_at(const char *place, const char *more_headers)
{
        return open_at(handshake(nobody, place, text("%s%s", ear_upgrade_headers(), more_headers)));
}

void ear_close(struct ear *ear)
{
        for (int i = 0; i < ear->count; i++)
                cJSON_Delete(ear->heard[i]);
        wslay_event_context_free(ear->wire);
        close(ear->fd);
        free(ear);
}

int64_t ear_last_seq(const struct ear *ear)
{
        return ear->last_seq;
}

void ear_say(struct ear *ear, const char *json)
{
        const struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)json, strlen(json)};
        ck_assert_int_eq(wslay_event_queue_msg(ear->wire, &message), 0);
        serve(ear, 0);
}

static const cJSON *find(const struct ear *ear, const char *type)
{
        for (int i = 0; i < ear->count; i++) {
                const cJSON *given = cJSON_GetObjectItem(ear->heard[i], "type");
                if (cJSON_IsString(given) && strcmp(given->valuestring, type) == 0)
                        return ear->heard[i];
        }
        return NULL;
}

const cJSON *ear_hear(struct ear *ear, const char *type, double seconds)
{
        double until = now_s() + seconds;
        while (find(ear, type) == NULL && !ear->is_over && now_s() < until)
                serve(ear, 100);
        return find(ear, type);
}

int ear_count(const struct ear *ear, const char *type)
{
        int count = 0;
        for (int i = 0; i < ear->count; i++) {
                const cJSON *given = cJSON_GetObjectItem(ear->heard[i], "type");
                count += cJSON_IsString(given) && strcmp(given->valuestring, type) == 0;
        }
        return count;
}

int ear_closed(struct ear *ear, double seconds)
{
        double until = now_s() + seconds;
        while (ear->code == 0 && !ear->is_over && now_s() < until)
                serve(ear, 100);
        return ear->code;
}
