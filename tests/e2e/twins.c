/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/twins.h"

#include <pthread.h>

struct twin {
        const struct request *request;
        pthread_barrier_t *start;
        int status;
        pthread_t thread;
};

static void *ask_as_twin(void *arg)
{
        struct twin *twin = arg;
        struct arena *arena = arena_new(0);
        struct client *client = client_open(arena, true);
        pthread_barrier_wait(twin->start);
        twin->status = client_ask(client, twin->request).status;
        client_close(client);
        arena_free(arena);
        return NULL;
}

void ask_at_once(int count, const struct request *requests, int *statuses)
{
        struct twin twins[TWINS_MAX];
        pthread_barrier_t start;
        ck_assert_int_le(count, TWINS_MAX);
        ck_assert_int_eq(pthread_barrier_init(&start, NULL, (unsigned)count), 0);
        for (int i = 0; i < count; i++) {
                twins[i] = (struct twin){.request = &requests[i], .start = &start};
                ck_assert_int_eq(pthread_create(&twins[i].thread, NULL, ask_as_twin, &twins[i]), 0);
        }
        for (int i = 0; i < count; i++) {
                pthread_join(twins[i].thread, NULL);
                statuses[i] = twins[i].status;
        }
        pthread_barrier_destroy(&start);
}

int count_status(int count, const int *statuses, int status)
{
        int found = 0;
        for (int i = 0; i < count; i++)
                found += statuses[i] == status;
        return found;
}
