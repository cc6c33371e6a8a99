/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/desk.h"

#include "common/uuid.h"

#include <string.h>

struct answer post_once(struct user user, const char *path, const char *body)
{
        char key[UUID_SIZE];
        uuid_v4(key);
        const char *const headers[] = {"Content-Type: application/json", text("Idempotency-Key: %s", key), NULL};
        return ask(&(struct request){
                .verb = "POST", .path = path, .user = user, .body = body, .size = strlen(body), .headers = headers});
}

const char *reported(struct user who, const char *object_type, const char *object_id, const char *reason)
{
        struct answer answer = post(who, "/moderation/reports",
                text("{\"object_type\": \"%s\", \"object_id\": \"%s\", \"reason\": \"%s\", \"details\": \"see for yourself\"}",
                        object_type, object_id, reason));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

static const char *find_case(struct user mod, const char *object_type, const char *object_id)
{
        const char *cursor = "";
        for (int page = 0; page < 20; page++) {
                struct answer list = get(mod, text("/moderation/queue?sort=new&limit=50%s", cursor));
                for (int i = 0; i < length_at(list, "items"); i++)
                        if (strcmp(text_at(list, text("items[%d].object_id", i)), object_id) == 0 &&
                                strcmp(text_at(list, text("items[%d].object_type", i)), object_type) == 0)
                                return text_at(list, text("items[%d].id", i));
                if (!has(list, "next_cursor"))
                        break;
                cursor = text("&cursor=%s", text_at(list, "next_cursor"));
        }
        return NULL;
}

const char *case_of(struct user mod, const char *object_type, const char *object_id)
{
        const char *id = NULL;
        ck_assert_msg(AWAIT(30, (id = find_case(mod, object_type, object_id)) != NULL), "no case of %s %s", object_type,
                object_id);
        return id;
}

const char *case_path(const char *case_id, const char *rest)
{
        return text("/moderation/cases/%s%s", case_id, rest);
}

struct answer step_case(struct user mod, const char *case_id, const char *action)
{
        const char *path = case_path(case_id, "/transitions");
        return post(mod, path,
                text("{\"action\": \"%s\", \"expected_version\": %.0f}", action, number_at(get(mod, path), "version")));
}

const char *ruled(struct user mod, const char *case_id, const char *action_taken, const char *more)
{
        expect_status(step_case(mod, case_id, "claim"), 200);
        struct answer answer = post(mod, case_path(case_id, "/actions"),
                text("{\"action_taken\": \"%s\", \"reason\": \"It breaks rule number one.\", \"rule_id\": \"be_kind\"%s}",
                        action_taken, more));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

const char *appealed(struct user who, const char *action_id)
{
        struct answer answer = post_once(who, "/moderation/appeals",
                text("{\"action_id\": \"%s\", \"statement\": \"It was only a joke among friends.\"}", action_id));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

struct answer step_appeal(struct user who, const char *appeal_id, const char *action)
{
        const char *path = text("/moderation/appeals/%s", appeal_id);
        return post(who, text("%s/transitions", path),
                text("{\"action\": \"%s\", \"decision_text\": \"We have looked at it with care.\", \"expected_version\":"
                     " %.0f}",
                        action, number_at(get(who, path), "version")));
}
