/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/next_page.h"

#include "common/field.h"
#include "common/words.h"
#include "gateway/path.h"

#include <string.h>

/* Does the pair, as it was sent, say which page it is? */
static bool says_where(struct arena *arena, struct words pair)
{
        struct query query;
        if (query_split(arena, arena_strndup(arena, pair.at, pair.length), &query) != STATUS_OK || query.count != 1)
                return true;
        return strcmp(query.pairs[0].name, "cursor") == 0 || strcmp(query.pairs[0].name, "offset") == 0;
}

char *next_page_link(const struct exchange *exchange, const ProtobufCMessage *payload)
{
        const char *cursor = field_text(payload, "next_cursor");
        const char *query = exchange->request.query == NULL ? "" : exchange->request.query;
        struct buffer out = buffer_in(exchange->arena);
        struct words pair;
        if (cursor == NULL || *cursor == '\0' || strlen(query) > NEXT_PAGE_LINK_MAX)
                return NULL;
        buffer_printf(&out, "<%s?", exchange->request.path);
        while (words_next(&query, '&', &pair))
                if (!says_where(exchange->arena, pair))
                        buffer_printf(&out, "%.*s&", (int)pair.length, pair.at);
        buffer_printf(&out, "cursor=%s>; rel=\"next\"", cursor);
        return out.length <= NEXT_PAGE_LINK_MAX && strpbrk(out.bytes + 1, "<\r\n") == NULL ? out.bytes : NULL;
}
