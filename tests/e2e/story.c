/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/story.h"

#include "common/uuid.h"
#include "tests/e2e/instance.h"
#include "tests/e2e/listening.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAFF_MAX = 16, SERVICES = 8 };

struct person people[PEOPLE] = {{.name = "Ann"}, {.name = "Ben"}, {.name = "Cleo"}, {.name = "Dan"}, {.name = "Eve"},
        {.name = "Finn"}, {.name = "Gwen"}, {.name = "Hugo"}, {.name = "Ida"}, {.name = "Jack"}, {.name = "Kim"},
        {.name = "Lena"}, {.name = "Max"}, {.name = "Nora"}, {.name = "Otto"}, {.name = "Pia"}, {.name = "Quin"},
        {.name = "Rosa"}, {.name = "Sam"}, {.name = "Tess"}, {.name = "Uma"}, {.name = "Vito"}, {.name = "Wim"},
        {.name = "Xenia"}, {.name = "Yann"}, {.name = "Zoe"}, {.name = "Amos"}, {.name = "Bea"}, {.name = "Carl"},
        {.name = "Dora"}};

static struct {
        bool has_begun;
        bool is_broken; /* a chapter has begun and was not told to its end */
        struct ear *ears[PEOPLE];
        int n_staff, n_deaths;
        const char *staff[STAFF_MAX];
        struct {
                const char *service;
                pid_t pid;
        } deaths[SERVICES];
} story;

static void expect_nobody_named(const char *words)
{
        for (int i = 0; i < PEOPLE; i++)
                ck_assert_msg(
                        strcasestr(words, people[i].user.id) == NULL, "%s's id was told: %s", people[i].name, words);
        for (int i = 0; i < story.n_staff; i++)
                ck_assert_msg(strcasestr(words, story.staff[i]) == NULL, "an id was told: %s", words);
}

static void overhear(struct answer answer)
{
        if (answer.body != NULL)
                expect_nobody_named(answer.body);
}

static void end(void)
{
        scene_overhear(NULL);
        for (int i = 0; i < PEOPLE; i++)
                if (story.ears[i] != NULL)
                        ear_close(story.ears[i]);
        scene_end();
}

void story_goes_on(void)
{
        ck_assert_msg(!story.is_broken, "the chapter before was not told to its end");
        story.is_broken = true;
        if (story.has_begun)
                return;
        story.has_begun = true;
        scene_begin();
        atexit(end);
        for (int i = 0; i < PEOPLE; i++)
                people[i].user = new_user();
        scene_overhear(overhear);
}

void chapter_is_told(void)
{
        story.is_broken = false;
}

void tell(const char *format, ...)
{
        const char *voice = getenv("SFP_STORY");
        if (voice == NULL || strcmp(voice, "aloud") != 0)
                return;
        va_list arguments;
        va_start(arguments, format);
        fputs("  ", stderr);
        vfprintf(stderr, format, arguments);
        fputc('\n', stderr);
        va_end(arguments);
}

struct user staff(const char *role)
{
        struct user user = new_user_as(role);
        ck_assert_int_lt(story.n_staff, STAFF_MAX);
        story.staff[story.n_staff++] = user.id;
        return user;
}

static bool is_away(struct answer answer)
{
        return answer.status == 0 || answer.status == 503 || answer.status == 504 ||
               (answer.status == 409 && strstr(answer.body, "idempotency_in_flight") != NULL);
}

struct answer does(struct user who, const char *verb, const char *path, const char *body)
{
        char key[UUID_SIZE];
        struct answer answer = {0};
        uuid_v4(key);
        const char *const headers[] = {text("Idempotency-Key: %s", key), "Content-Type: application/json", NULL};
        const struct request request = {
                verb, path, who, body, body == NULL ? 0 : strlen(body), body == NULL ? NULL : headers};
        ck_assert_msg(AWAIT(PATIENCE_S, !is_away(answer = ask(&request))), "%s %s: nobody is there: %d %s", verb, path,
                answer.status, answer.body);
        ck_assert_msg(answer.status / 100 == 2, "%s %s was answered %d: %s", verb, path, answer.status, answer.body);
        return answer;
}

struct answer sees(struct user who, const char *path)
{
        return does(who, "GET", path, NULL);
}

struct answer steps(struct user who, const char *path, const char *action)
{
        const char *place = text("%s/transitions", path);
        return does(who, "POST", place,
                text("{\"action\": \"%s\", \"expected_version\": %.0f}", action,
                        number_at(sees(who, place), "version")));
}

void dies(const char *service)
{
        ck_assert_int_lt(story.n_deaths, SERVICES);
        pid_t pid = instance_pid(service);
        ck_assert_msg(pid > 0, "%s does not run", service);
        story.deaths[story.n_deaths].service = service;
        story.deaths[story.n_deaths++].pid = pid;
        kill(pid, SIGKILL);
        tell("(%s, process %d, is killed with -9: the next must wait a moment)", service, (int)pid);
}

static bool is_back(int i)
{
        pid_t pid = instance_pid(story.deaths[i].service);
        return pid > 0 && pid != story.deaths[i].pid;
}

void all_eight_are_back(void)
{
        ck_assert_int_eq(story.n_deaths, SERVICES);
        for (int i = 0; i < SERVICES; i++) {
                ck_assert_msg(AWAIT(PATIENCE_S, is_back(i)), "%s is dead", story.deaths[i].service);
                for (int other = 0; other < i; other++)
                        ck_assert_str_ne(story.deaths[i].service, story.deaths[other].service);
        }
}

void listens(int who)
{
        story.ears[who] = ear_open(people[who].user);
}

/* What `ear` hears of this type, and its number. */
static long heard(struct ear *ear, int who, const char *type)
{
        const cJSON *frame = ear_hear(ear, type, PATIENCE_S);
        ck_assert_msg(frame != NULL, "%s hears no %s", people[who].name, type);
        char *words = cJSON_PrintUnformatted(frame);
        expect_nobody_named(words);
        free(words);
        return (long)cJSON_GetObjectItem(frame, "seq")->valuedouble;
}

static void stop_listening(int who)
{
        ear_close(story.ears[who]);
        story.ears[who] = NULL;
}

void hears(int who, const char *type)
{
        long seq = heard(story.ears[who], who, type);
        tell("%s hears over the WebSocket: %s (number %ld)", people[who].name, type, seq);
        stop_listening(who);
}

/* Serves the ear until it has heard so many. */
static bool has_heard(struct ear *ear, const char *type, int count)
{
        if (ear_count(ear, type) < count)
                ear_hear(ear, "", 0.1);
        return ear_count(ear, type) == count;
}

void hears_again(int who, const char *type, int count)
{
        long seq = heard(story.ears[who], who, type);
        long before = (long)ear_last_seq(story.ears[who]);
        ck_assert_msg(
                AWAIT(PATIENCE_S, has_heard(story.ears[who], type, count)), "%s does not hear all", people[who].name);
        tell("%s hears over the WebSocket: %s, %d times, the first with number %ld", people[who].name, type, count,
                seq);
        stop_listening(who);
        listens(who);
        ear_say(story.ears[who], text("{\"type\": \"resume\", \"last_seq\": %ld}", before));
        ck_assert_int_eq(heard(story.ears[who], who, type), seq);
        ck_assert_msg(
                AWAIT(PATIENCE_S, has_heard(story.ears[who], type, count)), "%s has missed some", people[who].name);
        tell("A second socket of %s's that resumes after %ld hears the same again", people[who].name, before);
        stop_listening(who);
}
