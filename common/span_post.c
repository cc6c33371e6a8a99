/* SPDX-License-Identifier: Apache-2.0 */
#include "common/span_post.h"

#include "common/buffer.h"
#include "common/clock.h"
#include "common/http_ask.h"
#include "common/tracer.h"
#include "otlp/trace.pb-c.h"

#include <stdatomic.h>
#include <stdlib.h>

struct span_post {
        CURL *curl;
        const char *url;
        const char *authority;
        const _Atomic int64_t *give_up_us;
        struct curl_slist *headers;
};

static bool add_header(struct span_post *post, const char *line)
{
        struct curl_slist *longer = curl_slist_append(post->headers, line);
        if (longer != NULL)
                post->headers = longer;
        return longer != NULL;
}

static bool add_headers(struct span_post *post, const struct pairs *pairs)
{
        struct arena *arena = arena_new(0);
        bool is_good = add_header(post, "Content-Type: application/x-protobuf") && add_header(post, "Expect:");
        for (size_t i = 0; is_good && i < pairs->count; i++)
                is_good = add_header(post, arena_printf(arena, "%s: %s", pairs->all[i].name, pairs->all[i].value));
        arena_free(arena);
        return is_good;
}

struct span_post *span_post_new(
        const char *url, const char *authority, const struct pairs *headers, const _Atomic int64_t *give_up_us)
{
        struct span_post *post = calloc(1, sizeof *post);
        if (post == NULL)
                abort();
        post->url = url;
        post->authority = authority;
        post->give_up_us = give_up_us;
        curl_global_init(CURL_GLOBAL_DEFAULT); /* before there are threads that use it */
        post->curl = curl_easy_init();
        if (post->curl != NULL && add_headers(post, headers))
                return post;
        span_post_free(post);
        return NULL;
}

void span_post_free(struct span_post *post)
{
        if (post == NULL)
                return;
        curl_slist_free_all(post->headers);
        if (post->curl != NULL)
                curl_easy_cleanup(post->curl);
        free(post);
}

enum span_post_outcome span_post_judge(long code)
{
        if (code >= 200 && code < 300)
                return SPAN_POST_TAKEN;
        return code == 0 || code == 429 || code == 502 || code == 503 || code == 504 ? SPAN_POST_AGAIN
                                                                                     : SPAN_POST_REFUSED;
}

static int is_stopped(void *place, curl_off_t total, curl_off_t so_far, curl_off_t up_total, curl_off_t up_so_far)
{
        int64_t give_up_us = atomic_load((const _Atomic int64_t *)place);
        (void)total;
        (void)so_far;
        (void)up_total;
        (void)up_so_far;
        return give_up_us > 0 && clock_now_us() > give_up_us;
}

static void prepare(struct span_post *post, const uint8_t *bytes, size_t size, struct http_ask *ask)
{
        CURL *curl = post->curl;
        curl_easy_reset(curl); /* the connection stays */
        http_ask_prepare(curl, ask);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, post->give_up_us);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->headers);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)bytes);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
}

static int64_t rejected_of(const struct buffer *body)
{
        int64_t rejected = 0;
        Otlp__ExportTraceResponse *response =
                otlp__export_trace_response__unpack(NULL, body->length, (const uint8_t *)buffer_text(body));
        if (response != NULL && response->partial_success != NULL)
                rejected = response->partial_success->rejected_spans;
        otlp__export_trace_response__free_unpacked(response, NULL);
        return rejected;
}

struct span_answer span_post_send(struct span_post *post, const uint8_t *bytes, size_t size, int64_t timeout_ms)
{
        struct arena *arena = arena_new(0);
        struct buffer body = buffer_in(arena);
        long code = 0;
        curl_off_t retry_after_s = 0;
        struct http_ask ask = {post->url, "http,https", post->authority, timeout_ms, &body, TRACER_ANSWER_MAX};
        prepare(post, bytes, size, &ask);
        if (curl_easy_perform(post->curl) == CURLE_OK) {
                curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &code);
                curl_easy_getinfo(post->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
        }
        struct span_answer answer = {.outcome = span_post_judge(code), .code = code};
        if (answer.outcome == SPAN_POST_TAKEN)
                answer.rejected = rejected_of(&body);
        if (retry_after_s > 0 && retry_after_s < TRACER_PAUSE_MAX_MS / 1000)
                answer.retry_after_ms = retry_after_s * 1000;
        else if (retry_after_s > 0)
                answer.retry_after_ms = TRACER_PAUSE_MAX_MS;
        arena_free(arena);
        return answer;
}
