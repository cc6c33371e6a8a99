/* SPDX-License-Identifier: Apache-2.0 */
/* Following, muting, blocking: set twice is set once, and a block is felt on both sides. */
#include "tests/e2e/database.h"
#include "tests/e2e/member.h"

#include <pthread.h>
#include <string.h>

#define FOLLOW JSON({"following" : true})
#define BLOCK  JSON({"blocked" : true})

static long n_events(struct member who)
{
        return sql_number(text("SELECT count(*) FROM anonymize.outbox WHERE subject = '%s'"
                               " AND type LIKE '%%.profile.relationship.changed.v1'",
                who.user.id));
}

TEST(following_twice_is_following_once)
{
        struct member ann = new_member();
        struct member bob = new_member();
        for (int i = 0; i < 2; i++) {
                struct answer answer = relate(ann.user, bob, FOLLOW);
                expect_status(answer, 200);
                ck_assert(is_true_at(answer, "following"));
                ck_assert(!is_true_at(answer, "muted"));
                ck_assert(has(answer, "effective_at"));
        }
        ck_assert_int_eq(n_events(ann), 1);
        ck_assert_int_eq(n_events(bob), 0);
        ck_assert(is_true_at(get(ann.user, bob.path), "relationship.following"));
        ck_assert(!is_true_at(get(bob.user, ann.path), "relationship.following"));
}
END_TEST

TEST(what_is_not_said_stays_as_it_is)
{
        struct member ann = new_member();
        struct member bob = new_member();
        relate(ann.user, bob, FOLLOW);
        struct answer answer = relate(ann.user, bob, JSON({"muted" : true}));
        ck_assert(is_true_at(answer, "following"));
        ck_assert(is_true_at(answer, "muted"));
}
END_TEST

TEST(a_block_hides_each_from_the_other_and_ends_following)
{
        struct member ann = new_member();
        struct member bob = new_member();
        relate(ann.user, bob, FOLLOW);
        relate(bob.user, ann, FOLLOW);
        struct answer answer = relate(ann.user, bob, BLOCK);
        expect_status(answer, 200);
        ck_assert(!is_true_at(answer, "following"));
        expect_problem(get(bob.user, ann.path), 404, "not_found");
        expect_problem(get(ann.user, bob.path), 404, "not_found");
        expect_problem(relate(bob.user, ann, FOLLOW), 404, "not_found");
        expect_problem(relate(ann.user, bob, FOLLOW), 409, "conflict");
        expect_status(relate(ann.user, bob, JSON({"blocked" : false})), 200);
        ck_assert(!is_true_at(get(bob.user, ann.path), "relationship.following"));
        expect_status(relate(bob.user, ann, JSON({"muted" : true})), 200);
        relate(ann.user, bob, BLOCK);
        ck_assert_int_eq(length_at(get(bob.user, "/profile/relationships?kind=muted"), "items"), 0);
        ck_assert_int_eq(n_events(bob), 3); /* followed, was made to stop, muted */
}
END_TEST

TEST(two_blocks_are_lifted_one_by_one)
{
        struct member ann = new_member();
        struct member bob = new_member();
        relate(ann.user, bob, BLOCK);
        expect_problem(relate(bob.user, ann, BLOCK), 404, "not_found");
        relate(ann.user, bob, JSON({"blocked" : false}));
        expect_status(relate(bob.user, ann, BLOCK), 200);
        expect_problem(get(ann.user, bob.path), 404, "not_found");
}
END_TEST

TEST(lists_name_whom_one_stands_to)
{
        struct member ann = new_member();
        struct member bob = new_member();
        struct member eve = new_member();
        expect_status(patch(bob.user, "/profile", JSON({"display_name" : "Bob"})), 200);
        relate(ann.user, bob, FOLLOW);
        relate(ann.user, eve, BLOCK);
        struct answer following = get(ann.user, "/profile/relationships?kind=following");
        expect_status(following, 200);
        ck_assert_int_eq(length_at(following, "items"), 1);
        ck_assert_str_eq(text_at(following, "items[0].author_ref.kind"), "profile");
        ck_assert_str_eq(text_at(following, "items[0].author_ref.id"), bob.profile_id);
        ck_assert_str_eq(text_at(following, "items[0].author_ref.display_name"), "Bob");
        ck_assert_ptr_null(strstr(following.body, bob.user.id));
        ck_assert_str_eq(text_at(get(ann.user, "/profile/relationships?kind=blocked"), "items[0].author_ref.id"),
                eve.profile_id);
        ck_assert_str_eq(text_at(get(bob.user, "/profile/relationships?kind=followers"), "items[0].author_ref.id"),
                ann.profile_id);
        ck_assert_int_eq(length_at(get(eve.user, "/profile/relationships?kind=followers"), "items"), 0);
        expect_problem(get(ann.user, "/profile/relationships?kind=enemies"), 422, "validation_failed");
}
END_TEST

TEST(a_list_has_pages)
{
        struct member ann = new_member();
        for (int i = 0; i < 5; i++)
                relate(ann.user, new_member(), JSON({"muted" : true}));
        struct answer first = get(ann.user, "/profile/relationships?kind=muted&limit=3");
        ck_assert_int_eq(length_at(first, "items"), 3);
        ck_assert(is_true_at(first, "has_more"));
        struct answer second = get(
                ann.user, text("/profile/relationships?kind=muted&limit=3&cursor=%s", text_at(first, "next_cursor")));
        ck_assert_int_eq(length_at(second, "items"), 2);
        ck_assert(!is_true_at(second, "has_more"));
}
END_TEST

TEST(nobody_stands_to_themselves_or_to_nobody)
{
        struct member ann = new_member();
        struct answer answer = relate(ann.user, ann, FOLLOW);
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "profile_id");
        expect_problem(
                put(ann.user, "/profiles/00000000-0000-4000-8000-000000000000/relationship", FOLLOW), 404, "not_found");
        expect_problem(put(nobody, text("%s/relationship", ann.path), FOLLOW), 401, "unauthenticated");
}
END_TEST

/* A following and a block that are set at the same moment. */
struct racer {
        struct user user;
        const char *path;
        const char *body;
};

static void *run(void *arg)
{
        const struct racer *racer = arg;
        struct arena *arena = arena_new(0);
        struct client *client = client_open(arena, false);
        const struct request request = {"PUT", racer->path, racer->user, racer->body, strlen(racer->body), NULL};
        client_ask(client, &request);
        client_close(client);
        arena_free(arena);
        return NULL;
}

TEST(whoever_is_quicker_nobody_follows_across_a_block)
{
        for (int round = 0; round < 10; round++) {
                struct member ann = new_member();
                struct member bob = new_member();
                const struct racer racers[] = {
                        {ann.user, text("%s/relationship", bob.path), FOLLOW},
                        {bob.user, text("%s/relationship", ann.path), BLOCK},
                };
                pthread_t threads[2];
                for (int i = 0; i < 2; i++)
                        ck_assert_int_eq(pthread_create(&threads[i], NULL, run, (void *)(size_t)&racers[i]), 0);
                for (int i = 0; i < 2; i++)
                        pthread_join(threads[i], NULL);
                ck_assert_int_eq(
                        sql_number(
                                text("SELECT count(*) FROM anonymize.relationships WHERE following AND user_id = '%s'",
                                        ann.user.id)),
                        0);
                ck_assert_int_eq(
                        sql_number(text("SELECT count(*) FROM anonymize.relationships WHERE blocked AND user_id = '%s'",
                                bob.user.id)),
                        1);
        }
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/relationship", NO_FORK, T(following_twice_is_following_once),
        T(what_is_not_said_stays_as_it_is), T(a_block_hides_each_from_the_other_and_ends_following),
        T(two_blocks_are_lifted_one_by_one), T(nobody_stands_to_themselves_or_to_nobody),
        T(lists_name_whom_one_stands_to), T(a_list_has_pages), T(whoever_is_quicker_nobody_follows_across_a_block))
