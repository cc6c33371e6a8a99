/* SPDX-License-Identifier: Apache-2.0 */
/* A list in order of registration; histograms count into the bucket of their own range and are summed when printed. */
#include "common/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const int64_t bounds_us[] = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
        1000000, 2500000, 5000000, 10000000};
enum { BOUNDS = sizeof bounds_us / sizeof *bounds_us };

enum kind { COUNTER, GAUGE, HISTOGRAM };

struct item {
        enum kind kind;
        const char *name;
        const char *labels;
        const char *help;
        struct item *next;
};

struct metric {
        struct item item;
        _Atomic int64_t value;
};

struct histogram {
        struct item item;
        _Atomic int64_t buckets[BOUNDS + 1];
        _Atomic int64_t sum_us;
};

struct metrics {
        pthread_mutex_t mutex; /* of whoever registers; nobody else takes it */
        struct arena *arena;
        struct item *first;
        struct item **end;
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

static void *add(struct metrics *metrics, size_t size, struct item description)
{
        pthread_mutex_lock(&metrics->mutex);
        struct item *item = arena_zalloc(metrics->arena, size);
        *item = description;
        item->labels = arena_strdup(metrics->arena, description.labels);
        __atomic_store_n(metrics->end, item, __ATOMIC_RELEASE); /* a printing thread sees it whole or not at all */
        metrics->end = &item->next;
        pthread_mutex_unlock(&metrics->mutex);
        return item;
}

struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
        return add(metrics, sizeof(struct metric), (struct item){COUNTER, name, labels, help, NULL});
}

struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
        return add(metrics, sizeof(struct metric), (struct item){GAUGE, name, labels, help, NULL});
}

struct histogram *metrics_histogram(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
        return add(metrics, sizeof(struct histogram), (struct item){HISTOGRAM, name, labels, help, NULL});
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

void histogram_observe(struct histogram *histogram, int64_t us)
{
        int bucket = 0;
        while (bucket < BOUNDS && us > bounds_us[bucket])
                bucket++;
        atomic_fetch_add_explicit(&histogram->buckets[bucket], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&histogram->sum_us, us, memory_order_relaxed);
}

int64_t histogram_quantile_us(const struct histogram *histogram, double quantile)
{
        int64_t counts[BOUNDS + 1], all = 0, below = 0;
        for (int i = 0; i <= BOUNDS; i++)
                all += counts[i] = atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
        for (int i = 0; i < BOUNDS; i++)
                if ((double)(below += counts[i]) >= quantile * (double)all)
                        return all == 0 ? 0 : bounds_us[i];
        return bounds_us[BOUNDS - 1];
}

static void print_labels(struct buffer *out, const char *labels, const char *more)
{
        if (*labels != '\0' || *more != '\0')
                buffer_printf(out, "{%s%s%s}", labels, *labels != '\0' && *more != '\0' ? "," : "", more);
}

static void print_histogram(const struct histogram *histogram, struct buffer *out)
{
        const struct item *item = &histogram->item;
        int64_t count = 0;
        for (int i = 0; i <= BOUNDS; i++) {
                count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
                const char *bound =
                        i == BOUNDS ? "le=\"+Inf\"" : arena_printf(out->arena, "le=\"%g\"", (double)bounds_us[i] / 1e6);
                buffer_printf(out, "%s_bucket", item->name);
                print_labels(out, item->labels, bound);
                buffer_printf(out, " %lld\n", (long long)count);
        }
        buffer_printf(out, "%s_sum", item->name);
        print_labels(out, item->labels, "");
        buffer_printf(out, " %.6f\n%s_count", (double)atomic_load(&histogram->sum_us) / 1e6, item->name);
        print_labels(out, item->labels, "");
        buffer_printf(out, " %lld\n", (long long)count);
}

static const struct item *load(struct item *const *place)
{
        return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

static bool is_empty(const struct histogram *histogram)
{
        for (int i = 0; i <= BOUNDS; i++)
                if (atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed) > 0)
                        return false;
        return true;
}

static bool is_silent(const struct item *item)
{
        if (item->kind == HISTOGRAM)
                return *item->labels != '\0' && is_empty((const struct histogram *)item);
        return item->kind == COUNTER && *item->labels != '\0' && metric_value((const struct metric *)item) == 0;
}

static void print_item(const struct item *item, struct buffer *out)
{
        if (is_silent(item))
                return;
        if (item->kind == HISTOGRAM) {
                print_histogram((const struct histogram *)item, out);
                return;
        }
        buffer_puts(out, item->name);
        print_labels(out, item->labels, "");
        buffer_printf(out, " %lld\n", (long long)metric_value((const struct metric *)item));
}

static bool is_first_of_name(const struct metrics *metrics, const struct item *item)
{
        const struct item *other = load(&metrics->first);
        while (strcmp(other->name, item->name) != 0)
                other = load(&other->next);
        return other == item;
}

void metrics_print(const struct metrics *metrics, struct buffer *out)
{
        static const char *const types[] = {"counter", "gauge", "histogram"};
        for (const struct item *item = load(&metrics->first); item != NULL; item = load(&item->next)) {
                if (!is_first_of_name(metrics, item))
                        continue;
                buffer_printf(
                        out, "# HELP %s %s\n# TYPE %s %s\n", item->name, item->help, item->name, types[item->kind]);
                for (const struct item *other = item; other != NULL; other = load(&other->next))
                        if (strcmp(other->name, item->name) == 0)
                                print_item(other, out);
        }
}
