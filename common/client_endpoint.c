/* SPDX-License-Identifier: Apache-2.0 */
#include "common/client_endpoint.h"

#include "common/clock.h"
#include "common/log.h"

#include <string.h>

static bool change(struct client_endpoint *endpoint, int from, int to)
{
        return atomic_compare_exchange_strong(&endpoint->state, &from, to);
}

bool client_endpoint_enter(struct client_endpoint *endpoint)
{
        atomic_fetch_add(&endpoint->in_flight, 1);
        int state = atomic_load(&endpoint->state);
        if (state != CLIENT_ENDPOINT_NONE && state != CLIENT_ENDPOINT_GONE)
                return true;
        atomic_fetch_sub(&endpoint->in_flight, 1);
        return false;
}

static bool is_outlier(const struct client_endpoint *endpoint)
{
        int calls = atomic_load(&endpoint->n_calls);
        return atomic_load(&endpoint->n_straight) >= CLIENT_STRAIGHT_MAX ||
               (calls >= CLIENT_WINDOW_CALLS && atomic_load(&endpoint->n_failures) * 2 >= calls);
}

static void put_off(struct client_endpoint *endpoint)
{
        int n = atomic_fetch_add(&endpoint->n_ejections, 1);
        int64_t pause = n < 5 ? (int64_t)CLIENT_EJECT_MIN_US << n : CLIENT_EJECT_MAX_US;
        atomic_store(&endpoint->ejected_until_us, clock_now_us() + pause);
}

static void fail(struct client_endpoint *endpoint)
{
        atomic_fetch_add(&endpoint->n_failures, 1);
        if (atomic_fetch_add(&endpoint->n_straight, 1) == 0)
                atomic_store(&endpoint->failing_since_us, clock_now_us());
        int state = atomic_load(&endpoint->state);
        if (state == CLIENT_ENDPOINT_EJECTED && client_endpoint_is_due_back(endpoint, clock_now_us())) {
                put_off(endpoint);
        } else if (state == CLIENT_ENDPOINT_HEALTHY && is_outlier(endpoint)) {
                put_off(endpoint);
                if (change(endpoint, CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_EJECTED))
                        LOG(LOG_WARN, "endpoint ejected", log_text("url", endpoint->at.url));
        }
}

void client_endpoint_leave(struct client_endpoint *endpoint, bool is_good)
{
        atomic_fetch_add_explicit(&endpoint->n_calls, 1, memory_order_relaxed);
        if (!is_good)
                fail(endpoint);
        else if (atomic_load_explicit(&endpoint->n_straight, memory_order_relaxed) != 0)
                atomic_store(&endpoint->n_straight, 0);
        atomic_fetch_sub(&endpoint->in_flight, 1);
}

static void forget_failures(struct client_endpoint *endpoint)
{
        atomic_store(&endpoint->n_straight, 0);
        atomic_store(&endpoint->n_calls, 0);
        atomic_store(&endpoint->n_failures, 0);
}

void client_endpoint_set_serving(struct client_endpoint *endpoint, bool is_serving)
{
        if (!is_serving) {
                change(endpoint, CLIENT_ENDPOINT_HEALTHY, CLIENT_ENDPOINT_NOT_SERVING);
                change(endpoint, CLIENT_ENDPOINT_EJECTED, CLIENT_ENDPOINT_NOT_SERVING);
                return;
        }
        change(endpoint, CLIENT_ENDPOINT_NOT_SERVING, CLIENT_ENDPOINT_HEALTHY);
        if (!client_endpoint_is_due_back(endpoint, clock_now_us()))
                return;
        forget_failures(endpoint);
        if (change(endpoint, CLIENT_ENDPOINT_EJECTED, CLIENT_ENDPOINT_HEALTHY))
                LOG(LOG_INFO, "endpoint is back", log_text("url", endpoint->at.url));
}

void client_endpoint_turn_window(struct client_endpoint *endpoint, int64_t now_us)
{
        if (now_us < endpoint->window_end_us)
                return;
        endpoint->window_end_us = now_us + CLIENT_WINDOW_US;
        if (atomic_load(&endpoint->state) != CLIENT_ENDPOINT_HEALTHY)
                return;
        if (atomic_load(&endpoint->n_failures) == 0 && atomic_load(&endpoint->n_ejections) > 0)
                atomic_fetch_sub(&endpoint->n_ejections, 1);
        atomic_store(&endpoint->n_calls, 0);
        atomic_store(&endpoint->n_failures, 0);
}

bool client_endpoint_is_due_back(const struct client_endpoint *endpoint, int64_t now_us)
{
        return atomic_load(&endpoint->state) == CLIENT_ENDPOINT_EJECTED &&
               now_us >= atomic_load(&endpoint->ejected_until_us);
}

bool client_endpoint_is_silent(const struct client_endpoint *endpoint, int64_t now_us)
{
        return atomic_load(&endpoint->state) == CLIENT_ENDPOINT_EJECTED && atomic_load(&endpoint->n_straight) > 0 &&
               now_us - atomic_load(&endpoint->failing_since_us) > CLIENT_SILENT_US &&
               strstr(endpoint->at.url, "tcp://") != NULL;
}
