/* SPDX-License-Identifier: Apache-2.0 */
/* Categories and topics: begun, listed, read, moved through their life. */
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"

#include <string.h>

enum { RIVALS = 6 };

static void expect_invalid(struct answer answer, const char *field)
{
        expect_problem(answer, 422, "validation_failed");
        ck_assert_str_eq(text_at(answer, "errors[0].field"), field);
}

TEST(only_an_administrator_makes_categories)
{
        expect_problem(post(new_user(), "/community/categories", JSON({"name" : "Mine"})), 403, "forbidden");
        expect_invalid(post(new_user_as("admin"), "/community/categories", JSON({"name" : "x"})), "name");
        const char *parent = category();
        const char *child = category_with(text(", \"parent_category_id\": \"%s\"", parent));
        struct answer list = get(new_user(), text("/community/categories?parent_category_id=%s", parent));
        ck_assert_int_eq(length_at(list, "items"), 1);
        ck_assert_str_eq(text_at(list, "items[0].id"), child);
}
END_TEST

TEST(an_archived_category_takes_no_topics)
{
        struct user admin = new_user_as("admin");
        const char *place = category();
        expect_status(patch(admin, text("/community/categories/%s", place), JSON({"status" : "archived"})), 200);
        expect_problem(
                post(new_user(), "/community/topics", text("{\"category_id\": \"%s\", \"title\": \"A boat\"}", place)),
                409, "conflict");
}
END_TEST

TEST(a_topic_is_found_by_others_and_its_author_is_no_user_id)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *place = category();
        const char *id = topic_in(place, ann, ", \"tags\": [\"boats\"], \"post_type\": \"question\"");
        struct answer seen = get(bob, topic_path(id));
        expect_status(seen, 200);
        ck_assert_str_eq(text_at(seen, "status"), "open");
        ck_assert_str_eq(text_at(seen, "created_by.kind"), "pseudonym");
        ck_assert_ptr_null(strstr(seen.body, ann.id));
        ck_assert(!is_true_at(seen, "viewer.is_owner"));
        static const char *const sorts[] = {"hot", "new", "active", "top", "controversial"};
        for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
                ck_assert(is_listed(
                        get(bob, text("/community/topics?category_id=%s&sort=%s&tag=boats", place, sorts[i])), id));
        ck_assert(is_listed(get(bob, text("/community/topics?category_id=%s&filter=unanswered", place)), id));
        ck_assert(is_listed(get(ann, text("/community/topics?category_id=%s&filter=mine", place)), id));
        ck_assert(is_listed(get(ann, text("/community/topics?category_id=%s&filter=watching", place)), id));
        ck_assert_int_eq(number_at(get(bob, text("/community/categories/%s", place)), "topics_count"), 1);
}
END_TEST

TEST(a_member_appears_as_their_profile)
{
        struct member ann = new_member();
        const char *id = topic(ann.user);
        struct user bob = new_user();
        ck_assert(AWAIT(20, strcmp(text_at(get(bob, topic_path(id)), "created_by.kind"), "profile") == 0));
        ck_assert_str_eq(text_at(get(bob, topic_path(id)), "created_by.id"), ann.profile_id);
}
END_TEST

TEST(an_anonymous_author_has_one_name_in_a_topic)
{
        struct user ann = new_user();
        const char *id = topic_in(category(), ann, ", \"anonymous\": true");
        struct answer seen = get(new_user(), topic_path(id));
        ck_assert_str_eq(text_at(seen, "created_by.kind"), "pseudonym");
        ck_assert_str_eq(text_at(seen, "created_at") + 10, "T00:00:00Z");
        ck_assert_str_eq(text_at(seen, "last_posted_at") + 10, "T00:00:00Z");
        struct answer own = get(new_user(), post_path(posted(ann, id)));
        ck_assert_str_eq(text_at(own, "author_ref.id"), text_at(seen, "created_by.id"));
        const char *other = topic_in(category(), ann, ", \"anonymous\": true");
        ck_assert_str_ne(text_at(get(new_user(), topic_path(other)), "created_by.id"), text_at(seen, "created_by.id"));
}
END_TEST

TEST(fields_that_break_a_rule_are_named)
{
        struct user ann = new_user();
        const char *place = category();
        expect_invalid(
                post(ann, "/community/topics", text("{\"category_id\": \"%s\", \"title\": \"Boat\"}", place)), "title");
        expect_invalid(post(ann, "/community/topics", text("{\"category_id\": \"%s\", \"title\": \"A boat\"}", ann.id)),
                "category_id");
        expect_invalid(
                post(ann, "/community/topics",
                        text("{\"category_id\": \"%s\", \"title\": \"A boat\", \"post_type\": \"poll\"}", place)),
                "options");
        expect_invalid(
                post(ann, "/community/topics",
                        text("{\"category_id\": \"%s\", \"title\": \"A boat\", \"options\": [\"x\", \"y\"]}", place)),
                "options");
        expect_invalid(get(ann, "/community/topics?sort=best"), "sort");
}
END_TEST

TEST(what_is_not_there_is_not_found)
{
        struct user ann = new_user();
        expect_problem(get(ann, topic_path(ann.id)), 404, "not_found");
        expect_problem(get(ann, posts_path(ann.id)), 404, "not_found");
        expect_problem(del(ann, topic_path(ann.id)), 404, "not_found");
        expect_problem(get(ann, text("/community/categories/%s", ann.id)), 404, "not_found");
}
END_TEST

TEST(identifiers_are_taken_out_of_topics)
{
        struct answer answer = post(new_user(), "/community/topics",
                text("{\"category_id\": \"%s\", \"title\": \"Write to jane.doe@example.com\"}", category()));
        expect_status(answer, 201);
        ck_assert_str_eq(text_at(answer, "title"), "Write to [email 1]");
        ck_assert_str_eq(text_at(answer, "notices[0]"), "title: removed 1 email");
}
END_TEST

TEST(a_view_counts_once_a_person)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *id = topic(ann);
        for (int i = 0; i < 3; i++)
                get(bob, topic_path(id));
        get(new_user(), topic_path(id));
        ck_assert_int_eq(number_at(get(bob, topic_path(id)), "views_count"), 2);
}
END_TEST

TEST(in_a_moderated_category_a_topic_waits)
{
        struct user ann = new_user();
        struct user mod = new_user_as("mod");
        const char *place = category_with(", \"is_moderated\": true");
        const char *id = topic_in(place, ann, "");
        ck_assert_str_eq(text_at(get(ann, topic_path(id)), "status"), "pending_review");
        expect_status(get(new_user(), topic_path(id)), 404);
        ck_assert(!is_listed(get(new_user(), text("/community/topics?category_id=%s", place)), id));
        ck_assert_int_eq(number_at(get(ann, text("/community/categories/%s", place)), "topics_count"), 0);
        expect_problem(move_topic(ann, id, "approve"), 409, "illegal_transition");
        expect_status(move_topic(mod, id, "approve"), 200);
        expect_status(get(new_user(), topic_path(id)), 200);
        ck_assert_int_eq(number_at(get(ann, text("/community/categories/%s", place)), "topics_count"), 1);
}
END_TEST

TEST(a_level_keeps_newcomers_from_beginning_topics)
{
        const char *place = category_with(", \"minimum_experience_level\": \"expert\"");
        expect_problem(
                post(new_user(), "/community/topics", text("{\"category_id\": \"%s\", \"title\": \"A boat\"}", place)),
                403, "forbidden");
        ck_assert(!is_true_at(get(new_user(), text("/community/categories/%s", place)), "may_post"));
}
END_TEST

TEST(strangers_can_neither_change_nor_move_a_topic)
{
        struct user bob = new_user();
        const char *id = topic(new_user());
        expect_problem(patch(bob, topic_path(id), JSON({"title" : "A different title"})), 403, "forbidden");
        expect_problem(del(bob, topic_path(id)), 403, "forbidden");
        expect_problem(get(bob, text("/community/topics/%s/transitions", id)), 403, "forbidden");
        struct answer answer = move_topic(new_user_as("mod"), id, "unlock");
        expect_problem(answer, 409, "illegal_transition");
        ck_assert_int_gt(length_at(answer, "allowed"), 3);
}
END_TEST

TEST(an_edit_keeps_what_it_does_not_name)
{
        struct user ann = new_user();
        const char *id = topic_in(category(), ann, ", \"description\": \"of wood\"");
        struct answer after = patch(ann, topic_path(id), JSON({"title" : "How to save for a ship"}));
        expect_status(after, 200);
        ck_assert_str_eq(text_at(after, "description"), "of wood");
        ck_assert_str_eq(text_at(after, "title"), "How to save for a ship");
        ck_assert_int_eq(number_at(after, "version"), 2);
        ck_assert(has(after, "edited_at"));
}
END_TEST

TEST(a_closed_topic_takes_no_posts_and_a_locked_one_no_reactions)
{
        struct user ann = new_user();
        struct user bob = new_user();
        struct user mod = new_user_as("mod");
        const char *id = topic(ann);
        const char *answer = posted(bob, id);
        expect_status(move_topic(ann, id, "close"), 200);
        expect_problem(post(bob, posts_path(id), JSON({"content" : "late"})), 409, "conflict");
        expect_status(put(ann, text("%s/reactions/like", post_path(answer)), NULL), 200);
        expect_status(move_topic(ann, id, "reopen"), 200);
        expect_status(move_topic(mod, id, "lock"), 200);
        expect_problem(put(ann, text("%s/reactions/helpful", post_path(answer)), NULL), 409, "conflict");
        expect_status(move_topic(mod, id, "unlock"), 200);
        expect_status(move_topic(mod, id, "pin"), 200);
        expect_problem(move_topic(mod, id, "pin"), 409, "illegal_transition");
        ck_assert(is_true_at(get(bob, topic_path(id)), "is_pinned"));
}
END_TEST

TEST(a_hidden_topic_is_for_its_author_and_moderators_and_comes_back_as_it_was)
{
        struct user ann = new_user();
        struct user mod = new_user_as("mod");
        const char *id = topic(ann);
        posted(new_user(), id);
        expect_status(move_topic(ann, id, "close"), 200);
        expect_status(move_topic(mod, id, "hide"), 200);
        expect_status(get(new_user(), topic_path(id)), 404);
        expect_status(get(new_user(), posts_path(id)), 404);
        expect_status(get(ann, topic_path(id)), 200);
        expect_status(move_topic(mod, id, "restore"), 200);
        ck_assert_str_eq(text_at(get(new_user(), topic_path(id)), "status"), "closed");
        expect_status(move_topic(mod, id, "remove"), 200);
        expect_status(get(ann, topic_path(id)), 404);
        expect_status(move_topic(mod, id, "reinstate"), 200);
        ck_assert_str_eq(text_at(get(new_user(), topic_path(id)), "status"), "closed");
}
END_TEST

TEST(a_topic_alone_is_deleted_and_one_with_answers_stays_by_nobody)
{
        struct user ann = new_user();
        const char *alone = topic_in(category(), ann, ", \"description\": \"a secret harbour\"");
        posted(ann, alone);
        expect_status(del(ann, topic_path(alone)), 204);
        expect_status(get(ann, topic_path(alone)), 404);
        ck_assert(!dump_has(sql_dump_beside_events("forum"), "secret harbour"));
        const char *answered = topic(ann);
        posted(new_user(), answered);
        expect_status(del(ann, topic_path(answered)), 204);
        ck_assert_str_eq(text_at(get(new_user(), topic_path(answered)), "created_by.kind"), "deleted");
}
END_TEST

TEST(a_poll_has_one_vote_a_person)
{
        struct user bob = new_user();
        const char *id = topic_in(
                category(), new_user(), ", \"post_type\": \"poll\", \"options\": [\"oars\", \"sails\", \"motor\"]");
        const char *vote = text("%s/vote", topic_path(id));
        expect_status(put(bob, vote, JSON({"number" : 1})), 200);
        struct answer changed = put(bob, vote, JSON({"number" : 2}));
        ck_assert_int_eq(number_at(changed, "votes_count"), 1);
        ck_assert_int_eq(number_at(changed, "voted"), 2);
        ck_assert_int_eq(number_at(changed, "options[1].votes_count"), 1);
        expect_invalid(put(bob, vote, JSON({"number" : 9})), "number");
        ck_assert_int_eq(number_at(del(bob, vote), "votes_count"), 0);
        expect_problem(put(bob, text("%s/vote", topic_path(topic(bob))), JSON({"number" : 1})), 409, "conflict");
        struct request requests[RIVALS];
        int statuses[RIVALS];
        for (int i = 0; i < RIVALS; i++)
                requests[i] =
                        (struct request){"PUT", vote, bob, JSON({"number" : 3}), strlen(JSON({"number" : 3})), NULL};
        at_once(RIVALS, requests, statuses);
        ck_assert_int_eq(number_at(get(bob, topic_path(id)), "poll.votes_count"), 1);
}
END_TEST

TEST(reading_goes_forward_and_what_is_new_is_unread)
{
        struct user ann = new_user();
        struct user bob = new_user();
        const char *place = category();
        const char *id = topic_in(place, ann, "");
        posted(ann, id);
        posted(ann, id);
        const char *unread = text("/community/topics?category_id=%s&filter=unread", place);
        const char *state = text("%s/reading-state", topic_path(id));
        ck_assert(is_listed(get(bob, unread), id));
        struct answer read = put(bob, state, JSON({"last_read_post_number" : 90, "level" : "watching"}));
        ck_assert_int_eq(number_at(read, "last_read_post_number"), 2);
        ck_assert_str_eq(text_at(read, "level"), "watching");
        ck_assert(!is_listed(get(bob, unread), id));
        read = put(bob, state, JSON({"last_read_post_number" : 1, "bookmarked" : true}));
        ck_assert_int_eq(number_at(read, "last_read_post_number"), 2);
        ck_assert(is_true_at(read, "bookmarked"));
        posted(ann, id);
        ck_assert(is_listed(get(bob, unread), id));
}
END_TEST

TEST(a_page_of_topics_goes_on_where_the_last_ended)
{
        struct user bob = new_user();
        const char *place = category();
        const char *ids[5];
        for (int i = 0; i < 5; i++)
                ids[i] = topic_in(place, bob, "");
        struct answer first = get(bob, text("/community/topics?category_id=%s&sort=new&limit=3", place));
        ck_assert_int_eq(length_at(first, "items"), 3);
        ck_assert_str_eq(text_at(first, "items[0].id"), ids[4]);
        struct answer rest = get(bob, text("/community/topics?category_id=%s&sort=new&limit=3&cursor=%s", place,
                                              text_at(first, "next_cursor")));
        ck_assert_int_eq(length_at(rest, "items"), 2);
        ck_assert_str_eq(text_at(rest, "items[1].id"), ids[0]);
}
END_TEST

TEST(who_is_blocked_sees_nothing_and_is_not_seen)
{
        struct member ann = new_member();
        struct member bob = new_member();
        const char *place = category();
        const char *id = topic_in(place, ann.user, ", \"description\": \"heron and kingfisher\"");
        const char *other = topic_in(place, new_user(), "");
        const char *answer = posted(ann.user, other);
        relate(bob.user, ann, JSON({"blocked" : true}));
        ck_assert(AWAIT(20, get(bob.user, topic_path(id)).status == 404));
        expect_status(get(bob.user, post_path(answer)), 404);
        ck_assert(!is_listed(get(bob.user, text("/community/topics?category_id=%s", place)), id));
        ck_assert(!is_listed(get(bob.user, posts_path(other)), answer));
        ck_assert_int_eq(length_at(get(bob.user, "/community/search?q=kingfisher+heron"), "items"), 0);
        const char *his = topic_in(place, bob.user, "");
        expect_status(get(ann.user, topic_path(his)), 404);
        expect_status(post(ann.user, posts_path(his), JSON({"content" : "Hello"})), 404);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/topic", NO_FORK, T(only_an_administrator_makes_categories),
        T(an_archived_category_takes_no_topics), T(a_topic_is_found_by_others_and_its_author_is_no_user_id),
        T(a_member_appears_as_their_profile), T(an_anonymous_author_has_one_name_in_a_topic),
        T(fields_that_break_a_rule_are_named), T(what_is_not_there_is_not_found),
        T(identifiers_are_taken_out_of_topics), T(a_view_counts_once_a_person),
        T(in_a_moderated_category_a_topic_waits), T(a_level_keeps_newcomers_from_beginning_topics),
        T(strangers_can_neither_change_nor_move_a_topic), T(an_edit_keeps_what_it_does_not_name),
        T(a_closed_topic_takes_no_posts_and_a_locked_one_no_reactions),
        T(a_hidden_topic_is_for_its_author_and_moderators_and_comes_back_as_it_was),
        T(a_topic_alone_is_deleted_and_one_with_answers_stays_by_nobody), T(a_poll_has_one_vote_a_person),
        T(reading_goes_forward_and_what_is_new_is_unread), T(a_page_of_topics_goes_on_where_the_last_ended),
        T(who_is_blocked_sees_nothing_and_is_not_seen))
