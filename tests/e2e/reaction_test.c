/* SPDX-License-Identifier: Apache-2.0 */
/* Reactions: a counter always is the number of its rows. */
#include "tests/e2e/database.h"
#include "tests/e2e/program.h"
#include "tests/e2e/sharing.h"

#include <pthread.h>

enum { FANS = 8 };

static long rows_of(const char *share, const char *kind)
{
        return sql_number(
                text("SELECT count(*) FROM goals.share_reactions WHERE share_id = '%s' AND kind = '%s'", share, kind));
}

TEST(a_reaction_counts_and_is_shown_to_whom_it_belongs)
{
        struct user bob = new_user();
        const char *share = shared(new_user(), "A house");
        struct answer answer = put(bob, reaction_to(share, "like"), NULL);
        expect_json(answer, JSON({"kind" : "like", "active" : true, "likes_count" : 1, "inspiration_votes" : 0}));
        ck_assert(is_true_at(get(bob, path_of(share)), "viewer.liked"));
        ck_assert(!is_true_at(get(bob, path_of(share)), "viewer.inspired"));
        ck_assert(!is_true_at(get(new_user(), path_of(share)), "viewer.liked"));
}

TEST(reacting_twice_counts_once)
{
        struct user bob = new_user();
        const char *share = shared(new_user(), "A house");
        struct answer first = put(bob, reaction_to(share, "inspiration"), NULL);
        struct answer second = put(bob, reaction_to(share, "inspiration"), NULL);
        expect_json(first, second.body);
        ck_assert_int_eq(number_at(second, "inspiration_votes"), 1);
        ck_assert_int_eq(rows_of(share, "inspiration"), 1);
}

TEST(a_reaction_taken_back_is_gone)
{
        struct user bob = new_user();
        const char *share = shared(new_user(), "A house");
        put(bob, reaction_to(share, "like"), NULL);
        struct answer answer = del(bob, reaction_to(share, "like"));
        expect_json(answer, JSON({"kind" : "like", "active" : false, "likes_count" : 0, "inspiration_votes" : 0}));
        ck_assert_int_eq(rows_of(share, "like"), 0);
}

TEST(taking_back_what_was_never_given_changes_nothing)
{
        struct user bob = new_user();
        const char *share = shared(new_user(), "A house");
        put(new_user(), reaction_to(share, "like"), NULL);
        put(bob, reaction_to(share, "inspiration"), NULL);
        struct answer answer = del(bob, reaction_to(share, "like"));
        expect_json(answer, JSON({"kind" : "like", "active" : false, "likes_count" : 1, "inspiration_votes" : 1}));
}

TEST(one_s_own_share_takes_no_reaction)
{
        struct user ann = new_user();
        const char *share = shared(ann, "A house");
        expect_problem(put(ann, reaction_to(share, "like"), NULL), 409, "conflict");
        ck_assert_int_eq(rows_of(share, "like"), 0);
        ck_assert_int_eq(number_at(get(ann, path_of(share)), "likes_count"), 0);
}

TEST(only_the_known_kinds_of_reaction_are_taken)
{
        struct answer answer = put(new_user(), reaction_to(shared(new_user(), "A house"), "anger"), NULL);
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), "kind");
}

TEST(what_is_not_there_takes_no_reaction)
{
        struct user bob = new_user();
        expect_problem(put(bob, reaction_to(bob.id, "like"), NULL), 404, "not_found");
        expect_problem(put(bob, reaction_to(drafted(new_user(), "A draft"), "like"), NULL), 404, "not_found");
}

struct fan {
        struct user user;
        const char *path;
        const char *verb;
};

static void *insist(void *arg)
{
        const struct fan *fan = arg;
        struct arena *arena = arena_new(0);
        struct client *client = client_open(arena, false);
        for (int i = 0; i < 20; i++)
                client_ask(client, &(struct request){i % 2 == 0 ? "PUT" : fan->verb, fan->path, fan->user});
        client_close(client);
        arena_free(arena);
        return NULL;
}

/* Half of them end with the reaction set, the others with none. */
TEST(counts_are_the_number_of_rows_when_many_react_at_once)
{
        struct fan fans[FANS];
        pthread_t threads[FANS];
        const char *share = shared(new_user(), "A house");
        program_setting("SFP_URL");
        for (int i = 0; i < FANS; i++)
                fans[i] = (struct fan){new_user(), reaction_to(share, "like"), i % 2 == 0 ? "PUT" : "DELETE"};
        for (int i = 0; i < FANS; i++)
                ck_assert_int_eq(pthread_create(&threads[i], NULL, insist, &fans[i]), 0);
        for (int i = 0; i < FANS; i++)
                pthread_join(threads[i], NULL);
        ck_assert_int_eq(rows_of(share, "like"), FANS / 2);
        ck_assert_int_eq(number_at(get(new_user(), path_of(share)), "likes_count"), FANS / 2);
}

/* A share with a tag, to look for it among few. */
static const char *tagged(const char *tag)
{
        struct answer answer = post(new_user(), "/goal-sharing/",
                text("{\"goal_category\": \"home\", \"goal_title\": \"A house\", \"tags\": [\"%s\"]}", tag));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

TEST(what_is_liked_comes_first)
{
        struct user bob = new_user();
        const char *tag = text("t-%.13s", bob.id);
        const char *liked = tagged(tag);
        const char *latest = tagged(tag);
        ck_assert_str_eq(text_at(get(bob, text("/goal-sharing/?sort=hot&tag=%s", tag)), "items[0].id"), latest);
        put(bob, reaction_to(liked, "inspiration"), NULL);
        ck_assert_str_eq(text_at(get(bob, text("/goal-sharing/?sort=hot&tag=%s", tag)), "items[0].id"), liked);
        ck_assert_str_eq(text_at(get(bob, text("/goal-sharing/?sort=new&tag=%s", tag)), "items[0].id"), latest);
}

SUITE_WITH(scene_begin, scene_end, "e2e/reaction", NO_FORK, T(a_reaction_counts_and_is_shown_to_whom_it_belongs),
        T(reacting_twice_counts_once), T(a_reaction_taken_back_is_gone),
        T(taking_back_what_was_never_given_changes_nothing), T(one_s_own_share_takes_no_reaction),
        T(only_the_known_kinds_of_reaction_are_taken), T(what_is_not_there_takes_no_reaction),
        T(counts_are_the_number_of_rows_when_many_react_at_once), T(what_is_liked_comes_first))
