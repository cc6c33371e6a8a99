/* SPDX-License-Identifier: Apache-2.0 */
/* Spans as OTLP's message: what is sent, and nothing of how. */
#pragma once

#include "common/arena.h"
#include "common/pairs.h"
#include "common/span.h"

#include <stddef.h>
#include <stdint.h>

/* Who sends. */
struct span_origin {
        const char *service_name;
        const char *instance; /* "": none */
        struct pairs attributes;
};

/* The bytes of an ExportTraceRequest of `count` spans, in the arena; their number is put in *size. `unix_offset_us` is
 * what the calendar's clock is ahead of the monotonic one. */
uint8_t *span_batch_pack(struct arena *arena, const struct span_origin *origin, const struct span *spans, size_t count,
        int64_t unix_offset_us, size_t *size);
