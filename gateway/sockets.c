/* SPDX-License-Identifier: Apache-2.0 */
/* What other threads bring – listeners, answers – waits in two lists under one lock until the thread takes it, hints in
 * one of their own; everything else is the thread's alone. A seat is freed only when no call of its is under way. */
#include "gateway/sockets.h"

#include "common/clock.h"
#include "gateway/hints.h"
#include "gateway/seats.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 64, TICK_MS = 1000, GOODBYE_MS = 1000, READ_DEADLINE_US = 3000000 };

#define BEHIND_ALL INT64_C(9007199254740991) /* no frame has a greater number */

struct sockets {
        struct sockets_settings settings;
        const struct schema_method *read_frames;
        struct metric *n_open;
        pthread_t thread;
        int poll, wake;
        struct hints *hints;
        struct seats seats;
        struct seat *over;
        int n_asking;
        atomic_int count; /* places taken */
        int64_t ticked_us;
        struct hint hinted[HINTS_MAX]; /* those being passed on */
        pthread_mutex_t lock;          /* over the rest */
        struct seat *arrived;
        struct seat *answered;
        bool is_stopping, is_stopped;
};

static void wake(void *owner)
{
        struct sockets *sockets = owner;
        uint64_t one = 1;
        while (write(sockets->wake, &one, sizeof one) < 0 && errno == EINTR)
                ;
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

/* Who is not greeted asks for where the frames end, and for none of them. */
static void ask(struct seat *seat)
{
        struct sockets *sockets = seat->sockets;
        struct arena *arena = arena_new(0);
        Feed__ReadFramesRequest request = FEED__READ_FRAMES_REQUEST__INIT;
        Sfp__RequestHeader header = SFP__REQUEST_HEADER__INIT;
        header.has_deadline_us = header.has_principal = 1;
        header.deadline_us = READ_DEADLINE_US;
        header.principal =
                principal_sign(sockets->settings.signer, arena, seat->listener->caller, clock_unix_us() / 1000000);
        request.has_after_seq = 1;
        request.after_seq = seat->listener->is_greeted ? seat->listener->position : BEHIND_ALL;
        seat->is_asking = true;
        seat->looked_us = clock_now_us();
        seat->listener->wants_frames = false;
        sockets->n_asking++;
        client_start(sockets->settings.client, NULL, sockets->read_frames, &header, &request.base, bring, seat);
        arena_free(arena);
}

static void ask_in_turn(struct seat *seat)
{
        struct sockets *sockets = seat->sockets;
        if (seat->is_asking || seat->is_waiting)
                return;
        if (sockets->n_asking < SOCKETS_ASKING_MAX) {
                ask(seat);
                return;
        }
        seats_wait(&sockets->seats, seat);
}

static void let_next_ask(struct sockets *sockets)
{
        struct seat *seat;
        while (sockets->n_asking < SOCKETS_ASKING_MAX && (seat = seats_next_waiting(&sockets->seats)) != NULL)
                if (!seat->is_over && !seat->listener->is_closing)
                        ask(seat);
}

static void watch(struct seat *seat)
{
        bool wants_write = seat->listener->kind->wants_write(seat->listener);
        struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = seat};
        if (wants_write == seat->watches_write)
                return;
        seat->watches_write = wants_write;
        epoll_ctl(seat->sockets->poll, EPOLL_CTL_MOD, seat->listener->fd, &event);
}

static void leave(struct seat *seat)
{
        struct sockets *sockets = seat->sockets;
        if (seat->listener->fd >= 0)
                epoll_ctl(sockets->poll, EPOLL_CTL_DEL, seat->listener->fd, NULL);
        seat->is_over = true;
        seat->next_over = sockets->over;
        sockets->over = seat;
}

/* After anything happened to it. */
static void settle(struct seat *seat, bool goes_on)
{
        struct listener *listener = seat->listener;
        if (seat->is_over)
                return;
        if (!goes_on || !listener->kind->serve(listener, false, true)) {
                leave(seat);
                return;
        }
        if (listener->wants_frames && !listener->is_closing)
                ask_in_turn(seat);
        watch(seat);
}

static void make_room(struct sockets *sockets, const char *user_id)
{
        struct seat *oldest = seats_surplus(&sockets->seats, user_id, SOCKETS_PER_USER_MAX);
        if (oldest == NULL)
                return;
        oldest->listener->kind->close(oldest->listener, CLOSE_REPLACED);
        settle(oldest, true);
}

static void sit_down(struct sockets *sockets, struct seat *seat)
{
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = seat};
        int fd = seat->listener->fd;
        seats_add(&sockets->seats, seat);
        metric_set(sockets->n_open, atomic_load(&sockets->count));
        settle(seat, fd < 0 || epoll_ctl(sockets->poll, EPOLL_CTL_ADD, fd, &event) == 0);
        make_room(sockets, seat->listener->caller->user_id);
}

/* Whom nobody answered asks again at the next look, not at once. */
static void take_answer(struct seat *seat)
{
        struct arena *arena = arena_new(0);
        struct client_reply reply;
        seat->is_asking = false;
        seat->sockets->n_asking--;
        client_reply_read(arena, seat->sockets->read_frames, seat->status, seat->answer, &reply);
        bool is_good = reply.status == STATUS_OK && reply.payload != NULL;
        if (is_good && !seat->is_over)
                listener_take(seat->listener, arena, (const Feed__Frames *)reply.payload);
        settle(seat, true);
        arena_free(arena);
}

static void hint(struct seat *seat)
{
        seat->listener->wants_frames = true;
        settle(seat, true);
}

static void pass_hints_on(struct sockets *sockets)
{
        bool to_all;
        size_t count = hints_take(sockets->hints, sockets->hinted, &to_all);
        for (size_t i = 0; i < count && !to_all; i++)
                for (struct seat *seat = seats_first(&sockets->seats, sockets->hinted[i].user_id); seat != NULL;
                        seat = seats_next(seat))
                        hint(seat);
        for (struct seat *seat = sockets->seats.all; seat != NULL && to_all; seat = seat->next)
                hint(seat);
}

/* Takes what others brought. True: it is time to stop. */
static bool take_lists(struct sockets *sockets)
{
        uint64_t drained;
        if (read(sockets->wake, &drained, sizeof drained) < 0)
                drained = 0;
        pthread_mutex_lock(&sockets->lock);
        struct seat *arrived = sockets->arrived, *answered = sockets->answered;
        bool is_stopping = sockets->is_stopping;
        sockets->arrived = sockets->answered = NULL;
        pthread_mutex_unlock(&sockets->lock);
        for (struct seat *next; arrived != NULL; arrived = next) {
                next = arrived->next_arrived;
                sit_down(sockets, arrived);
        }
        for (struct seat *next; answered != NULL; answered = next) {
                next = answered->next_answer;
                take_answer(answered);
        }
        pass_hints_on(sockets);
        let_next_ask(sockets);
        return is_stopping;
}

static void seat_free(struct seat *seat)
{
        struct sockets *sockets = seat->sockets;
        seats_remove(&sockets->seats, seat);
        seat->listener->kind->free(seat->listener);
        free(seat);
        metric_set(sockets->n_open, atomic_fetch_sub(&sockets->count, 1) - 1);
}

static void sweep(struct sockets *sockets)
{
        struct seat *seat = sockets->over;
        sockets->over = NULL;
        for (struct seat *next; seat != NULL; seat = next) {
                next = seat->next_over;
                if (!seat->is_asking && !seat->is_waiting) {
                        seat_free(seat);
                        continue;
                }
                seat->next_over = sockets->over;
                sockets->over = seat;
        }
}

static int64_t look_every_us(const struct sockets *sockets, const struct listener *listener)
{
        int64_t enough = SOCKETS_LOOK_MS * INT64_C(1000);
        int64_t in_turn = (int64_t)atomic_load(&sockets->count) * 1000000 / SOCKETS_LOOKS_MAX;
        return listener->is_greeted && in_turn > enough ? in_turn : enough;
}

static void tick(struct sockets *sockets)
{
        int64_t now = clock_now_us(), today = clock_unix_us();
        if (now - sockets->ticked_us < TICK_MS * INT64_C(1000))
                return;
        sockets->ticked_us = now;
        for (struct seat *seat = sockets->seats.all; seat != NULL; seat = seat->next) {
                struct listener *listener = seat->listener;
                if (seat->is_over)
                        continue;
                listener->wants_frames |= now - seat->looked_us > look_every_us(sockets, listener);
                if (today >= listener->expires_at_us)
                        listener->kind->close(listener, CLOSE_AUTH);
                settle(seat, listener->kind->tick(listener, now));
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
                settle(seat, seat->listener->kind->serve(seat->listener, can_read, events[i].events & EPOLLOUT));
        }
}

/* Everybody is told to come back; what does not leave in time is cut off. Calls under way are waited for. */
static void say_goodbye(struct sockets *sockets)
{
        int64_t end = clock_now_us() + GOODBYE_MS * INT64_C(1000);
        while (sockets->seats.all != NULL) {
                for (struct seat *seat = sockets->seats.all; seat != NULL; seat = seat->next) {
                        seat->listener->kind->close(seat->listener, CLOSE_RESTART);
                        settle(seat, clock_now_us() < end);
                }
                sweep(sockets);
                if (sockets->seats.all != NULL)
                        poll_once(sockets);
                take_lists(sockets);
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

void sockets_free(struct sockets *sockets)
{
        if (sockets == NULL)
                return;
        if (sockets->hints != NULL)
                hints_stop(sockets->hints);
        close(sockets->poll);
        close(sockets->wake);
        pthread_mutex_destroy(&sockets->lock);
        free(sockets);
}

status sockets_start(const struct sockets_settings *settings, struct metrics *metrics, struct sockets **out)
{
        struct sockets *sockets = calloc(1, sizeof *sockets);
        if (sockets == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        const struct hints_settings hints = {settings->schema, settings->events_address, wake, sockets};
        struct epoll_event event = {.events = EPOLLIN};
        sockets->settings = *settings;
        sockets->read_frames = schema_method_find(settings->schema, "sfp.feed.Feed.ReadFrames");
        sockets->n_open = metrics_gauge(metrics, "sfp_sockets", "", "WebSockets and streams of events that are open.");
        sockets->poll = epoll_create1(EPOLL_CLOEXEC);
        sockets->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        pthread_mutex_init(&sockets->lock, NULL);
        epoll_ctl(sockets->poll, EPOLL_CTL_ADD, sockets->wake, &event);
        status heard = hints_start(&hints, &sockets->hints);
        if (heard == STATUS_OK && pthread_create(&sockets->thread, NULL, run, sockets) != 0)
                heard = STATUS_RESOURCE_EXHAUSTED;
        if (heard != STATUS_OK) {
                sockets_free(sockets);
                return heard;
        }
        *out = sockets;
        return STATUS_OK;
}

bool sockets_take_place(struct sockets *sockets)
{
        if (atomic_fetch_add(&sockets->count, 1) < sockets->settings.sockets_max)
                return true;
        sockets_give_place_up(sockets);
        return false;
}

void sockets_give_place_up(struct sockets *sockets)
{
        atomic_fetch_sub(&sockets->count, 1);
}

static void send_away(struct listener *listener)
{
        listener->kind->close(listener, CLOSE_RESTART);
        listener->kind->free(listener);
}

void sockets_add(struct sockets *sockets, struct listener *listener)
{
        struct seat *seat = calloc(1, sizeof *seat);
        if (seat == NULL)
                abort();
        *seat = (struct seat){.sockets = sockets, .listener = listener};
        pthread_mutex_lock(&sockets->lock);
        bool is_late = sockets->is_stopped;
        if (!is_late) {
                seat->next_arrived = sockets->arrived;
                sockets->arrived = seat;
        }
        pthread_mutex_unlock(&sockets->lock);
        if (is_late) {
                send_away(listener);
                free(seat);
                return;
        }
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
        pthread_mutex_lock(&sockets->lock);
        sockets->is_stopped = true;
        struct seat *late = sockets->arrived;
        sockets->arrived = NULL;
        pthread_mutex_unlock(&sockets->lock);
        for (struct seat *next; late != NULL; late = next) {
                next = late->next_arrived;
                send_away(late->listener);
                free(late);
        }
}
