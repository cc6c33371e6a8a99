/* SPDX-License-Identifier: Apache-2.0 */
/* Two formats that differ in the name of a counter's family, in examples, and in how they end. */
#include "common/metrics_item.h"

#include <stdbool.h>
#include <string.h>

struct printer {
        enum metrics_format format;
        struct buffer *out;
};

static void print_labels(const struct printer *printer, const char *labels, const char *more)
{
        if (*labels != '\0' || *more != '\0')
                buffer_printf(printer->out, "{%s%s%s}", labels, *labels != '\0' && *more != '\0' ? "," : "", more);
}

/* ` # {trace_id="..."} 0.0123 1700000000.123`: what was seen, how long it took in seconds, and when. */
static void print_exemplar(const struct printer *printer, const struct exemplar *exemplar)
{
        uint64_t words[METRICS_TRACE_SIZE / 8];
        uint32_t version = atomic_load_explicit(&exemplar->version, memory_order_acquire);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                words[i] = atomic_load_explicit(&exemplar->trace_id[i], memory_order_acquire);
        int64_t us = atomic_load_explicit(&exemplar->us, memory_order_acquire);
        int64_t unix_us = atomic_load_explicit(&exemplar->unix_us, memory_order_acquire);
        if (version == 0 || version % 2 == 1 ||
                atomic_load_explicit(&exemplar->version, memory_order_relaxed) != version)
                return;
        buffer_printf(printer->out, " # {trace_id=\"%.*s\"} %.6f %.3f", METRICS_TRACE_SIZE, (const char *)words,
                (double)us / 1e6, (double)unix_us / 1e6);
}

/* OpenMetrics wants a point in every bound. */
static const char *bound_label(const struct printer *printer, const struct histogram *histogram, int i)
{
        if (i == histogram->bounds->count)
                return "le=\"+Inf\"";
        int64_t us = histogram->bounds->us[i];
        bool is_pointed = printer->format == METRICS_OPEN && us % 1000000 == 0;
        return arena_printf(printer->out->arena, is_pointed ? "le=\"%.1f\"" : "le=\"%g\"", (double)us / 1e6);
}

static void print_histogram(const struct printer *printer, const struct histogram *histogram)
{
        const struct metrics_item *item = &histogram->item;
        struct buffer *out = printer->out;
        int64_t count = 0;
        for (int i = 0; i <= histogram->bounds->count; i++) {
                count += atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed);
                buffer_printf(out, "%s_bucket", item->name);
                print_labels(printer, item->labels, bound_label(printer, histogram, i));
                buffer_printf(out, " %lld", (long long)count);
                if (printer->format == METRICS_OPEN)
                        print_exemplar(printer, &histogram->exemplars[i]);
                buffer_puts(out, "\n");
        }
        buffer_printf(out, "%s_sum", item->name);
        print_labels(printer, item->labels, "");
        buffer_printf(out, " %.6f\n%s_count", (double)atomic_load(&histogram->sum_us) / 1e6, item->name);
        print_labels(printer, item->labels, "");
        buffer_printf(out, " %lld\n", (long long)count);
}

static const struct metrics_item *load(struct metrics_item *const *place)
{
        return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

static bool is_empty(const struct histogram *histogram)
{
        for (int i = 0; i <= histogram->bounds->count; i++)
                if (atomic_load_explicit(&histogram->buckets[i], memory_order_relaxed) > 0)
                        return false;
        return true;
}

static bool is_counter(const struct metrics_item *item)
{
        return item->kind == METRICS_COUNTER || item->kind == METRICS_COUNTER_US;
}

static bool is_silent(const struct metrics_item *item)
{
        if (item->kind == METRICS_HISTOGRAM)
                return *item->labels != '\0' && is_empty((const struct histogram *)item);
        return is_counter(item) && *item->labels != '\0' && metric_value((const struct metric *)item) == 0;
}

static void print_item(const struct printer *printer, const struct metrics_item *item)
{
        if (is_silent(item))
                return;
        if (item->kind == METRICS_HISTOGRAM) {
                print_histogram(printer, (const struct histogram *)item);
                return;
        }
        int64_t value = metric_value((const struct metric *)item);
        buffer_puts(printer->out, item->name);
        print_labels(printer, item->labels, "");
        if (item->kind == METRICS_COUNTER_US)
                buffer_printf(printer->out, " %.6f\n", (double)value / 1e6);
        else
                buffer_printf(printer->out, " %lld\n", (long long)value);
}

static bool is_first_of_name(const struct metrics *metrics, const struct metrics_item *item)
{
        const struct metrics_item *other = load(&metrics->first);
        while (strcmp(other->name, item->name) != 0)
                other = load(&other->next);
        return other == item;
}

static bool ends_with(const char *name, int length, const char *end)
{
        int size = (int)strlen(end);
        return length > size && memcmp(name + length - size, end, (size_t)size) == 0;
}

/* In OpenMetrics the family of a counter is named without _total, and the unit is said where the name has one. */
static void print_head(const struct printer *printer, const struct metrics_item *item)
{
        static const char *const types[] = {"counter", "counter", "gauge", "histogram"};
        static const char *const units[] = {"seconds", "bytes"};
        bool is_open = printer->format == METRICS_OPEN;
        int length = (int)strlen(item->name);
        if (is_open && is_counter(item) && ends_with(item->name, length, "_total"))
                length -= (int)strlen("_total");
        buffer_printf(printer->out, "# HELP %.*s %s\n# TYPE %.*s %s\n", length, item->name, item->help, length,
                item->name, types[item->kind]);
        for (size_t i = 0; is_open && i < sizeof units / sizeof *units; i++)
                if (ends_with(item->name, length, units[i]))
                        buffer_printf(printer->out, "# UNIT %.*s %s\n", length, item->name, units[i]);
}

void metrics_print(const struct metrics *metrics, enum metrics_format format, struct buffer *out)
{
        const struct printer printer = {format, out};
        for (int i = 0; i < metrics->n_refreshers; i++)
                metrics->refreshers[i].refresh(metrics->refreshers[i].owner);
        for (const struct metrics_item *item = load(&metrics->first); item != NULL; item = load(&item->next)) {
                if (!is_first_of_name(metrics, item))
                        continue;
                print_head(&printer, item);
                for (const struct metrics_item *other = item; other != NULL; other = load(&other->next))
                        if (strcmp(other->name, item->name) == 0)
                                print_item(&printer, other);
        }
        if (format == METRICS_OPEN)
                buffer_puts(out, "# EOF\n");
}
