/* SPDX-License-Identifier: Apache-2.0 */
/* What other threads bring – connections, hints, answers – waits in three lists under one lock until the thread takes
 * it; everything else is the thread's alone. A socket is freed only when no call of its is under way. */
#include "gateway/sockets.h"

#include "common/clock.h"
#include "common/event_bridge.h"
#include "common/event_feed.h"
#include "common/field.h"
#include "gateway/socket.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 64, HINTS_MAX = 4096, TICK_MS = 1000, GOODBYE_MS = 1000, READ_DEADLINE_US = 3000000 };

/* A socket in its place. */
struct seat {
        struct sockets *sockets;
        struct socket *socket;
        void *handle;
        int64_t looked_us;
        bool is_asking;
        bool is_over;
        bool watches_write;
        status status; /* of the answer that is being brought */
        struct message *answer;
        struct seat *next;        /* in the list of all */
        struct seat *next_answer; /* in that of answers */
};

struct hint {
        char user_id[37];
};

struct sockets {
        struct sockets_settings settings;
        const struct schema_method *read_frames;
        struct metric *n_open;
        pthread_t thread;
        int poll, wake;
        struct event_feed_settings hearing; /* kept by one of the next two */
        struct event_feed *feed;
        struct event_bridge *bridge;
        struct seat *all; /* newest first */
        atomic_int count;
        int64_t ticked_us;
        pthread_mutex_t lock; /* over the rest */
        struct seat *arrived;
        struct seat *answered;
        struct hint hints[HINTS_MAX];
        int n_hints;
        bool has_lost_hints;
        bool is_stopping;
};

static const char *const feed_sources[] = {"feed", NULL};

static void wake(struct sockets *sockets)
{
        uint64_t one = 1;
        while (write(sockets->wake, &one, sizeof one) < 0 && errno == EINTR)
                ;
}

/* On the bus's thread. */
static void take_event(void *owner, Events__CloudEvent *event)
{
        struct sockets *sockets = owner;
        struct arena *arena = arena_new(0);
        ProtobufCMessage *data;
        const char *user_id = NULL;
        if (!event_is_heartbeat(event) &&
                event_has_topic(event, event_topic(arena, "notifications.notification.created")) &&
                event_open(sockets->settings.schema, arena, event, &data) == STATUS_OK)
                user_id = field_text(data, "user_id");
        if (user_id != NULL && strlen(user_id) < sizeof(struct hint)) {
                pthread_mutex_lock(&sockets->lock);
                if (sockets->n_hints < HINTS_MAX)
                        memcpy(sockets->hints[sockets->n_hints++].user_id, user_id, strlen(user_id) + 1);
                else
                        sockets->has_lost_hints = true;
                pthread_mutex_unlock(&sockets->lock);
                wake(sockets);
        }
        arena_free(arena);
}

/* On a thread of the mesh. */
static void bring(void *arg, status outcome, struct message *reply)
{
        struct seat *seat = arg;
        struct sockets *sockets = seat->sockets;
        seat->status = outcome;
        seat->answer = reply;
        pthread_mutex_lock(&sockets->lock);
        seat->next_answer = sockets->answered;
        sockets->answered = seat;
        pthread_mutex_unlock(&sockets->lock);
        wake(sockets);
}

static void ask(struct seat *seat)
{
        struct sockets *sockets = seat->sockets;
        struct arena *arena = arena_new(0);
        Feed__ReadFramesRequest request = FEED__READ_FRAMES_REQUEST__INIT;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        header.has_deadline_us = header.has_principal = 1;
        header.deadline_us = READ_DEADLINE_US;
        header.principal =
                principal_sign(sockets->settings.signer, arena, socket_caller(seat->socket), clock_unix_us() / 1000000);
        request.has_after_seq = 1;
        request.after_seq = socket_position(seat->socket);
        seat->is_asking = true;
        seat->looked_us = clock_now_us();
        socket_asked(seat->socket);
        client_start(sockets->settings.client, NULL, sockets->read_frames, &header, &request.base, bring, seat);
        arena_free(arena);
}

static void watch(struct seat *seat)
{
        bool wants_write = socket_wants_write(seat->socket);
        struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = seat};
        if (wants_write == seat->watches_write)
                return;
        seat->watches_write = wants_write;
        epoll_ctl(seat->sockets->poll, EPOLL_CTL_MOD, socket_fd(seat->socket), &event);
}

/* After anything happened to it. */
static void settle(struct seat *seat, bool goes_on)
{
        goes_on = goes_on && socket_serve(seat->socket, false, true);
        if (!goes_on) {
                seat->is_over = true;
                return;
        }
        if (socket_wants_frames(seat->socket) && !seat->is_asking)
                ask(seat);
        watch(seat);
}

static void make_room(struct sockets *sockets, const char *user_id)
{
        int count = 0;
        struct seat *oldest = NULL;
        for (struct seat *seat = sockets->all; seat != NULL; seat = seat->next)
                if (!seat->is_over && strcmp(socket_user(seat->socket), user_id) == 0) {
                        oldest = seat;
                        count++;
                }
        if (count <= SOCKETS_PER_USER_MAX)
                return;
        socket_close(oldest->socket, SOCKET_REPLACED);
        settle(oldest, true);
}

static void seat_new(struct sockets *sockets, struct seat *seat)
{
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = seat};
        seat->next = sockets->all;
        sockets->all = seat;
        metric_set(sockets->n_open, atomic_load(&sockets->count));
        bool is_watched = epoll_ctl(sockets->poll, EPOLL_CTL_ADD, socket_fd(seat->socket), &event) == 0;
        settle(seat, is_watched);
        make_room(sockets, socket_user(seat->socket));
}

static void take_answer(struct seat *seat)
{
        struct arena *arena = arena_new(0);
        struct client_reply reply;
        seat->is_asking = false;
        client_reply_read(arena, seat->sockets->read_frames, seat->status, seat->answer, &reply);
        bool is_good = reply.status == STATUS_OK && reply.payload != NULL;
        socket_take(seat->socket, is_good ? (const Feed__Frames *)reply.payload : NULL);
        if (!is_good)
                socket_asked(seat->socket); /* at the next look, not at once */
        if (!seat->is_over)
                settle(seat, true);
        arena_free(arena);
}

static int compare_hints(const void *one, const void *other)
{
        return strcmp(((const struct hint *)one)->user_id, ((const struct hint *)other)->user_id);
}

static bool is_hinted(const struct hint *hints, int count, const char *user_id)
{
        struct hint wanted;
        snprintf(wanted.user_id, sizeof wanted.user_id, "%s", user_id);
        return bsearch(&wanted, hints, (size_t)count, sizeof *hints, compare_hints) != NULL;
}

static void spread_hints(struct sockets *sockets, struct hint *hints, int count, bool to_all)
{
        if (count == 0 && !to_all)
                return;
        qsort(hints, (size_t)count, sizeof *hints, compare_hints);
        for (struct seat *seat = sockets->all; seat != NULL; seat = seat->next) {
                if (seat->is_over || (!to_all && !is_hinted(hints, count, socket_user(seat->socket))))
                        continue;
                socket_hint(seat->socket);
                settle(seat, true);
        }
}

/* Takes what others brought. True: it is time to stop. */
static bool take_lists(struct sockets *sockets)
{
        static _Thread_local struct hint hints[HINTS_MAX];
        uint64_t drained;
        if (read(sockets->wake, &drained, sizeof drained) < 0)
                drained = 0;
        pthread_mutex_lock(&sockets->lock);
        struct seat *arrived = sockets->arrived, *answered = sockets->answered;
        int n_hints = sockets->n_hints;
        bool to_all = sockets->has_lost_hints, is_stopping = sockets->is_stopping;
        memcpy(hints, sockets->hints, (size_t)n_hints * sizeof *hints);
        sockets->arrived = sockets->answered = NULL;
        sockets->n_hints = 0;
        sockets->has_lost_hints = false;
        pthread_mutex_unlock(&sockets->lock);
        for (struct seat *next; arrived != NULL; arrived = next) {
                next = arrived->next;
                seat_new(sockets, arrived);
        }
        for (struct seat *next; answered != NULL; answered = next) {
                next = answered->next_answer;
                take_answer(answered);
        }
        spread_hints(sockets, hints, n_hints, to_all);
        return is_stopping;
}

static void seat_free(struct seat *seat)
{
        struct sockets *sockets = seat->sockets;
        epoll_ctl(sockets->poll, EPOLL_CTL_DEL, socket_fd(seat->socket), NULL);
        socket_free(seat->socket);
        sockets->settings.let_go(seat->handle);
        free(seat); /* allow(free): outlives calls */
        metric_set(sockets->n_open, atomic_fetch_sub(&sockets->count, 1) - 1);
}

static void sweep(struct sockets *sockets)
{
        struct seat **place = &sockets->all;
        while (*place != NULL) {
                struct seat *seat = *place;
                if (!seat->is_over || seat->is_asking) {
                        place = &seat->next;
                        continue;
                }
                *place = seat->next;
                seat_free(seat);
        }
}

static void tick(struct sockets *sockets)
{
        int64_t now = clock_now_us();
        if (now - sockets->ticked_us < TICK_MS * INT64_C(1000))
                return;
        sockets->ticked_us = now;
        for (struct seat *seat = sockets->all; seat != NULL; seat = seat->next) {
                if (seat->is_over)
                        continue;
                if (now - seat->looked_us > SOCKETS_LOOK_MS * INT64_C(1000))
                        socket_hint(seat->socket);
                settle(seat, socket_tick(seat->socket, now));
        }
}

static void poll_once(struct sockets *sockets)
{
        struct epoll_event events[EVENTS_AT_ONCE];
        int count = epoll_wait(sockets->poll, events, EVENTS_AT_ONCE, TICK_MS);
        for (int i = 0; i < count; i++) {
                struct seat *seat = events[i].data.ptr;
                if (seat == NULL || seat->is_over)
                        continue;
                bool can_read = events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR);
                settle(seat, socket_serve(seat->socket, can_read, events[i].events & EPOLLOUT));
        }
}

/* Everybody is told to come back; what does not leave in time is cut off. Calls under way are waited for. */
static void say_goodbye(struct sockets *sockets)
{
        int64_t end = clock_now_us() + GOODBYE_MS * INT64_C(1000);
        for (struct seat *seat = sockets->all; seat != NULL; seat = seat->next) {
                socket_close(seat->socket, SOCKET_RESTART);
                settle(seat, !seat->is_over);
        }
        while (sockets->all != NULL) {
                poll_once(sockets);
                take_lists(sockets);
                for (struct seat *seat = sockets->all; seat != NULL; seat = seat->next)
                        seat->is_over |= clock_now_us() > end;
                sweep(sockets);
        }
}

static void *run(void *arg)
{
        struct sockets *sockets = arg;
        while (!take_lists(sockets)) {
                tick(sockets);
                sweep(sockets);
                poll_once(sockets);
        }
        say_goodbye(sockets);
        return NULL;
}

static status hear_bus(struct sockets *sockets)
{
        const char *address = sockets->settings.events_address;
        sockets->hearing = (struct event_feed_settings){address, feed_sources, take_event, sockets};
        if (address == NULL || *address == '\0')
                return STATUS_OK;
        return event_bridge_is_address(address) ? event_bridge_follow(address, &sockets->hearing, &sockets->bridge)
                                                : event_feed_open(&sockets->hearing, &sockets->feed);
}

status sockets_start(const struct sockets_settings *settings, struct metrics *metrics, struct sockets **out)
{
        struct sockets *sockets = calloc(1, sizeof *sockets);
        if (sockets == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        sockets->settings = *settings;
        sockets->read_frames = schema_method_find(settings->schema, "sfp.feed.Feed.ReadFrames");
        sockets->n_open = metrics_gauge(metrics, "sfp_sockets", "", "WebSockets that are open.");
        sockets->poll = epoll_create1(EPOLL_CLOEXEC);
        sockets->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        pthread_mutex_init(&sockets->lock, NULL);
        struct epoll_event event = {.events = EPOLLIN};
        epoll_ctl(sockets->poll, EPOLL_CTL_ADD, sockets->wake, &event);
        status heard = hear_bus(sockets);
        if (heard != STATUS_OK || pthread_create(&sockets->thread, NULL, run, sockets) != 0) {
                free(sockets);
                return heard != STATUS_OK ? heard : STATUS_RESOURCE_EXHAUSTED;
        }
        *out = sockets;
        return STATUS_OK;
}

bool sockets_have_room(struct sockets *sockets)
{
        return atomic_load(&sockets->count) < sockets->settings.sockets_max;
}

void sockets_add(struct sockets *sockets, int fd, void *handle, const Sfp__Caller *caller, int64_t expires_at)
{
        struct seat *seat = calloc(1, sizeof *seat); /* allow(calloc): outlives calls */
        struct socket *socket = seat == NULL ? NULL : socket_new(sockets->settings.schema, fd, caller, expires_at);
        if (socket == NULL) {
                free(seat); /* allow(free): outlives calls */
                sockets->settings.let_go(handle);
                return;
        }
        atomic_fetch_add(&sockets->count, 1);
        *seat = (struct seat){.sockets = sockets, .socket = socket, .handle = handle};
        pthread_mutex_lock(&sockets->lock);
        seat->next = sockets->arrived;
        sockets->arrived = seat;
        pthread_mutex_unlock(&sockets->lock);
        wake(sockets);
}

void sockets_stop(struct sockets *sockets)
{
        if (sockets == NULL)
                return;
        pthread_mutex_lock(&sockets->lock);
        sockets->is_stopping = true;
        pthread_mutex_unlock(&sockets->lock);
        wake(sockets);
        pthread_join(sockets->thread, NULL);
        event_feed_close(sockets->feed);
        event_bridge_close(sockets->bridge);
        close(sockets->poll);
        close(sockets->wake);
        pthread_mutex_destroy(&sockets->lock);
        free(sockets);
}
