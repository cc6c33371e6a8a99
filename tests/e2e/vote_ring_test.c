/* SPDX-License-Identifier: Apache-2.0 */
/* Votes cast in step are shown to people, who decide; nothing happens by itself. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

enum { POSTS = 6, VOTERS_MAX = 3 };

struct ring {
        struct user author;
        const char *posts[POSTS];
};

/* Each of the voters reacts to each of the author's posts. */
static struct ring voted_for_one(struct user author, int n_voters, const struct user *voters, const char *kind)
{
        struct ring ring = {.author = author};
        const char *place = topic(new_user());
        for (int i = 0; i < POSTS; i++) {
                ring.posts[i] = posted(ring.author, place);
                for (int v = 0; v < n_voters; v++)
                        expect_status(
                                put(voters[v], text("%s/reactions/%s", post_path(ring.posts[i]), kind), NULL), 200);
        }
        return ring;
}

static struct ring voted_for(int n_voters, const struct user *voters, const char *kind)
{
        return voted_for_one(new_user(), n_voters, voters, kind);
}

static void new_users(int n, struct user *out)
{
        for (int i = 0; i < n; i++)
                out[i] = new_user();
}

/* Has the votes looked at, and waits until they are. */
static void look(void)
{
        sql("UPDATE forum.jobs SET due_at = now() WHERE kind = 'look_for_rings'");
        ck_assert(AWAIT(30,
                sql_number("SELECT count(*) FROM forum.jobs WHERE kind = 'look_for_rings' AND due_at > now()") == 1));
}

/* Ids of the cases about a ring's posts, a line each. */
static const char *cases_of(const struct ring *ring)
{
        return sql_text(text("SELECT id FROM moderation.cases WHERE category = 'vote_ring' AND author_user_id = '%s'",
                ring->author.id));
}

static long told_of(const struct ring *ring)
{
        return sql_number(text("SELECT count(*) FROM forum.vote_rings v JOIN forum.forum_posts p ON p.id = v.post_id"
                               " WHERE p.author_user_id = '%s'",
                ring->author.id));
}

TEST(votes_in_step_are_shown_to_a_moderator_and_nothing_else_happens)
{
        struct user voters[VOTERS_MAX], mod = new_user_as("mod");
        new_users(3, voters);
        struct ring ring = voted_for(3, voters, "like");
        look();
        ck_assert_msg(AWAIT(30, *cases_of(&ring) != '\0'), "nobody is told");
        const char *id = cases_of(&ring);
        struct answer whole = get(mod, case_path(id, ""));
        ck_assert_str_eq(text_at(whole, "category"), "vote_ring");
        ck_assert(!is_true_at(whole, "is_held"));
        ck_assert_ptr_nonnull(strstr(text_at(whole, "texts[1]"), "3 people reacted with like"));
        for (int i = 0; i < 3; i++)
                ck_assert_ptr_null(strstr(whole.body, voters[i].id));
        for (int i = 0; i < POSTS; i++)
                ck_assert_int_eq((int)number_at(get(new_user(), post_path(ring.posts[i])), "likes_count"), 3);
        ruled(mod, id, "none", "");
        look();
        ck_assert_int_eq(told_of(&ring), 1);
        expect_status(get(new_user(), post_path(text_at(whole, "object_id"))), 200);
}
END_TEST

static int score_of(struct user who)
{
        return (int)number_at(get(who, "/profile"), "reputation_score");
}

static struct answer decided(struct user mod, const char *anomaly, const char *decision)
{
        return post(mod, "/moderation/vote-anomalies",
                text("{\"anomaly_id\": \"%s\", \"decision\": \"%s\"}", anomaly, decision));
}

/* What the ring's posts and their topic count, and nothing drifts from the rows. */
static void expect_votes(const struct ring *ring, int each)
{
        for (int i = 0; i < POSTS; i++)
                ck_assert_int_eq((int)number_at(get(new_user(), post_path(ring->posts[i])), "helpful_votes"), each);
        ck_assert_int_eq(sql_number(text("SELECT helpful_votes FROM forum.forum_topics WHERE id = (SELECT topic_id FROM"
                                         " forum.forum_posts WHERE id = '%s')",
                                 ring->posts[0])),
                (long)POSTS * each);
        ck_assert_int_eq(length_at(get(new_user_as("ops"), "/status/consistency?scope=forum"), "drifted"), 0);
}

TEST(moderators_take_votes_out_and_put_them_back_and_credit_follows)
{
        struct user voters[VOTERS_MAX], mod = new_user_as("mod"), other = new_user_as("mod");
        struct member author = new_member();
        new_users(3, voters);
        struct ring ring = voted_for_one(author.user, 3, voters, "helpful");
        ck_assert(AWAIT(30, score_of(author.user) == 36)); /* six posts, and thirty a day for helpful ones */
        look();
        ck_assert_msg(AWAIT(30, *cases_of(&ring) != '\0'), "nobody is told");
        const char *id = cases_of(&ring);
        ck_assert_ptr_nonnull(strstr(get(mod, "/moderation/vote-anomalies?undecided=true").body, id));
        expect_problem(get(new_user(), "/moderation/vote-anomalies"), 403, "forbidden");
        expect_problem(decided(mod, id, "restore"), 409, "conflict");
        struct answer gone = decided(mod, id, "void");
        expect_status(gone, 200);
        ck_assert_int_eq((int)number_at(gone, "votes_moved"), 18);
        ck_assert_str_eq(text_at(gone, "reputation_changes[0].reason"), "post_helpful");
        ck_assert_int_eq((int)number_at(gone, "reputation_changes[0].entries"), -18);
        expect_votes(&ring, 0);
        ck_assert_msg(AWAIT(30, score_of(author.user) == 6), "score %d", score_of(author.user));
        expect_problem(decided(other, id, "void"), 409, "conflict");
        ck_assert_ptr_null(strstr(get(mod, "/moderation/vote-anomalies?undecided=true").body, id));
        expect_status(decided(other, id, "restore"), 200);
        expect_votes(&ring, 3);
        ck_assert_msg(AWAIT(30, score_of(author.user) == 36), "score %d", score_of(author.user));
        struct answer log = get(new_user_as("admin"), text("/moderation/audit-log?resource_id=%s", id));
        ck_assert_str_eq(text_at(log, "items[0].what"), "restore");
        ck_assert_str_eq(text_at(log, "items[1].what"), "void");
}
END_TEST

TEST(who_votes_anew_has_the_last_word)
{
        struct user voters[VOTERS_MAX], mod = new_user_as("mod");
        new_users(3, voters);
        struct ring ring = voted_for(3, voters, "helpful");
        look();
        ck_assert_msg(AWAIT(30, *cases_of(&ring) != '\0'), "nobody is told");
        const char *id = cases_of(&ring);
        expect_status(decided(mod, id, "void"), 200);
        expect_status(put(voters[0], text("%s/reactions/helpful", post_path(ring.posts[0])), NULL), 200);
        expect_status(put(voters[1], text("%s/reactions/not_helpful", post_path(ring.posts[0])), NULL), 200);
        struct answer back = decided(mod, id, "restore");
        expect_status(back, 200);
        ck_assert_int_eq((int)number_at(back, "votes_moved"), 16);
        ck_assert_int_eq((int)number_at(get(new_user(), post_path(ring.posts[0])), "helpful_votes"), 2);
        ck_assert_int_eq(length_at(get(new_user_as("ops"), "/status/consistency?scope=forum"), "drifted"), 0);
}
END_TEST

TEST(the_author_does_not_decide_about_the_votes)
{
        struct user voters[VOTERS_MAX], mod = new_user_as("mod");
        new_users(3, voters);
        struct ring ring = voted_for_one(mod, 3, voters, "like");
        look();
        ck_assert_msg(AWAIT(30, *cases_of(&ring) != '\0'), "nobody is told");
        expect_problem(decided(mod, cases_of(&ring), "void"), 403, "forbidden");
        expect_problem(decided(new_user_as("mod"), "00000000-0000-4000-8000-000000000000", "void"), 404, "not_found");
}
END_TEST

TEST(a_campaign_against_somebody_is_one_too)
{
        struct user voters[VOTERS_MAX];
        new_users(3, voters);
        struct ring ring = voted_for(3, voters, "not_helpful");
        look();
        ck_assert_msg(AWAIT(30, *cases_of(&ring) != '\0'), "nobody is told");
}
END_TEST

TEST(two_friends_and_people_with_wider_interests_are_no_ring)
{
        struct user two[VOTERS_MAX], wide[VOTERS_MAX];
        new_users(2, two);
        new_users(3, wide);
        struct ring friends = voted_for(2, two, "like"), one = voted_for(3, wide, "like");
        voted_for(3, wide, "like");
        voted_for(3, wide, "helpful");
        look();
        ck_assert_int_eq(told_of(&friends), 0);
        ck_assert_int_eq(told_of(&one), 0);
}
END_TEST

TEST(votes_hours_apart_are_not_in_step)
{
        struct user voters[VOTERS_MAX];
        new_users(3, voters);
        struct ring ring = voted_for(3, voters, "like");
        for (int i = 0; i < 3; i++)
                sql(text(
                        "UPDATE forum.post_reactions SET created_at = created_at - interval '%d hours' WHERE user_id = '%s'",
                        i, voters[i].id));
        look();
        ck_assert_int_eq(told_of(&ring), 0);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/vote_ring", NO_FORK,
        T(votes_in_step_are_shown_to_a_moderator_and_nothing_else_happens),
        T(moderators_take_votes_out_and_put_them_back_and_credit_follows), T(who_votes_anew_has_the_last_word),
        T(the_author_does_not_decide_about_the_votes), T(a_campaign_against_somebody_is_one_too),
        T(two_friends_and_people_with_wider_interests_are_no_ring), T(votes_hours_apart_are_not_in_step))
