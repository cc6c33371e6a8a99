/* SPDX-License-Identifier: Apache-2.0 */
/* Three steps: read what there is (catch_up), listen to what comes (the feed), print. Each source has a follower, which
 * knows what is next and what is missing. */
#include "tools/tail.h"

#include "common/buffer.h"
#include "common/event_bridge.h"
#include "common/event_feed.h"
#include "common/event_follower.h"
#include "common/json_write.h"
#include "tools/tail_state.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SOURCES_MAX = 63 };

struct tail {
        struct platform *platform;
        const struct tail_options *options;
        struct tail_state *state;
        struct followed {
                struct tail *tail;
                struct event_follower follower;
        } followed[SOURCES_MAX];
        size_t n_followed;
};

static bool is_chosen(const struct tail *tail, const Events__CloudEvent *event)
{
        bool is_any = *tail->options->topics == NULL;
        for (const char *const *topic = tail->options->topics; *topic != NULL; topic++)
                is_any |= event_has_topic(event, *topic);
        return is_any;
}

/* The envelope with the event's own message inside instead of its bytes. */
static void write_line(struct tail *tail, struct buffer *out, const Events__CloudEvent *event)
{
        ProtobufCMessage *data;
        Events__CloudEvent envelope = *event;
        envelope.has_data = event_open(tail->platform->service.schema, out->arena, event, &data) != STATUS_OK;
        json_write(out, &envelope.base);
        if (!envelope.has_data) {
                out->length--; /* its last brace */
                buffer_puts(out, ",\"data\":");
                json_write(out, data);
                buffer_putc(out, '}');
        }
        buffer_putc(out, '\n');
}

static void print(void *owner, size_t count, Events__CloudEvent *const *events)
{
        struct followed *followed = owner;
        struct tail *tail = followed->tail;
        struct arena *arena = arena_new(0);
        struct buffer lines = buffer_in(arena);
        for (size_t i = 0; i < count; i++)
                if (is_chosen(tail, events[i]))
                        write_line(tail, &lines, events[i]);
        if (tail_state_print(tail->state, followed->follower.source, followed->follower.position, lines.bytes,
                    lines.length) != STATUS_OK) {
                fprintf(stderr, "sfp-events: the output takes no more\n");
                _exit(EXIT_FAILURE); /* on a thread of the feed */
        }
        arena_free(arena);
}

static void hear(void *owner, Events__CloudEvent *event)
{
        struct tail *tail = owner;
        for (size_t i = 0; i < tail->n_followed; i++)
                event_follower_hear(&tail->followed[i].follower, event);
}

static void add_source(struct tail *tail, const char *source)
{
        struct followed *followed = &tail->followed[tail->n_followed++];
        struct event_follower *follower = &followed->follower;
        followed->tail = tail;
        *follower = (struct event_follower){
                .service = &tail->platform->service, .source = source, .take = print, .owner = followed};
        follower->is_placed = tail_state_find(tail->state, source, &follower->position);
        if (!follower->is_placed && tail->options->from > 0) {
                follower->is_placed = true;
                follower->position = tail->options->from - 1;
        }
        if (event_follower_catch_up(follower) != STATUS_OK)
                fprintf(stderr, "sfp-events: %s does not answer yet\n", source);
}

static status listen(struct tail *tail, struct event_feed **feed, struct event_bridge **bridge)
{
        static struct event_feed_settings settings;
        settings = (struct event_feed_settings){
                .pattern = tail->platform->events_pattern,
                .sources = tail->options->sources,
                .take = hear,
                .owner = tail,
        };
        return event_bridge_is_address(settings.pattern) ? event_bridge_follow(settings.pattern, &settings, bridge)
                                                         : event_feed_open(&settings, feed);
}

static void wait_for_end(void)
{
        sigset_t signals;
        int got;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigwait(&signals, &got);
}

int tail_run(struct platform *platform, const struct tail_options *options)
{
        struct tail tail = {.platform = platform, .options = options};
        struct event_feed *feed = NULL;
        struct event_bridge *bridge = NULL;
        if (tail_state_open(options->state_path, &tail.state) != STATUS_OK)
                return EXIT_FAILURE;
        for (const char *const *source = options->sources; *source != NULL && tail.n_followed < SOURCES_MAX; source++)
                add_source(&tail, *source);
        bool is_listening = listen(&tail, &feed, &bridge) == STATUS_OK;
        if (is_listening)
                wait_for_end();
        event_feed_close(feed);
        event_bridge_close(bridge);
        tail_state_close(tail.state);
        return is_listening ? EXIT_SUCCESS : EXIT_FAILURE;
}
