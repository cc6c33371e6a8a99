/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/ticket.h"
#include "tests/suite.h"

#include <string.h>

#define KEY "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
#define SUB "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"

enum { NOW = 1000, TOKEN_END = 5000 };

static struct arena *arena;
static struct tickets *tickets;
static Sfp__Caller *caller;
static int64_t end;

static void set_up(void)
{
        arena = arena_new((size_t)512 << 20);
        tickets = tickets_new(KEY);
}

static void tear_down(void)
{
        tickets_free(tickets);
        arena_free(arena);
}

static char *issued(int64_t token_end)
{
        char *roles[] = {(char *)(size_t) "user", (char *)(size_t) "mod"};
        Sfp__Caller user = SFP__CALLER__INIT;
        user.user_id = (char *)(size_t)SUB;
        user.roles = roles;
        user.n_roles = 2;
        user.tier = (char *)(size_t) "plus";
        return ticket_issue(tickets, arena, &user, token_end, NOW);
}

static enum problem redeemed(const char *ticket, int64_t now)
{
        return ticket_redeem(tickets, arena, ticket, now, &caller, &end);
}

TEST(a_ticket_stands_for_who_asked_for_it)
{
        ck_assert_int_eq(redeemed(issued(TOKEN_END), NOW), PROBLEM_NONE);
        ck_assert_str_eq(caller->user_id, SUB);
        ck_assert_uint_eq(caller->n_roles, 2);
        ck_assert_str_eq(caller->roles[1], "mod");
        ck_assert_str_eq(caller->tier, "plus");
        ck_assert_int_eq(end, TOKEN_END);
}
END_TEST

TEST(a_ticket_is_good_once)
{
        const char *ticket = issued(TOKEN_END);
        ck_assert_int_eq(redeemed(ticket, NOW), PROBLEM_NONE);
        ck_assert_int_eq(redeemed(ticket, NOW), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(redeemed(ticket, NOW + TICKET_LIFE_S - 1), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(redeemed(issued(TOKEN_END), NOW), PROBLEM_NONE);
}
END_TEST

TEST(a_ticket_ends_with_its_time_and_with_the_token)
{
        ck_assert_int_eq(redeemed(issued(TOKEN_END), NOW + TICKET_LIFE_S - 1), PROBLEM_NONE);
        ck_assert_int_eq(redeemed(issued(TOKEN_END), NOW + TICKET_LIFE_S), PROBLEM_TOKEN_EXPIRED);
        ck_assert_int_eq(redeemed(issued(NOW + 5), NOW + 5), PROBLEM_TOKEN_EXPIRED);
}
END_TEST

TEST(an_altered_ticket_is_none)
{
        static const char *const others[] = {"", "A", "AAAA", "not a ticket", "%%%%"};
        const char *ticket = issued(TOKEN_END);
        size_t length = strlen(ticket);
        for (size_t i = 0; i < length; i++) {
                char *altered = arena_strdup(arena, ticket);
                altered[i] = altered[i] == 'A' ? 'B' : 'A';
                ck_assert_int_eq(redeemed(altered, NOW), PROBLEM_INVALID_TOKEN);
                ck_assert_int_eq(redeemed(arena_strndup(arena, ticket, i), NOW), PROBLEM_INVALID_TOKEN);
        }
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                ck_assert_int_eq(redeemed(others[i], NOW), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(redeemed(arena_printf(arena, "%s%s", ticket, ticket), NOW), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(redeemed(ticket, NOW), PROBLEM_NONE);
}
END_TEST

TEST(gateways_with_one_key_take_each_others_tickets_and_no_others)
{
        struct tickets *twin = tickets_new(KEY);
        struct tickets *stranger = tickets_new("MUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=");
        const char *ticket = issued(TOKEN_END);
        ck_assert_int_eq(ticket_redeem(stranger, arena, ticket, NOW, &caller, &end), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(ticket_redeem(twin, arena, ticket, NOW, &caller, &end), PROBLEM_NONE);
        tickets_free(stranger);
        tickets_free(twin);
        ck_assert_ptr_null(tickets_new("no base64"));
}
END_TEST

/* The set is full before it forgets anything; when they end there is room again. */
TEST(with_too_many_used_tickets_a_ticket_is_refused_not_forgotten)
{
        const char *first = issued(TOKEN_END);
        enum problem problem = redeemed(first, NOW);
        for (int i = 0; i < 2 * TICKETS_USED_MAX && problem == PROBLEM_NONE; i++)
                problem = redeemed(issued(TOKEN_END), NOW);
        ck_assert_int_eq(problem, PROBLEM_OVERLOADED);
        ck_assert_int_eq(redeemed(first, NOW), PROBLEM_INVALID_TOKEN);
}
END_TEST

TEST(a_caller_who_does_not_fit_gets_none)
{
        char name[5000];
        Sfp__Caller user = SFP__CALLER__INIT;
        memset(name, 'a', sizeof name - 1);
        name[sizeof name - 1] = '\0';
        user.user_id = name;
        ck_assert_ptr_null(ticket_issue(tickets, arena, &user, TOKEN_END, NOW));
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/ticket", FORK, T(a_ticket_stands_for_who_asked_for_it), T(a_ticket_is_good_once),
        T(a_ticket_ends_with_its_time_and_with_the_token), T(an_altered_ticket_is_none),
        T(gateways_with_one_key_take_each_others_tickets_and_no_others),
        T(with_too_many_used_tickets_a_ticket_is_refused_not_forgotten), T(a_caller_who_does_not_fit_gets_none))
