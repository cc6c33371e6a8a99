/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket and a stream of events as the thread of sockets.c drives them, without that thread: time is an argument.
 */
#include "common/clock.h"
#include "common/schema.h"
#include "gateway/socket.h"
#include "gateway/stream.h"
#include "tests/suite.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SUB "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"

static struct arena *arena;
static struct schema *schema;
static struct listener *listener;
static int theirs;
static int n_let_go;

static void let_go(int fd, void *handle)
{
        (void)handle;
        close(fd);
        n_let_go++;
}

static Sfp__Caller *caller(void)
{
        static Sfp__Caller user = SFP__CALLER__INIT;
        user.user_id = (char *)(size_t)SUB;
        return &user;
}

static void set_up(void)
{
        int pair[2], small = 4096;
        arena = arena_new(0);
        schema = schema_new();
        n_let_go = 0;
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        theirs = pair[1];
        const struct socket_line line = {pair[0], NULL, let_go};
        listener = socket_new(schema, &line, caller(), 4102444800);
}

static void tear_down(void)
{
        if (listener != NULL)
                listener->kind->free(listener);
        close(theirs);
        schema_free(schema);
        arena_free(arena);
}

/* What has come to the other side. */
static const char *heard(void)
{
        struct buffer text = buffer_in(arena);
        for (ssize_t got; (got = recv(theirs, buffer_reserve(&text, 4096), 4096, MSG_DONTWAIT)) > 0;) {
                text.length += (size_t)got;
                for (ssize_t i = 0; i < got; i++) /* lengths have NULs */
                        if (text.bytes[text.length - 1 - (size_t)i] == '\0')
                                text.bytes[text.length - 1 - (size_t)i] = '?';
        }
        if (text.length > 0)
                text.bytes[text.length] = '\0';
        return buffer_text(&text);
}

static bool served(void)
{
        return listener->kind->serve(listener, false, true);
}

/* An answer of svc-feed: frames from `first` to `last`, the newest being `newest` and the oldest `oldest`. */
static const Feed__Frames *frames(int64_t first, int64_t last, int64_t oldest, int64_t newest, const char *data)
{
        Feed__Frames *answer = arena_alloc(arena, sizeof *answer);
        feed__frames__init(answer);
        answer->has_last_seq = answer->has_oldest_seq = 1;
        answer->last_seq = newest;
        answer->oldest_seq = oldest;
        answer->items = arena_alloc(arena, sizeof(Feed__Frame *) * 512);
        for (int64_t seq = first; seq <= last; seq++) {
                Feed__Frame *frame = arena_alloc(arena, sizeof *frame);
                feed__frame__init(frame);
                frame->has_seq = 1;
                frame->seq = seq;
                frame->type = (char *)(size_t)(seq % 2 == 0 ? "even" : "odd");
                frame->data = (char *)(size_t)data;
                answer->items[answer->n_items++] = frame;
        }
        return answer;
}

static void greet(int64_t newest)
{
        listener_take(listener, arena, frames(1, 0, newest + 1, newest, NULL));
}

TEST(the_first_answer_makes_the_hello)
{
        ck_assert(listener->wants_frames);
        greet(7);
        ck_assert(served());
        const char *text = heard();
        ck_assert_ptr_nonnull(strstr(text, "{\"type\":\"hello\",\"session\":\""));
        ck_assert_ptr_nonnull(strstr(text, "\"last_seq\":7,\"heartbeat_ms\":25000}"));
        ck_assert_int_eq(listener->position, 7);
}
END_TEST

TEST(frames_are_passed_on_and_more_are_asked_for_while_there_are)
{
        greet(7);
        listener->wants_frames = false;
        listener_take(listener, arena, frames(8, 9, 1, 12, "{\"a\":1}"));
        ck_assert(listener->wants_frames);
        ck_assert(served());
        const char *text = heard();
        ck_assert_ptr_nonnull(strstr(text, "{\"seq\":8,\"type\":\"even\",\"data\":{\"a\":1}}"));
        ck_assert_ptr_nonnull(strstr(text, "{\"seq\":9,\"type\":\"odd\",\"data\":{\"a\":1}}"));
        ck_assert_int_eq(listener->position, 9);
}
END_TEST

TEST(what_is_not_kept_any_more_must_be_read_again)
{
        greet(2);
        listener_take(listener, arena, frames(8, 9, 8, 9, "{}"));
        ck_assert(served());
        const char *text = heard();
        ck_assert_ptr_nonnull(strstr(text, "{\"type\":\"resync_required\",\"last_seq\":9,\"oldest_seq\":8}"));
        ck_assert_ptr_null(strstr(text, "\"seq\":8"));
        ck_assert_int_eq(listener->position, 9);
}
END_TEST

TEST(a_resume_says_where_it_began_and_where_it_ends)
{
        greet(9);
        listener_resume(listener, 7);
        listener_take(listener, arena, frames(8, 9, 1, 9, "{}"));
        ck_assert(served());
        ck_assert_ptr_nonnull(strstr(heard(), "{\"type\":\"replayed\",\"from\":8,\"to\":9}"));
}
END_TEST

TEST(topics_leave_out_the_rest_and_positions_go_on)
{
        static char *const topics[] = {(char *)(size_t) "odd"};
        greet(7);
        listener_subscribe(listener, 1, topics);
        listener_take(listener, arena, frames(8, 10, 1, 10, "{}"));
        ck_assert(served());
        const char *text = heard();
        ck_assert_ptr_null(strstr(text, "\"seq\":8"));
        ck_assert_ptr_nonnull(strstr(text, "\"seq\":9"));
        ck_assert_int_eq(listener->position, 10);
}
END_TEST

/* The queue has a bound, and a close that nobody answers an end. */
TEST(a_socket_that_is_not_read_is_closed_and_then_cut_off)
{
        char data[2048];
        memset(data, ' ', sizeof data);
        memcpy(data, "{}", 2);
        data[sizeof data - 1] = '\0';
        greet(0);
        listener_take(listener, arena, frames(1, 300, 1, 300, data));
        ck_assert(listener->is_closing);
        int64_t now = clock_now_us();
        ck_assert(listener->kind->tick(listener, now));
        ck_assert(listener->kind->tick(listener, now + SOCKET_FAREWELL_MS * INT64_C(1000)));
        ck_assert(!listener->kind->tick(listener, now + (SOCKET_FAREWELL_MS + 1000) * INT64_C(1000)));
}
END_TEST

TEST(a_socket_is_asked_whether_it_lives_and_closed_when_it_is_silent)
{
        int64_t now = clock_now_us();
        ck_assert(listener->kind->tick(listener, now + 1000000));
        ck_assert_str_eq(heard(), "");
        ck_assert(listener->kind->tick(listener, now + (SOCKET_HEARTBEAT_MS + 1000) * INT64_C(1000)));
        ck_assert_str_eq(heard(), "\x89?");
        ck_assert(listener->kind->tick(listener, now + (SOCKET_IDLE_MS + 1000) * INT64_C(1000)));
        ck_assert_ptr_nonnull(strstr(heard(), "\x88\x02\x11\x38")); /* 4408 */
}
END_TEST

TEST(a_socket_whose_client_has_gone_is_over_and_its_line_let_go_once)
{
        shutdown(theirs, SHUT_RDWR);
        ck_assert(!listener->kind->serve(listener, true, false));
        listener->kind->free(listener);
        listener = NULL;
        ck_assert_int_eq(n_let_go, 1);
}
END_TEST

/* A stream of the same: its reader never waits here, so nothing is suspended. */
static struct source begin_stream(void)
{
        listener->kind->free(listener);
        listener = stream_new(NULL, caller(), 4102444800);
        return stream_source(listener);
}

static const char *read_all(struct source source, size_t size)
{
        struct buffer text = buffer_in(arena);
        while (text.length < size) {
                ssize_t got = source.read(source.owner, buffer_reserve(&text, 100), 100);
                ck_assert_int_gt(got, 0);
                text.length += (size_t)got;
        }
        ck_assert_uint_eq(text.length, size);
        text.bytes[text.length] = '\0';
        return text.bytes;
}

TEST(an_event_is_an_id_a_line_of_data_and_an_empty_line)
{
        static const char expected[] = "retry: 3000\n\n"
                                       "id: 8\ndata: {\"seq\":8,\"type\":\"even\",\"data\":{ \"a\": 1 }}\n\n"
                                       "id: 9\ndata: {\"seq\":9,\"type\":\"odd\",\"data\":{ \"a\": 1 }}\n\n"
                                       ":\n\n";
        struct source source = begin_stream();
        listener->is_greeted = true;
        listener->position = 7;
        listener_take(listener, arena, frames(8, 9, 1, 9, "{\n\"a\":\r1\n}"));
        ck_assert(listener->kind->tick(listener, clock_now_us() + (STREAM_HEARTBEAT_MS + 1000) * INT64_C(1000)));
        ck_assert_str_eq(read_all(source, sizeof expected - 1), expected);
        source.leave(source.owner);
        ck_assert(!served());
}
END_TEST

TEST(a_new_stream_that_resumes_is_greeted_with_where_it_left_off)
{
        struct source source = begin_stream();
        listener->resume_from = 4;
        greet(9);
        const char *text = read_all(source, strlen("retry: 3000\n\nid: 4\ndata: {\"type\":\"hello\",\"session\":\"") +
                                                    36 + strlen("\",\"last_seq\":9,\"heartbeat_ms\":15000}\n\n"));
        ck_assert_ptr_nonnull(strstr(text, "id: 4\ndata: {\"type\":\"hello\""));
        ck_assert_int_eq(listener->position, 4);
        ck_assert(listener->wants_frames);
        source.leave(source.owner);
}
END_TEST

TEST(a_stream_that_is_not_read_is_cut_off)
{
        char data[2048], out[100];
        memset(data, ' ', sizeof data);
        memcpy(data, "{}", 2);
        data[sizeof data - 1] = '\0';
        struct source source = begin_stream();
        listener->is_greeted = true;
        listener_take(listener, arena, frames(1, 300, 1, 300, data));
        ck_assert(!served());
        ck_assert_int_eq(source.read(source.owner, out, sizeof out), SOURCE_BROKEN);
        source.leave(source.owner);
}
END_TEST

TEST(a_stream_says_why_it_ends_before_it_does)
{
        static const char expected[] = "retry: 3000\n\nretry: 3000\ndata: {\"type\":\"closing\",\"code\":4401}\n\n";
        char out[100];
        struct source source = begin_stream();
        listener->kind->close(listener, CLOSE_AUTH);
        listener->kind->close(listener, CLOSE_RESTART);
        ck_assert(!served());
        listener->kind->free(listener);
        listener = NULL;
        ck_assert_str_eq(read_all(source, sizeof expected - 1), expected);
        ck_assert_int_eq(source.read(source.owner, out, sizeof out), SOURCE_END);
        source.leave(source.owner);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/listener", FORK, T(the_first_answer_makes_the_hello),
        T(frames_are_passed_on_and_more_are_asked_for_while_there_are), T(what_is_not_kept_any_more_must_be_read_again),
        T(a_resume_says_where_it_began_and_where_it_ends), T(topics_leave_out_the_rest_and_positions_go_on),
        T(a_socket_that_is_not_read_is_closed_and_then_cut_off),
        T(a_socket_is_asked_whether_it_lives_and_closed_when_it_is_silent),
        T(a_socket_whose_client_has_gone_is_over_and_its_line_let_go_once),
        T(an_event_is_an_id_a_line_of_data_and_an_empty_line),
        T(a_new_stream_that_resumes_is_greeted_with_where_it_left_off), T(a_stream_that_is_not_read_is_cut_off),
        T(a_stream_says_why_it_ends_before_it_does))
