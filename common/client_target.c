/* SPDX-License-Identifier: Apache-2.0 */
#include "common/client_target.h"

#include "common/clock.h"
#include "common/log.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct metric *add_counter(
        struct metrics *metrics, const struct client_target *target, const char *name, const char *help)
{
        char labels[128];
        snprintf(labels, sizeof labels, "target=\"%s\"", target->service);
        return metrics_counter(metrics, name, labels, help);
}

static struct metric *add_gauge(struct metrics *metrics, const struct client_target *target, const char *name,
        const char *state, const char *help)
{
        char labels[192];
        snprintf(labels, sizeof labels, *state == '\0' ? "target=\"%s\"" : "target=\"%s\",state=\"%s\"",
                target->service, state);
        return metrics_gauge(metrics, name, labels, help);
}

static struct histogram *add_histogram(struct metrics *metrics, const struct client_target *target)
{
        char labels[192];
        snprintf(labels, sizeof labels, "rpc_system_name=\"sfp\",server_address=\"%s\"", target->service);
        return metrics_histogram(metrics, HISTOGRAM_FINE, "rpc_client_call_duration_seconds", labels,
                "Time that calls to other services took, however often they were tried.");
}

static void add_metrics(struct client_target *target, struct metrics *metrics)
{
        static const char *const states[] = {NULL, "healthy", "ejected", "not_serving"};
        target->calls = add_counter(metrics, target, "sfp_client_calls_total", "Calls to other services.");
        target->failures = add_counter(metrics, target, "sfp_client_failures_total",
                "Calls that got no answer: out of reach, too late, or too many at once.");
        target->retries = add_counter(
                metrics, target, "sfp_client_retries_total", "Times that a call was sent again to another endpoint.");
        target->seconds = add_histogram(metrics, target);
        target->in_flight = add_gauge(metrics, target, "sfp_client_in_flight", "", "Calls under way.");
        target->circuit_open = add_gauge(metrics, target, "sfp_client_circuit_open", "",
                "Whether no endpoint is healthy: calls then go out on the off chance.");
        for (int state = CLIENT_ENDPOINT_HEALTHY; state < CLIENT_ENDPOINT_GONE; state++)
                target->by_state[state] = add_gauge(metrics, target, "sfp_client_endpoints", states[state],
                        "Endpoints by what is thought of them.");
}

struct client_target *client_target_new(
        const char *service, const char *address, struct identity *identity, struct metrics *metrics)
{
        struct client_target *target = calloc(1, sizeof *target);
        if (target == NULL || (target->service = strdup(service)) == NULL)
                abort();
        target->identity = identity;
        endpoints_address(address, "MESH_URL", service, target->address);
        atomic_store(&target->budget, CLIENT_BUDGET_MAX);
        pthread_mutex_init(&target->mutex, NULL);
        add_metrics(target, metrics);
        return target;
}

/* Retries go from one endpoint's thread to the next endpoint: all are closed to them before the first is hung up. */
void client_target_free(struct client_target *target)
{
        atomic_store(&target->is_closing, true);
        while (atomic_load(&target->n_retrying) > 0)
                sched_yield();
        for (int i = 0; i < target->n_places; i++)
                if (atomic_load(&target->endpoints[i].state) != CLIENT_ENDPOINT_NONE)
                        transport_hang_up(target->endpoints[i].dialer);
        pthread_mutex_destroy(&target->mutex);
        free(target->service);
        free(target);
}

/* The places in each state, a bit each. */
struct view {
        uint64_t in[CLIENT_ENDPOINT_GONE + 1];
};

static struct view look(const struct client_target *target)
{
        struct view view = {{0}};
        int count = atomic_load_explicit(&target->n_places, memory_order_acquire);
        for (int i = 0; i < count; i++)
                view.in[atomic_load_explicit(&target->endpoints[i].state, memory_order_relaxed)] |= UINT64_C(1) << i;
        return view;
}

static int count_of(uint64_t set)
{
        return __builtin_popcountll(set);
}

static uint64_t choosable(const struct view *view)
{
        uint64_t healthy = view->in[CLIENT_ENDPOINT_HEALTHY];
        uint64_t serving = healthy | view->in[CLIENT_ENDPOINT_EJECTED];
        if (serving == 0)
                return view->in[CLIENT_ENDPOINT_NOT_SERVING];
        return count_of(healthy) * 2 >= count_of(serving) ? healthy : serving;
}

static uint32_t draw(struct client_target *target)
{
        uint32_t x = atomic_fetch_add_explicit(&target->turn, 0x9E3779B9U, memory_order_relaxed);
        x = (x ^ (x >> 16)) * 0x85EBCA6BU;
        x = (x ^ (x >> 13)) * 0xC2B2AE35U;
        return x ^ (x >> 16);
}

static int nth(uint64_t set, uint32_t n)
{
        for (; n > 0; n--)
                set &= set - 1;
        return __builtin_ctzll(set);
}

/* The less busy of two drawn. */
static int draw_two(struct client_target *target, uint64_t set)
{
        uint32_t count = (uint32_t)count_of(set);
        if (count == 1)
                return __builtin_ctzll(set);
        uint32_t number = draw(target);
        uint32_t first = (number & 0xFFFF) % count;
        uint32_t second = (first + 1 + (number >> 16) % (count - 1)) % count;
        int left = nth(set, first), right = nth(set, second);
        return atomic_load(&target->endpoints[left].in_flight) <= atomic_load(&target->endpoints[right].in_flight)
                       ? left
                       : right;
}

struct client_endpoint *client_target_pick(struct client_target *target, uint64_t tried)
{
        struct view view = look(target);
        for (int state = 0; tried != 0 && state <= CLIENT_ENDPOINT_GONE; state++)
                view.in[state] &= ~tried;
        for (uint64_t set = choosable(&view); set != 0;) {
                int place = draw_two(target, set);
                if (client_endpoint_enter(&target->endpoints[place]))
                        return &target->endpoints[place];
                set &= ~(UINT64_C(1) << place);
        }
        return NULL;
}

uint64_t client_target_bit(const struct client_target *target, const struct client_endpoint *endpoint)
{
        return UINT64_C(1) << (endpoint - target->endpoints);
}

bool client_target_has_choice(const struct client_target *target)
{
        return atomic_load_explicit(&target->n_places, memory_order_relaxed) > 1;
}

bool client_target_pay(struct client_target *target)
{
        int left = atomic_load(&target->budget);
        while (left > CLIENT_BUDGET_MAX / 2)
                if (atomic_compare_exchange_weak(&target->budget, &left, left - CLIENT_BUDGET_RETRY))
                        return true;
        return false;
}

bool client_target_pay_for_loss(struct client_target *target, struct client_endpoint *lost)
{
        int64_t now = clock_now_us();
        int64_t last = atomic_load(&lost->charged_us);
        if (now - last < CLIENT_BUDGET_PAUSE_US)
                return true;
        if (!client_target_pay(target))
                return false;
        atomic_store(&lost->charged_us, now);
        return true;
}

void client_target_earn(struct client_target *target)
{
        if (atomic_load_explicit(&target->budget, memory_order_relaxed) < CLIENT_BUDGET_MAX)
                atomic_fetch_add(&target->budget, 1);
}

static bool is_listed(const struct endpoint *list, size_t count, const struct endpoint *endpoint)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(list[i].url, endpoint->url) == 0)
                        return true;
        return false;
}

/* Hangs up on what was let go of in an earlier round, once its last call has ended. */
static void hang_up_on_gone(struct client_target *target)
{
        for (int i = 0; i < target->n_places; i++) {
                struct client_endpoint *endpoint = &target->endpoints[i];
                if (atomic_load(&endpoint->state) != CLIENT_ENDPOINT_GONE || atomic_load(&endpoint->in_flight) > 0)
                        continue;
                transport_hang_up(endpoint->dialer);
                atomic_store(&endpoint->state, CLIENT_ENDPOINT_NONE);
        }
}

/* Lets go of what is no longer listed, and of what is silent: that is dialled anew. */
static void retire(struct client_target *target, const struct endpoint *list, size_t count)
{
        int64_t now = clock_now_us();
        for (int i = 0; i < target->n_places; i++) {
                struct client_endpoint *endpoint = &target->endpoints[i];
                int state = atomic_load(&endpoint->state);
                bool is_silent = client_endpoint_is_silent(endpoint, now);
                if (state == CLIENT_ENDPOINT_NONE || state == CLIENT_ENDPOINT_GONE ||
                        (is_listed(list, count, &endpoint->at) && !is_silent))
                        continue;
                LOG(LOG_INFO, is_silent ? "endpoint is silent: dialling anew" : "endpoint is gone",
                        log_text("url", endpoint->at.url));
                atomic_store(&endpoint->state, CLIENT_ENDPOINT_GONE);
        }
}

/* Is there a place of this address in one of these states? */
static bool has_place(const struct client_target *target, const struct endpoint *at, int first, int last)
{
        for (int i = 0; i < target->n_places; i++) {
                int state = atomic_load(&target->endpoints[i].state);
                if (state >= first && state <= last && strcmp(target->endpoints[i].at.url, at->url) == 0)
                        return true;
        }
        return false;
}

static struct client_endpoint *empty_place(struct client_target *target)
{
        for (int i = 0; i < ENDPOINTS_MAX; i++)
                if (atomic_load(&target->endpoints[i].state) == CLIENT_ENDPOINT_NONE)
                        return &target->endpoints[i];
        return NULL;
}

/* The counters stay as they are: whoever has counted itself in by mistake counts itself out. What takes the place of a
 * silent one begins ejected: a probe has to find it well. */
static void admit(struct client_target *target, const struct endpoint *at)
{
        bool is_anew = has_place(target, at, CLIENT_ENDPOINT_GONE, CLIENT_ENDPOINT_GONE);
        struct client_endpoint *endpoint = empty_place(target);
        struct transport_dialer *dialer;
        if (endpoint == NULL || transport_dial(at, &dialer) != STATUS_OK) {
                LOG(LOG_WARN, "endpoint cannot be used", log_text("url", at->url));
                return;
        }
        endpoint->at = *at;
        endpoint->dialer = dialer;
        endpoint->probe_due_us = clock_now_us() + (is_anew ? 0 : CLIENT_PROBE_US);
        atomic_store(&endpoint->n_straight, is_anew);
        atomic_store(&endpoint->failing_since_us, clock_now_us());
        atomic_store(&endpoint->n_ejections, 0);
        atomic_store(&endpoint->ejected_until_us, 0);
        atomic_store(&endpoint->state, is_anew ? CLIENT_ENDPOINT_EJECTED : CLIENT_ENDPOINT_HEALTHY);
        int places = (int)(endpoint - target->endpoints) + 1;
        if (places > atomic_load(&target->n_places))
                atomic_store_explicit(&target->n_places, places, memory_order_release);
}

static bool has_ejected(const struct client_target *target)
{
        for (int i = 0; i < target->n_places; i++)
                if (atomic_load(&target->endpoints[i].state) == CLIENT_ENDPOINT_EJECTED)
                        return true;
        return false;
}

void client_target_refresh(struct client_target *target)
{
        struct endpoint list[ENDPOINTS_MAX];
        size_t count = endpoints_resolve(target->address, list, ENDPOINTS_MAX);
        if (count == 0) { /* the names' server may be away: what was known is better than nothing */
                target->resolve_due_us = clock_now_us() + CLIENT_RESOLVE_AGAIN_US;
                return;
        }
        hang_up_on_gone(target);
        retire(target, list, count);
        for (size_t i = 0; i < count; i++)
                if (!has_place(target, &list[i], CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_NOT_SERVING))
                        admit(target, &list[i]);
        target->resolve_due_us = clock_now_us() + (has_ejected(target) ? CLIENT_RESOLVE_AGAIN_US : CLIENT_RESOLVE_US);
}

void client_target_show(struct client_target *target)
{
        struct view view = look(target);
        for (int state = CLIENT_ENDPOINT_HEALTHY; state < CLIENT_ENDPOINT_GONE; state++)
                metric_set(target->by_state[state], count_of(view.in[state]));
        metric_set(target->circuit_open, view.in[CLIENT_ENDPOINT_HEALTHY] == 0);
}
