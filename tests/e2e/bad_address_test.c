/* SPDX-License-Identifier: Apache-2.0 */
/* Paths, queries, methods and types that nobody should send. */
#include "tests/e2e/refusal.h"

TEST(a_body_must_say_that_it_is_json)
{
        static const char *const types[] = {"Content-Type: text/plain",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type:", "Content-Type: application/json; charset=latin1", "Content-Type: application/jsonx",
                "Content-Type: multipart/form-data; boundary=x"};
        static const char body[] = "{" REST "}";
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
                const char *const headers[] = {types[i], NULL};
                expect_bad(ask(&(struct request){"POST", "/goal-sharing/", sender(), body, sizeof body - 1, headers}),
                        types[i], 415, "unsupported_media_type", NULL, NULL);
        }
        expect_no_effect();
}

TEST(a_bad_query_is_refused)
{
        static const struct {
                const char *query;
                int status;
                const char *code;
                const char *field;
                const char *why;
        } bad[] = {
                {"limit=0", 422, "validation_failed", "limit", "out_of_range"},
                {"limit=51", 422, "validation_failed", "limit", "out_of_range"},
                {"limit=-1", 422, "validation_failed", "limit", "out_of_range"},
                {"limit=abc", 422, "validation_failed", "limit", "wrong_type"},
                {"limit=", 422, "validation_failed", "limit", "wrong_type"},
                {"limit=1.0", 422, "validation_failed", "limit", "wrong_type"},
                {"limit=0x10", 422, "validation_failed", "limit", "wrong_type"},
                {"limit=+5", 422, "validation_failed", "limit", "wrong_type"},
                {"limit=5%20", 422, "validation_failed", "limit", "wrong_type"},
                {"limit=99999999999999999999", 422, "validation_failed", "limit", "out_of_range"},
                {"offset=-1", 422, "validation_failed", "offset", "out_of_range"},
                {"offset=1001", 422, "validation_failed", "offset", "out_of_range"},
                {"sort=best", 422, "validation_failed", "sort", "not_allowed"},
                {"owner=them", 422, "validation_failed", "owner", "not_allowed"},
                {"verified=yes", 422, "validation_failed", "verified", "wrong_type"},
                {"tag=Not%20A%20Tag", 422, "validation_failed", "tag", "malformed"},
                {"q=a", 422, "validation_failed", "q", "too_short"},
                {"page=2", 422, "validation_failed", "page", "unknown_field"},
                {"Limit=5", 422, "validation_failed", "Limit", "unknown_field"},
                {"limit=5&limit=6", 422, "validation_failed", "limit", "too_many"},
                {"limit=5&limit=5", 422, "validation_failed", "limit", "too_many"},
                {"cursor=AAAA", 400, "bad_cursor", NULL, NULL},
                {"q=%00%00", 400, "malformed_query", NULL, NULL},
                {"q=%FF%FE", 400, "malformed_query", NULL, NULL},
                {"q=%zz", 400, "malformed_query", NULL, NULL},
                {"q=%4", 400, "malformed_query", NULL, NULL},
                {"q=%C0%AF", 400, "malformed_query", NULL, NULL},
                {"q=a%0Ab", 400, "malformed_query", NULL, NULL},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_bad(get(sender(), text("/goal-sharing/?%s", bad[i].query)), bad[i].query, bad[i].status,
                        bad[i].code, bad[i].field, bad[i].why);
        expect_problem(post(sender(), "/goal-sharing/?submit=false", "{" REST "}"), 422, "validation_failed");
        expect_no_effect();
}

TEST(a_bad_path_is_refused)
{
        static const struct {
                const char *path;
                int status;
                const char *code;
                const char *field;
        } bad[] = {
                {"/goal-sharing/not-a-uuid", 422, "validation_failed", "share_id"},
                {"/goal-sharing/6F1D3C52-0A51-4B6E-9A1E-000000000001", 422, "validation_failed", "share_id"},
                {"/goal-sharing/6f1d3c52-0a51-4b6e-9a1e-00000000000", 422, "validation_failed", "share_id"},
                {"/goal-sharing/6f1d3c520a514b6e9a1e000000000001", 422, "validation_failed", "share_id"},
                {"/goal-sharing/{6f1d3c52-0a51-4b6e-9a1e-000000000001}", 422, "validation_failed", "share_id"},
                {"/goal-sharing/1%27%20OR%20%271%27=%271", 422, "validation_failed", "share_id"},
                {"/goal-sharing/templates/x", 422, "validation_failed", "template_id"},
                {"/goal-sharing/%00", 400, "malformed_path", NULL},
                {"/goal-sharing/6f1d3c52-0a51-4b6e-9a1e-000000000001%00", 400, "malformed_path", NULL},
                {"/goal-sharing/%2500", 400, "malformed_path", NULL},
                {"/goal-sharing/%252e%252e", 400, "malformed_path", NULL},
                {"/goal-sharing/%2e%2e/%2e%2e/etc/passwd", 400, "malformed_path", NULL},
                {"/goal-sharing/../goal-sharing/", 400, "malformed_path", NULL},
                {"/goal-sharing/%C0%AE", 400, "malformed_path", NULL},
                {"/goal-sharing/%FF", 400, "malformed_path", NULL},
                {"/goal-sharing/%", 400, "malformed_path", NULL},
                {"/goal-sharing/%4", 400, "malformed_path", NULL},
                {"/goal-sharing/%GG", 400, "malformed_path", NULL},
                {"/goal-sharing/%0d%0aX-Evil:%201", 400, "malformed_path", NULL},
                {"/goal-sharing/a/b/c/d/e", 404, "not_found", NULL},
                {"/goal-sharing//", 404, "not_found", NULL},
                {"/Goal-Sharing/", 404, "not_found", NULL},
                {"/nothing", 404, "not_found", NULL},
                {"/", 404, "not_found", NULL},
                {"", 404, "not_found", NULL},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                expect_bad(
                        get(sender(), bad[i].path), bad[i].path, bad[i].status, bad[i].code, bad[i].field, "malformed");
        expect_no_effect();
}

TEST(a_wrong_method_is_told_the_right_ones)
{
        static const struct {
                const char *verb, *path, *allow;
        } bad[] = {
                {"PUT", "/goal-sharing/", "POST, GET, HEAD, OPTIONS"},
                {"DELETE", "/goal-sharing/", "POST, GET, HEAD, OPTIONS"},
                {"POST", "/goal-sharing/6f1d3c52-0a51-4b6e-9a1e-000000000001", "GET, HEAD, PATCH, DELETE, OPTIONS"},
                {"GET", "/goal-sharing/6f1d3c52-0a51-4b6e-9a1e-000000000001/reactions/like", "PUT, DELETE, OPTIONS"},
                {"POST", "/goal-sharing/inspiration", "GET, HEAD, OPTIONS"},
                {"TRACE", "/goal-sharing/", "POST, GET, HEAD, OPTIONS"},
                {"BREW", "/goal-sharing/", "POST, GET, HEAD, OPTIONS"},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct answer answer = ask(&(struct request){bad[i].verb, bad[i].path, sender()});
                expect_bad(answer, bad[i].verb, 405, "method_not_allowed", NULL, NULL);
                ck_assert_pstr_eq(header_of(answer, "Allow"), bad[i].allow);
        }
        expect_no_effect();
}

SUITE_WITH(refusal_begin, refusal_end, "e2e/bad_address", NO_FORK, T(a_body_must_say_that_it_is_json),
        T(a_bad_query_is_refused), T(a_bad_path_is_refused), T(a_wrong_method_is_told_the_right_ones))
