/* SPDX-License-Identifier: Apache-2.0 */
#include "common/pg_hosts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_SIZE = 256, OPTIONS_MAX = 64 };

struct pg_hosts {
        const char *url;
        PQconninfoOption *options; /* NULL: one host */
        size_t count;
};

static size_t count_items(const char *list)
{
        size_t count = 1;
        for (; *list != '\0'; list++)
                count += *list == ',';
        return count;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
        for (; options->keyword != NULL; options++)
                if (strcmp(options->keyword, keyword) == 0)
                        return options->val;
        return NULL;
}

/* 0 when the lists do not fit each other. */
static size_t count_hosts(const PQconninfoOption *options)
{
        static const char *const lists[] = {"host", "hostaddr", "port"};
        size_t count = 1;
        for (int i = 0; i < 3; i++) {
                const char *list = value_of(options, lists[i]);
                size_t items = list == NULL ? 1 : count_items(list);
                if (items > 1 && count > 1 && items != count)
                        return 0;
                count = items > count ? items : count;
        }
        return count;
}

struct pg_hosts *pg_hosts_new(const char *url)
{
        struct pg_hosts *hosts = calloc(1, sizeof *hosts);
        if (hosts == NULL)
                abort();
        *hosts = (struct pg_hosts){.url = url, .options = PQconninfoParse(url, NULL), .count = 1};
        size_t count = hosts->options == NULL ? 0 : count_hosts(hosts->options);
        if (count > 1) {
                hosts->count = count;
                return hosts;
        }
        PQconninfoFree(hosts->options);
        hosts->options = NULL;
        return hosts;
}

void pg_hosts_free(struct pg_hosts *hosts)
{
        if (hosts == NULL)
                return;
        PQconninfoFree(hosts->options);
        free(hosts);
}

size_t pg_hosts_count(const struct pg_hosts *hosts)
{
        return hosts->count;
}

/* The item at `place` of a list, or all of what is no list. */
static const char *item_of(const char *list, size_t place, char out[static HOST_SIZE])
{
        if (strchr(list, ',') == NULL)
                return list;
        for (; place > 0; place--)
                list = strchr(list, ',') + 1;
        size_t length = strcspn(list, ",");
        if (length >= HOST_SIZE)
                return list;
        memcpy(out, list, length);
        out[length] = '\0';
        return out;
}

static bool is_list(const char *keyword)
{
        return strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 || strcmp(keyword, "port") == 0;
}

PGconn *pg_hosts_start(const struct pg_hosts *hosts, size_t place)
{
        const char *keywords[OPTIONS_MAX + 1], *values[OPTIONS_MAX + 1];
        char items[3][HOST_SIZE];
        size_t n = 0, n_lists = 0;
        if (hosts->options == NULL)
                return PQconnectStart(hosts->url);
        for (const PQconninfoOption *option = hosts->options; option->keyword != NULL && n < OPTIONS_MAX; option++) {
                if (option->val == NULL)
                        continue;
                bool is_split = is_list(option->keyword) && n_lists < 3;
                keywords[n] = option->keyword;
                values[n++] = is_split ? item_of(option->val, place, items[n_lists++]) : option->val;
        }
        keywords[n] = values[n] = NULL;
        return PQconnectStartParams(keywords, values, 0);
}
