/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_ask.h"

/* Anything but `size * count` ends the transfer. */
static size_t take(char *bytes, size_t size, size_t count, void *to)
{
        struct http_ask *ask = to;
        if (ask->answer->length + size * count > ask->answer_max)
                return 0;
        buffer_append(ask->answer, bytes, size * count);
        return size * count;
}

void http_ask_prepare(CURL *curl, struct http_ask *ask)
{
        curl_easy_setopt(curl, CURLOPT_URL, ask->url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, ask->schemes);
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, ask);
        if (*ask->authority != '\0')
                curl_easy_setopt(curl, CURLOPT_CAINFO, ask->authority);
}
