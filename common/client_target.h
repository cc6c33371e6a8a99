/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a client calls: a service, its endpoints as they are now, and how calls to it go. Private to the client. Picking
 * takes no lock; the endpoints are changed by one thread, the client's own. */
#pragma once

#include "common/client_endpoint.h"
#include "common/metrics.h"

#include <pthread.h>

enum {
        CLIENT_RESOLVE_US = 5000000,       /* between two look-ups of an address */
        CLIENT_RESOLVE_AGAIN_US = 1000000, /* after one that found nothing */
        CLIENT_PROBE_US = 2000000,         /* between two Health.Check */
        CLIENT_BUDGET_MAX = 100,           /* tenths of a retry; a success gives one, a retry takes ten */
        CLIENT_BUDGET_RETRY = 10,
        CLIENT_BUDGET_PAUSE_US = 100000, /* losses within so short a time are one */
};

struct client_call;
struct identity;

struct client_target {
        char *service;
        struct identity *identity; /* in whose name it is called */
        char address[ENDPOINTS_ADDRESS_SIZE];
        struct client_endpoint endpoints[ENDPOINTS_MAX];
        _Atomic int n_places; /* of them have ever been used */
        _Atomic bool is_resolved;
        _Atomic bool is_closing;
        _Atomic int n_retrying; /* threads between a pick and its sending */
        _Atomic uint32_t turn;
        _Atomic int budget;
        int64_t resolve_due_us;
        pthread_mutex_t mutex;
        struct client_call *waiting; /* for the first look-up. Under the mutex */
        struct metric *calls;
        struct metric *failures;
        struct metric *retries;
        struct histogram *seconds; /* of calls, from the first attempt to the end of the last */
        struct metric *in_flight;
        struct metric *circuit_open;
        struct metric *by_state[CLIENT_ENDPOINT_GONE];
};

struct client_target *client_target_new(
        const char *service, const char *address, struct identity *identity, struct metrics *metrics);

/* Ends the calls under way as UNAVAILABLE. No call is started any more, and the client's threads have ended. */
void client_target_free(struct client_target *target);

/* An endpoint to ask, with the call counted in, or NULL. Two are drawn among the healthy ones and the less busy is
 * taken. Where more than half of those that serve are ejected ejection is not heeded, and where none serves every one
 * is as good as another. Those in `tried`, a bit each, are left out. */
struct client_endpoint *client_target_pick(struct client_target *target, uint64_t tried);
uint64_t client_target_bit(const struct client_target *target, const struct client_endpoint *endpoint);

/* Is there more than one endpoint now? */
bool client_target_has_choice(const struct client_target *target);

/* Pays for a retry; false at or below half of the budget. A lost connection ends all calls on it at once: their retries
 * are paid for together. */
bool client_target_pay(struct client_target *target);
bool client_target_pay_for_loss(struct client_target *target, struct client_endpoint *lost);
void client_target_earn(struct client_target *target);

/* Looks the address up and brings the endpoints in line; those that went are let go once their calls have ended. May
 * block. */
void client_target_refresh(struct client_target *target);

/* Brings the gauges up to date. */
void client_target_show(struct client_target *target);
