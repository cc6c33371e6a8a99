/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of work that took its time, as traces show it. It is copied whole, so that recording one allocates nothing:
 * names and texts live as long as the process. It holds names, codes and numbers of ours, nothing that anybody wrote.
 */
#pragma once

#include "common/trace.h"

#include <stdint.h>

/* As OTLP numbers them. */
enum span_kind { SPAN_SERVER = 2, SPAN_CLIENT = 3, SPAN_CONSUMER = 5 };

enum { SPAN_ATTRIBUTES_MAX = 6, SPAN_PEER_SIZE = 24 };

struct span_attribute {
        const char *key;  /* of OpenTelemetry's semantic conventions where they have one */
        const char *text; /* NULL: `number` counts */
        int64_t number;
};

struct span {
        struct trace trace;
        enum span_kind kind;
        const char *verb; /* before the name: "GET", "process"; NULL: none */
        const char *name;
        char peer[SPAN_PEER_SIZE]; /* the service that was called (server.address); "": none */
        int64_t started_us;        /* on the monotonic clock */
        int64_t ended_us;
        bool is_failed;
        int n_attributes;
        struct span_attribute attributes[SPAN_ATTRIBUTES_MAX];
};

/* More than SPAN_ATTRIBUTES_MAX are our mistake. */
void span_add_text(struct span *span, const char *key, const char *text);
void span_add_number(struct span *span, const char *key, int64_t number);
