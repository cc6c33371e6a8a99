/* SPDX-License-Identifier: Apache-2.0 */
/* A collector of traces on loopback, which keeps what it is sent and answers as it is told. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct collector;

struct collector *collector_start(void);
void collector_stop(struct collector *collector);

/* "http://127.0.0.1:PORT". */
const char *collector_url(const struct collector *collector);

/* The next `count` requests are answered with this code, and with a Retry-After of so many seconds (0: none); what they
 * bring is not kept. */
void collector_refuse(struct collector *collector, int count, int code, int retry_after_s);

/* Requests so far, whatever was answered. */
int collector_requests(struct collector *collector);

/* The value of a header of the last request; "" when it had none. */
const char *collector_header(struct collector *collector, const char *name);

struct seen_span {
        char service[32]; /* service.name of its resource */
        char name[128];
        char trace_id[33], span_id[17], parent_id[17];
        int kind;
        bool is_failed;
        char code[32]; /* of a request or a call */
        long long took_ns;
};

/* Waits until so many spans have come (at most 20 s), or with 0 for nothing; their number. `out` lives until the next
 * call. */
size_t collector_spans(struct collector *collector, size_t count, const struct seen_span **out);

/* The span of this trace, service and name; NULL: none yet. */
const struct seen_span *collector_find(
        struct collector *collector, const char *trace_id, const char *service, const char *name, int kind);
