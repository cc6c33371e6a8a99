/* SPDX-License-Identifier: Apache-2.0 */
#include "common/trace.h"

#include "common/random.h"

#include <stdint.h>
#include <string.h>

static void random_hex(char *out, int digits)
{
        uint8_t bytes[16];
        random_bytes(bytes, (size_t)digits / 2);
        for (int i = 0; i < digits; i++)
                out[i] = "0123456789abcdef"[bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
        out[digits] = '\0';
}

static bool is_hex(const char *text, int digits)
{
        int zeros = 0;
        for (int i = 0; i < digits; i++) {
                if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
                        return false;
                zeros += text[i] == '0';
        }
        return digits == 2 || zeros < digits; /* ids of zeros only are invalid */
}

/* Version 00 exactly; a later version may have more behind the flags. */
static bool is_valid(const char *text)
{
        size_t length = strlen(text);
        return length >= 55 && text[2] == '-' && text[35] == '-' && text[52] == '-' && is_hex(text, 2) &&
               is_hex(text + 3, 32) && is_hex(text + 36, 16) && is_hex(text + 53, 2) && memcmp(text, "ff", 2) != 0 &&
               (length == 55 || (memcmp(text, "00", 2) != 0 && text[55] == '-'));
}

void trace_start(struct trace *trace, const char *traceparent)
{
        trace->parent_id[0] = '\0';
        if (traceparent != NULL && is_valid(traceparent)) {
                memcpy(trace->trace_id, traceparent + 3, 32);
                trace->trace_id[32] = '\0';
                memcpy(trace->parent_id, traceparent + 36, 16);
                trace->parent_id[16] = '\0';
                trace->is_sampled = strchr("13579bdf", traceparent[54]) != NULL; /* the lowest bit of the flags */
        } else {
                random_hex(trace->trace_id, 32);
                trace->is_sampled = true;
        }
        random_hex(trace->span_id, 16);
}

void trace_begin_child(struct trace *trace, const struct trace *parent)
{
        *trace = *parent;
        memcpy(trace->parent_id, parent->span_id, sizeof trace->parent_id);
        random_hex(trace->span_id, 16);
}

void trace_format(const struct trace *trace, char out[TRACE_PARENT_SIZE])
{
        memcpy(out, "00-", 3);
        memcpy(out + 3, trace->trace_id, 32);
        out[35] = '-';
        memcpy(out + 36, trace->span_id, 16);
        memcpy(out + 52, trace->is_sampled ? "-01" : "-00", 4);
}
