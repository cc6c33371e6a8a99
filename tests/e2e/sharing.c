/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/sharing.h"

#include "tests/e2e/database.h"
#include "tests/e2e/member.h"

#include <string.h>

static const char *store(struct user user, const char *title, const char *submit)
{
        struct answer answer = post(user, "/goal-sharing/",
                text("{\"goal_category\": \"home\", \"goal_title\": \"%s\", \"submit\": %s}", title, submit));
        expect_status(answer, 201);
        return text_at(answer, "id");
}

const char *shared(struct user user, const char *title)
{
        return store(user, title, "true");
}

const char *drafted(struct user user, const char *title)
{
        return store(user, title, "false");
}

const char *path_of(const char *share)
{
        return text("/goal-sharing/%s", share);
}

const char *reaction_to(const char *share, const char *kind)
{
        return text("/goal-sharing/%s/reactions/%s", share, kind);
}

bool lists(struct answer list, const char *share)
{
        const cJSON *item;
        cJSON_ArrayForEach(item, value_at(list, "items"))
        {
                if (strcmp(cJSON_GetObjectItem(item, "id")->valuestring, share) == 0)
                        return true;
        }
        return false;
}

long stored_rows(void)
{
        return sql_number("SELECT (SELECT count(*) FROM goals.anonymous_goal_shares)"
                          " + (SELECT count(*) FROM goals.share_owners) + (SELECT count(*) FROM goals.pending_texts)"
                          " + (SELECT count(*) FROM goals.share_reactions)");
}
