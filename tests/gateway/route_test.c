/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/route.h"
#include "tests/suite.h"

#include <string.h>

#define BASE "/api/v1/social"
#define ID   "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"

static struct arena *arena;
static struct schema *schema;
static struct routes *routes;

static void answer_nothing(struct exchange *exchange)
{
        (void)exchange;
}

static const struct own_route own[] = {
        {"GET", "/test/here", answer_nothing},
        {"GET", "/test/a/first", answer_nothing},
        {"GET", "/test/{x}/second", answer_nothing},
        {"GET", "/test/{x}/{y}", answer_nothing},
        {NULL},
};

static void set_up(void)
{
        arena = arena_new(0);
        schema = schema_new();
        routes = routes_new(schema, own);
}

static void tear_down(void)
{
        routes_free(routes);
        schema_free(schema);
        arena_free(arena);
}

static enum route_result match(const char *verb, const char *raw, struct route_match *out)
{
        struct path path;
        ck_assert_int_eq(path_split(arena, raw, &path), STATUS_OK);
        return routes_match(routes, verb, &path, out);
}

TEST(each_path_leads_to_its_method)
{
        static const struct {
                const char *verb, *path, *method; /* NULL: nothing */
        } rows[] = {
                {"GET", BASE "/goal-sharing/", "sfp.goals.Goals.ListShares"},
                {"GET", BASE "/goal-sharing", "sfp.goals.Goals.ListShares"},
                {"HEAD", BASE "/goal-sharing", "sfp.goals.Goals.ListShares"},
                {"POST", BASE "/goal-sharing", "sfp.goals.Goals.CreateShare"},
                {"POST", BASE "/goal-sharing/", "sfp.goals.Goals.CreateShare"},
                {"GET", BASE "/goal%2Dsharing/", "sfp.goals.Goals.ListShares"},
                {"GET", BASE "/goal-sharing/" ID, "sfp.goals.Goals.GetShare"},
                {"PATCH", BASE "/goal-sharing/" ID, "sfp.goals.Goals.UpdateShare"},
                {"GET", BASE "/goal-sharing/templates", "sfp.goals.Goals.ListTemplates"},
                {"GET", BASE "/goal-sharing/templates/" ID, "sfp.goals.Goals.GetTemplate"},
                {"PUT", BASE "/goal-sharing/" ID "/reactions/like", "sfp.goals.Goals.SetReaction"},
                {"PUT", BASE "/goal-sharing/templates/reactions/like", "sfp.goals.Goals.SetReaction"},
                {"GET", BASE "/profile/demographics", "sfp.anonymize.Anonymize.GetDemographics"},
                {"GET", BASE "/goal-sharing/" ID "/", NULL},
                {"GET", BASE "/goal-sharing/templates/", NULL},
                {"GET", BASE "/goal-sharing//", NULL},
                {"GET", BASE "//goal-sharing", NULL},
                {"GET", BASE "/goal-sharing/" ID "/reactions", NULL},
                {"GET", BASE "/Goal-sharing", NULL},
                {"GET", BASE "/goal-sharin", NULL},
                {"GET", BASE, NULL},
                {"GET", "/", NULL},
                {"GET", "/goal-sharing/", NULL},
                {"GET", "/api/v2/social/goal-sharing/", NULL},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct route_match found;
                enum route_result result = match(rows[i].verb, rows[i].path, &found);
                ck_assert_msg((result == ROUTE_FOUND) == (rows[i].method != NULL), "%s %s", rows[i].verb, rows[i].path);
                if (rows[i].method != NULL)
                        ck_assert_str_eq(found.route->method->name, rows[i].method);
                else
                        ck_assert_int_eq(result, ROUTE_NONE);
        }
}
END_TEST

TEST(parameters_are_captured_from_left_to_right)
{
        struct route_match found;
        ck_assert_int_eq(match("PUT", BASE "/goal-sharing/" ID "/reactions/l%C3%AFke", &found), ROUTE_FOUND);
        ck_assert_uint_eq(found.route->n_params, 2);
        ck_assert_str_eq(found.route->params[0], "share_id");
        ck_assert_str_eq(found.values[0], ID);
        ck_assert_str_eq(found.route->params[1], "kind");
        ck_assert_str_eq(found.values[1], "l\u00efke");
        ck_assert_str_eq(found.route->path, BASE "/goal-sharing/{share_id}/reactions/{kind}");
}
END_TEST

TEST(a_literal_goes_before_a_parameter_unless_it_leads_nowhere)
{
        struct route_match found;
        ck_assert_int_eq(match("GET", BASE "/test/a/first", &found), ROUTE_FOUND);
        ck_assert_uint_eq(found.route->n_params, 0);
        ck_assert_int_eq(match("GET", BASE "/test/a/second", &found), ROUTE_FOUND);
        ck_assert_str_eq(found.values[0], "a");
        ck_assert_str_eq(found.route->path, BASE "/test/{x}/second");
        ck_assert_int_eq(match("GET", BASE "/test/a/b", &found), ROUTE_FOUND);
        ck_assert_str_eq(found.values[1], "b");
}
END_TEST

TEST(another_verb_learns_which_there_are)
{
        static const struct {
                const char *verb, *path, *allow;
        } rows[] = {
                {"PUT", BASE "/goal-sharing/", "POST, GET, HEAD, OPTIONS"},
                {"DELETE", BASE "/goal-sharing/inspiration", "GET, HEAD, OPTIONS"},
                {"PATCH", BASE "/goal-sharing/" ID "/reactions/like", "PUT, DELETE, OPTIONS"},
                {"HEAD", BASE "/goal-sharing/" ID "/reactions/like", "PUT, DELETE, OPTIONS"},
                {"OPTIONS", BASE "/goal-sharing", "POST, GET, HEAD, OPTIONS"},
                {"get", BASE "/goal-sharing", "POST, GET, HEAD, OPTIONS"},
                {"", BASE "/test/here", "GET, HEAD, OPTIONS"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct route_match found;
                ck_assert_int_eq(match(rows[i].verb, rows[i].path, &found), ROUTE_OTHER_VERB);
                ck_assert_str_eq(found.allow, rows[i].allow);
                ck_assert_ptr_null(found.route);
        }
}
END_TEST

TEST(a_collection_knows_that_it_has_instances)
{
        struct route_match found;
        ck_assert_int_eq(match("POST", BASE "/goal-sharing/", &found), ROUTE_FOUND);
        ck_assert(found.route->has_instances);
        ck_assert_int_eq(match("GET", BASE "/goal-sharing/" ID, &found), ROUTE_FOUND);
        ck_assert(!found.route->has_instances);
}
END_TEST

TEST(every_route_of_the_protos_finds_itself)
{
        for (size_t i = 0; i < routes_count(routes); i++) {
                const struct route *route = routes_at(routes, i);
                struct route_match found;
                ck_assert_uint_eq(route->index, i);
                ck_assert_int_eq(match(route->verb, route->path, &found), ROUTE_FOUND);
                ck_assert_ptr_eq(found.route, route);
        }
}
END_TEST

SUITE_WITH(set_up, tear_down, "gateway/route", FORK, T(each_path_leads_to_its_method),
        T(parameters_are_captured_from_left_to_right), T(a_literal_goes_before_a_parameter_unless_it_leads_nowhere),
        T(another_verb_learns_which_there_are), T(a_collection_knows_that_it_has_instances),
        T(every_route_of_the_protos_finds_itself))
