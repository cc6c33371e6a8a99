/* SPDX-License-Identifier: Apache-2.0 */
#include "common/span.h"

#include <assert.h>
#include <stddef.h>

static void add(struct span *span, struct span_attribute attribute)
{
        assert(span->n_attributes < SPAN_ATTRIBUTES_MAX);
        span->attributes[span->n_attributes++] = attribute;
}

void span_add_text(struct span *span, const char *key, const char *text)
{
        add(span, (struct span_attribute){.key = key, .text = text});
}

void span_add_number(struct span *span, const char *key, int64_t number)
{
        add(span, (struct span_attribute){.key = key, .text = NULL, .number = number});
}
