/* SPDX-License-Identifier: Apache-2.0 */
/* The queue is a ring of copies under one mutex, which is held for a copy and no longer. The thread takes a batch out,
 * and is alone with it: while the collector does not answer, the ring fills and new spans are dropped. */
#include "common/tracer.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/span_post.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_ARENA_LIMIT = 16 << 20 };

struct tracer {
        struct tracer_settings settings;
        struct span_origin origin;
        struct arena *arena; /* of what was read at the start */
        struct span_post *post;
        struct metric *exported;
        struct metric *overflown; /* dropped for lack of room */
        struct metric *refused;   /* dropped because the collector did not take them */
        struct metric *waiting;
        pthread_t thread;
        pthread_mutex_t mutex;
        pthread_cond_t changed;
        bool must_stop;
        _Atomic int64_t give_up_us; /* 0: it goes on */
        int first, count;           /* of the ring */
        struct span *ring;
        struct span *batch; /* the thread's own */
};

static void add_metrics(struct tracer *tracer, struct metrics *metrics)
{
        static const char dropped[] = "sfp_traces_dropped_total";
        static const char help[] = "Spans that were not sent.";
        tracer->exported = metrics_counter(metrics, "sfp_traces_exported_total", "", "Spans that the collector took.");
        tracer->overflown = metrics_counter(metrics, dropped, "reason=\"full\"", help);
        tracer->refused = metrics_counter(metrics, dropped, "reason=\"refused\"", help);
        tracer->waiting = metrics_gauge(metrics, "sfp_traces_waiting", "", "Spans that wait to be sent.");
}

/* Waits until a batch is there, its time has come or the end; the number taken. */
static int take_batch(struct tracer *tracer)
{
        int64_t due_us = clock_now_us() + tracer->settings.delay_ms * 1000;
        pthread_mutex_lock(&tracer->mutex);
        while (!tracer->must_stop && tracer->count < tracer->settings.batch_max && clock_now_us() < due_us) {
                struct timespec until = clock_timespec(due_us);
                pthread_cond_timedwait(&tracer->changed, &tracer->mutex, &until);
        }
        int count = tracer->count < tracer->settings.batch_max ? tracer->count : tracer->settings.batch_max;
        for (int i = 0; i < count; i++)
                tracer->batch[i] = tracer->ring[(tracer->first + i) % tracer->settings.queue_max];
        tracer->first = (tracer->first + count) % tracer->settings.queue_max;
        tracer->count -= count;
        metric_set(tracer->waiting, tracer->count);
        pthread_mutex_unlock(&tracer->mutex);
        return count;
}

/* True when it may be sent again; false at the end of the program. */
static bool pause_for(struct tracer *tracer, int64_t ms)
{
        int64_t until_us = clock_now_us() + ms * 1000;
        pthread_mutex_lock(&tracer->mutex);
        while (!tracer->must_stop && clock_now_us() < until_us) {
                struct timespec until = clock_timespec(until_us);
                pthread_cond_timedwait(&tracer->changed, &tracer->mutex, &until);
        }
        bool may_go_on = !tracer->must_stop;
        pthread_mutex_unlock(&tracer->mutex);
        return may_go_on;
}

static int64_t pause_ms(int n_tries, int64_t asked_ms)
{
        int64_t own = (int64_t)TRACER_PAUSE_MS << (n_tries - 1);
        int64_t pause = asked_ms > own ? asked_ms : own;
        return pause < TRACER_PAUSE_MAX_MS ? pause : TRACER_PAUSE_MAX_MS;
}

static void send_batch(struct tracer *tracer, int count, int64_t timeout_ms)
{
        struct arena *arena = arena_new(BATCH_ARENA_LIMIT);
        size_t size;
        struct span_answer answer = {.outcome = SPAN_POST_AGAIN};
        uint8_t *bytes = span_batch_pack(
                arena, &tracer->origin, tracer->batch, (size_t)count, clock_unix_us() - clock_now_us(), &size);
        for (int n = 1; n <= TRACER_TRIES; n++) {
                answer = span_post_send(tracer->post, bytes, size, timeout_ms);
                if (answer.outcome != SPAN_POST_AGAIN || n == TRACER_TRIES ||
                        !pause_for(tracer, pause_ms(n, answer.retry_after_ms)))
                        break;
        }
        int64_t lost = answer.outcome == SPAN_POST_TAKEN ? answer.rejected : count;
        lost = lost < 0 ? 0 : lost > count ? count : lost;
        metric_add(tracer->exported, count - lost);
        metric_add(tracer->refused, lost);
        if (lost > 0)
                LOG(LOG_WARN, "spans were not taken", log_number("spans", lost), log_number("http_code", answer.code));
        arena_free(arena);
}

static void *work(void *arg)
{
        struct tracer *tracer = arg;
        bool must_stop = false;
        while (!must_stop) {
                int count = take_batch(tracer);
                if (count > 0)
                        send_batch(tracer, count, tracer->settings.timeout_ms);
                pthread_mutex_lock(&tracer->mutex);
                must_stop = tracer->must_stop;
                pthread_mutex_unlock(&tracer->mutex);
        }
        int64_t end_us = atomic_load(&tracer->give_up_us);
        for (int count; clock_now_us() < end_us && (count = take_batch(tracer)) > 0;)
                send_batch(tracer, count, (end_us - clock_now_us()) / 1000 + 1);
        return NULL;
}

static void free_tracer(struct tracer *tracer)
{
        span_post_free(tracer->post);
        arena_free(tracer->arena);
        free(tracer->ring);
        free(tracer->batch);
        free(tracer);
}

/* What is not well formed is said on stderr. */
static status prepare(struct tracer *tracer)
{
        const struct tracer_settings *settings = &tracer->settings;
        struct pairs headers;
        tracer->origin = (struct span_origin){.service_name = settings->service_name, .instance = settings->instance};
        if (!pairs_read(tracer->arena, settings->resource_attributes, TRACER_PAIRS_MAX, &tracer->origin.attributes))
                fprintf(stderr, "OTEL_RESOURCE_ATTRIBUTES is not well formed\n");
        else if (!pairs_read(tracer->arena, settings->headers, TRACER_PAIRS_MAX, &headers))
                fprintf(stderr, "OTEL_EXPORTER_OTLP_HEADERS is not well formed\n");
        else if ((tracer->post = span_post_new(settings->url, settings->authority, &headers, &tracer->give_up_us)) !=
                 NULL)
                return STATUS_OK;
        return STATUS_INVALID_ARGUMENT;
}

static void start_thread(struct tracer *tracer)
{
        pthread_condattr_t attributes;
        pthread_mutex_init(&tracer->mutex, NULL);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&tracer->changed, &attributes);
        pthread_condattr_destroy(&attributes);
        if (pthread_create(&tracer->thread, NULL, work, tracer) != 0)
                abort();
}

status tracer_start(const struct tracer_settings *settings, struct metrics *metrics, struct tracer **out)
{
        *out = NULL;
        if (settings->url == NULL)
                return STATUS_OK;
        struct tracer *tracer = calloc(1, sizeof *tracer);
        if (tracer == NULL)
                abort();
        tracer->settings = *settings;
        tracer->arena = arena_new(0);
        tracer->ring = calloc((size_t)settings->queue_max, sizeof *tracer->ring);
        tracer->batch = calloc((size_t)settings->batch_max, sizeof *tracer->batch);
        if (tracer->ring == NULL || tracer->batch == NULL)
                abort();
        status prepared = prepare(tracer);
        if (prepared != STATUS_OK) {
                free_tracer(tracer);
                return prepared;
        }
        add_metrics(tracer, metrics);
        start_thread(tracer);
        *out = tracer;
        return STATUS_OK;
}

void tracer_stop(struct tracer *tracer)
{
        if (tracer == NULL)
                return;
        atomic_store(&tracer->give_up_us, clock_now_us() + TRACER_FLUSH_MS * 1000LL);
        pthread_mutex_lock(&tracer->mutex);
        tracer->must_stop = true;
        pthread_cond_broadcast(&tracer->changed);
        pthread_mutex_unlock(&tracer->mutex);
        pthread_join(tracer->thread, NULL);
        pthread_cond_destroy(&tracer->changed);
        pthread_mutex_destroy(&tracer->mutex);
        free_tracer(tracer);
}

/* The last eight digits as a part of all: whoever samples the same part keeps the same traces. */
static double place_of(const struct trace *trace)
{
        char digits[9];
        memcpy(digits, trace->trace_id + 24, 8);
        digits[8] = '\0';
        return (double)strtoul(digits, NULL, 16) / 4294967296.0;
}

void tracer_sample(const struct tracer *tracer, struct trace *trace)
{
        if (tracer == NULL || (tracer->settings.heeds_parent && *trace->parent_id != '\0'))
                return;
        trace->is_sampled = place_of(trace) < tracer->settings.part;
}

bool tracer_records(const struct tracer *tracer, const struct trace *trace)
{
        return tracer != NULL && trace->is_sampled;
}

void tracer_record(struct tracer *tracer, const struct span *span)
{
        if (!tracer_records(tracer, &span->trace))
                return;
        const struct tracer_settings *settings = &tracer->settings;
        pthread_mutex_lock(&tracer->mutex);
        bool has_room = tracer->count < settings->queue_max;
        if (has_room)
                tracer->ring[(tracer->first + tracer->count++) % settings->queue_max] = *span;
        bool is_batch = tracer->count == settings->batch_max;
        metric_set(tracer->waiting, tracer->count);
        pthread_mutex_unlock(&tracer->mutex);
        if (!has_room)
                metric_add(tracer->overflown, 1);
        if (is_batch)
                pthread_cond_signal(&tracer->changed);
}
