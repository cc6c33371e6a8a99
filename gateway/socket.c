/* SPDX-License-Identifier: Apache-2.0 */
/* wslay frames and masks; what is inside is one small JSON object a message. */
#include "gateway/socket.h"

#include "common/clock.h"
#include "common/json_read.h"
#include "common/json_scan.h"
#include "common/json_write.h"
#include "common/schema.h"
#include "common/validate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

struct socket {
        struct listener listener;
        const struct schema *schema;
        struct socket_line line;
        wslay_event_context_ptr wire;
        bool is_failed;
        bool is_refused;  /* what comes is no WebSocket frame */
        bool has_hung_up; /* everything is said; what still comes is thrown away */
        int64_t heard_us, pinged_us, pace_us;
        int64_t closed_us; /* the first tick that saw it closing */
        int pace;
        int n_reads; /* since it was served last */
};

static struct socket *socket_of(const struct listener *listener)
{
        return (struct socket *)(size_t)listener;
}

static ssize_t receive_bytes(wslay_event_context_ptr wire, uint8_t *bytes, size_t size, int flags, void *owner)
{
        struct socket *socket = owner;
        (void)flags;
        if (socket->n_reads++ == SOCKET_READS_MAX) {
                wslay_event_set_error(wire, WSLAY_ERR_WOULDBLOCK);
                return -1;
        }
        ssize_t n = recv(socket->line.fd, bytes, size, MSG_DONTWAIT);
        if (n > 0)
                return n;
        bool is_later = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        socket->is_failed |= !is_later;
        wslay_event_set_error(wire, is_later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

static ssize_t send_bytes(wslay_event_context_ptr wire, const uint8_t *bytes, size_t size, int flags, void *owner)
{
        struct socket *socket = owner;
        (void)flags;
        ssize_t n = send(socket->line.fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
                return n;
        bool is_later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        wslay_event_set_error(wire, is_later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

static void close_with(struct listener *listener, uint16_t code)
{
        if (listener->is_closing)
                return;
        listener->is_closing = true;
        wslay_event_queue_close(socket_of(listener)->wire, code, NULL, 0);
}

/* A reader that falls behind is cut off; it can resume. */
static void say(struct listener *listener, const struct buffer *text, int64_t position)
{
        struct socket *socket = socket_of(listener);
        const struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)text->bytes, text->length};
        (void)position;
        if (listener->is_closing || !wslay_event_want_read(socket->wire))
                return;
        if (wslay_event_get_queued_msg_length(socket->wire) > SOCKET_QUEUED_MAX)
                close_with(listener, CLOSE_TOO_SLOW);
        else if (wslay_event_queue_msg(socket->wire, &message) != 0)
                socket->is_failed = true;
}

static void say_pong(struct listener *listener, struct arena *arena)
{
        Sfp__SocketNote pong = SFP__SOCKET_NOTE__INIT;
        struct buffer text = buffer_in(arena);
        pong.type = (char *)(size_t) "pong";
        json_write(&text, &pong.base);
        say(listener, &text, NO_POSITION);
}

static void answer(struct listener *listener, struct arena *arena, const Sfp__SocketRequest *request)
{
        if (strcmp(request->type, "ping") == 0)
                say_pong(listener, arena);
        else if (strcmp(request->type, "resume") == 0 && listener->is_greeted)
                listener_resume(listener, request->has_last_seq ? request->last_seq : 0);
        else if (strcmp(request->type, "subscribe") == 0)
                listener_subscribe(listener, request->n_topics, request->topics);
}

static bool is_too_fast(struct socket *socket)
{
        int64_t now = clock_now_us();
        if (now - socket->pace_us > SOCKET_PACE_MS * INT64_C(1000)) {
                socket->pace_us = now;
                socket->pace = 0;
        }
        return ++socket->pace > SOCKET_PACE;
}

static void read_text(struct socket *socket, const uint8_t *bytes, size_t size)
{
        struct arena *arena = arena_new(0);
        struct violations violations = violations_in(arena);
        const struct schema_message *type = schema_message_find(socket->schema, &sfp__socket_request__descriptor);
        Sfp__SocketRequest request = SFP__SOCKET_REQUEST__INIT;
        struct json json;
        const char *why;
        const char *text = size == 0 ? "" : (const char *)bytes; /* wslay has no bytes of an empty message */
        bool is_good = json_scan(arena, text, size, &json, &why) == STATUS_OK &&
                       json_read(arena, &json, type, &request.base, JSON_STRICT, &violations) == STATUS_OK;
        if (is_good)
                validate_message(type, &request.base, &violations);
        if (is_good && violations.count == 0)
                answer(&socket->listener, arena, &request);
        else
                close_with(&socket->listener, CLOSE_BAD_MESSAGE);
        arena_free(arena);
}

static void receive_message(
        wslay_event_context_ptr wire, const struct wslay_event_on_msg_recv_arg *message, void *owner)
{
        struct socket *socket = owner;
        (void)wire;
        socket->heard_us = clock_now_us();
        if (message->opcode == WSLAY_PONG || message->opcode == WSLAY_CONNECTION_CLOSE || socket->listener.is_closing)
                return;
        if (is_too_fast(socket))
                close_with(&socket->listener, CLOSE_TOO_FAST);
        else if (message->opcode == WSLAY_PING)
                return; /* wslay has answered it */
        else if (message->opcode == WSLAY_TEXT_FRAME)
                read_text(socket, message->msg, message->msg_length);
        else
                close_with(&socket->listener, CLOSE_BAD_DATA);
}

/* A close has no body, or one of two bytes at least (section 5.5.1). */
static void begin_frame(
        wslay_event_context_ptr wire, const struct wslay_event_on_frame_recv_start_arg *frame, void *owner)
{
        struct socket *socket = owner;
        (void)wire;
        if (frame->opcode == WSLAY_CONNECTION_CLOSE && frame->payload_length == 1)
                close_with(&socket->listener, CLOSE_BAD_PROTOCOL);
}

static bool wants_write(const struct listener *listener)
{
        const struct socket *socket = socket_of(listener);
        return !socket->has_hung_up && wslay_event_want_write(socket->wire);
}

/* RFC 6455, section 7.1.1: what was said last may be lost when a connection is closed whose bytes are not all read. */
static void hang_up(struct socket *socket)
{
        uint8_t bytes[1024];
        if (!socket->has_hung_up)
                shutdown(socket->line.fd, SHUT_WR);
        socket->has_hung_up = socket->listener.is_closing = true;
        ssize_t n = recv(socket->line.fd, bytes, sizeof bytes, MSG_DONTWAIT);
        socket->is_failed |= n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/* wslay answers a frame that is none with a close without a code. Where nothing else is half written we say it better.
 */
static void read_frames(struct socket *socket)
{
        static const uint8_t protocol_error[] = {0x88, 2, CLOSE_BAD_PROTOCOL >> 8, CLOSE_BAD_PROTOCOL & 0xff};
        bool is_idle = !wslay_event_want_write(socket->wire);
        socket->n_reads = 0;
        if (wslay_event_recv(socket->wire) == 0 || socket->is_failed)
                return;
        socket->is_refused = true;
        if (is_idle) {
                send(socket->line.fd, protocol_error, sizeof protocol_error, MSG_DONTWAIT | MSG_NOSIGNAL);
                hang_up(socket);
        }
}

static bool serve(struct listener *listener, bool can_read, bool can_write)
{
        struct socket *socket = socket_of(listener);
        bool is_done = socket->is_refused || !wslay_event_want_read(socket->wire);
        if (can_read && !is_done)
                read_frames(socket);
        if (can_write && !socket->has_hung_up && wslay_event_want_write(socket->wire) &&
                wslay_event_send(socket->wire) != 0)
                socket->is_failed = true;
        is_done = socket->is_refused || !wslay_event_want_read(socket->wire);
        if (socket->has_hung_up || (is_done && !wslay_event_want_write(socket->wire)))
                hang_up(socket);
        return !socket->is_failed;
}

static void beat(struct socket *socket, int64_t now_us)
{
        const struct wslay_event_msg ping = {WSLAY_PING, NULL, 0};
        if (now_us - socket->pinged_us < SOCKET_HEARTBEAT_MS * INT64_C(1000) || socket->listener.is_closing)
                return;
        socket->pinged_us = now_us;
        wslay_event_queue_msg(socket->wire, &ping);
}

static bool tick(struct listener *listener, int64_t now_us)
{
        struct socket *socket = socket_of(listener);
        if (now_us - socket->heard_us > SOCKET_IDLE_MS * INT64_C(1000))
                close_with(listener, CLOSE_IDLE);
        if (listener->is_closing && socket->closed_us == 0)
                socket->closed_us = now_us;
        if (listener->is_closing && now_us - socket->closed_us > SOCKET_FAREWELL_MS * INT64_C(1000))
                socket->is_failed = true;
        beat(socket, now_us);
        return serve(listener, false, true);
}

static void free_socket(struct listener *listener)
{
        struct socket *socket = socket_of(listener);
        wslay_event_context_free(socket->wire);
        socket->line.let_go(socket->line.fd, socket->line.handle);
        listener_fini(listener);
        free(socket);
}

struct listener *socket_new(
        const struct schema *schema, const struct socket_line *line, const Sfp__Caller *caller, int64_t expires_at)
{
        static const struct listener_kind kind = {
                SOCKET_HEARTBEAT_MS, say, serve, wants_write, tick, close_with, free_socket};
        static const struct wslay_event_callbacks callbacks = {
                .recv_callback = receive_bytes,
                .send_callback = send_bytes,
                .on_frame_recv_start_callback = begin_frame,
                .on_msg_recv_callback = receive_message,
        };
        struct socket *socket = calloc(1, sizeof *socket);
        if (socket == NULL || wslay_event_context_server_init(&socket->wire, &callbacks, socket) != 0) {
                free(socket);
                return NULL;
        }
        wslay_event_config_set_max_recv_msg_length(socket->wire, SOCKET_MESSAGE_MAX);
        listener_init(&socket->listener, &kind, line->fd, caller, expires_at);
        socket->schema = schema;
        socket->line = *line;
        socket->heard_us = socket->pinged_us = socket->pace_us = clock_now_us();
        return &socket->listener;
}
