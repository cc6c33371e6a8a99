/* SPDX-License-Identifier: Apache-2.0 */
/* One POST of a batch to the collector, by libcurl: a connection that is kept, redirects not followed. One thread. */
#pragma once

#include "common/pairs.h"
#include "common/span_batch.h"
#include "common/status.h"

struct span_post;

enum span_post_outcome {
        SPAN_POST_TAKEN,
        SPAN_POST_AGAIN,   /* not reached, or asked to come again */
        SPAN_POST_REFUSED, /* for good */
};

struct span_answer {
        enum span_post_outcome outcome;
        int64_t retry_after_ms; /* 0: nothing was said of that */
        int64_t rejected;       /* of a batch that was taken */
        int64_t code;           /* 0: there was no answer */
};

/* `authority` is a PEM file or "". At *give_up_us on the monotonic clock (0: never), which may be set at any time, a
 * transfer is broken off within a second. Texts and `give_up_us` are kept. NULL when libcurl cannot be had. */
struct span_post *span_post_new(
        const char *url, const char *authority, const struct pairs *headers, const _Atomic int64_t *give_up_us);
void span_post_free(struct span_post *post);

/* Waits for the answer, at most `timeout_ms`. */
struct span_answer span_post_send(struct span_post *post, const uint8_t *bytes, size_t size, int64_t timeout_ms);

/* What an answer means (OTLP's specification, "OTLP/HTTP Response"): `code` is its HTTP code, 0 for none. */
enum span_post_outcome span_post_judge(long code);
