/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an address: what is taken is clean text, leads nowhere up, and finds a route or not. */
#include "common/text.h"
#include "gateway/own_routes.h"
#include "gateway/path.h"
#include "gateway/route.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_path(struct arena *arena, const struct routes *routes, const char *raw)
{
        struct path path;
        struct route_match match;
        if (path_split(arena, raw, &path) != STATUS_OK)
                return;
        FUZZ_ASSERT(path.count <= PATH_SEGMENTS_MAX);
        for (size_t i = 0; i < path.count; i++) {
                const char *segment = path.segments[i];
                FUZZ_ASSERT(text_is_clean(segment, strlen(segment)));
                FUZZ_ASSERT(strcmp(segment, ".") != 0 && strcmp(segment, "..") != 0);
        }
        if (routes_match(routes, "GET", &path, &match) == ROUTE_FOUND)
                for (size_t i = 0; i < match.route->n_params; i++)
                        FUZZ_ASSERT(*match.values[i] != '\0');
}

static void check_query(struct arena *arena, const char *raw)
{
        struct query query;
        if (query_split(arena, raw, &query) != STATUS_OK)
                return;
        FUZZ_ASSERT(query.count <= QUERY_PAIRS_MAX);
        for (size_t i = 0; i < query.count; i++) {
                FUZZ_ASSERT(text_is_clean(query.pairs[i].name, strlen(query.pairs[i].name)));
                FUZZ_ASSERT(text_is_clean(query.pairs[i].value, strlen(query.pairs[i].value)));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct routes *routes;
        if (routes == NULL)
                routes = routes_new(schema_new(), own_routes);
        struct arena *arena = arena_new(0);
        char *raw = arena_strndup(arena, (const char *)bytes, size);
        char *mark = strchr(raw, '?');
        if (mark != NULL)
                *mark = '\0';
        check_path(arena, routes, raw);
        check_query(arena, mark == NULL ? NULL : mark + 1);
        arena_free(arena);
        return 0;
}
