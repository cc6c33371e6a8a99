/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/stream_open.h"

#include "gateway/gateway.h"
#include "gateway/own_query.h"
#include "gateway/respond.h"
#include "gateway/sockets.h"
#include "gateway/stream.h"
#include "gateway/visitor.h"

#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS_MAX = 16 };

static const char stream_type[] = "text/event-stream";

/* The id of the last event heard is one of ours, a number. */
static enum problem read_position(const struct exchange *exchange, const Sfp__EventsOpening *opening, int64_t *out)
{
        const char *id = exchange->request.headers[HEADER_LAST_EVENT_ID];
        *out = opening->has_last_seq ? opening->last_seq : NO_POSITION;
        if (id == NULL || *id == '\0')
                return PROBLEM_NONE;
        if (id[strspn(id, "0123456789")] != '\0' || strlen(id) > ID_DIGITS_MAX)
                return PROBLEM_MALFORMED_REQUEST;
        *out = strtoll(id, NULL, 10);
        return PROBLEM_NONE;
}

/* With PROBLEM_NONE there is a place for it. */
static enum problem check(struct exchange *exchange, const Sfp__EventsOpening *opening, int64_t *position,
        Sfp__Caller **caller, int64_t *expires_at)
{
        const struct gateway *gateway = exchange->gateway;
        enum problem problem = read_position(exchange, opening, position);
        if (problem != PROBLEM_NONE)
                return problem;
        if (!gateway_is_ready(gateway) || !sockets_take_place(gateway->sockets))
                return PROBLEM_OVERLOADED;
        problem = visitor_identify(exchange, opening->ticket, caller, expires_at);
        if (problem != PROBLEM_NONE)
                sockets_give_place_up(gateway->sockets);
        return problem;
}

static struct listener *new_listener(struct exchange *exchange, const Sfp__EventsOpening *opening,
        const Sfp__Caller *caller, int64_t expires_at, int64_t position)
{
        struct listener *listener = stream_new(exchange, caller, expires_at);
        if (listener == NULL)
                return NULL;
        listener->resume_from = position;
        listener_subscribe(listener, opening->n_types, opening->types);
        return listener;
}

/* The answer to HEAD has nothing to wait for. */
void answer_events(struct exchange *exchange)
{
        Sfp__EventsOpening opening = SFP__EVENTS_OPENING__INIT;
        Sfp__Caller *caller;
        struct listener *listener = NULL;
        int64_t position, expires_at;
        bool is_head = strcmp(exchange->request.verb, "HEAD") == 0;
        if (!own_query_read(exchange, &opening.base))
                return;
        enum problem problem = check(exchange, &opening, &position, &caller, &expires_at);
        bool has_place = problem == PROBLEM_NONE;
        if (has_place && !is_head) {
                listener = new_listener(exchange, &opening, caller, expires_at, position);
                problem = listener == NULL ? PROBLEM_OVERLOADED : PROBLEM_NONE;
        }
        if (has_place && listener == NULL)
                sockets_give_place_up(exchange->gateway->sockets);
        if (problem != PROBLEM_NONE) {
                respond_problem(exchange, problem, NULL);
                return;
        }
        exchange->response = (struct response){.code = 200, .content_type = stream_type};
        if (listener != NULL) {
                exchange->response.source = stream_source(listener);
                atomic_fetch_add(&exchange->gateway->n_streams, 1);
                sockets_add(exchange->gateway->sockets, listener);
        }
}
