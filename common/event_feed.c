/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads: one receives, without a time limit because timed receives crash old releases; the other looks the
 * addresses up again and again, which may take seconds. */
#include "common/event_feed.h"

#include "common/clock.h"
#include "common/endpoints.h"
#include "common/rounds.h"
#include "common/transport.h"
#include "common/transport_threads.h"
#include "common/transport_tls.h"

#include <nng/nng.h>
#include <nng/protocol/pubsub0/sub.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUED_MAX = 8192, RESOLVE_EVERY_US = 5000000, RECONNECT_MIN_MS = 20, RECONNECT_MAX_MS = 500 };

struct dialed {
        char url[ENDPOINT_SIZE];
        nng_dialer dialer;
        bool is_wanted;
};

struct event_feed {
        struct event_feed_settings settings;
        nng_socket socket;
        pthread_t receiver;
        struct rounds *resolver;
        _Atomic bool is_closing;
        struct dialed dialed[ENDPOINTS_MAX]; /* the resolver's alone */
        size_t n_dialed;
};

static void *receive(void *arg)
{
        struct event_feed *feed = arg;
        struct arena *arena = arena_new(0);
        nng_msg *message;
        for (int result = 0; result != NNG_ECLOSED;) {
                result = nng_recvmsg(feed->socket, &message, 0);
                if (result != 0)
                        continue;
                Events__CloudEvent *event;
                if (event_unpack(arena, nng_msg_body(message), nng_msg_len(message), &event) == STATUS_OK)
                        feed->settings.take(feed->settings.owner, event);
                nng_msg_free(message);
                arena_reset(arena);
        }
        arena_free(arena);
        return NULL;
}

static struct dialed *find_dialed(struct event_feed *feed, const char *url)
{
        for (size_t i = 0; i < feed->n_dialed; i++)
                if (strcmp(feed->dialed[i].url, url) == 0)
                        return &feed->dialed[i];
        return NULL;
}

static bool dial(struct event_feed *feed, const struct endpoint *endpoint, nng_dialer *out)
{
        if (nng_dialer_create(out, feed->socket, endpoint->url) != 0)
                return false;
        if (transport_tls_dialer(*out, endpoint->url, endpoint->server_name) == STATUS_OK &&
                nng_dialer_start(*out, NNG_FLAG_NONBLOCK) == 0)
                return true;
        nng_dialer_close(*out);
        return false;
}

static void want(struct event_feed *feed, const struct endpoint *endpoint)
{
        struct dialed *known = find_dialed(feed, endpoint->url);
        if (known != NULL) {
                known->is_wanted = true;
                return;
        }
        struct dialed *place = &feed->dialed[feed->n_dialed];
        if (feed->n_dialed == ENDPOINTS_MAX || !dial(feed, endpoint, &place->dialer))
                return;
        memcpy(place->url, endpoint->url, sizeof place->url);
        place->is_wanted = true;
        feed->n_dialed++;
}

/* A source whose name does not resolve just now keeps what it had. */
static void want_source(struct event_feed *feed, const char *source)
{
        char address[ENDPOINTS_ADDRESS_SIZE];
        static const struct endpoint none;
        struct endpoint *endpoints = calloc(ENDPOINTS_MAX, sizeof none);
        endpoints_address(feed->settings.pattern, "EVENTS_ADDRESS", source, address);
        size_t count = endpoints == NULL ? 0 : endpoints_resolve(address, endpoints, ENDPOINTS_MAX);
        for (size_t i = 0; i < count; i++)
                want(feed, &endpoints[i]);
        if (count == 0)
                for (size_t i = 0; i < feed->n_dialed; i++)
                        feed->dialed[i].is_wanted = true;
        free(endpoints);
}

static void dial_all(struct event_feed *feed)
{
        for (size_t i = 0; i < feed->n_dialed; i++)
                feed->dialed[i].is_wanted = false;
        const char *const *source = feed->settings.sources;
        for (; *source != NULL && !atomic_load(&feed->is_closing); source++)
                want_source(feed, *source);
        size_t kept = 0;
        for (size_t i = 0; i < feed->n_dialed; i++) {
                if (feed->dialed[i].is_wanted)
                        feed->dialed[kept++] = feed->dialed[i];
                else
                        nng_dialer_close(feed->dialed[i].dialer);
        }
        feed->n_dialed = kept;
}

static int64_t resolve(void *arg)
{
        dial_all(arg);
        return clock_now_us() + RESOLVE_EVERY_US;
}

static bool open_socket(struct event_feed *feed)
{
        return nng_sub0_open(&feed->socket) == 0 && nng_socket_set(feed->socket, NNG_OPT_SUB_SUBSCRIBE, "", 0) == 0 &&
               nng_socket_set_bool(feed->socket, NNG_OPT_SUB_PREFNEW, false) == 0 &&
               nng_socket_set_int(feed->socket, NNG_OPT_RECVBUF, QUEUED_MAX) == 0 &&
               nng_socket_set_size(feed->socket, NNG_OPT_RECVMAXSZ, TRANSPORT_MESSAGE_MAX) == 0 &&
               nng_socket_set_ms(feed->socket, NNG_OPT_RECONNMINT, RECONNECT_MIN_MS) == 0 &&
               nng_socket_set_ms(feed->socket, NNG_OPT_RECONNMAXT, RECONNECT_MAX_MS) == 0;
}

status event_feed_open(const struct event_feed_settings *settings, struct event_feed **out)
{
        transport_threads_set();
        struct event_feed *feed = calloc(1, sizeof *feed);
        if (feed == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        feed->settings = *settings;
        if (!open_socket(feed)) {
                nng_close(feed->socket);
                free(feed);
                return STATUS_RESOURCE_EXHAUSTED;
        }
        if (pthread_create(&feed->receiver, NULL, receive, feed) != 0)
                abort();
        feed->resolver = rounds_start(resolve, feed);
        *out = feed;
        return STATUS_OK;
}

void event_feed_close(struct event_feed *feed)
{
        if (feed == NULL)
                return;
        atomic_store(&feed->is_closing, true);
        rounds_stop(feed->resolver);
        nng_close(feed->socket);
        pthread_join(feed->receiver, NULL);
        free(feed);
}
