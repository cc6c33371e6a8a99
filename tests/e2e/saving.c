/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/saving.h"

#include "common/uuid.h"
#include "tests/e2e/database.h"

#include <string.h>

const char *founded(struct user founder, const char *visibility)
{
        struct answer answer = post(founder, "/groups/",
                text("{\"title\": \"A boat for all\", \"goal_type\": \"other\", \"target_amount\": 100000,"
                     " \"visibility\": \"%s\"}",
                        visibility));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

const char *active_group(struct user founder, int n_members, const struct user *members)
{
        const char *group = founded(founder, "open");
        lead_to(founder, group_path(group), "open", "open");
        for (int i = 0; i < n_members; i++)
                joined(members[i], group);
        lead_to(founder, group_path(group), "activate", "active");
        return group;
}

const char *group_path(const char *group)
{
        return text("/groups/%s", group);
}

const char *group_place(const char *group, const char *place)
{
        return text("/groups/%s/%s", group, place);
}

const char *joined(struct user user, const char *group)
{
        struct answer answer = post(user, group_place(group, "participants"), "{}");
        expect_status(answer, 201);
        return text_at(answer, "id");
}

const char *part_of(struct user user, const char *group)
{
        return text_at(get(user, group_path(group)), "my_participation.id");
}

struct answer take_action(struct user user, const char *path, const char *action, bool is_dry)
{
        const char *transitions = text("%s/transitions", path);
        struct answer now = get(user, transitions);
        int version = now.status == 200 ? (int)number_at(now, "version") : 1;
        return post(user, transitions,
                text("{\"action\": \"%s\", \"expected_version\": %d, \"dry_run\": %s}", action, version,
                        is_dry ? "true" : "false"));
}

void lead_to(struct user user, const char *path, const char *action, const char *state)
{
        struct answer answer = take_action(user, path, action, false);
        expect_status(answer, 200);
        ck_assert_str_eq(text_at(answer, "state"), state);
}

const char *state_at(struct user user, const char *path)
{
        return text_at(get(user, text("%s/transitions", path)), "state");
}

struct answer post_with_key(struct user user, const char *path, const char *key, const char *body)
{
        const char *headers[] = {"Content-Type: application/json", text("Idempotency-Key: %s", key), NULL};
        return ask(&(struct request){
                .verb = "POST", .path = path, .user = user, .body = body, .size = strlen(body), .headers = headers});
}

struct answer pay(struct user user, const char *group, long amount)
{
        char key[UUID_SIZE];
        uuid_v4(key);
        return post_with_key(user, group_place(group, "contributions"), key,
                text("{\"amount\": %ld, \"currency\": \"USD\"}", amount));
}

long events_of(const char *schema, const char *type, const char *subject)
{
        return sql_number(text("SELECT count(*) FROM %s.outbox WHERE type LIKE '%%.social.%s.v1' AND subject = '%s'",
                schema, type, subject));
}
