/* SPDX-License-Identifier: Apache-2.0 */
/* A service as its main.c describes it, and as it runs. */
#pragma once

#include "common/config.h"
#include "common/migrate.h"
#include "common/rpc.h"

struct cache;
struct client;
struct content_kind;
struct counter;
struct event_consumer;
struct event_listener;
struct dashboard_series;
struct event_relay;
struct histogram;
struct hmac;
struct identity;
struct job_kind;
struct keyring;
struct metrics;
struct personal_table;
struct preview_kind;
struct running;
typedef struct Platform__Health Platform__Health;
struct server;
struct tracer;

struct service_definition {
        const char *name;    /* "goals": schema, mesh address, caller name */
        const char *purpose; /* one line for --help */
        const ProtobufCServiceDescriptor *descriptor;
        const struct rpc *const *tables;  /* NULL-terminated; together they serve every method of the descriptor */
        const struct config_item *config; /* the service's own; NULL: none */
        size_t config_size;
        const struct migration *migrations;      /* NULL: no database */
        status (*open)(struct service *service); /* makes service->state; NULL: none */
        void (*close)(struct service *service);
        const struct event_consumer *consumers;    /* common/consumer.h; NULL: none. Needs a database */
        const struct event_listener *listeners;    /* common/events.h; NULL: none */
        const struct counter *counters;            /* common/counters.h; NULL: none. Needs a database */
        const struct job_kind *jobs;               /* common/jobs.h; NULL: none. Needs a database */
        const struct content_kind *content;        /* common/content.h; NULL: nothing that is moderated */
        const struct personal_table *personal;     /* common/personal.h; NULL: nothing of people */
        const struct preview_kind *previews;       /* common/preview.h; NULL: nothing that is previewed */
        bool knows_people;                         /* common/people.h: names, blocks and sanctions are kept here */
        const struct dashboard_series *dashboards; /* common/dashboard.h; NULL: none of its own */
        /* Whether its prompt methods (options.proto) would wait for nothing now, asked on any thread; NULL: they might.
         */
        bool (*is_prompt)(const struct service *service);
        /* What it has to say of the platform's health beside its database; NULL: nothing. */
        status (*health)(struct call *call, Platform__Health *out);
};

/* A running service. Set up before the first call and unchanging from then on. */
struct service {
        const struct service_definition *definition;
        const void *config; /* the service's own struct */
        void *state;        /* made by open */
        const struct schema *schema;
        struct identity *identity; /* ours, and how callers prove theirs */
        struct client *client;
        struct metrics *metrics;
        struct cache *cache;       /* NULL: none */
        int64_t cache_ttl_us;      /* CACHE_DEFAULT of options.proto */
        struct event_relay *relay; /* NULL: none here */
        const struct hmac *cursor_key;
        const struct keyring *keys;
        struct server *server;        /* while it serves; NULL before and in what does not */
        struct running *running;      /* the calls it runs; NULL as above */
        int64_t dashboard_min_people; /* common/dashboard.h; 0: as it says */
        int64_t started_us;           /* on the monotonic clock */
        struct histogram *calls;      /* how long calls took; NULL before it serves */
        struct tracer *tracer;        /* NULL: no traces */
};

/* Runs a service until SIGTERM; the program's whole main(). Returns the exit code: 0, 1 for bad configuration, 75 when
 * it must be started again. */
int service_main(int argc, char **argv, const struct service_definition *definition);
