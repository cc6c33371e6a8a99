/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"
#include "common/clock.h"
#include "gateway/authenticate.h"
#include "tests/suite.h"

#include <string.h>

#define SUB "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"

static struct arena *arena;
static struct schema *schema;
static struct jwt *jwt;
static Sfp__Caller *caller;
static const char *query, *wanted;

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
        jwt = jwt_new(schema,
                &(struct jwt_settings){.secret = base64_encode(arena, "an example key of 36 bytes, no more.", 36)});
}

static void tear_down(void)
{
        jwt_free(jwt);
        schema_free(schema);
        arena_free(arena);
}

/* The header of somebody with one role besides being a user. */
static const char *bearer(char *role, int64_t ttl_s)
{
        char *roles[] = {"user", role};
        struct violations violations = violations_in(arena);
        Sfp__Claims claims = SFP__CLAIMS__INIT;
        claims.sub = SUB;
        claims.roles = roles;
        claims.n_roles = 2;
        claims.tier = "plus";
        claims.tz = "Europe/Berlin";
        claims.has_exp = 1;
        claims.exp = clock_unix_us() / 1000000 + ttl_s;
        return arena_printf(arena, "Bearer %s", jwt_sign(jwt, arena, &claims, &violations));
}

/* A call with this header to a method for this role; "" is a method without roles. */
static enum problem ask(const char *header, char *role)
{
        Sfp__MethodRules rules = SFP__METHOD_RULES__INIT;
        rules.roles = &role;
        rules.n_roles = *role != '\0';
        const struct schema_method method = {.rules = &rules};
        const struct route route = {.method = &method};
        struct exchange exchange = {.arena = arena, .match = {.route = &route}};
        exchange.request.headers[HEADER_AUTHORIZATION] = header;
        exchange.request.query = query;
        enum problem problem = authenticate(jwt, &exchange, &caller);
        wanted = exchange.roles_wanted;
        return problem;
}

TEST(a_token_tells_the_caller)
{
        ck_assert_int_eq(ask(bearer("mod", 60), "user"), PROBLEM_NONE);
        ck_assert_str_eq(caller->user_id, SUB);
        ck_assert_uint_eq(caller->n_roles, 2);
        ck_assert_str_eq(caller->roles[1], "mod");
        ck_assert_str_eq(caller->tier, "plus");
        ck_assert_str_eq(caller->time_zone, "Europe/Berlin");
        ck_assert_ptr_null(caller->service);
}
END_TEST

TEST(without_a_token_only_public_routes_answer)
{
        ck_assert_int_eq(ask(NULL, "user"), PROBLEM_UNAUTHENTICATED);
        ck_assert_int_eq(ask(NULL, "public"), PROBLEM_NONE);
        ck_assert_ptr_null(caller->user_id);
}
END_TEST

TEST(a_bad_token_is_refused_everywhere)
{
        ck_assert_int_eq(ask("Bearer x.y.z", "public"), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(ask("Bearer ", "user"), PROBLEM_INVALID_TOKEN);
        ck_assert_int_eq(ask("Basic YTpi", "user"), PROBLEM_UNAUTHENTICATED);
        ck_assert_int_eq(ask("Bearer", "user"), PROBLEM_UNAUTHENTICATED);
        ck_assert_int_eq(ask(bearer("mod", -1), "user"), PROBLEM_TOKEN_EXPIRED);
}
END_TEST

TEST(a_role_must_be_held)
{
        ck_assert_int_eq(ask(bearer("mod", 60), "mod"), PROBLEM_NONE);
        ck_assert_ptr_null(wanted);
        ck_assert_int_eq(ask(bearer("mod", 60), "admin"), PROBLEM_FORBIDDEN);
        ck_assert_str_eq(wanted, "admin");
        ck_assert_int_eq(ask(bearer("user", 60), "mod"), PROBLEM_FORBIDDEN);
        ck_assert_int_eq(ask(bearer("admin", 60), ""), PROBLEM_FORBIDDEN);
        ck_assert_ptr_null(wanted);
}
END_TEST

TEST(the_scheme_is_read_in_any_case)
{
        ck_assert_int_eq(ask(arena_printf(arena, "bearer  %s", bearer("mod", 60) + 7), "user"), PROBLEM_NONE);
}
END_TEST

TEST(a_token_in_the_query_is_refused)
{
        static const char *const bad[] = {"access_token=x", "limit=5&access_token=", "access_token=a&access_token=b"};
        static const char *const good[] = {"", "limit=5", "q=access_token=x", "xaccess_token=1", "access_token"};
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                query = bad[i];
                ck_assert_int_eq(ask(bearer("mod", 60), "user"), PROBLEM_TOKEN_MISPLACED);
                ck_assert_int_eq(ask(NULL, "user"), PROBLEM_TOKEN_MISPLACED);
                ck_assert_int_eq(ask(NULL, "public"), PROBLEM_TOKEN_MISPLACED);
        }
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
                query = good[i];
                ck_assert_int_eq(ask(bearer("mod", 60), "user"), PROBLEM_NONE);
        }
}
END_TEST

static enum problem ask_as(const char *header, const char *role)
{
        struct exchange exchange = {.arena = arena};
        exchange.request.headers[HEADER_AUTHORIZATION] = header;
        enum problem problem = authenticate_role(jwt, &exchange, role);
        wanted = exchange.roles_wanted;
        return problem;
}

TEST(a_route_of_our_own_may_ask_for_a_role)
{
        ck_assert_int_eq(ask_as(bearer("ops", 60), "ops"), PROBLEM_NONE);
        ck_assert_int_eq(ask_as(bearer("mod", 60), "ops"), PROBLEM_FORBIDDEN);
        ck_assert_str_eq(wanted, "ops");
        ck_assert_int_eq(ask_as(NULL, "ops"), PROBLEM_UNAUTHENTICATED);
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/authenticate", FORK, T(a_token_tells_the_caller),
        T(without_a_token_only_public_routes_answer), T(a_bad_token_is_refused_everywhere), T(a_role_must_be_held),
        T(the_scheme_is_read_in_any_case), T(a_token_in_the_query_is_refused), T(a_route_of_our_own_may_ask_for_a_role))
