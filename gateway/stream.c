/* SPDX-License-Identifier: Apache-2.0 */
/* Everything behind the lock is shared; the listener is the speaking thread's alone. A suspended connection is resumed
 * under the same lock under which it was suspended, so no word is ever left lying. */
#include "gateway/stream.h"

#include "common/clock.h"
#include "common/random.h"
#include "gateway/http.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 64, KEPT_CAPACITY = 4096 };

struct stream {
        struct listener listener;
        int64_t spoke_us;
        pthread_mutex_t lock; /* over the rest */
        struct exchange *exchange;
        char *bytes;
        size_t start, end, capacity; /* what waits is bytes[start..end) */
        bool is_reader_waiting;
        bool has_reader_left;
        bool has_speaker_left;
        bool is_cut; /* what waits is not worth sending */
};

static struct stream *stream_of(const struct listener *listener)
{
        return (struct stream *)(size_t)listener;
}

static void free_stream(struct stream *stream)
{
        listener_fini(&stream->listener);
        pthread_mutex_destroy(&stream->lock);
        free(stream->bytes);
        free(stream);
}

/* With the lock held. */
static void wake_reader(struct stream *stream)
{
        if (stream->is_reader_waiting)
                http_resume(stream->exchange);
        stream->is_reader_waiting = false;
}

static bool make_room(struct stream *stream, size_t size)
{
        if (stream->start > 0) {
                memmove(stream->bytes, stream->bytes + stream->start, stream->end - stream->start);
                stream->end -= stream->start;
                stream->start = 0;
        }
        if (stream->end + size <= stream->capacity)
                return true;
        size_t capacity = stream->end + size > KEPT_CAPACITY / 2 ? 2 * (stream->end + size) : KEPT_CAPACITY / 2;
        char *bytes = realloc(stream->bytes, capacity);
        if (bytes == NULL)
                return false;
        stream->bytes = bytes;
        stream->capacity = capacity;
        return true;
}

static void append(struct stream *stream, const char *bytes, size_t size)
{
        if (size == 0)
                return;
        memcpy(stream->bytes + stream->end, bytes, size);
        stream->end += size;
}

/* An event is a head of lines, a data line, and an empty line. A reader that falls behind is cut off; it can resume. */
static void put_event(struct stream *stream, const char *head, const char *data, size_t size)
{
        size_t head_size = strlen(head);
        pthread_mutex_lock(&stream->lock);
        size_t whole = head_size + size + sizeof "data: \n\n";
        stream->is_cut |= stream->end - stream->start + whole > STREAM_QUEUED_MAX || !make_room(stream, whole);
        if (!stream->is_cut && !stream->has_reader_left) {
                append(stream, head, head_size);
                if (size > 0) {
                        append(stream, "data: ", 6);
                        append(stream, data, size);
                        append(stream, "\n", 1);
                }
                append(stream, "\n", 1);
        }
        wake_reader(stream);
        pthread_mutex_unlock(&stream->lock);
        stream->spoke_us = clock_now_us();
}

/* A line break in JSON is a space; in a stream it would end the event. */
static void put_json(struct stream *stream, const char *head, const struct buffer *json)
{
        for (char *at = json->bytes; at < json->bytes + json->length; at++)
                if (*at == '\n' || *at == '\r')
                        *at = ' ';
        put_event(stream, head, json->bytes, json->length);
}

static void say(struct listener *listener, const struct buffer *json, int64_t position)
{
        char head[LINE_SIZE] = "";
        if (listener->is_closing)
                return;
        if (position != NO_POSITION)
                snprintf(head, sizeof head, "id: %lld\n", (long long)position);
        put_json(stream_of(listener), head, json);
}

/* It is over for the speaker when the reader has gone, and when it has said goodbye: the reader sends what waits. */
static bool serve(struct listener *listener, bool can_read, bool can_write)
{
        struct stream *stream = stream_of(listener);
        (void)can_read;
        (void)can_write;
        pthread_mutex_lock(&stream->lock);
        bool goes_on = !stream->has_reader_left && !stream->is_cut && !listener->is_closing;
        pthread_mutex_unlock(&stream->lock);
        return goes_on;
}

static bool wants_write(const struct listener *listener)
{
        (void)listener;
        return false;
}

static bool tick(struct listener *listener, int64_t now_us)
{
        struct stream *stream = stream_of(listener);
        if (now_us - stream->spoke_us > STREAM_HEARTBEAT_MS * INT64_C(1000))
                put_event(stream, ":\n", NULL, 0);
        return serve(listener, false, false);
}

static int retry_after(uint16_t code)
{
        uint32_t draw;
        random_bytes(&draw, sizeof draw);
        return code == CLOSE_RESTART ? (int)(draw % STREAM_RESTART_MS) : STREAM_RETRY_MS;
}

static void close_with(struct listener *listener, uint16_t code)
{
        char head[LINE_SIZE], data[LINE_SIZE];
        if (listener->is_closing)
                return;
        listener->is_closing = true;
        snprintf(head, sizeof head, "retry: %d\n", retry_after(code));
        int size = snprintf(data, sizeof data, "{\"type\":\"closing\",\"code\":%d}", code);
        put_event(stream_of(listener), head, data, (size_t)size);
}

static void leave_as_speaker(struct listener *listener)
{
        struct stream *stream = stream_of(listener);
        pthread_mutex_lock(&stream->lock);
        stream->has_speaker_left = true;
        bool is_last = stream->has_reader_left;
        wake_reader(stream);
        pthread_mutex_unlock(&stream->lock);
        if (is_last)
                free_stream(stream);
}

static void leave_as_reader(void *owner)
{
        struct stream *stream = owner;
        pthread_mutex_lock(&stream->lock);
        stream->has_reader_left = true;
        stream->is_reader_waiting = false;
        bool is_last = stream->has_speaker_left;
        pthread_mutex_unlock(&stream->lock);
        if (is_last)
                free_stream(stream);
}

/* With the lock held. */
static ssize_t take_bytes(struct stream *stream, char *out, size_t max)
{
        size_t size = stream->end - stream->start < max ? stream->end - stream->start : max;
        memcpy(out, stream->bytes + stream->start, size);
        stream->start += size;
        if (stream->start == stream->end)
                stream->start = stream->end = 0;
        if (stream->end == 0 && stream->capacity > KEPT_CAPACITY) {
                free(stream->bytes);
                stream->bytes = NULL;
                stream->capacity = 0;
        }
        return (ssize_t)size;
}

static ssize_t read_stream(void *owner, char *out, size_t max)
{
        struct stream *stream = owner;
        ssize_t result = SOURCE_LATER;
        pthread_mutex_lock(&stream->lock);
        if (stream->is_cut) {
                result = SOURCE_BROKEN;
        } else if (stream->end > stream->start) {
                result = take_bytes(stream, out, max);
        } else if (stream->has_speaker_left) {
                result = SOURCE_END;
        } else {
                stream->is_reader_waiting = true;
                http_suspend(stream->exchange);
        }
        pthread_mutex_unlock(&stream->lock);
        return result;
}

struct listener *stream_new(struct exchange *exchange, const Sfp__Caller *caller, int64_t expires_at)
{
        static const struct listener_kind kind = {
                STREAM_HEARTBEAT_MS, say, serve, wants_write, tick, close_with, leave_as_speaker};
        char head[LINE_SIZE];
        struct stream *stream = calloc(1, sizeof *stream);
        if (stream == NULL)
                return NULL;
        listener_init(&stream->listener, &kind, -1, caller, expires_at);
        stream->exchange = exchange;
        pthread_mutex_init(&stream->lock, NULL);
        snprintf(head, sizeof head, "retry: %d\n", STREAM_RETRY_MS);
        put_event(stream, head, NULL, 0);
        return &stream->listener;
}

struct source stream_source(struct listener *listener)
{
        return (struct source){read_stream, leave_as_reader, stream_of(listener)};
}
