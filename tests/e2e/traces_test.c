/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody has left the same word, which is nobody else's, wherever one can leave a word. After an erasure neither it
 * nor their id is anywhere: in no table, outbox, cache or log; and what others wrote stays readable. */
#include "tests/e2e/database.h"
#include "tests/e2e/desk.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/program.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"

#include "common/buffer.h"

#include <dirent.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char *const schemas[] = {"anonymize", "feed", "forum", "goals", "groups", "mentor", "moderation", "peers"};

enum { SCHEMAS = sizeof schemas / sizeof *schemas };

struct traces {
        struct member ann, bob;
        const char *word;
        const char *topic;  /* hers, answered by bob */
        const char *theirs; /* bob's topic */
        const char *answer; /* hers, in it */
        const char *reply;  /* bob's, in hers */
};

static void expect_made(struct answer answer)
{
        ck_assert_msg(answer.status == 201 || answer.status == 200, "answered %d: %s", answer.status, answer.body);
}

static void leave_in_profile(const struct traces *traces)
{
        struct user ann = traces->ann.user;
        expect_status(patch(ann, "/profile",
                              text("{\"display_name\": \"%s\", \"bio\": \"I am %s\", \"location\": \"%s\"}",
                                      traces->word, traces->word, traces->word)),
                200);
        expect_status(set_privacy(ann, text("{\"restricted_keywords\": [{\"phrase\": \"%s\", \"action\": \"hide\"}],"
                                            " \"goal_sharing_level\": \"anonymous\", \"accept_mentor_requests\": true}",
                                               traces->word)),
                200);
        expect_status(put(ann, "/profile/demographics", JSON({"birth_year" : 1984})), 200);
        expect_made(post(ann, "/status/feedback",
                text("{\"feature\": \"privacy\", \"score\": 4, \"text\": \"my %s word\"}", traces->word)));
        expect_status(relate(ann, traces->bob, JSON({"following" : true})), 200);
        expect_status(relate(traces->bob.user, traces->ann, JSON({"following" : true})), 200);
}

static void leave_in_forum(struct traces *traces)
{
        struct user ann = traces->ann.user, bob = traces->bob.user;
        traces->topic = topic_in(category(), ann,
                text(", \"description\": \"my %s harbour\", \"tags\": [\"%s\"]", traces->word, traces->word));
        topic_in(category(), ann,
                text(", \"post_type\": \"poll\", \"options\": [\"%s oars\", \"sails\"]", traces->word));
        traces->theirs = topic(bob);
        traces->answer = posted(ann, traces->theirs);
        expect_status(
                patch(ann, post_path(traces->answer), text("{\"content\": \"A %s thought.\"}", traces->word)), 200);
        traces->reply = posted(bob, traces->topic);
        expect_status(put(ann, text("%s/reactions/like", post_path(traces->reply)), NULL), 200);
        reported(ann, "forum_post", traces->reply, "spam");
        expect_made(post(ann, "/moderation/reports",
                text("{\"object_type\": \"forum_topic\", \"object_id\": \"%s\", \"reason\": \"spam\","
                     " \"details\": \"see %s\"}",
                        traces->theirs, traces->word)));
        reported(bob, "forum_topic", traces->topic, "spam"); /* the desk has a copy of hers */
}

static void leave_in_goals_and_feed(const struct traces *traces)
{
        struct user ann = traces->ann.user;
        struct answer made = post(ann, "/goal-sharing/",
                text("{\"goal_category\": \"home\", \"goal_title\": \"A %s house\", \"goal_description\": \"%s\","
                     " \"tags\": [\"%s\"], \"submit\": true}",
                        traces->word, traces->word, traces->word));
        expect_made(made);
        expect_made(post(ann, text("%s/progress", path_of(text_at(made, "id"))),
                text("{\"current_progress_percentage\": 10, \"note\": \"%s day\"}", traces->word)));
        drafted(ann, text("A %s draft", traces->word));
        expect_made(post(ann, "/feed/activities",
                text("{\"type\": \"status\", \"text\": \"%s news\", \"visibility\": \"community\"}", traces->word)));
        expect_status(put(ann, "/peer-comparison/metrics", JSON({"savings_rate" : 10})), 200);
}

static void leave_in_groups(const struct traces *traces)
{
        struct user ann = traces->ann.user;
        struct answer made = post(ann, "/groups/",
                text("{\"title\": \"%s boat\", \"description\": \"of %s\", \"goal_type\": \"other\","
                     " \"target_amount\": 1000, \"visibility\": \"open\"}",
                        traces->word, traces->word));
        expect_made(made);
        pay(ann, active_group(traces->bob.user, 1, &ann), 1000);
}

static void leave_in_mentoring(const struct traces *traces)
{
        struct user ann = traces->ann.user, bob = traces->bob.user;
        struct answer asked = ask_mentor(ann, registered(bob, 3), text(", \"message\": \"%s asks\"", traces->word));
        expect_made(asked);
        booked(ann, matched(new_user(), ann), 24);
        expect_status(patch(ann, text("/mentorship/mentors/%s", registered(ann, 2)),
                              text("{\"specializations\": [\"%s\"]}", traces->word)),
                200);
}

static struct traces leave_traces(void)
{
        struct traces traces = {.ann = new_member(), .bob = new_member()};
        traces.word = text("zanzi%.8s", traces.ann.user.id);
        leave_in_profile(&traces);
        leave_in_forum(&traces);
        leave_in_goals_and_feed(&traces);
        leave_in_groups(&traces);
        leave_in_mentoring(&traces);
        get(traces.bob.user, "/feed/");
        get(traces.bob.user, traces.ann.path);
        return traces;
}

static bool is_completed(struct user who, const char *job)
{
        return strcmp(text_at(get(who, text("/privacy/jobs/%s", job)), "state"), "completed") == 0;
}

/* Of all services: what there was of events is gone over, too. */
static bool is_forgotten(void)
{
        for (size_t i = 0; i < SCHEMAS; i++)
                if (sql_number(text("SELECT count(*) FROM %s.jobs WHERE kind = 'forget_events'", schemas[i])) > 0)
                        return false;
        return true;
}

static void forget_events_now(void)
{
        for (size_t i = 0; i < SCHEMAS; i++)
                sql(text("UPDATE %s.jobs SET due_at = now() WHERE kind = 'forget_events'", schemas[i]));
        ck_assert(AWAIT(60, is_forgotten()));
}

static void erase(struct user who)
{
        struct answer answer = del(who, "/profile?confirm=true&cooling_off=false");
        expect_status(answer, 202);
        ck_assert(AWAIT(60, is_completed(who, text_at(answer, "job_id"))));
        pause_ms(500); /* what others were told by event has come */
        forget_events_now();
}

/* All of them are named. */
static void expect_in_no_table(const struct traces *traces)
{
        struct buffer holders = buffer_in(scene_arena());
        for (size_t i = 0; i < SCHEMAS; i++) {
                char *tables = sql_text(text("SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = '%s'"
                                             " AND tablename NOT LIKE 'outbox_2%%'",
                        schemas[i]));
                for (char *rest, *table = strtok_r(tables, " ", &rest); table != NULL;
                        table = strtok_r(NULL, " ", &rest)) {
                        const char *rows =
                                sql_text(text("SELECT string_agg(t::text, ' ') FROM %s.%s t", schemas[i], table));
                        if (dump_has(rows, traces->word))
                                buffer_printf(&holders, " %s.%s: the word;", schemas[i], table);
                        if (dump_has(rows, traces->ann.user.id))
                                buffer_printf(&holders, " %s.%s: the id;", schemas[i], table);
                }
        }
        ck_assert_msg(holders.length == 0, "there is%s", buffer_text(&holders));
}

static void expect_in_no_cache(const struct traces *traces)
{
        const char *socket = instance_socket("svc-goals");
        redisContext *redis = redisConnectUnix(text("%.*s/redis.sock", (int)(strrchr(socket, '/') - socket), socket));
        if (redis == NULL || redis->err != 0) {
                printf("there is no Redis to look into\n");
                redisFree(redis);
                return;
        }
        redisReply *keys = redisCommand(redis, "KEYS *");
        for (size_t i = 0; keys != NULL && i < keys->elements; i++) {
                redisReply *value = redisCommand(redis, "DUMP %b", keys->element[i]->str, keys->element[i]->len);
                ck_assert(memmem(keys->element[i]->str, keys->element[i]->len, traces->ann.user.id, 36) == NULL);
                if (value != NULL && value->type == REDIS_REPLY_STRING) {
                        ck_assert(memmem(value->str, value->len, traces->word, strlen(traces->word)) == NULL);
                        ck_assert(memmem(value->str, value->len, traces->ann.user.id, 36) == NULL);
                }
                freeReplyObject(value);
        }
        freeReplyObject(keys);
        redisFree(redis);
}

static const char *file_text(const char *path)
{
        char part[4096];
        struct buffer out = buffer_in(scene_arena());
        FILE *file = fopen(path, "r");
        for (size_t size; file != NULL && (size = fread(part, 1, sizeof part, file)) > 0;)
                buffer_append(&out, part, size);
        if (file != NULL)
                fclose(file);
        return buffer_text(&out);
}

static void expect_in_no_log(const struct traces *traces)
{
        int n_files = 0;
        const char *directory = text("%s/log", program_setting("SFP_DATA"));
        DIR *logs = opendir(directory);
        ck_assert_ptr_nonnull(logs);
        for (const struct dirent *entry; (entry = readdir(logs)) != NULL;) {
                if (entry->d_name[0] == '.')
                        continue;
                const char *path = text("%s/%s", directory, entry->d_name);
                DIR *below = opendir(path);
                if (below != NULL) {
                        closedir(below);
                        path = text("%s/current", path);
                }
                const char *said = file_text(path);
                n_files += *said != '\0';
                ck_assert_msg(strstr(said, traces->word) == NULL, "%s holds the word", path);
                ck_assert_msg(strstr(said, traces->ann.user.id) == NULL, "%s holds the id", path);
        }
        closedir(logs);
        ck_assert_int_gt(n_files, 0);
}

static void expect_others_readable(const struct traces *traces)
{
        struct user bob = traces->bob.user;
        struct answer mine = get(bob, post_path(traces->reply));
        expect_status(mine, 200);
        ck_assert(strlen(text_at(mine, "content")) > 0);
        ck_assert_str_eq(text_at(get(bob, topic_path(traces->topic)), "created_by.kind"), "deleted");
        ck_assert_str_eq(text_at(get(bob, post_path(traces->answer)), "content"), "[removed]");
        expect_status(get(bob, topic_path(traces->theirs)), 200);
}

TEST(who_is_erased_has_left_no_trace)
{
        struct traces traces = leave_traces();
        erase(traces.ann.user);
        expect_in_no_table(&traces);
        expect_in_no_cache(&traces);
        expect_in_no_log(&traces);
        expect_others_readable(&traces);
}
END_TEST

TEST(an_erasure_survives_the_death_of_a_service)
{
        struct traces traces = leave_traces();
        struct answer answer = del(traces.ann.user, "/profile?confirm=true&cooling_off=false");
        expect_status(answer, 202);
        instance_kill("svc-forum", SIGKILL);
        instance_kill("svc-anonymize", SIGKILL);
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert(AWAIT(60, get(traces.ann.user, job).status == 200));
        ck_assert(AWAIT(90, is_completed(traces.ann.user, text_at(answer, "job_id"))));
        pause_ms(500);
        forget_events_now();
        expect_in_no_table(&traces);
        expect_others_readable(&traces);
}
END_TEST

static void end(void)
{
        instance_up_all();
        scene_end();
}

SUITE_WITH(scene_begin, end, "e2e/traces", NO_FORK, T(who_is_erased_has_left_no_trace),
        T(an_erasure_survives_the_death_of_a_service))
