/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what follows a verb: the address up to the first line's end, the body behind it, in gzip where the
 * address begins with "z". What is bound obeys the rules of its message, and can be answered in part. */
#include "common/json_write.h"
#include "common/validate.h"
#include "gateway/bind.h"
#include "gateway/own_routes.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char *const verbs[] = {"GET", "POST", "PATCH", "PUT", "DELETE"};

static struct exchange *new_exchange(
        struct arena *arena, const char *verb, char *address, const char *body, size_t size)
{
        struct exchange *exchange = arena_zalloc(arena, sizeof *exchange);
        bool is_coded = *address == 'z';
        exchange->arena = arena;
        exchange->request = (struct request){
                .verb = verb, .path = address + is_coded, .body = body, .body_size = size, .body_max = 1 << 16};
        exchange->request.headers[HEADER_CONTENT_TYPE] = "application/json";
        exchange->request.headers[HEADER_CONTENT_ENCODING] = is_coded ? "gzip" : NULL;
        char *mark = strchr(address, '?');
        if (mark != NULL) {
                *mark = '\0';
                exchange->request.query = mark + 1;
        }
        return exchange;
}

static void check(const struct routes *routes, struct exchange *exchange)
{
        struct path path;
        struct bound bound;
        if (path_split(exchange->arena, exchange->request.path, &path) != STATUS_OK ||
                routes_match(routes, exchange->request.verb, &path, &exchange->match) != ROUTE_FOUND ||
                exchange->match.route->method == NULL)
                return;
        if (bind_request(exchange, &bound) != PROBLEM_NONE)
                return;
        const struct schema_method *method = exchange->match.route->method;
        struct violations broken = violations_in(exchange->arena);
        validate_message(method->input, bound.message, &broken);
        FUZZ_ASSERT(broken.count == 0);
        struct buffer out = buffer_in(exchange->arena);
        ProtobufCMessage *answer = arena_alloc(exchange->arena, method->output->descriptor->sizeof_message);
        method->output->descriptor->message_init(answer);
        json_write_masked(&out, answer, exchange->fields);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        static struct routes *routes;
        if (routes == NULL)
                routes = routes_new(schema_new(), own_routes);
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
                struct arena *arena = arena_new(0);
                char *text = arena_strndup(arena, (const char *)bytes, size);
                char *end = memchr(text, '\n', size);
                const char *body = end == NULL ? text + size : end + 1;
                if (end != NULL)
                        *end = '\0';
                check(routes, new_exchange(arena, verbs[i], text, body, (size_t)(text + size - body)));
                arena_free(arena);
        }
        return 0;
}
