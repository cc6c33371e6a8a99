/* SPDX-License-Identifier: Apache-2.0 */
/* No list asks the database once for each of its items: whatever its length, it takes a few statements. */
#include "tests/e2e/desk.h"
#include "tests/e2e/filling.h"
#include "tests/e2e/forum.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/mentoring.h"
#include "tests/e2e/saving.h"
#include "tests/e2e/sharing.h"

#include "common/buffer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum {
        STATEMENTS_MAX = 6 /* two of them where somebody gets a salt for pseudonyms */,
        SHORT = 1,
        LONGER = 5,
        LISTS_MAX = 64
};

static struct schema *schema;

static void begin(void)
{
        scene_begin();
        schema = schema_new();
}

static void end(void)
{
        schema_free(schema);
        scene_end();
}

/* What the lists are of, by the names that the paths have for them; `n` things in each that can cheaply have many. */
struct world {
        struct user owner, mod, admin;
        const char *share_id, *topic_id, *group_goal_id, *milestone_id, *mentor_profile_id;
};

static void fill_forum(struct world *world, int n, const struct user *others)
{
        const char *category_id = category();
        world->topic_id = topic_in(category_id, world->owner, "");
        for (int i = 0; i < n; i++) {
                const char *other = topic_in(category_id, others[i], "");
                posted(others[i], world->topic_id);
                reported(world->owner, "forum_topic", other, "spam");
        }
}

static void fill_goals(struct world *world, int n, const struct user *others)
{
        world->share_id = shared(world->owner, "A house by the lake");
        for (int i = 0; i < n; i++) {
                shared(others[i], "A boat on the lake");
                expect_status(post(world->owner, text("%s/progress", path_of(world->share_id)),
                                      text("{\"current_progress_percentage\": %d, \"on_date\": \"2026-01-%02d\"}",
                                              10 + i, 1 + i)),
                        201);
        }
}

static void fill_groups(struct world *world, int n, const struct user *others)
{
        world->group_goal_id = active_group(world->owner, n, others);
        world->milestone_id = text_at(pay(others[0], world->group_goal_id, 25000), "milestones_reached[0]");
        for (int i = 0; i < n; i++) {
                expect_status(pay(others[i], world->group_goal_id, 100), 201);
                expect_status(post(others[i],
                                      group_place(world->group_goal_id,
                                              text("milestones/%s/celebrations", world->milestone_id)),
                                      JSON({"kind" : "thanks"})),
                        201);
        }
}

static void fill_mentoring(struct world *world, int n, const struct user *others)
{
        world->mentor_profile_id = registered(world->owner, n);
        for (int i = 0; i < n; i++) {
                const char *match = requested(others[i], world->mentor_profile_id);
                lead_to(world->owner, match_path(match), "accept", "active");
                booked(others[i], match, 48 + 3 * i);
        }
}

static void fill_people(struct world *world, int n)
{
        for (int i = 0; i < n; i++) {
                struct member other = new_member();
                expect_status(set_privacy(other.user, JSON({"profile_visibility" : "community"})), 200);
                expect_status(relate(world->owner, other, JSON({"following" : true})), 200);
        }
}

static struct world world_of(int n)
{
        struct user others[LONGER];
        struct world world = {.owner = new_user(), .mod = new_user_as("mod"), .admin = new_user_as("admin")};
        for (int i = 0; i < n; i++)
                others[i] = new_user();
        fill_forum(&world, n, others);
        fill_goals(&world, n, others);
        fill_groups(&world, n, others);
        fill_mentoring(&world, n, others);
        fill_people(&world, n);
        return world;
}

static void add_names(const struct world *world, const struct schema_method *method, cJSON *request)
{
        const char *const names[][2] = {{"share_id", world->share_id}, {"topic_id", world->topic_id},
                {"group_goal_id", world->group_goal_id}, {"milestone_id", world->milestone_id},
                {"mentor_profile_id", world->mentor_profile_id}, {"q", "boat"}};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (is_in_path(method->rules->route[0], names[i][0]) || cJSON_HasObjectItem(request, names[i][0])) {
                        cJSON_DeleteItemFromObjectCaseSensitive(request, names[i][0]);
                        cJSON_AddStringToObject(request, names[i][0], names[i][1]);
                }
}

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
        buffer_append(to, bytes, size * count);
        return size * count;
}

static const char *metrics_of(const char *service)
{
        struct buffer out = buffer_in(scene_arena());
        CURL *curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_URL, text("http://%s/metrics", instance_admin(text("svc-%s", service))));
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out);
        CURLcode code = curl_easy_perform(curl);
        curl_easy_cleanup(curl);
        ck_assert_msg(code == CURLE_OK, "%s tells no metrics", service);
        return buffer_text(&out);
}

/* The sum over all other labels. */
static double metric(const char *metrics, const char *name, const struct schema_method *method)
{
        const char *last = strrchr(method->name, '.');
        const char *label =
                text("\n%s{rpc_method=\"%.*s/%s\"", name, (int)(last - method->name), method->name, last + 1);
        double sum = 0;
        for (const char *line = strstr(metrics, label); line != NULL; line = strstr(line + 1, label))
                sum += strtod(strchr(line, '}') + 1, NULL);
        return sum;
}

struct measure {
        const char *method;
        double statements; /* of one request */
        int items;
};

static bool is_for(const struct schema_method *method, const char *role)
{
        for (size_t i = 0; i < method->rules->n_roles; i++)
                if (strcmp(method->rules->roles[i], role) == 0)
                        return true;
        return false;
}

static struct user asker(const struct world *world, const struct schema_method *method)
{
        if (is_for(method, "user"))
                return world->owner;
        return is_for(method, "mod") ? world->mod : world->admin;
}

/* Asks for the list once, and sees what its service counted meanwhile. */
static struct measure measured(const struct world *world, const struct schema_method *method)
{
        const Sfp__Route *route = method->rules->route[0];
        cJSON *request = filled_message(method->input);
        add_names(world, method, request);
        const char *path = path_taken_from(request, method, route);
        path = text("%s%s", path, query_from(request));
        cJSON_Delete(request);
        const char *before = metrics_of(method->service);
        struct answer answer = get(asker(world, method), path);
        const char *after = metrics_of(method->service);
        ck_assert_msg(answer.status == 200, "%s: %d %s", path, answer.status, answer.body);
        double calls = metric(after, "rpc_server_call_duration_seconds_count", method) -
                       metric(before, "rpc_server_call_duration_seconds_count", method);
        ck_assert_msg(calls >= 1, "%s was not counted", method->name);
        return (struct measure){method->name + strlen("sfp."),
                (metric(after, "sfp_rpc_statements_total", method) -
                        metric(before, "sfp_rpc_statements_total", method)) /
                        calls,
                has(answer, "items") ? length_at(answer, "items") : 0};
}

static bool is_list(const struct schema_method *method)
{
        const ProtobufCMessageDescriptor *output = method->output->descriptor;
        return method->rules->n_route > 0 && protobuf_c_message_descriptor_get_field_by_name(output, "items") != NULL &&
               protobuf_c_message_descriptor_get_field_by_name(output, "has_more") != NULL;
}

/* Every list as it is in a world of `n` things; in the order of the protos. */
static size_t measure_all(int n, struct measure *out)
{
        size_t n_lists = 0;
        struct world world = world_of(n);
        for (size_t i = 0; i < schema_method_count(schema); i++)
                if (is_list(schema_method_at(schema, i))) {
                        ck_assert_uint_lt(n_lists, LISTS_MAX);
                        out[n_lists++] = measured(&world, schema_method_at(schema, i));
                }
        return n_lists;
}

TEST(a_list_takes_a_few_statements_whatever_its_length)
{
        struct measure few[LISTS_MAX], more[LISTS_MAX];
        struct buffer wrong = buffer_in(scene_arena());
        size_t n_lists = measure_all(SHORT, few);
        measure_all(LONGER, more);
        printf("statements of a list: a short one (items), a longer one (items)\n");
        for (size_t i = 0; i < n_lists; i++) {
                printf("  %-48s %4.1f (%d) %4.1f (%d)\n", few[i].method, few[i].statements, few[i].items,
                        more[i].statements, more[i].items);
                if (few[i].statements > STATEMENTS_MAX || more[i].statements > STATEMENTS_MAX)
                        buffer_printf(&wrong, " %s", few[i].method);
        }
        ck_assert_uint_gt(n_lists, 20);
        ck_assert_msg(wrong.length == 0, "more than %d statements:%s", STATEMENTS_MAX, buffer_text(&wrong));
}

SUITE_WITH(begin, end, "e2e/statements", NO_FORK, T(a_list_takes_a_few_statements_whatever_its_length))
