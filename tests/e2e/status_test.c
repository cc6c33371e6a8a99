/* SPDX-License-Identifier: Apache-2.0 */
/* How the platform says that it is well, and what people say of it. */
#include "tests/e2e/client.h"
#include "tests/e2e/instance.h"

#include <string.h>

TEST(health_has_the_shape_that_was_promised)
{
        struct answer answer = get(nobody, "/health");
        ck_assert_msg(AWAIT(30, (answer = get(nobody, "/health")).status == 200), "unhealthy: %s", answer.body);
        ck_assert_int_eq(cJSON_GetArraySize(answer.json), 6);
        ck_assert_str_eq(text_at(answer, "status"), "healthy");
        ck_assert_str_eq(text_at(answer, "database"), "connected");
        ck_assert_str_eq(text_at(answer, "moderation_queue"), "healthy");
        ck_assert_str_eq(text_at(answer, "privacy_compliance"), "verified");
        ck_assert(has(answer, "version") && has(answer, "cache"));
}
END_TEST

TEST(a_service_that_is_away_makes_it_unhealthy)
{
        instance_down("svc-peers");
        struct answer answer;
        bool is_noticed = AWAIT(30, (answer = get(nobody, "/health")).status == 503);
        struct answer whole = get(nobody, "/status/");
        instance_up("svc-peers");
        ck_assert_msg(is_noticed, "still healthy: %s", answer.body);
        ck_assert_str_eq(text_at(answer, "status"), "unhealthy");
        ck_assert_str_eq(text_at(whole, "status"), "degraded");
        ck_assert_str_eq(text_at(whole, "unanswered[0]"), "peers");
        ck_assert_msg(AWAIT(60, get(nobody, "/health").status == 200), "it does not get well");
}
END_TEST

TEST(status_names_every_service)
{
        struct answer answer;
        ck_assert(AWAIT(60, length_at(answer = get(nobody, "/status/"), "services") == 8));
        for (int i = 0; i < 8; i++) {
                ck_assert_str_eq(text_at(answer, text("services[%d].state", i)), "serving");
                ck_assert_str_eq(text_at(answer, text("services[%d].dependencies[0].state", i)), "up");
                ck_assert_double_ge(number_at(answer, text("services[%d].uptime", i)), 0);
        }
        ck_assert_str_eq(text_at(answer, "status"), "healthy");
}
END_TEST

TEST(dashboards_are_for_admins)
{
        static const char *const names[] = {
                "community-health", "privacy-metrics", "moderation-efficiency", "performance", "user-satisfaction"};
        struct user admin = new_user_as("admin");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                const char *path = text("/status/dashboards/%s", names[i]);
                expect_problem(get(new_user(), path), 403, "forbidden");
                struct answer answer = get(admin, path);
                expect_status(answer, 200);
                ck_assert(is_true_at(answer, "complete"));
                ck_assert_int_gt(length_at(answer, "series"), 0);
        }
        expect_problem(
                get(admin, "/status/dashboards/performance?from=2026-02-01&to=2026-01-01"), 422, "validation_failed");
        expect_problem(get(admin, "/status/dashboards/performance?from=2020-01-01"), 422, "validation_failed");
        expect_problem(get(admin, "/status/dashboards/nothing"), 422, "validation_failed");
}
END_TEST

TEST(feedback_is_kept_without_a_name_and_counted)
{
        struct user ann = new_user();
        struct answer answer = post(ann, "/status/feedback",
                JSON({"feature" : "groups", "score" : 5, "text" : "Write to ann@example.org if you like"}));
        expect_status(answer, 201);
        ck_assert_ptr_null(strstr(answer.body, "ann@example.org"));
        expect_status(post(ann, "/status/feedback", JSON({"feature" : "groups", "score" : 4})), 201);
        expect_problem(
                post(ann, "/status/feedback", JSON({"feature" : "groups", "score" : 6})), 422, "validation_failed");
        struct answer board = get(new_user_as("admin"), "/status/dashboards/user-satisfaction");
        expect_status(board, 200);
        ck_assert_ptr_nonnull(strstr(board.body, "\"score\""));
}
END_TEST

TEST(metrics_are_for_operators)
{
        expect_problem(get(nobody, "/status/metrics"), 401, "unauthenticated");
        expect_problem(get(new_user(), "/status/metrics"), 403, "forbidden");
        struct answer answer = get(new_user_as("ops"), "/status/metrics");
        expect_status(answer, 200);
        ck_assert_ptr_nonnull(strstr(answer.body, "# TYPE "));
}
END_TEST

TEST(the_interface_describes_itself)
{
        struct answer answer = get(nobody, "/status/openapi.json");
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "openapi"), "3.1.0");
        const cJSON *paths = value_at(answer, "paths");
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(paths, "/goal-sharing/{share_id}"));
        const cJSON *create = cJSON_GetObjectItem(cJSON_GetObjectItem(paths, "/goal-sharing"), "post");
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(create, "requestBody"));
        ck_assert_ptr_nonnull(cJSON_GetObjectItem(cJSON_GetObjectItem(create, "responses"), "201"));
        const cJSON *schemas = value_at(answer, "components.schemas");
        const cJSON *share = cJSON_GetObjectItem(schemas, "goals.CreateShareRequest");
        ck_assert_ptr_nonnull(share);
        const cJSON *title = cJSON_GetObjectItem(cJSON_GetObjectItem(share, "properties"), "goal_title");
        ck_assert_int_eq(cJSON_GetObjectItem(title, "maxLength")->valueint, 120);
        const cJSON *ref = cJSON_GetObjectItem(schemas, "AuthorRef");
        ck_assert_ptr_null(cJSON_GetObjectItem(cJSON_GetObjectItem(ref, "properties"), "user_id"));
}
END_TEST

TEST(events_are_described_beside_it)
{
        struct answer answer = get(nobody, "/status/openapi.json?kind=events");
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "asyncapi"), "3.0.0");
        const cJSON *channel = cJSON_GetObjectItem(value_at(answer, "channels"), "goals.share.published");
        ck_assert_str_eq(cJSON_GetObjectItem(channel, "address")->valuestring,
                "com.financialplanning.social.goals.share.published.v1");
        expect_problem(get(nobody, "/status/openapi.json?kind=other"), 422, "validation_failed");
        expect_problem(get(nobody, "/status/openapi.json?kind=rest&kind=events"), 422, "validation_failed");
}
END_TEST

/* Every file that the page names is served by us, and the page may load nothing else. */
TEST(a_page_shows_the_interface_without_other_hosts)
{
        struct answer page = get(nobody, "~/docs");
        expect_status(page, 200);
        ck_assert_str_eq(header_of(page, "Content-Type"), "text/html; charset=utf-8");
        ck_assert_ptr_nonnull(strstr(header_of(page, "Content-Security-Policy"), "default-src 'none'"));
        int n_files = 0;
        for (const char *at = page.body; (at = strstr(at, "=\"/docs/")) != NULL; n_files++) {
                at += strlen("=\"");
                expect_status(get(nobody, text("~%.*s", (int)strcspn(at, "\""), at)), 200);
        }
        ck_assert_int_ge(n_files, 2);
        ck_assert_ptr_null(strstr(page.body, "//"));
        expect_problem(get(nobody, "~/docs/other.js"), 404, "not_found");
}
END_TEST

TEST(the_type_of_a_problem_leads_somewhere)
{
        struct answer problem = get(nobody, "/feed/");
        expect_problem(problem, 401, "unauthenticated");
        struct answer type = get(nobody, text("~%s", text_at(problem, "type")));
        expect_status(type, 200);
        ck_assert_str_eq(text_at(type, "code"), "unauthenticated");
        ck_assert_str_eq(text_at(type, "title"), text_at(problem, "title"));
        expect_problem(get(nobody, "~/problems/none"), 404, "not_found");
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/status", NO_FORK, T(health_has_the_shape_that_was_promised),
        T(status_names_every_service), T(dashboards_are_for_admins), T(feedback_is_kept_without_a_name_and_counted),
        T(metrics_are_for_operators), T(the_interface_describes_itself), T(events_are_described_beside_it),
        T(a_page_shows_the_interface_without_other_hosts), T(the_type_of_a_problem_leads_somewhere),
        T(a_service_that_is_away_makes_it_unhealthy))
