/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/client.h"

#include "common/buffer.h"
#include "common/clock.h"
#include "common/uuid.h"
#include "tests/e2e/program.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct client {
        struct arena *arena;
        CURL *curl;
        bool is_forgetful;
};

static struct client *scene;
static void (*overhear)(struct answer answer);

struct client *client_open(struct arena *arena, bool is_forgetful)
{
        struct client *client = arena_alloc(arena, sizeof *client);
        *client = (struct client){.arena = arena, .curl = curl_easy_init(), .is_forgetful = is_forgetful};
        return client;
}

void client_close(struct client *client)
{
        curl_easy_cleanup(client->curl);
}

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
        buffer_append(to, bytes, size * count);
        return size * count;
}

static struct curl_slist *list_headers(struct client *client, const struct request *request)
{
        struct curl_slist *list = curl_slist_append(NULL, "Expect:");
        if (request->user.token != NULL)
                list = curl_slist_append(
                        list, arena_printf(client->arena, "Authorization: Bearer %s", request->user.token));
        if (request->headers == NULL && request->body != NULL)
                return curl_slist_append(list, "Content-Type: application/json");
        for (const char *const *header = request->headers; header != NULL && *header != NULL; header++)
                list = curl_slist_append(list, *header);
        return list;
}

static void prepare(struct client *client, const struct request *request)
{
        CURL *curl = client->curl;
        curl_easy_reset(curl);
        curl_easy_setopt(curl, CURLOPT_URL,
                arena_printf(client->arena, *request->path == '~' ? "%s%s" : "%s/api/v1/social%s",
                        program_setting("SFP_URL"), request->path + (*request->path == '~')));
        curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 15000L);
        curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, (long)client->is_forgetful);
        if (request->body != NULL) {
                curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->size);
                curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
        }
        if (strcmp(request->verb, "HEAD") == 0)
                curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->verb);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
}

struct answer client_ask(struct client *client, const struct request *request)
{
        long status = 0;
        struct buffer head = buffer_in(client->arena);
        struct buffer body = buffer_in(client->arena);
        struct curl_slist *headers = list_headers(client, request);
        prepare(client, request);
        curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, &head);
        curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &body);
        if (curl_easy_perform(client->curl) == CURLE_OK)
                curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
        curl_slist_free_all(headers);
        return answer_of(client->arena, (int)status, buffer_text(&head), buffer_text(&body), body.length);
}

static void delete_json(void *json)
{
        cJSON_Delete(json);
}

struct answer answer_of(struct arena *arena, int status, const char *head, const char *body, size_t size)
{
        cJSON *json = cJSON_ParseWithLengthOpts(body, size + 1, NULL, 1);
        if (json != NULL)
                arena_defer(arena, delete_json, json);
        return (struct answer){status, head, body, size, json};
}

void scene_begin(void)
{
        scene = client_open(arena_new(1UL << 30), false);
}

void scene_end(void)
{
        struct arena *arena = scene->arena;
        client_close(scene);
        arena_free(arena);
}

struct arena *scene_arena(void)
{
        return scene->arena;
}

char *text(const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        char *result = arena_vprintf(scene->arena, format, arguments);
        va_end(arguments);
        return result;
}

static const char *token_as(const char *id, const char *role, const char *ttl_s)
{
        const char *const argv[] = {program_setting("SFP_CMD"), "token", "--data", program_setting("SFP_DATA"), "--sub",
                id, "--role", role, "--ttl", ttl_s, NULL};
        char *token = program_output(scene->arena, argv);
        token[strcspn(token, "\n")] = '\0';
        return token;
}

const char *token_for(const char *id, const char *ttl_s)
{
        return token_as(id, "user", ttl_s);
}

struct user new_user_as(const char *role)
{
        char *id = arena_alloc(scene->arena, UUID_SIZE);
        uuid_v4(id);
        return (struct user){id, token_as(id, role, "3600")};
}

struct user new_user(void)
{
        return new_user_as("user");
}

struct answer ask(const struct request *request)
{
        struct answer answer = client_ask(scene, request);
        if (overhear != NULL)
                overhear(answer);
        return answer;
}

void scene_overhear(void (*hear)(struct answer answer))
{
        overhear = hear;
}

static struct answer say(const char *verb, struct user user, const char *path, const char *body)
{
        return ask(&(struct request){verb, path, user, body, body == NULL ? 0 : strlen(body), NULL});
}

struct answer get(struct user user, const char *path)
{
        return say("GET", user, path, NULL);
}

struct answer post(struct user user, const char *path, const char *body)
{
        return say("POST", user, path, body);
}

struct answer put(struct user user, const char *path, const char *body)
{
        return say("PUT", user, path, body);
}

struct answer patch(struct user user, const char *path, const char *body)
{
        return say("PATCH", user, path, body);
}

struct answer del(struct user user, const char *path)
{
        return say("DELETE", user, path, NULL);
}

const char *header_of(struct answer answer, const char *name)
{
        size_t length = strlen(name);
        for (const char *line = answer.head; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncasecmp(line, name, length) != 0 || line[length] != ':')
                        continue;
                line += length + 1;
                line += strspn(line, " ");
                return arena_strndup(scene->arena, line, strcspn(line, "\r\n"));
        }
        return NULL;
}

/* One step of a path, "name" or "name[3]". */
static const cJSON *step(const cJSON *from, char *name)
{
        char *bracket = strchr(name, '[');
        if (bracket != NULL)
                *bracket = '\0';
        const cJSON *value = *name == '\0' ? from : cJSON_GetObjectItemCaseSensitive(from, name);
        return bracket == NULL ? value : cJSON_GetArrayItem(value, (int)strtol(bracket + 1, NULL, 10));
}

static const cJSON *find(struct answer answer, const char *path)
{
        const cJSON *value = answer.json;
        char *rest = NULL;
        for (char *name = strtok_r(text("%s", path), ".", &rest); name != NULL && value != NULL;
                name = strtok_r(NULL, ".", &rest))
                value = step(value, name);
        return value;
}

const cJSON *value_at(struct answer answer, const char *path)
{
        const cJSON *value = find(answer, path);
        ck_assert_msg(value != NULL, "there is no %s in %d %s", path, answer.status, answer.body);
        return value;
}

const char *text_at(struct answer answer, const char *path)
{
        const cJSON *value = value_at(answer, path);
        ck_assert_msg(cJSON_IsString(value), "%s is no text in %s", path, answer.body);
        return value->valuestring;
}

double number_at(struct answer answer, const char *path)
{
        const cJSON *value = value_at(answer, path);
        ck_assert_msg(cJSON_IsNumber(value), "%s is no number in %s", path, answer.body);
        return value->valuedouble;
}

bool is_true_at(struct answer answer, const char *path)
{
        const cJSON *value = value_at(answer, path);
        ck_assert_msg(cJSON_IsBool(value), "%s is neither true nor false in %s", path, answer.body);
        return cJSON_IsTrue(value);
}

int length_at(struct answer answer, const char *path)
{
        const cJSON *value = value_at(answer, path);
        ck_assert_msg(cJSON_IsArray(value), "%s is no list in %s", path, answer.body);
        return cJSON_GetArraySize(value);
}

bool has(struct answer answer, const char *path)
{
        return find(answer, path) != NULL;
}

bool is_json(struct answer answer, const char *expected)
{
        cJSON *json = cJSON_Parse(expected);
        bool is_same = json != NULL && answer.json != NULL && cJSON_Compare(answer.json, json, true);
        cJSON_Delete(json);
        return is_same;
}

double now_s(void)
{
        return (double)clock_now_us() / 1e6;
}

void pause_ms(int ms)
{
        const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
        nanosleep(&pause, NULL);
}
