/* SPDX-License-Identifier: Apache-2.0 */
/* Which method a verb and a path lead to. The tree is built once from the rules in the protos and from the gateway's
 * own routes, and only read afterwards. */
#pragma once

#include "common/schema.h"
#include "gateway/path.h"

#include <stdbool.h>

#define ROUTE_PREFIX "/api/v1/social"

struct exchange;

/* A route that the gateway answers itself; `summary` and `role` are for the interface's document. */
struct own_route {
        const char *verb;
        const char *path; /* below the prefix; with `is_outside` as it is */
        void (*answer)(struct exchange *exchange);
        const char *summary;
        const char *role; /* that is asked for; NULL: everybody */
        const char *type; /* of what is answered; NULL: JSON */
        bool is_outside;
        const ProtobufCMessageDescriptor *query; /* what own_query_read makes of it; NULL: none is read */
        unsigned success;                        /* 0: 200 */
        bool is_counted;                         /* by the rate limit of whoever is not known */
};

enum { ROUTE_PARAMS_MAX = 4 };

struct route {
        size_t index; /* from 0, as routes_at takes it */
        const char *verb;
        const char *path;                   /* the template, prefix included */
        const struct schema_method *method; /* NULL: the gateway's own */
        const Sfp__Route *rule;             /* of the method */
        const struct own_route *own;        /* NULL: a method's */
        size_t n_params;
        const char *params[ROUTE_PARAMS_MAX]; /* names of the request's fields, from left to right */
        bool has_instances;                   /* one more segment, an id, leads to what this route made */
};

/* Does it change nothing? Does it change what is there, and make nothing? By its verb. */
bool route_is_read(const struct route *route);
bool route_is_change(const struct route *route);

struct routes;

/* `own` ends with a row without verb. Two routes with one verb and path, or a parameter that is no field of its
 * request, are our mistake and end the process. */
struct routes *routes_new(const struct schema *schema, const struct own_route *own);
void routes_free(struct routes *routes);

size_t routes_count(const struct routes *routes);
const struct route *routes_at(const struct routes *routes, size_t i);

enum route_result { ROUTE_FOUND, ROUTE_OTHER_VERB, ROUTE_NONE };

struct route_match {
        const struct route *route;            /* only when found */
        const char *values[ROUTE_PARAMS_MAX]; /* of the route's params */
        const char *allow;                    /* verbs that the path has; NULL when there is none */
};

/* A literal segment goes before a parameter. HEAD is served by GET. OPTIONS is never found: its answer is `allow`. */
enum route_result routes_match(
        const struct routes *routes, const char *verb, const struct path *path, struct route_match *out);
