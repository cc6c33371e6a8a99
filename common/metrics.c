/* SPDX-License-Identifier: Apache-2.0 */
/* A list in order of registration; histograms count into the bucket of their own range and are summed when printed. */
#include "common/metrics.h"

#include "common/clock.h"
#include "common/metrics_item.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct histogram_bounds scales[] = {
        [HISTOGRAM_FINE] = {19, {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 75000, 100000, 250000, 500000,
                                        750000, 1000000, 2500000, 5000000, 7500000, 10000000}},
        [HISTOGRAM_SEMCONV] = {14, {5000, 10000, 25000, 50000, 75000, 100000, 250000, 500000, 750000, 1000000, 2500000,
                                           5000000, 7500000, 10000000}},
};

struct metrics *metrics_new(void)
{
        struct arena *arena = arena_new(0);
        struct metrics *metrics = arena_zalloc(arena, sizeof *metrics);
        metrics->arena = arena;
        metrics->end = &metrics->first;
        pthread_mutex_init(&metrics->mutex, NULL);
        return metrics;
}

void metrics_free(struct metrics *metrics)
{
        if (metrics == NULL)
                return;
        pthread_mutex_destroy(&metrics->mutex);
        arena_free(metrics->arena);
}

/* Under the mutex. Not in the list yet. */
static void *make(struct metrics *metrics, size_t size, struct metrics_item description)
{
        struct metrics_item *item = arena_zalloc(metrics->arena, size);
        *item = description;
        item->labels = arena_strdup(metrics->arena, description.labels);
        return item;
}

/* Under the mutex. A printing thread sees the item whole or not at all. */
static void list(struct metrics *metrics, struct metrics_item *item)
{
        __atomic_store_n(metrics->end, item, __ATOMIC_RELEASE);
        metrics->end = &item->next;
}

static struct metric *add_metric(struct metrics *metrics, struct metrics_item description)
{
        pthread_mutex_lock(&metrics->mutex);
        struct metric *metric = make(metrics, sizeof *metric, description);
        list(metrics, &metric->item);
        pthread_mutex_unlock(&metrics->mutex);
        return metric;
}

struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
        return add_metric(metrics, (struct metrics_item){METRICS_COUNTER, name, labels, help, NULL});
}

struct metric *metrics_counter_us(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
        return add_metric(metrics, (struct metrics_item){METRICS_COUNTER_US, name, labels, help, NULL});
}

struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
        return add_metric(metrics, (struct metrics_item){METRICS_GAUGE, name, labels, help, NULL});
}

struct histogram *metrics_histogram_at(struct metrics *metrics, struct histogram *_Atomic *place,
        enum histogram_scale scale, const char *name, const char *labels, const char *help)
{
        struct histogram *histogram = atomic_load_explicit(place, memory_order_acquire);
        if (histogram != NULL)
                return histogram;
        pthread_mutex_lock(&metrics->mutex);
        histogram = atomic_load(place);
        if (histogram == NULL) {
                histogram = make(
                        metrics, sizeof *histogram, (struct metrics_item){METRICS_HISTOGRAM, name, labels, help, NULL});
                histogram->bounds = &scales[scale];
                list(metrics, &histogram->item);
                atomic_store_explicit(place, histogram, memory_order_release);
        }
        pthread_mutex_unlock(&metrics->mutex);
        return histogram;
}

struct histogram *metrics_histogram(
        struct metrics *metrics, enum histogram_scale scale, const char *name, const char *labels, const char *help)
{
        struct histogram *_Atomic place = NULL;
        return metrics_histogram_at(metrics, &place, scale, name, labels, help);
}

void metrics_before_print(struct metrics *metrics, void (*refresh)(void *owner), void *owner)
{
        if (metrics->n_refreshers == METRICS_REFRESHERS_MAX)
                abort(); /* a program of ours that looks up more than it should */
        metrics->refreshers[metrics->n_refreshers++] = (struct metrics_refresher){refresh, owner};
}

void metric_add(struct metric *metric, int64_t amount)
{
        atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void metric_set(struct metric *metric, int64_t value)
{
        atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

int64_t metric_value(const struct metric *metric)
{
        return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

/* Every store releases: who sees a new word sees the odd version, too. */
static void keep_exemplar(struct exemplar *exemplar, int64_t us, const char *trace_id)
{
        uint64_t words[METRICS_TRACE_SIZE / 8];
        uint32_t version = atomic_load_explicit(&exemplar->version, memory_order_relaxed);
        if (version % 2 == 1 || !atomic_compare_exchange_strong_explicit(&exemplar->version, &version, version + 1,
                                        memory_order_acquire, memory_order_relaxed))
                return;
        memcpy(words, trace_id, sizeof words);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                atomic_store_explicit(&exemplar->trace_id[i], words[i], memory_order_release);
        atomic_store_explicit(&exemplar->us, us, memory_order_release);
        atomic_store_explicit(&exemplar->unix_us, clock_unix_us(), memory_order_release);
        atomic_store_explicit(&exemplar->version, version + 2, memory_order_release);
}

void histogram_observe(struct histogram *histogram, int64_t us, const char *trace_id)
{
        int bucket = 0;
        while (bucket < histogram->bounds->count && us > histogram->bounds->us[bucket])
                bucket++;
        atomic_fetch_add_explicit(&histogram->buckets[bucket], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&histogram->sum_us, us, memory_order_relaxed);
        if (trace_id != NULL)
                keep_exemplar(&histogram->exemplars[bucket], us, trace_id);
}

int64_t histogram_quantile_us(const struct histogram *histogram, double quantile)
{
        int64_t counts[METRICS_BOUNDS_MAX + 1], all = 0, below = 0;
        const struct histogram_bounds *bounds = histogram->bounds;
        for (int i = 0; i <= bounds->count; i++)
                all += counts[i] = atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        for (int i = 0; i < bounds->count; i++)
                if ((double)(below += counts[i]) >= quantile * (double)all)
                        return all == 0 ? 0 : bounds->us[i];
        return bounds->us[bounds->count - 1];
}
