/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/fake_client.h"

#include "common/frame.h"
#include "sfp/goals.pb-c.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct held_call {
        struct held_call *next;
        client_done done;
        void *arg;
        status status;
        struct message *reply;
};

struct client {
        pthread_mutex_t lock;
        pthread_cond_t wake;
        pthread_t thread;
        bool is_stopping;
        enum fake_mode mode;
        status status;
        const char *problem;
        const char *message;
        struct held_call *ready; /* the thread's */
        struct held_call *held;
        struct arena *arena;
        _Atomic int calls;
        Sfp__RequestHeader *last;
};

static void *answer_calls(void *arg)
{
        struct client *client = arg;
        pthread_mutex_lock(&client->lock);
        while (!client->is_stopping || client->ready != NULL) {
                struct held_call *call = client->ready;
                if (call == NULL) {
                        pthread_cond_wait(&client->wake, &client->lock);
                        continue;
                }
                client->ready = call->next;
                pthread_mutex_unlock(&client->lock);
                call->done(call->arg, call->status, call->reply);
                free(call);
                pthread_mutex_lock(&client->lock);
        }
        pthread_mutex_unlock(&client->lock);
        return NULL;
}

struct client *client_new(const struct client_settings *settings, struct metrics *metrics)
{
        (void)settings;
        (void)metrics;
        struct client *client = calloc(1, sizeof *client);
        pthread_mutex_init(&client->lock, NULL);
        pthread_cond_init(&client->wake, NULL);
        client->arena = arena_new(0);
        pthread_create(&client->thread, NULL, answer_calls, client);
        return client;
}

void client_free(struct client *client)
{
        if (client == NULL)
                return;
        pthread_mutex_lock(&client->lock);
        for (struct held_call *call = client->held; call != NULL; call = call->next) {
                message_free(call->reply);
                call->reply = NULL;
                call->status = STATUS_UNAVAILABLE;
        }
        pthread_mutex_unlock(&client->lock);
        fake_release(client);
        pthread_mutex_lock(&client->lock);
        client->is_stopping = true;
        pthread_cond_signal(&client->wake);
        pthread_mutex_unlock(&client->lock);
        pthread_join(client->thread, NULL);
        arena_free(client->arena);
        free(client);
}

void fake_answer(struct client *client, enum fake_mode mode, status outcome, const char *problem, const char *message)
{
        pthread_mutex_lock(&client->lock);
        client->mode = mode;
        client->status = outcome;
        client->problem = problem;
        client->message = message;
        pthread_mutex_unlock(&client->lock);
}

void fake_release(struct client *client)
{
        pthread_mutex_lock(&client->lock);
        struct held_call **end = &client->ready;
        while (*end != NULL)
                end = &(*end)->next;
        *end = client->held;
        client->held = NULL;
        pthread_cond_signal(&client->wake);
        pthread_mutex_unlock(&client->lock);
}

int fake_calls(const struct client *client)
{
        return client->calls;
}

const Sfp__RequestHeader *fake_last_header(const struct client *client)
{
        return client->last;
}

static void fill_share(Goals__Share *share)
{
        static char *tags[] = {"budgeting", "first-home"};
        static Goals__Viewer viewer = GOALS__VIEWER__INIT;
        viewer.has_liked = 1;
        share->id = "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        share->goal_category = "home";
        share->goal_title = "A home of our own";
        share->goal_description =
                "We put a third of our income aside and cook at home, which is more fun than we thought.";
        share->target_amount_range = "USD 50,000-100,000";
        share->has_current_progress_percentage = 1;
        share->current_progress_percentage = 40;
        share->user_age_group = "30-39";
        share->n_tags = 2;
        share->tags = tags;
        share->has_likes_count = 1;
        share->likes_count = 12;
        share->status = "published";
        share->published_on = "2026-11-24";
        share->viewer = &viewer;
        share->has_version = 1;
        share->version = 3;
}

static struct message *new_reply(const struct client *client, const struct schema_method *method)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        Goals__Share share = GOALS__SHARE__INIT;
        Sfp__Empty empty = SFP__EMPTY__INIT;
        struct message *reply = NULL;
        header.has_status = 1;
        header.status = client->status;
        header.problem = (char *)(size_t)client->problem;
        header.message = (char *)(size_t)client->message;
        fill_share(&share);
        bool is_share = method->output->descriptor == &goals__share__descriptor && client->status == STATUS_OK;
        if (frame_pack(&header.base, is_share ? &share.base : &empty.base, &reply) != STATUS_OK)
                abort();
        return reply;
}

static void keep_header(struct client *client, const Sfp__RequestHeader *header)
{
        size_t size = sfp__request_header__get_packed_size(header);
        arena_reset(client->arena);
        uint8_t *bytes = arena_alloc(client->arena, size);
        sfp__request_header__pack(header, bytes);
        client->last = sfp__request_header__unpack(arena_protobuf_allocator(client->arena), size, bytes);
        client->calls++;
}

uint64_t client_start(struct client *client, const char *target, const struct schema_method *method,
        Sfp__RequestHeader *header, const ProtobufCMessage *input, client_done done, void *arg)
{
        (void)target; /* the gateway asks a method of its own service only */
        struct message *request = NULL;
        header->method = (char *)(size_t)method->name;
        if (frame_pack(&header->base, input, &request) != STATUS_OK)
                abort();
        message_free(request);
        pthread_mutex_lock(&client->lock);
        keep_header(client, header);
        struct message *reply = new_reply(client, method);
        enum fake_mode mode = client->mode;
        if (mode != FAKE_INSTANT) {
                struct held_call *call = malloc(sizeof *call);
                struct held_call **list = mode == FAKE_HOLD ? &client->held : &client->ready;
                *call = (struct held_call){*list, done, arg, STATUS_OK, reply};
                *list = call;
                pthread_cond_signal(&client->wake);
        }
        pthread_mutex_unlock(&client->lock);
        if (mode == FAKE_INSTANT)
                done(arg, STATUS_OK, reply);
        return 0;
}

void client_cancel(struct client *client, const char *target, const struct schema_method *method, uint64_t call_id)
{
        (void)client;
        (void)target;
        (void)method;
        (void)call_id;
}
