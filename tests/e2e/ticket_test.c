/* SPDX-License-Identifier: Apache-2.0 */
/* A browser at the WebSocket: tickets in place of tokens, and pages that are welcome. */
#include "tests/e2e/listening.h"

#include <string.h>

static const char *ticket_of(struct user user)
{
        struct answer answer = post(user, "/ws/tickets", NULL);
        expect_status(answer, 201);
        return text_at(answer, "ticket");
}

static const char *place(struct user user, const char *ticket)
{
        return text("%s?ticket=%s", user.id, ticket);
}

/* A handshake from a page at this origin. */
static struct answer from_page(struct user user, const char *where, const char *origin)
{
        return ear_handshake(user, where, text("%sOrigin: %s\r\n", ear_upgrade_headers(), origin));
}

TEST(a_ticket_opens_a_socket)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/ws/tickets", NULL);
        expect_status(answer, 201);
        ck_assert_str_eq(
                text_at(answer, "url"), text("/api/v1/social/ws/%s?ticket=%s", ann.id, text_at(answer, "ticket")));
        struct ear *ear = ear_open_at(place(ann, text_at(answer, "ticket")), "Origin: http://test\r\n");
        ear_say(ear, JSON({"type" : "ping"}));
        ck_assert_msg(ear_hear(ear, "pong", 30) != NULL, "no pong");
        ear_close(ear);
}
END_TEST

TEST(a_ticket_is_good_once)
{
        struct user ann = new_user();
        const char *where = place(ann, ticket_of(ann));
        ear_close(ear_open_at(where, ""));
        expect_problem(ear_handshake(nobody, where, NULL), 401, "invalid_token");
}
END_TEST

TEST(a_ticket_is_only_for_who_asked_for_it)
{
        struct user ann = new_user(), bob = new_user();
        expect_problem(ear_handshake(nobody, place(bob, ticket_of(ann)), NULL), 403, "forbidden");
        expect_problem(ear_handshake(nobody, place(ann, "AAAA"), NULL), 401, "invalid_token");
        expect_problem(post(nobody, "/ws/tickets", NULL), 401, "unauthenticated");
}
END_TEST

TEST(a_handshake_that_cannot_succeed_uses_up_no_ticket)
{
        struct user ann = new_user();
        const char *where = place(ann, ticket_of(ann));
        expect_status(ear_handshake(nobody, where, ""), 426);
        expect_status(from_page(nobody, where, "https://evil.example"), 403);
        ear_close(ear_open_at(where, ""));
}
END_TEST

TEST(a_ticket_and_a_token_are_not_shown_together)
{
        struct user ann = new_user();
        expect_problem(ear_handshake(ann, place(ann, ticket_of(ann)), NULL), 400, "malformed_request");
}
END_TEST

TEST(the_query_of_a_handshake_is_strict)
{
        struct user ann = new_user();
        expect_problem(ear_handshake(ann, text("%s?tiket=a", ann.id), NULL), 422, "validation_failed");
        expect_problem(ear_handshake(nobody, text("%s?ticket=a&ticket=b", ann.id), NULL), 422, "validation_failed");
        expect_problem(ear_handshake(nobody, text("%s?ticket=%%zz", ann.id), NULL), 400, "malformed_query");
}
END_TEST

TEST(a_socket_from_a_strange_page_is_refused_whatever_it_shows)
{
        static const char *const strange[] = {
                "https://evil.example", "null", "http://test.evil.example", "http://test:81"};
        struct user ann = new_user();
        for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
                expect_problem(from_page(ann, ann.id, strange[i]), 403, "forbidden");
        expect_problem(from_page(nobody, place(ann, ticket_of(ann)), strange[0]), 403, "forbidden");
}
END_TEST

TEST(a_socket_ends_with_the_token_behind_its_ticket)
{
        struct user ann = new_user();
        struct user hasty = {ann.id, token_for(ann.id, "20")};
        struct ear *ear = ear_open_at(place(ann, ticket_of(hasty)), "");
        ck_assert_int_eq(ear_closed(ear, 90), 4401);
        ear_close(ear);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/ticket", NO_FORK, T(a_ticket_opens_a_socket), T(a_ticket_is_good_once),
        T(a_ticket_is_only_for_who_asked_for_it), T(a_handshake_that_cannot_succeed_uses_up_no_ticket),
        T(a_ticket_and_a_token_are_not_shown_together), T(the_query_of_a_handshake_is_strict),
        T(a_socket_from_a_strange_page_is_refused_whatever_it_shows), T(a_socket_ends_with_the_token_behind_its_ticket))
