/* SPDX-License-Identifier: Apache-2.0 */
/* wslay frames and masks; what is inside is one small JSON object a message. */
#include "gateway/socket.h"

#include "common/arena.h"
#include "common/buffer.h"
#include "common/clock.h"
#include "common/json_read.h"
#include "common/json_scan.h"
#include "common/json_write.h"
#include "common/schema.h"
#include "common/uuid.h"
#include "common/validate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

struct socket {
        const struct schema *schema;
        wslay_event_context_ptr wire;
        int fd;
        struct arena *arena; /* of what lives as long as the socket */
        Sfp__Caller caller;
        int64_t expires_at_us;
        char session[UUID_SIZE];
        bool is_greeted;
        bool wants_frames;
        bool is_failed;
        bool is_closing;
        int64_t position;    /* the last frame sent */
        int64_t replay_from; /* while a resume is answered; 0: none */
        int64_t heard_us, pinged_us, pace_us;
        int pace;
        size_t n_topics; /* 0: all */
        char *topics[SOCKET_TOPICS_MAX];
};

static ssize_t receive_bytes(wslay_event_context_ptr wire, uint8_t *bytes, size_t size, int flags, void *owner)
{
        struct socket *socket = owner;
        (void)flags;
        ssize_t n = recv(socket->fd, bytes, size, MSG_DONTWAIT);
        if (n > 0)
                return n;
        bool is_later = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        wslay_event_set_error(wire, is_later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

static ssize_t send_bytes(wslay_event_context_ptr wire, const uint8_t *bytes, size_t size, int flags, void *owner)
{
        struct socket *socket = owner;
        (void)flags;
        ssize_t n = send(socket->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
                return n;
        bool is_later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        wslay_event_set_error(wire, is_later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
}

void socket_close(struct socket *socket, uint16_t code)
{
        if (!socket->is_closing)
                wslay_event_queue_close(socket->wire, code, NULL, 0);
        socket->is_closing = true;
}

/* A reader that falls behind is cut off; it can resume. */
static void say(struct socket *socket, const struct buffer *text)
{
        const struct wslay_event_msg message = {WSLAY_TEXT_FRAME, (const uint8_t *)text->bytes, text->length};
        if (socket->is_closing)
                return;
        if (wslay_event_get_queued_msg_length(socket->wire) > SOCKET_QUEUED_MAX)
                socket_close(socket, SOCKET_TOO_SLOW);
        else if (wslay_event_queue_msg(socket->wire, &message) != 0)
                socket->is_failed = true;
}

static void say_message(struct socket *socket, const ProtobufCMessage *message)
{
        struct arena *arena = arena_new(0);
        struct buffer text = buffer_in(arena);
        json_write(&text, message);
        say(socket, &text);
        arena_free(arena);
}

static void greet(struct socket *socket, const Feed__Frames *frames)
{
        Sfp__SocketNote hello = SFP__SOCKET_NOTE__INIT;
        socket->is_greeted = true;
        socket->position = frames->last_seq;
        hello.type = (char *)(size_t) "hello";
        hello.session = socket->session;
        hello.has_last_seq = hello.has_heartbeat_ms = 1;
        hello.last_seq = frames->last_seq;
        hello.heartbeat_ms = SOCKET_HEARTBEAT_MS;
        say_message(socket, &hello.base);
}

static bool is_subscribed(const struct socket *socket, const char *type)
{
        for (size_t i = 0; i < socket->n_topics; i++)
                if (strcmp(socket->topics[i], type) == 0)
                        return true;
        return socket->n_topics == 0;
}

/* `data` is JSON already. */
static void say_frame(struct socket *socket, const Feed__Frame *frame)
{
        struct arena *arena = arena_new(0);
        struct buffer text = buffer_in(arena);
        Sfp__SocketFrame head = SFP__SOCKET_FRAME__INIT;
        head.has_seq = 1;
        head.seq = frame->seq;
        head.type = frame->type;
        head.event_id = frame->event_id;
        head.at = frame->at;
        json_write(&text, &head.base);
        text.length--; /* the closing brace */
        buffer_printf(&text, ",\"data\":%s}", frame->data == NULL || *frame->data == '\0' ? "{}" : frame->data);
        say(socket, &text);
        arena_free(arena);
}

static void say_replayed(struct socket *socket)
{
        Sfp__SocketNote note = SFP__SOCKET_NOTE__INIT;
        note.type = (char *)(size_t) "replayed";
        note.has_from = note.has_to = 1;
        note.from = socket->replay_from;
        note.to = socket->position;
        say_message(socket, &note.base);
        socket->replay_from = 0;
}

static void demand_resync(struct socket *socket, const Feed__Frames *frames)
{
        Sfp__SocketNote note = SFP__SOCKET_NOTE__INIT;
        note.type = (char *)(size_t) "resync_required";
        note.has_oldest_seq = note.has_last_seq = 1;
        note.oldest_seq = frames->oldest_seq;
        note.last_seq = frames->last_seq;
        say_message(socket, &note.base);
        socket->position = frames->last_seq;
        socket->replay_from = 0;
}

void socket_take(struct socket *socket, const Feed__Frames *frames)
{
        if (frames == NULL) {
                socket->wants_frames = true;
                return;
        }
        if (!socket->is_greeted) {
                greet(socket, frames);
                return;
        }
        if (socket->position + 1 < frames->oldest_seq && socket->position < frames->last_seq) {
                demand_resync(socket, frames);
                return;
        }
        for (size_t i = 0; i < frames->n_items; i++) {
                if (is_subscribed(socket, frames->items[i]->type))
                        say_frame(socket, frames->items[i]);
                socket->position = frames->items[i]->seq;
        }
        socket->wants_frames |= frames->n_items > 0 && socket->position < frames->last_seq;
        if (socket->replay_from > 0 && socket->position >= frames->last_seq)
                say_replayed(socket);
}

static void resume(struct socket *socket, int64_t last_seq)
{
        if (last_seq < 0 || last_seq > socket->position)
                last_seq = socket->position;
        socket->replay_from = last_seq + 1;
        socket->position = last_seq;
        socket->wants_frames = true;
}

static void subscribe(struct socket *socket, const Sfp__SocketRequest *request)
{
        for (size_t i = 0; i < socket->n_topics; i++)
                free(socket->topics[i]); /* allow(free): the socket outlives calls */
        socket->n_topics = 0;
        for (size_t i = 0; i < request->n_topics && i < SOCKET_TOPICS_MAX; i++)
                if ((socket->topics[socket->n_topics] = strdup(request->topics[i])) != NULL)
                        socket->n_topics++;
}

static void answer(struct socket *socket, const Sfp__SocketRequest *request)
{
        Sfp__SocketNote pong = SFP__SOCKET_NOTE__INIT;
        pong.type = (char *)(size_t) "pong";
        if (strcmp(request->type, "ping") == 0)
                say_message(socket, &pong.base);
        else if (strcmp(request->type, "resume") == 0 && socket->is_greeted)
                resume(socket, request->has_last_seq ? request->last_seq : 0);
        else if (strcmp(request->type, "subscribe") == 0)
                subscribe(socket, request);
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
        bool is_good = json_scan(arena, (const char *)bytes, size, &json, &why) == STATUS_OK &&
                       json_read(arena, &json, type, &request.base, JSON_STRICT, &violations) == STATUS_OK;
        if (is_good)
                validate_message(type, &request.base, &violations);
        if (is_good && violations.count == 0)
                answer(socket, &request);
        else
                socket_close(socket, SOCKET_BAD_MESSAGE);
        arena_free(arena);
}

static void receive_message(
        wslay_event_context_ptr wire, const struct wslay_event_on_msg_recv_arg *message, void *owner)
{
        struct socket *socket = owner;
        (void)wire;
        socket->heard_us = clock_now_us();
        if (wslay_is_ctrl_frame(message->opcode))
                return;
        if (is_too_fast(socket))
                socket_close(socket, SOCKET_TOO_FAST);
        else if (message->opcode == WSLAY_TEXT_FRAME)
                read_text(socket, message->msg, message->msg_length);
        else
                socket_close(socket, SOCKET_BAD_MESSAGE);
}

static const struct wslay_event_callbacks callbacks = {
        .recv_callback = receive_bytes,
        .send_callback = send_bytes,
        .on_msg_recv_callback = receive_message,
};

static void copy_caller(struct socket *socket, const Sfp__Caller *caller)
{
        Sfp__Caller *copy = &socket->caller;
        sfp__caller__init(copy);
        copy->user_id = arena_strdup(socket->arena, caller->user_id);
        copy->tier = arena_strdup(socket->arena, caller->tier);
        copy->time_zone = arena_strdup(socket->arena, caller->time_zone);
        copy->roles = arena_alloc(socket->arena, caller->n_roles * sizeof *copy->roles + 1);
        for (size_t i = 0; i < caller->n_roles; i++)
                copy->roles[copy->n_roles++] = arena_strdup(socket->arena, caller->roles[i]);
}

struct socket *socket_new(const struct schema *schema, int fd, const Sfp__Caller *caller, int64_t expires_at)
{
        struct socket *socket = calloc(1, sizeof *socket); /* allow(calloc): outlives calls */
        if (socket == NULL)
                return NULL;
        socket->schema = schema;
        socket->fd = fd;
        socket->arena = arena_new(0);
        socket->expires_at_us = expires_at * 1000000;
        socket->wants_frames = true;
        socket->heard_us = socket->pinged_us = socket->pace_us = clock_now_us();
        uuid_v4(socket->session);
        copy_caller(socket, caller);
        if (wslay_event_context_server_init(&socket->wire, &callbacks, socket) != 0) {
                arena_free(socket->arena);
                free(socket); /* allow(free): outlives calls */
                return NULL;
        }
        wslay_event_config_set_max_recv_msg_length(socket->wire, SOCKET_MESSAGE_MAX);
        return socket;
}

void socket_free(struct socket *socket)
{
        wslay_event_context_free(socket->wire);
        for (size_t i = 0; i < socket->n_topics; i++)
                free(socket->topics[i]); /* allow(free): the socket outlives calls */
        arena_free(socket->arena);
        free(socket); /* allow(free): outlives calls */
}

int socket_fd(const struct socket *socket)
{
        return socket->fd;
}

const Sfp__Caller *socket_caller(const struct socket *socket)
{
        return &socket->caller;
}

const char *socket_user(const struct socket *socket)
{
        return socket->caller.user_id;
}

int64_t socket_position(const struct socket *socket)
{
        return socket->position;
}

bool socket_wants_write(const struct socket *socket)
{
        return wslay_event_want_write(socket->wire);
}

bool socket_wants_frames(const struct socket *socket)
{
        return socket->wants_frames && !socket->is_closing;
}

void socket_asked(struct socket *socket)
{
        socket->wants_frames = false;
}

static bool is_over(const struct socket *socket)
{
        return socket->is_failed || (!wslay_event_want_read(socket->wire) && !wslay_event_want_write(socket->wire));
}

bool socket_serve(struct socket *socket, bool can_read, bool can_write)
{
        if (can_read && wslay_event_want_read(socket->wire) && wslay_event_recv(socket->wire) != 0)
                socket->is_failed = true;
        if (can_write && wslay_event_want_write(socket->wire) && wslay_event_send(socket->wire) != 0)
                socket->is_failed = true;
        return !is_over(socket);
}

void socket_hint(struct socket *socket)
{
        socket->wants_frames = true;
}

static void beat(struct socket *socket, int64_t now_us)
{
        const struct wslay_event_msg ping = {WSLAY_PING, NULL, 0};
        if (now_us - socket->pinged_us < SOCKET_HEARTBEAT_MS * INT64_C(1000) || socket->is_closing)
                return;
        socket->pinged_us = now_us;
        wslay_event_queue_msg(socket->wire, &ping);
}

bool socket_tick(struct socket *socket, int64_t now_us)
{
        if (clock_unix_us() >= socket->expires_at_us)
                socket_close(socket, SOCKET_AUTH);
        if (now_us - socket->heard_us > SOCKET_IDLE_MS * INT64_C(1000)) {
                socket_close(socket, SOCKET_IDLE);
                socket->is_failed |= now_us - socket->heard_us > 2 * SOCKET_IDLE_MS * INT64_C(1000);
        }
        beat(socket, now_us);
        return socket_serve(socket, false, true);
}
