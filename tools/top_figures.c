/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/top_figures.h"

#include "tools/exposition.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define HTTP "http_server_request_duration_seconds"
#define RPC  "rpc_server_call_duration_seconds"

static bool is_named(const struct sample *sample, const char *name)
{
        return strlen(name) == sample->name.length && memcmp(sample->name.at, name, sample->name.length) == 0;
}

static bool is_labelled(const struct sample *sample, const char *label, const char *value)
{
        struct words has;
        return sample_label(sample, label, &has) && strlen(value) == has.length &&
               memcmp(has.at, value, has.length) == 0;
}

/* An answer 5xx, or a status that is not the caller's fault. */
static bool is_failure(const struct sample *sample)
{
        static const char *const statuses[] = {"UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"};
        struct words code;
        if (sample_label(sample, "http_response_status_code", &code))
                return code.length == 3 && *code.at == '5';
        for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
                if (is_labelled(sample, "rpc_response_status_code", statuses[i]))
                        return true;
        return false;
}

static void add_bucket(struct top_look *look, const struct sample *sample)
{
        struct words bound;
        char number[32];
        if (!sample_label(sample, "le", &bound) || bound.length >= sizeof number)
                return;
        memcpy(number, bound.at, bound.length);
        number[bound.length] = '\0';
        double bound_s = strtod(number, NULL);
        int i = 0;
        while (i < look->n_buckets && look->buckets[i].bound_s < bound_s)
                i++;
        if (i < look->n_buckets && look->buckets[i].bound_s == bound_s) {
                look->buckets[i].count += sample->value;
                return;
        }
        if (look->n_buckets == TOP_BUCKETS_MAX || isnan(bound_s))
                return;
        memmove(&look->buckets[i + 1], &look->buckets[i], (size_t)(look->n_buckets - i) * sizeof *look->buckets);
        look->buckets[i] = (struct top_bucket){bound_s, sample->value};
        look->n_buckets++;
}

static void add_duration(struct top_look *look, const struct sample *sample)
{
        bool is_http = is_named(sample, HTTP "_count") || is_named(sample, HTTP "_bucket");
        look->is_gateway |= is_http;
        if (is_named(sample, HTTP "_bucket") || is_named(sample, RPC "_bucket")) {
                add_bucket(look, sample);
        } else {
                look->calls += sample->value;
                look->failures += is_failure(sample) ? sample->value : 0;
                look->has_base = true;
        }
}

static double larger(double a, double b)
{
        return a > b ? a : b;
}

/* Those that stand for themselves, each with its place. */
static const struct {
        const char *name;
        size_t place;
        bool is_most; /* of several the largest counts, otherwise their sum */
} levels[] = {
        {"sfp_rpc_waiting", offsetof(struct top_look, waiting), false},
        {"sfp_rpc_busy", offsetof(struct top_look, busy), false},
        {"http_server_active_requests", offsetof(struct top_look, busy), false},
        {"sfp_events_lag", offsetof(struct top_look, events_behind), true},
        {"sfp_jobs_lag_seconds", offsetof(struct top_look, jobs_late_s), true},
        {"process_cpu_seconds_total", offsetof(struct top_look, cpu_s), false},
        {"process_resident_memory_bytes", offsetof(struct top_look, memory_bytes), false},
        {"process_start_time_seconds", offsetof(struct top_look, started_s), false},
};

static void add_level(struct top_look *look, const struct sample *sample)
{
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
                if (is_named(sample, levels[i].name)) {
                        double *place = (double *)((char *)look + levels[i].place);
                        *place = levels[i].is_most ? larger(*place, sample->value) : *place + sample->value;
                        return;
                }
        if (is_named(sample, "sfp_database_up")) {
                look->has_database = true;
                look->is_database_up = sample->value > 0;
        }
}

void top_look_read(const char *text, struct top_look *out)
{
        struct sample sample;
        *out = (struct top_look){.is_there = true};
        while (exposition_next(&text, &sample)) {
                bool is_duration = is_named(&sample, HTTP "_count") || is_named(&sample, HTTP "_bucket") ||
                                   is_named(&sample, RPC "_count") || is_named(&sample, RPC "_bucket");
                if (isnan(sample.value) || is_labelled(&sample, "lane", "control"))
                        continue;
                if (is_duration)
                        add_duration(out, &sample);
                else
                        add_level(out, &sample);
        }
}

/* How many took at most the bound of bucket `i` of `after`, since `before`. */
static double grown(const struct top_look *before, const struct top_look *after, int i)
{
        for (int b = 0; b < before->n_buckets; b++)
                if (before->buckets[b].bound_s == after->buckets[i].bound_s)
                        return after->buckets[i].count - before->buckets[b].count;
        return after->buckets[i].count;
}

/* Within a bucket everything is taken to be spread evenly, as Prometheus takes it. */
static double quantile(const struct top_look *before, const struct top_look *after, double part)
{
        double all = after->n_buckets == 0 ? 0 : grown(before, after, after->n_buckets - 1);
        double lower_s = 0, below = 0;
        for (int i = 0; all > 0 && i < after->n_buckets; i++) {
                double count = grown(before, after, i), bound_s = after->buckets[i].bound_s;
                if (count >= part * all)
                        return isinf(bound_s) || count <= below
                                       ? lower_s
                                       : lower_s + (bound_s - lower_s) * (part * all - below) / (count - below);
                lower_s = bound_s;
                below = count;
        }
        return 0;
}

void top_figures_between(
        const struct top_look *before, const struct top_look *after, double seconds, struct top_figures *out)
{
        *out = (struct top_figures){0};
        if (!before->is_there || !after->is_there || before->started_s != after->started_s || seconds <= 0)
                return;
        out->calls_per_s = larger(0, after->calls - before->calls) / seconds;
        out->failures_per_s = larger(0, after->failures - before->failures) / seconds;
        out->p50_s = quantile(before, after, 0.5);
        out->p99_s = quantile(before, after, 0.99);
        out->cpu_part = larger(0, after->cpu_s - before->cpu_s) / seconds;
}
