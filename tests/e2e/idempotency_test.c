/* SPDX-License-Identifier: Apache-2.0 */
/* One effect for one Idempotency-Key, whatever happens in between. */
#include "tests/e2e/database.h"
#include "tests/e2e/program.h"
#include "tests/e2e/sharing.h"

#include <pthread.h>
#include <string.h>

enum { TWINS = 6 };

#define BODY JSON({"goal_category" : "home", "goal_title" : "A house by the sea"})

static struct answer post_with_key(struct user user, const char *key, const char *body)
{
        const char *headers[] = {"Content-Type: application/json", text("Idempotency-Key: %s", key), NULL};
        return ask(&(struct request){.verb = "POST",
                .path = "/goal-sharing/",
                .user = user,
                .body = body,
                .size = strlen(body),
                .headers = headers});
}

static int shares_of(struct user user)
{
        return length_at(get(user, "/goal-sharing/?owner=me"), "items");
}

TEST(the_same_request_is_answered_as_the_first_time)
{
        struct user ann = new_user();
        struct answer first = post_with_key(ann, "k1", BODY);
        struct answer second = post_with_key(ann, "k1", BODY);
        expect_status(first, 201);
        expect_status(second, 201);
        ck_assert_str_eq(second.body, first.body);
        ck_assert_ptr_null(header_of(first, "Idempotent-Replay"));
        ck_assert_str_eq(header_of(second, "Idempotent-Replay"), "true");
        ck_assert_int_eq(shares_of(ann), 1);
}
END_TEST

TEST(a_key_belongs_to_one_request)
{
        struct user ann = new_user();
        expect_status(post_with_key(ann, "k1", BODY), 201);
        struct answer other =
                post_with_key(ann, "k1", JSON({"goal_category" : "home", "goal_title" : "Another house"}));
        expect_problem(other, 422, "idempotency_mismatch");
        ck_assert_int_eq(shares_of(ann), 1);
}
END_TEST

TEST(a_key_belongs_to_one_user)
{
        struct user ann = new_user();
        struct user bob = new_user();
        struct answer hers = post_with_key(ann, "k1", BODY);
        struct answer his = post_with_key(bob, "k1", BODY);
        ck_assert_str_ne(text_at(hers, "id"), text_at(his, "id"));
        ck_assert_int_eq(shares_of(bob), 1);
}
END_TEST

TEST(a_request_that_failed_leaves_its_key_free)
{
        struct user ann = new_user();
        struct answer refused = post_with_key(ann, "k1",
                JSON({"goal_category" : "home", "goal_title" : "Guaranteed returns, double your money daily"}));
        ck_assert_int_ge(refused.status, 400);
        expect_status(post_with_key(ann, "k1", BODY), 201);
        ck_assert_int_eq(shares_of(ann), 1);
}
END_TEST

struct twin {
        struct user user;
        int status;
        pthread_t thread;
};

static void *post_as_twin(void *arg)
{
        struct twin *twin = arg;
        struct arena *arena = arena_new(0);
        struct client *client = client_open(arena, true);
        const char *const headers[] = {"Content-Type: application/json", "Idempotency-Key: twin", NULL};
        const struct request request = {.verb = "POST",
                .path = "/goal-sharing/",
                .user = twin->user,
                .body = BODY,
                .size = strlen(BODY),
                .headers = headers};
        twin->status = client_ask(client, &request).status;
        client_close(client);
        arena_free(arena);
        return NULL;
}

TEST(of_requests_at_once_with_one_key_one_has_an_effect)
{
        struct twin twins[TWINS];
        struct user ann = new_user();
        for (int i = 0; i < TWINS; i++) {
                twins[i] = (struct twin){.user = ann};
                ck_assert_int_eq(pthread_create(&twins[i].thread, NULL, post_as_twin, &twins[i]), 0);
        }
        for (int i = 0; i < TWINS; i++)
                pthread_join(twins[i].thread, NULL);
        for (int i = 0; i < TWINS; i++)
                ck_assert_msg(twins[i].status == 201 || twins[i].status == 409, "answered %d", twins[i].status);
        ck_assert_int_eq(shares_of(ann), 1);
}
END_TEST

TEST(a_kept_answer_names_nobody_and_is_sealed)
{
        struct user ann = new_user();
        expect_status(post_with_key(ann, "sealed-key", BODY), 201);
        const char *rows = "SELECT count(*) FROM goals.idempotency_keys WHERE key = 'sealed-key'";
        ck_assert_int_eq(sql_number(rows), 1);
        ck_assert_int_eq(
                sql_number(text(
                        "%s AND (encode(reply, 'escape') LIKE '%%house%%' OR encode(principal, 'escape') LIKE '%%%s%%')",
                        rows, ann.id)),
                0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/idempotency", NO_FORK, T(the_same_request_is_answered_as_the_first_time),
        T(a_key_belongs_to_one_request), T(a_key_belongs_to_one_user), T(a_request_that_failed_leaves_its_key_free),
        T(of_requests_at_once_with_one_key_one_has_an_effect), T(a_kept_answer_names_nobody_and_is_sealed))
