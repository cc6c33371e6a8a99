/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/listener.h"

#include "common/json_write.h"

#include <stdlib.h>
#include <string.h>

static Sfp__Caller *copy_caller(const Sfp__Caller *caller)
{
        size_t size = sfp__caller__get_packed_size(caller);
        uint8_t *bytes = malloc(size + 1);
        if (bytes == NULL)
                abort();
        sfp__caller__pack(caller, bytes);
        Sfp__Caller *copy = sfp__caller__unpack(NULL, size, bytes);
        free(bytes);
        if (copy == NULL)
                abort();
        return copy;
}

void listener_init(struct listener *listener, const struct listener_kind *kind, int fd, const Sfp__Caller *caller,
        int64_t expires_at)
{
        *listener = (struct listener){
                .kind = kind,
                .fd = fd,
                .caller = copy_caller(caller),
                .expires_at_us = expires_at * 1000000,
                .wants_frames = true,
                .resume_from = NO_POSITION,
        };
        uuid_v4(listener->session);
}

static void forget_topics(struct listener *listener)
{
        for (size_t i = 0; i < listener->n_topics; i++)
                free(listener->topics[i]);
        listener->n_topics = 0;
}

void listener_fini(struct listener *listener)
{
        forget_topics(listener);
        sfp__caller__free_unpacked(listener->caller, NULL);
}

static void say_note(struct listener *listener, struct arena *arena, const Sfp__SocketNote *note, int64_t position)
{
        struct buffer text = buffer_in(arena);
        json_write(&text, &note->base);
        listener->kind->say(listener, &text, position);
}

void listener_resume(struct listener *listener, int64_t last_seq)
{
        if (last_seq < 0 || last_seq > listener->position)
                last_seq = listener->position;
        listener->replay_from = last_seq + 1;
        listener->position = last_seq;
        listener->wants_frames = true;
}

/* Whoever hears no more than the hello has missed nothing: its position is that of the resume. */
static void greet(struct listener *listener, struct arena *arena, const Feed__Frames *frames)
{
        Sfp__SocketNote hello = SFP__SOCKET_NOTE__INIT;
        listener->is_greeted = true;
        listener->position = frames->last_seq;
        if (listener->resume_from != NO_POSITION)
                listener_resume(listener, listener->resume_from);
        hello.type = (char *)(size_t) "hello";
        hello.session = listener->session;
        hello.has_last_seq = hello.has_heartbeat_ms = 1;
        hello.last_seq = frames->last_seq;
        hello.heartbeat_ms = listener->kind->heartbeat_ms;
        say_note(listener, arena, &hello, listener->position);
}

static bool is_subscribed(const struct listener *listener, const char *type)
{
        for (size_t i = 0; i < listener->n_topics; i++)
                if (strcmp(listener->topics[i], type) == 0)
                        return true;
        return listener->n_topics == 0;
}

/* `data` is JSON already. */
static void say_frame(struct listener *listener, struct arena *arena, const Feed__Frame *frame)
{
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
        listener->kind->say(listener, &text, frame->seq);
}

static void say_replayed(struct listener *listener, struct arena *arena)
{
        Sfp__SocketNote note = SFP__SOCKET_NOTE__INIT;
        note.type = (char *)(size_t) "replayed";
        note.has_from = note.has_to = 1;
        note.from = listener->replay_from;
        note.to = listener->position;
        listener->replay_from = 0;
        say_note(listener, arena, &note, NO_POSITION);
}

static void demand_resync(struct listener *listener, struct arena *arena, const Feed__Frames *frames)
{
        Sfp__SocketNote note = SFP__SOCKET_NOTE__INIT;
        note.type = (char *)(size_t) "resync_required";
        note.has_oldest_seq = note.has_last_seq = 1;
        note.oldest_seq = frames->oldest_seq;
        note.last_seq = frames->last_seq;
        listener->position = frames->last_seq;
        listener->replay_from = 0;
        say_note(listener, arena, &note, listener->position);
}

void listener_take(struct listener *listener, struct arena *arena, const Feed__Frames *frames)
{
        if (frames == NULL)
                return;
        if (!listener->is_greeted) {
                greet(listener, arena, frames);
                return;
        }
        if (listener->position + 1 < frames->oldest_seq && listener->position < frames->last_seq) {
                demand_resync(listener, arena, frames);
                return;
        }
        for (size_t i = 0; i < frames->n_items; i++) {
                if (is_subscribed(listener, frames->items[i]->type))
                        say_frame(listener, arena, frames->items[i]);
                listener->position = frames->items[i]->seq;
        }
        listener->wants_frames |= frames->n_items > 0 && listener->position < frames->last_seq;
        if (listener->replay_from > 0 && listener->position >= frames->last_seq)
                say_replayed(listener, arena);
}

void listener_subscribe(struct listener *listener, size_t n_topics, char *const *topics)
{
        forget_topics(listener);
        for (size_t i = 0; i < n_topics && i < LISTENER_TOPICS_MAX; i++)
                if ((listener->topics[listener->n_topics] = strdup(topics[i])) != NULL)
                        listener->n_topics++;
}
