/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/load.h"

#include "common/clock.h"
#include "tests/e2e/client.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
        ACTORS_MAX = 256,
        USERS = 16,
        DEEDS_MAX = 200000,
        ATTEMPTS = 10,
        PAUSE_MS = 150,
        PAUSE_DOUBLINGS = 2,
        SHARES_KEPT = 64,
        LAG_SLEEP_US = 5000
};

struct actor {
        struct load *load;
        pthread_t thread;
        int number;
        unsigned state; /* of its random numbers */
        int n_created;
        struct user user;
        char own[40]; /* its last share, for edits */
};

struct load {
        struct history *history;
        atomic_bool must_stop;
        _Atomic int64_t lag_us;
        pthread_t lag_thread;
        int n_actors;
        pthread_mutex_t mutex;
        char shares[SHARES_KEPT][40]; /* of the last that were made, by anybody */
        int n_shares;
        struct actor actors[ACTORS_MAX];
};

unsigned load_seed(void)
{
        const char *seed = getenv("SFP_SEED");
        return seed == NULL ? 1 : (unsigned)strtoul(seed, NULL, 10);
}

bool load_is_full(void)
{
        const char *full = getenv("SFP_FULL");
        return full != NULL && *full != '\0';
}

static unsigned draw(struct actor *actor, unsigned below)
{
        actor->state = actor->state * 1664525 + 1013904223;
        return (actor->state >> 8) % below;
}

static void remember_share(struct load *load, const char *share)
{
        pthread_mutex_lock(&load->mutex);
        snprintf(load->shares[load->n_shares++ % SHARES_KEPT], sizeof load->shares[0], "%s", share);
        pthread_mutex_unlock(&load->mutex);
}

static bool pick_share(struct actor *actor, char out[40])
{
        struct load *load = actor->load;
        pthread_mutex_lock(&load->mutex);
        int count = load->n_shares < SHARES_KEPT ? load->n_shares : SHARES_KEPT;
        if (count > 0)
                memcpy(out, load->shares[draw(actor, (unsigned)count)], 40);
        pthread_mutex_unlock(&load->mutex);
        return count > 0;
}

/* 409 says of a request with a key that the first one with it is still running. */
static bool is_definite(const struct deed *deed)
{
        bool is_in_flight = deed->status == 409 && deed->kind == DEED_CREATE;
        return deed->status != 0 && deed->status < 500 && deed->status != 429 && !is_in_flight;
}

/* One attempt, on a connection of its own; the id in the answer, if it has one, goes into the deed. */
static void attempt(struct actor *actor, const struct request *request, struct deed *deed)
{
        struct arena *arena = arena_new(0);
        struct client *client = client_open(arena, true);
        int64_t begun_us = clock_now_us();
        struct answer answer = client_ask(client, request);
        deed->ended_us = clock_now_us();
        deed->attempts++;
        deed->status = answer.status;
        if (deed->ended_us - begun_us > deed->longest_us)
                deed->longest_us = deed->ended_us - begun_us;
        const cJSON *id = cJSON_GetObjectItem(answer.json, "id");
        if (answer.status == 201 && cJSON_IsString(id))
                snprintf(deed->share, sizeof deed->share, "%s", id->valuestring);
        client_close(client);
        arena_free(arena);
        (void)actor;
}

static void try_until_definite(struct actor *actor, const struct request *request, int attempts, struct deed *deed)
{
        deed->actor = actor->number;
        deed->begun_us = clock_now_us();
        for (int i = 0; i < attempts && !is_definite(deed); i++) {
                if (i > 0)
                        pause_ms(PAUSE_MS << (i < PAUSE_DOUBLINGS ? i : PAUSE_DOUBLINGS));
                attempt(actor, request, deed);
        }
        deed->outcome = !is_definite(deed) ? DEED_UNKNOWN : deed->status < 300 ? DEED_DONE : DEED_REFUSED;
        history_add(actor->load->history, deed);
}

static void look_at(struct actor *actor, const char *share, bool is_own)
{
        char path[64];
        struct deed deed = {.kind = DEED_READ, .is_own = is_own};
        snprintf(deed.share, sizeof deed.share, "%s", share);
        snprintf(path, sizeof path, "/goal-sharing/%s", share);
        try_until_definite(actor, &(struct request){"GET", path, actor->user, NULL, 0, NULL}, 1, &deed);
}

static void create(struct actor *actor)
{
        char body[320], key[80];
        struct deed deed = {.kind = DEED_CREATE};
        snprintf(deed.key, sizeof deed.key, "f%d-%d-%llx", actor->number, actor->n_created++,
                (unsigned long long)clock_unix_us()); /* no other program's, on the same instance before this one */
        snprintf(key, sizeof key, "Idempotency-Key: %s", deed.key);
        int size = snprintf(body, sizeof body,
                "{\"goal_category\": \"other\", \"goal_title\": \"Under faults\", \"goal_description\":"
                " \"A bit of money every month, whatever happens.\", \"tags\": [\"%s\"]}",
                deed.key);
        const char *const headers[] = {"Content-Type: application/json", key, NULL};
        const struct request request = {"POST", "/goal-sharing/", actor->user, body, (size_t)size, headers};
        try_until_definite(actor, &request, ATTEMPTS, &deed);
        if (deed.outcome == DEED_DONE) {
                remember_share(actor->load, deed.share);
                memcpy(actor->own, deed.share, sizeof actor->own);
                look_at(actor, actor->own, true);
        }
}

static void look(struct actor *actor)
{
        char share[40];
        if (pick_share(actor, share))
                look_at(actor, share, false);
}

static void list(struct actor *actor)
{
        struct deed deed = {.kind = DEED_LIST};
        try_until_definite(actor,
                &(struct request){"GET", "/goal-sharing/?limit=20&sort=new", actor->user, NULL, 0, NULL}, 1, &deed);
}

static void react(struct actor *actor)
{
        char path[96];
        struct deed deed = {.kind = DEED_REACT};
        if (!pick_share(actor, deed.share))
                return;
        snprintf(path, sizeof path, "/goal-sharing/%s/reactions/%s", deed.share,
                draw(actor, 2) ? "like" : "inspiration");
        const char *verb = draw(actor, 3) > 0 ? "PUT" : "DELETE";
        try_until_definite(actor, &(struct request){verb, path, actor->user, NULL, 0, NULL}, 2, &deed);
}

static void edit(struct actor *actor)
{
        char path[64], body[64];
        struct deed deed = {.kind = DEED_EDIT};
        if (*actor->own == '\0')
                return;
        memcpy(deed.share, actor->own, sizeof deed.share);
        snprintf(path, sizeof path, "/goal-sharing/%s", actor->own);
        int size = snprintf(body, sizeof body, "{\"current_progress_percentage\": %u}", draw(actor, 100));
        try_until_definite(actor, &(struct request){"PATCH", path, actor->user, body, (size_t)size, NULL}, 1, &deed);
}

static void act(struct actor *actor)
{
        static const struct {
                unsigned below; /* of a hundred */
                void (*act)(struct actor *actor);
        } habits[] = {{35, create}, {65, look}, {75, list}, {93, react}, {100, edit}};
        unsigned chance = draw(actor, 100);
        for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
                if (chance < habits[i].below) {
                        habits[i].act(actor);
                        return;
                }
}

static void *live(void *arg)
{
        struct actor *actor = arg;
        while (!atomic_load(&actor->load->must_stop))
                act(actor);
        return NULL;
}

static void *watch_lag(void *arg)
{
        struct load *load = arg;
        const struct timespec nap = {.tv_nsec = LAG_SLEEP_US * 1000};
        while (!atomic_load(&load->must_stop)) {
                int64_t begun_us = clock_now_us();
                nanosleep(&nap, NULL);
                int64_t lag_us = clock_now_us() - begun_us - LAG_SLEEP_US;
                if (lag_us > atomic_load(&load->lag_us))
                        atomic_store(&load->lag_us, lag_us);
        }
        return NULL;
}

/* The same people in every load of a test program: making their tokens takes its time. */
static struct user user_of(int number)
{
        static char ids[USERS][40], tokens[USERS][1024];
        int place = number % USERS;
        if (*tokens[place] == '\0') {
                struct user user = new_user();
                snprintf(ids[place], sizeof ids[place], "%s", user.id);
                snprintf(tokens[place], sizeof tokens[place], "%s", user.token);
        }
        return (struct user){ids[place], tokens[place]};
}

struct load *load_start(int actors)
{
        struct load *load = calloc(1, sizeof *load);
        ck_assert_ptr_nonnull(load);
        load->history = history_new(DEEDS_MAX);
        load->n_actors = actors < ACTORS_MAX ? actors : ACTORS_MAX;
        pthread_mutex_init(&load->mutex, NULL);
        pthread_create(&load->lag_thread, NULL, watch_lag, load);
        for (int i = 0; i < load->n_actors; i++) {
                struct actor *actor = &load->actors[i];
                *actor = (struct actor){.load = load, .number = i, .state = load_seed() * 7919 + (unsigned)i * 104729};
                actor->user = user_of(i);
        }
        for (int i = 0; i < load->n_actors; i++)
                pthread_create(&load->actors[i].thread, NULL, live, &load->actors[i]);
        return load;
}

const struct history *load_stop(struct load *load)
{
        atomic_store(&load->must_stop, true);
        for (int i = 0; i < load->n_actors; i++)
                pthread_join(load->actors[i].thread, NULL);
        pthread_join(load->lag_thread, NULL);
        return load->history;
}

void load_free(struct load *load)
{
        pthread_mutex_destroy(&load->mutex);
        history_free(load->history);
        free(load);
}

const struct history *load_history(const struct load *load)
{
        return load->history;
}

int64_t load_lag_us(const struct load *load)
{
        return atomic_load(&load->lag_us);
}
