/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/forum.h"

#include "common/uuid.h"
#include "tests/e2e/program.h"

#include <pthread.h>
#include <string.h>

enum { AT_ONCE_MAX = 32 };

static const char *created(struct answer answer)
{
        ck_assert_msg(answer.status == 201 || answer.status == 202, "answered %d: %s", answer.status, answer.body);
        return text_at(answer, "id");
}

const char *category_with(const char *more)
{
        char name[UUID_SIZE];
        uuid_v4(name);
        return created(post(new_user_as("admin"), "/community/categories", text("{\"name\": \"C %s\"%s}", name, more)));
}

const char *category(void)
{
        return category_with("");
}

const char *topic_in(const char *place, struct user user, const char *more)
{
        return created(post(user, "/community/topics",
                text("{\"category_id\": \"%s\", \"title\": \"How to save for a boat\"%s}", place, more)));
}

const char *topic(struct user user)
{
        return topic_in(category(), user, "");
}

const char *posted(struct user user, const char *in)
{
        return created(post(user, posts_path(in), JSON({"content" : "Put something aside every week."})));
}

const char *topic_path(const char *id)
{
        return text("/community/topics/%s", id);
}

const char *posts_path(const char *id)
{
        return text("/community/topics/%s/posts", id);
}

const char *post_path(const char *id)
{
        return text("/community/posts/%s", id);
}

bool is_listed(struct answer list, const char *id)
{
        const cJSON *item;
        cJSON_ArrayForEach(item, value_at(list, "items"))
        {
                if (strcmp(cJSON_GetObjectItem(item, "id")->valuestring, id) == 0)
                        return true;
        }
        return false;
}

struct answer move_topic(struct user user, const char *id, const char *action)
{
        struct answer now = get(user, text("/community/topics/%s/transitions", id));
        expect_status(now, 200);
        return post(user, text("/community/topics/%s/transitions", id),
                text("{\"action\": \"%s\", \"expected_version\": %d}", action, (int)number_at(now, "version")));
}

struct attempt {
        const struct request *request;
        pthread_barrier_t *start;
        int status;
};

static void *attempt(void *arg)
{
        struct attempt *mine = arg;
        struct arena *arena = arena_new(0);
        struct client *client = client_open(arena, false);
        pthread_barrier_wait(mine->start);
        mine->status = client_ask(client, mine->request).status;
        client_close(client);
        arena_free(arena);
        return NULL;
}

void at_once(int n, const struct request *requests, int *statuses)
{
        struct attempt attempts[AT_ONCE_MAX];
        pthread_t threads[AT_ONCE_MAX];
        pthread_barrier_t start;
        ck_assert_int_le(n, AT_ONCE_MAX);
        program_setting("SFP_URL");
        pthread_barrier_init(&start, NULL, (unsigned)n);
        for (int i = 0; i < n; i++) {
                attempts[i] = (struct attempt){&requests[i], &start, 0};
                ck_assert_int_eq(pthread_create(&threads[i], NULL, attempt, &attempts[i]), 0);
        }
        for (int i = 0; i < n; i++) {
                pthread_join(threads[i], NULL);
                statuses[i] = attempts[i].status;
        }
        pthread_barrier_destroy(&start);
}
