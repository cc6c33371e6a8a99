/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who wrote, voted, joined and was told of things is exported whole and forgotten whole; what others answered
 * stays readable, by nobody. */
#include "sfp/personal.pb-c.h"
#include "tests/e2e/database.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mesh_ask.h"

#include "common/status.h"

#include <string.h>

#define SOON  "2020-01-01T00:00:00Z"
#define LATER "2200-01-01T00:00:00Z"

struct traces {
        struct member ann;
        struct user bob;
        const char *topic;  /* hers, answered by bob */
        const char *poll;   /* hers */
        const char *answer; /* hers, in bob's topic */
        const char *theirs; /* bob's topic */
        const char *challenge;
        const char *activity; /* hers */
        const char *word;     /* in all that she wrote */
};

static const char *running_challenge(void)
{
        struct answer made = post(new_user_as("admin"), "/community/challenges",
                "{\"title\": \"A month of saving\", \"metric\": \"check_in_days\", \"target\": 3, \"starts_at\": \"" SOON
                "\", \"ends_at\": \"" LATER "\"}");
        expect_status(made, 201);
        const char *id = text_at(made, "id");
        ck_assert(AWAIT(
                20, strcmp(text_at(get(new_user(), text("/community/challenges/%s", id)), "status"), "running") == 0));
        return id;
}

static void write_in_forum(struct traces *traces)
{
        struct user ann = traces->ann.user;
        traces->topic = topic_in(category(), ann, text(", \"description\": \"my %s harbour\"", traces->word));
        traces->poll = topic_in(category(), ann,
                text(", \"post_type\": \"poll\", \"options\": [\"%s oars\", \"sails\"]", traces->word));
        traces->theirs = topic(traces->bob);
        traces->answer = posted(ann, traces->theirs);
        expect_status(
                patch(ann, post_path(traces->answer), text("{\"content\": \"A %s thought.\"}", traces->word)), 200);
        const char *his = posted(traces->bob, traces->topic);
        expect_status(put(ann, text("%s/reactions/like", post_path(his)), NULL), 200);
        expect_status(put(ann, text("%s/reactions/helpful", post_path(his)), NULL), 200);
        expect_status(put(ann, text("%s/vote", topic_path(traces->poll)), JSON({"number" : 1})), 200);
        expect_status(put(ann, "/community/leaderboards/helpers/membership", NULL), 200);
        traces->challenge = running_challenge();
        expect_status(put(ann, text("/community/challenges/%s/participation", traces->challenge), JSON({})), 200);
        expect_status(post(ann, text("/community/challenges/%s/check-ins", traces->challenge), JSON({})), 201);
}

static void share_in_feed(struct traces *traces)
{
        struct user ann = traces->ann.user;
        struct answer made = post(ann, "/feed/activities",
                text("{\"type\": \"status\", \"text\": \"%s news\", \"visibility\": \"community\"}", traces->word));
        expect_status(made, 201);
        traces->activity = text_at(made, "id");
        made = post(
                traces->bob, "/feed/activities", JSON({"type" : "tip", "text" : "Save", "visibility" : "community"}));
        expect_status(put(ann, text("/feed/activities/%s/reactions/like", text_at(made, "id")), NULL), 200);
        struct answer seen = get(ann, "/notifications/preferences");
        const char *body = JSON({
                "modes" : [ {"category" : "goals", "channel" : "ws", "mode" : "daily"} ],
                "quiet_hours" : [ {"weekday" : 1, "from_minute" : 0, "until_minute" : 5} ]
        });
        const char *const headers[] = {
                "Content-Type: application/json", text("If-Match: %s", header_of(seen, "ETag")), NULL};
        expect_status(
                ask(&(struct request){"PUT", "/notifications/preferences", ann, body, strlen(body), headers}), 200);
        ck_assert(AWAIT(20, number_at(get(ann, "/notifications?types=reply_posted"), "items[0].count") >= 1));
        ck_assert(AWAIT(20, length_at(get(traces->bob, "/notifications?types=reply_posted"), "items") == 1));
}

static struct traces leave_traces(void)
{
        struct traces traces = {.ann = new_member(), .bob = new_user()};
        struct member carl = new_member();
        traces.word = text("erasable%.8s", traces.bob.id);
        write_in_forum(&traces);
        share_in_feed(&traces);
        expect_status(relate(traces.ann.user, carl, JSON({"following" : true, "muted" : true})), 200);
        expect_status(relate(carl.user, traces.ann, JSON({"following" : true})), 200);
        ck_assert(AWAIT(20, sql_number(text("SELECT count(*) FROM feed.follows WHERE '%s' IN (user_id, target_id)",
                                    traces.ann.user.id)) == 2));
        return traces;
}

static void erase(struct user who, const char *mode)
{
        struct answer answer = del(who, text("/profile?confirm=true&cooling_off=false&mode=%s", mode));
        expect_status(answer, 202);
        const char *job = text("/privacy/jobs/%s", text_at(answer, "job_id"));
        ck_assert(AWAIT(40, strcmp(text_at(get(who, job), "state"), "completed") == 0));
}

static void expect_nothing_of(const struct traces *traces)
{
        static const char *const schemas[] = {"forum", "feed"};
        for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
                const char *dump = sql_dump_beside_events(schemas[i]);
                ck_assert_msg(!dump_has(dump, traces->ann.user.id), "%s holds the user's id", schemas[i]);
        }
        struct answer report = get(new_user_as("ops"), "/status/consistency?scope=forum");
        ck_assert_msg(length_at(report, "drifted") == 0, "%s", report.body);
        report = get(new_user_as("ops"), "/status/consistency?scope=feed");
        ck_assert_msg(length_at(report, "drifted") == 0, "%s", report.body);
}

static bool exports(struct user who, const char *service, const char *table)
{
        ProtobufCMessage *out = NULL;
        Personal__ExportRequest request = PERSONAL__EXPORT_REQUEST__INIT;
        request.user_id = (char *)(size_t)who.id;
        ck_assert_int_eq(mesh_ask("anonymize", service, "sfp.personal.Personal.Export", &request.base,
                                 &personal__personal_data__descriptor, &out),
                STATUS_OK);
        const Personal__PersonalData *data = (const Personal__PersonalData *)out;
        for (size_t i = 0; i < data->n_tables; i++)
                if (strcmp(data->tables[i]->name, table) == 0)
                        return data->tables[i]->n_rows > 0;
        return false;
}

TEST(an_export_has_what_somebody_did)
{
        struct traces traces = leave_traces();
        static const char *const forum[] = {"post_reactions", "poll_votes", "reading", "check_ins", "challenges",
                "leaderboards", "post_revisions", "posts", "topics"};
        static const char *const feed[] = {"notifications", "notification_preferences", "notification_modes",
                "quiet_hours", "activity_reactions", "activities"};
        for (size_t i = 0; i < sizeof forum / sizeof *forum; i++)
                ck_assert_msg(exports(traces.ann.user, "svc-forum", forum[i]), "%s is missing", forum[i]);
        for (size_t i = 0; i < sizeof feed / sizeof *feed; i++)
                ck_assert_msg(exports(traces.ann.user, "svc-feed", feed[i]), "%s is missing", feed[i]);
}
END_TEST

TEST(who_is_erased_leaves_no_word)
{
        struct traces traces = leave_traces();
        erase(traces.ann.user, "delete");
        expect_nothing_of(&traces);
        ck_assert(!dump_has(sql_dump_beside_events("forum"), traces.word));
        ck_assert(!dump_has(sql_dump_beside_events("feed"), traces.word));
        struct answer seen = get(traces.bob, post_path(traces.answer));
        ck_assert_str_eq(text_at(seen, "content"), "[removed]");
        ck_assert_str_eq(text_at(seen, "author_ref.kind"), "deleted");
        ck_assert_str_eq(text_at(get(traces.bob, topic_path(traces.topic)), "created_by.kind"), "deleted");
        expect_status(get(traces.bob, text("/feed/activities/%s", traces.activity)), 404);
}
END_TEST

TEST(who_goes_without_a_name_leaves_their_words)
{
        struct traces traces = leave_traces();
        erase(traces.ann.user, "anonymize");
        expect_nothing_of(&traces);
        struct answer seen = get(traces.bob, post_path(traces.answer));
        ck_assert_str_eq(text_at(seen, "content"), text("A %s thought.", traces.word));
        ck_assert_str_eq(text_at(seen, "author_ref.kind"), "deleted");
        ck_assert_str_eq(
                text_at(get(traces.bob, topic_path(traces.topic)), "description"), text("my %s harbour", traces.word));
        expect_status(put(traces.bob, text("%s/vote", topic_path(traces.poll)), JSON({"number" : 1})), 200);
}
END_TEST

SUITE_WITH(scene_begin, scene_end, "e2e/forgotten", NO_FORK, T(an_export_has_what_somebody_did),
        T(who_is_erased_leaves_no_word), T(who_goes_without_a_name_leaves_their_words))
