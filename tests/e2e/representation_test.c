/* SPDX-License-Identifier: Apache-2.0 */
/* How an answer comes: whole or not at all when it is still good, small, in parts, with what every answer has. */
#include "tests/e2e/client.h"
#include "tests/e2e/sharing.h"
#include "tests/e2e/wire.h"

#include "gateway/coding.h"

#include <string.h>

#define GUIDE "/privacy-guide"

static struct answer ask_with(
        struct user user, const char *verb, const char *path, const char *body, const char *header)
{
        const char *headers[] = {"Content-Type: application/json", header, NULL};
        return ask(&(struct request){.verb = verb,
                .path = path,
                .user = user,
                .body = body,
                .size = body == NULL ? 0 : strlen(body),
                .headers = headers});
}

static struct answer get_with(struct user user, const char *path, const char *header)
{
        return ask_with(user, "GET", path, NULL, header);
}

/* An answer that no service makes, and that is large. */
static const char document[] = "/status/openapi.json";

static const char *share_of(struct user user)
{
        struct answer answer = post(user, "/goal-sharing/",
                JSON({"goal_category" : "home", "goal_title" : "A house by the sea", "submit" : false}));
        expect_status(answer, 201);
        return text("/goal-sharing/%s", text_at(answer, "id"));
}

TEST(what_is_still_good_is_answered_304)
{
        struct user ann = new_user();
        const char *paths[] = {share_of(ann), "/goal-sharing/?owner=me", GUIDE, document};
        for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                const char *tag = header_of(get(ann, paths[i]), "ETag");
                ck_assert_msg(tag != NULL && *tag == '"', "%s has no strong ETag", paths[i]);
                struct answer again = get_with(ann, paths[i], text("If-None-Match: \"x\", W/%s", tag));
                expect_status(again, 304);
                ck_assert_uint_eq(again.size, 0);
                ck_assert_pstr_eq(header_of(again, "ETag"), tag);
                ck_assert_pstr_eq(header_of(again, "Vary"), "Accept-Encoding");
                ck_assert_pstr_eq(header_of(again, "Cache-Control"), "private, no-cache");
                ck_assert_ptr_nonnull(header_of(again, "Date"));
                ck_assert_ptr_null(header_of(again, "Content-Type"));
                expect_status(get_with(ann, paths[i], "If-None-Match: *"), 304);
                expect_status(get_with(ann, paths[i], "If-None-Match: \"x\""), 200);
        }
}
END_TEST

TEST(what_has_changed_is_sent_again)
{
        struct user ann = new_user();
        const char *path = share_of(ann);
        const char *tag = header_of(get(ann, path), "ETag");
        expect_status(patch(ann, path, JSON({"goal_title" : "A house in the hills"})), 200);
        expect_status(get_with(ann, path, text("If-None-Match: %s", tag)), 200);
}
END_TEST

/* No version counts it, and still the answer is another. */
TEST(ones_own_reaction_is_seen_at_once)
{
        struct user bob = new_user();
        const char *share = shared(new_user(), "A boat"), *path = path_of(share);
        const char *tag = header_of(get(bob, path), "ETag");
        expect_status(get_with(bob, path, text("If-None-Match: %s", tag)), 304);
        ck_assert_int_lt(put(bob, reaction_to(share, "like"), NULL).status, 300);
        expect_status(get_with(bob, path, text("If-None-Match: %s", tag)), 200);
}
END_TEST

TEST(a_tag_of_any_coding_is_good_for_if_match)
{
        struct user ann = new_user();
        const char *path = share_of(ann);
        const char *tag = header_of(get_with(ann, path, "Accept-Encoding: gzip, identity;q=0"), "ETag");
        ck_assert_ptr_nonnull(strstr(tag, "+gzip"));
        expect_status(
                ask_with(ann, "PATCH", path, JSON({"goal_title" : "A house in the hills"}), text("If-Match: %s", tag)),
                200);
        expect_problem(ask_with(ann, "PATCH", path, JSON({"goal_title" : "A boat"}), text("If-Match: %s", tag)), 412,
                "version_mismatch");
}
END_TEST

TEST(head_is_answered_as_get_is_without_the_body)
{
        struct answer whole = get(nobody, document);
        struct answer head = wire_request(text("HEAD /api/v1/social%s HTTP/1.1", document), "", "", 0);
        expect_status(head, 200);
        ck_assert_uint_eq(head.size, 0);
        ck_assert_pstr_eq(header_of(head, "Content-Length"), text("%zu", whole.size));
        ck_assert_pstr_eq(header_of(head, "ETag"), header_of(whole, "ETag"));
        ck_assert_pstr_eq(header_of(head, "Content-Type"), header_of(whole, "Content-Type"));
}
END_TEST

TEST(gzip_is_given_to_who_takes_it)
{
        const char *plain;
        size_t size;
        struct answer whole = get(nobody, document), coded = get_with(nobody, document, "Accept-Encoding: gzip");
        ck_assert_pstr_eq(header_of(coded, "Content-Encoding"), "gzip");
        ck_assert_str_ne(header_of(coded, "ETag"), header_of(whole, "ETag"));
        ck_assert_uint_lt(coded.size, whole.size / 2);
        ck_assert_int_eq(coding_decode(scene_arena(), coded.body, coded.size, whole.size, &plain, &size), STATUS_OK);
        ck_assert_uint_eq(size, whole.size);
        ck_assert_mem_eq(plain, whole.body, size);
}
END_TEST

TEST(the_coding_with_the_greatest_weight_is_given)
{
        static const char *const rows[][2] = {{"br", "br"}, {"gzip, deflate, br, zstd", "br"},
                {"gzip;q=1, br;q=0.1", "gzip"}, {"br;q=0, gzip;q=0.1", "gzip"}, {"*", "br"}, {"identity", NULL},
                {"identity;q=1, gzip;q=0.5", NULL}, {"deflate", NULL}, {"gzip;q=9", NULL}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct answer answer = get_with(nobody, document, text("Accept-Encoding: %s", rows[i][0]));
                expect_status(answer, 200);
                ck_assert_pstr_eq(header_of(answer, "Content-Encoding"), rows[i][1]);
        }
}
END_TEST

TEST(who_takes_no_coding_of_ours_is_told_so)
{
        expect_problem(get_with(nobody, document, "Accept-Encoding: zstd, identity;q=0"), 406, "not_acceptable");
        expect_status(get_with(nobody, document, "Accept-Encoding: zstd"), 200);
}
END_TEST

TEST(a_short_answer_is_not_coded)
{
        struct answer answer = get_with(nobody, "/status/live", "Accept-Encoding: gzip");
        expect_status(answer, 200);
        ck_assert_ptr_null(header_of(answer, "Content-Encoding"));
        ck_assert_pstr_eq(header_of(answer, "Vary"), "Accept-Encoding");
}
END_TEST

static struct answer post_coded(struct user user, const char *coding, const char *bytes, size_t size)
{
        const char *headers[] = {"Content-Type: application/json", text("Content-Encoding: %s", coding), NULL};
        return ask(&(struct request){.verb = "POST",
                .path = "/goal-sharing/",
                .user = user,
                .body = bytes,
                .size = size,
                .headers = headers});
}

TEST(a_body_may_come_in_gzip)
{
        const char *body = JSON({"goal_category" : "home", "goal_title" : "A boat", "submit" : false}), *coded;
        size_t size;
        struct user ann = new_user();
        ck_assert(coding_encode(scene_arena(), CODING_GZIP, body, strlen(body), &coded, &size));
        expect_status(post_coded(ann, "gzip", coded, size), 201);
        expect_status(post_coded(ann, "identity", body, strlen(body)), 201);
        expect_problem(post_coded(ann, "gzip", body, strlen(body)), 400, "malformed_request");
}
END_TEST

TEST(a_body_in_another_coding_is_refused)
{
        struct answer answer = post_coded(new_user(), "br", "x", 1);
        expect_problem(answer, 415, "unsupported_media_type");
        ck_assert_pstr_eq(header_of(answer, "Accept-Encoding"), "gzip");
}
END_TEST

TEST(a_body_that_unfolds_beyond_bounds_is_refused)
{
        enum { MUCH = 1 << 20 };
        const char *coded;
        size_t size;
        char *body = arena_alloc(scene_arena(), MUCH);
        memset(body, ' ', MUCH);
        ck_assert(coding_encode(scene_arena(), CODING_GZIP, body, MUCH, &coded, &size));
        ck_assert_uint_lt(size, 4096);
        expect_problem(post_coded(new_user(), "gzip", coded, size), 413, "payload_too_large");
}
END_TEST

TEST(fields_choose_what_is_answered)
{
        struct user ann = new_user();
        const char *path = share_of(ann);
        expect_json(get(ann, text("%s?fields=goal_title,goal_category", path)),
                JSON({"goal_category" : "home", "goal_title" : "A house by the sea"}));
        struct answer list = get(ann, "/goal-sharing/?owner=me&fields=items.goal_title");
        expect_json(list, JSON({"items" : [ {"goal_title" : "A house by the sea"} ]}));
        expect_json(ask_with(ann, "PATCH", text("%s?fields=goal_title", path), JSON({"goal_title" : "A boat"}), NULL),
                JSON({"goal_title" : "A boat"}));
}
END_TEST

TEST(a_field_that_is_none_is_named)
{
        struct answer answer = get(new_user(), "/goal-sharing/?fields=items.id,items.secret");
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "fields");
        ck_assert_str_eq(text_at(answer, "errors[0].code"), "unknown_field");
        ck_assert_ptr_nonnull(strstr(text_at(answer, "errors[0].message"), "items.secret"));
}
END_TEST

TEST(a_list_links_to_its_next_page)
{
        struct user ann = new_user();
        for (int i = 0; i < 3; i++)
                share_of(ann);
        struct answer page = get(ann, "/goal-sharing/?limit=2&owner=me");
        const char *expected = text("</api/v1/social/goal-sharing/?limit=2&owner=me&cursor=%s>; rel=\"next\"",
                text_at(page, "next_cursor"));
        ck_assert_pstr_eq(header_of(page, "Link"), expected);
        const char *next = text("%.*s", (int)(strchr(expected, '>') - expected - 1), expected + 1);
        struct answer last = get(ann, next + strlen("/api/v1/social"));
        expect_status(last, 200);
        ck_assert_int_eq(length_at(last, "items"), 1);
        ck_assert_ptr_null(header_of(last, "Link"));
}
END_TEST

TEST(who_prefers_little_is_answered_without_a_body)
{
        struct user ann = new_user();
        struct answer made = ask_with(ann, "POST", "/goal-sharing/",
                JSON({"goal_category" : "home", "goal_title" : "A boat", "submit" : false}), "Prefer: return=minimal");
        expect_status(made, 201);
        ck_assert_uint_eq(made.size, 0);
        ck_assert_pstr_eq(header_of(made, "Preference-Applied"), "return=minimal");
        const char *path = header_of(made, "Location") + strlen("/api/v1/social");
        struct answer changed =
                ask_with(ann, "PATCH", path, JSON({"goal_title" : "A house"}), "Prefer: return=minimal");
        expect_status(changed, 204);
        ck_assert_ptr_nonnull(header_of(changed, "ETag"));
        ck_assert_str_eq(text_at(get(ann, path), "goal_title"), "A house");
        struct answer shown =
                ask_with(ann, "PATCH", path, JSON({"goal_title" : "A tent"}), "Prefer: return=representation");
        expect_status(shown, 200);
        ck_assert_pstr_eq(header_of(shown, "Preference-Applied"), "return=representation");
}
END_TEST

TEST(every_answer_is_safe_in_a_browser)
{
        const struct answer answers[] = {get(nobody, "/status/live"), get(nobody, "/nothing"), get(nobody, "/feed/"),
                get(new_user(), "/goal-sharing/"), get(nobody, GUIDE)};
        for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
                ck_assert_pstr_eq(header_of(answers[i], "X-Content-Type-Options"), "nosniff");
                ck_assert_pstr_eq(
                        header_of(answers[i], "Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
                ck_assert_pstr_eq(header_of(answers[i], "Referrer-Policy"), "no-referrer");
                ck_assert_ptr_null(header_of(answers[i], "Strict-Transport-Security"));
                ck_assert_ptr_null(header_of(answers[i], "Access-Control-Allow-Origin"));
        }
}
END_TEST

TEST(a_trace_goes_on_and_is_answered_back)
{
        const char *given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        const char *back = header_of(get_with(nobody, GUIDE, text("traceparent: %s", given)), "traceparent");
        ck_assert(back != NULL && strncmp(back, given, 36) == 0);
        ck_assert_str_ne(back, given);
        back = header_of(get(nobody, GUIDE), "traceparent");
        ck_assert(back != NULL && strlen(back) == strlen(given));
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/representation", NO_FORK, T(what_is_still_good_is_answered_304),
        T(what_has_changed_is_sent_again), T(ones_own_reaction_is_seen_at_once),
        T(a_tag_of_any_coding_is_good_for_if_match), T(head_is_answered_as_get_is_without_the_body),
        T(gzip_is_given_to_who_takes_it), T(the_coding_with_the_greatest_weight_is_given),
        T(who_takes_no_coding_of_ours_is_told_so), T(a_short_answer_is_not_coded), T(a_body_may_come_in_gzip),
        T(a_body_in_another_coding_is_refused), T(a_body_that_unfolds_beyond_bounds_is_refused),
        T(fields_choose_what_is_answered), T(a_field_that_is_none_is_named), T(a_list_links_to_its_next_page),
        T(who_prefers_little_is_answered_without_a_body), T(every_answer_is_safe_in_a_browser),
        T(a_trace_goes_on_and_is_answered_back))
