/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/key_fetch.h"

#include "common/http_ask.h"
#include "gateway/key_set.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { HTTP_OK = 200, PIECE = 4096 };

static bool has_prefix(const char *text, const char *prefix)
{
        return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_local(const char *url)
{
        static const char *const hosts[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
        for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
                char next = has_prefix(url, hosts[i]) ? url[strlen(hosts[i])] : 'x';
                if (next == ':' || next == '/' || next == '\0')
                        return strchr(url, '@') == NULL;
        }
        return false;
}

bool key_fetch_is_url(const char *url)
{
        return has_prefix(url, "https://") || is_local(url);
}

static bool read_file(const struct key_place *place, struct buffer *out, const char **why)
{
        FILE *file = fopen(place->file, "re");
        if (file == NULL) {
                *why = "missing";
                return false;
        }
        size_t size;
        do {
                size = fread(buffer_reserve(out, PIECE), 1, PIECE, file);
                out->length += size;
        } while (size > 0 && out->length <= KEY_SET_BYTES_MAX);
        bool is_whole = ferror(file) == 0 && out->length <= KEY_SET_BYTES_MAX;
        *why = ferror(file) == 0 ? "too_large" : "unreadable";
        fclose(file);
        return is_whole;
}

static int is_stopped(void *place, curl_off_t total, curl_off_t so_far, curl_off_t up_total, curl_off_t up_so_far)
{
        (void)total;
        (void)so_far;
        (void)up_total;
        (void)up_so_far;
        return atomic_load(((const struct key_place *)place)->must_stop);
}

static void prepare(CURL *curl, const struct key_place *place, struct http_ask *ask)
{
        http_ask_prepare(curl, ask);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_stopped);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, place);
        if (is_local(place->url))
                curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

static bool read_url(const struct key_place *place, struct buffer *out, const char **why)
{
        struct http_ask ask = {place->url, is_local(place->url) ? "http" : "https", place->authority,
                KEY_FETCH_TIMEOUT_MS, out, KEY_SET_BYTES_MAX};
        long code = 0;
        CURL *curl = curl_easy_init();
        if (curl == NULL) {
                *why = "no_memory";
                return false;
        }
        prepare(curl, place, &ask);
        CURLcode result = curl_easy_perform(curl);
        if (result == CURLE_OK)
                curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
        curl_easy_cleanup(curl);
        *why = result == CURLE_WRITE_ERROR ? "too_large" : result != CURLE_OK ? "unreachable" : "refused";
        return code == HTTP_OK;
}

bool key_fetch(const struct key_place *place, struct buffer *out, const char **why)
{
        return place->file != NULL ? read_file(place, out, why) : read_url(place, out, why);
}
