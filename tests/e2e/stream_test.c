/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: the same frames as over a WebSocket, for whoever can only read. */
#include "tests/e2e/member.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/streaming.h"

#include <stdlib.h>
#include <string.h>

#define HEARD "new_inspiration_on_goal"

static void inspire(struct user who, const char *share)
{
        expect_status(put(who, reaction_to(share, "inspiration"), ""), 200);
}

static long number_in(const cJSON *data, const char *name)
{
        return (long)cJSON_GetObjectItem(data, name)->valuedouble;
}

/* A stream that has been greeted. */
static struct tap *greeted(struct user user, const char *query, const char *headers)
{
        struct tap *tap = tap_open(user, query, headers);
        ck_assert_msg(tap_hear(tap, "hello", 30) != NULL, "no hello");
        return tap;
}

TEST(a_stream_is_named_as_one_and_kept_by_nobody_between)
{
        struct tap *tap = greeted(new_user(), "", "");
        ck_assert_ptr_nonnull(strcasestr(tap_head(tap), "Content-Type: text/event-stream\r\n"));
        ck_assert_ptr_nonnull(strcasestr(tap_head(tap), "X-Accel-Buffering: no\r\n"));
        ck_assert_ptr_nonnull(strcasestr(tap_head(tap), "no-cache"));
        ck_assert_int_eq(strncmp(tap_text(tap), "retry: ", 7), 0);
        tap_close(tap);
}
END_TEST

TEST(the_hello_says_where_the_frames_are)
{
        struct tap *tap = greeted(new_user(), "", "");
        const cJSON *hello = tap_hear(tap, "hello", 1);
        ck_assert_int_eq(number_in(hello, "last_seq"), tap_id(tap, "hello"));
        ck_assert_int_eq(number_in(hello, "heartbeat_ms"), 15000);
        tap_close(tap);
}
END_TEST

TEST(an_event_carries_the_frame_and_its_number_as_id)
{
        struct member ann = new_member();
        const char *share = shared(ann.user, "A boat to read of");
        struct tap *tap = greeted(ann.user, "", "");
        inspire(new_user(), share);
        const cJSON *frame = tap_hear(tap, HEARD, 60);
        ck_assert_msg(frame != NULL, "nothing is heard");
        ck_assert_int_eq(number_in(frame, "seq"), tap_id(tap, HEARD));
        ck_assert_int_gt(tap_id(tap, HEARD), tap_id(tap, "hello"));
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(frame, "data"));
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(frame, "at"));
        tap_close(tap);
}
END_TEST

/* The two ways to say where one left off. */
static void hear_again(struct user user, long last, const char *query, const char *headers)
{
        struct tap *tap = greeted(user, query, headers);
        ck_assert_int_eq(tap_id(tap, "hello"), last);
        ck_assert_msg(tap_hear(tap, HEARD, 30) != NULL, "it is not heard again");
        ck_assert_msg(tap_hear(tap, "replayed", 30) != NULL, "no word that all is said");
        ck_assert_int_eq(tap_id(tap, HEARD), last + 1);
        ck_assert_int_eq(tap_id(tap, "replayed"), -1);
        tap_close(tap);
}

TEST(what_was_missed_is_heard_again_from_the_last_id)
{
        struct member ann = new_member();
        const char *share = shared(ann.user, "A boat read of twice");
        struct tap *tap = greeted(ann.user, "", "");
        inspire(new_user(), share);
        ck_assert_msg(tap_hear(tap, HEARD, 60) != NULL, "nothing is heard");
        long last = tap_id(tap, HEARD) - 1;
        tap_close(tap);
        tap = greeted(ann.user, "", "");
        ck_assert_int_eq(tap_count(tap, HEARD), 0);
        tap_close(tap);
        hear_again(ann.user, last, "", text("Last-Event-ID: %ld\r\n", last));
        hear_again(ann.user, last, text("?last_seq=%ld", last), "");
}
END_TEST

TEST(types_leave_out_the_rest)
{
        struct member ann = new_member();
        const char *share = shared(ann.user, "A boat not read of");
        struct tap *other = greeted(ann.user, "?types=peer_comparison_updated&types=match_status", "");
        struct tap *tap = greeted(ann.user, "?types=" HEARD, "");
        inspire(new_user(), share);
        ck_assert_msg(tap_hear(tap, HEARD, 60) != NULL, "nothing is heard");
        ck_assert_ptr_null(tap_hear(other, HEARD, 2));
        tap_close(tap);
        tap_close(other);
}
END_TEST

TEST(a_ticket_opens_a_stream_once)
{
        struct user ann = new_user();
        const char *query = text("?ticket=%s", text_at(post(ann, "/ws/tickets", NULL), "ticket"));
        tap_close(greeted(nobody, query, "Origin: http://test\r\n"));
        expect_problem(tap_refusal(nobody, query, ""), 401, "invalid_token");
}
END_TEST

TEST(a_stream_is_for_who_may_hear_it)
{
        struct user ann = new_user();
        expect_problem(tap_refusal(nobody, "", ""), 401, "unauthenticated");
        expect_problem(tap_refusal((struct user){ann.id, "no.token.atall"}, "", ""), 401, "invalid_token");
        expect_problem(tap_refusal(ann, "", "Origin: https://evil.example\r\n"), 403, "forbidden");
        expect_problem(tap_refusal(ann, "?ticket=AAAA", ""), 400, "malformed_request");
}
END_TEST

TEST(what_is_asked_of_a_stream_is_checked)
{
        struct user ann = new_user();
        expect_problem(tap_refusal(ann, "?last_seq=-1", ""), 422, "validation_failed");
        expect_problem(tap_refusal(ann, "?types=no%20word", ""), 422, "validation_failed");
        expect_problem(tap_refusal(ann, "?color=red", ""), 422, "validation_failed");
        expect_problem(tap_refusal(ann, "", "Last-Event-ID: seven\r\n"), 400, "malformed_request");
        expect_problem(tap_refusal(ann, "", "Last-Event-ID: 99999999999999999999\r\n"), 400, "malformed_request");
        expect_problem(post(ann, "/events", NULL), 405, "method_not_allowed");
}
END_TEST

TEST(a_position_beyond_all_frames_is_where_they_end)
{
        struct tap *tap = greeted(new_user(), "?last_seq=9007199254740991", "");
        ck_assert_int_eq(tap_id(tap, "hello"), number_in(tap_hear(tap, "hello", 1), "last_seq"));
        tap_close(tap);
}
END_TEST

TEST(a_stream_ends_with_its_token_and_says_so)
{
        struct user ann = new_user();
        struct tap *tap = tap_open((struct user){ann.id, token_for(ann.id, "3")}, "", "");
        const cJSON *closing = tap_hear(tap, "closing", 90);
        ck_assert_msg(closing != NULL, "it does not say goodbye");
        ck_assert_int_eq(number_in(closing, "code"), 4401);
        ck_assert(tap_ends(tap, 30));
        tap_close(tap);
}
END_TEST

TEST(of_many_streams_of_one_user_the_oldest_gives_way)
{
        struct user ann = new_user();
        struct tap *taps[9];
        for (int i = 0; i < 9; i++)
                taps[i] = greeted(ann, "", "");
        const cJSON *closing = tap_hear(taps[0], "closing", 30);
        ck_assert_msg(closing != NULL, "the oldest stays");
        ck_assert_int_eq(number_in(closing, "code"), 4409);
        ck_assert(tap_ends(taps[0], 30));
        for (int i = 0; i < 9; i++)
                tap_close(taps[i]);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/stream", NO_FORK, T(a_stream_is_named_as_one_and_kept_by_nobody_between),
        T(the_hello_says_where_the_frames_are), T(an_event_carries_the_frame_and_its_number_as_id),
        T(what_was_missed_is_heard_again_from_the_last_id), T(types_leave_out_the_rest),
        T(a_ticket_opens_a_stream_once), T(a_stream_is_for_who_may_hear_it), T(what_is_asked_of_a_stream_is_checked),
        T(a_position_beyond_all_frames_is_where_they_end), T(a_stream_ends_with_its_token_and_says_so),
        T(of_many_streams_of_one_user_the_oldest_gives_way))
