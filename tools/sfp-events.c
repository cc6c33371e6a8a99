/* SPDX-License-Identifier: Apache-2.0 */
/* What an operator, or anybody who wants to learn how to subscribe, does with events: sfp-events --help. */
#include "common/buffer.h"
#include "common/event.h"
#include "common/json_write.h"
#include "common/rpc_call.h"
#include "common/uuid.h"
#include "sfp/rpc.pb-c.h"
#include "tools/platform.h"
#include "tools/tail.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 63, CALL_US = 2000000 };

static const char help[] =
        "Usage: sfp-events tail [--topic PREFIX]... [--source SERVICE]... [--from SEQ] [--state FILE]\n"
        "       sfp-events status | dead [--source SERVICE]...\n"
        "       sfp-events retry EVENT-ID [--source SERVICE]...\n"
        "\n"
        "tail     prints every event once, a line of JSON each, and goes on with what comes\n"
        "           --topic goals.share.      only events whose type begins so; may be repeated\n"
        "           --source goals            only events of this service; may be repeated; default: all\n"
        "           --from 1                  from this sequence on; default: from the oldest there is\n"
        "           --state FILE              continues where a tail with this file has stopped, or was killed\n"
        "status   how far each outbox and each consumer group is\n"
        "dead     events that a consumer group has given up\n"
        "retry    has a dead event applied once more\n"
        "\n"
        "Environment: MESH_KEY, by which the services know operators, and RUN_DIR, or MESH_ADDRESS and\n"
        "EVENTS_ADDRESS, as the services have them. ./sfp events sets them.\n";

struct options {
        const char *command;
        const char *event_id;
        const char *sources[LIST_MAX + 1];
        const char *topics[LIST_MAX + 1];
        size_t n_sources, n_topics;
        const char *state_path;
        uint64_t from;
};

static bool add_word(const char **list, size_t *count, const char *word)
{
        if (*count < LIST_MAX)
                list[(*count)++] = word;
        return *count < LIST_MAX;
}

static bool read_number(const char *text, uint64_t *out)
{
        char *end;
        *out = strtoull(text, &end, 10);
        return *text >= '0' && *text <= '9' && *end == '\0';
}

static bool read_option(struct arena *arena, struct options *options, const char *name, const char *value)
{
        if (value == NULL)
                return false;
        if (strcmp(name, "--topic") == 0)
                return add_word(options->topics, &options->n_topics, event_topic(arena, value));
        if (strcmp(name, "--source") == 0)
                return add_word(options->sources, &options->n_sources, value);
        if (strcmp(name, "--state") == 0)
                return (options->state_path = value) != NULL;
        return strcmp(name, "--from") == 0 && read_number(value, &options->from);
}

static bool read_options(struct arena *arena, int argc, char **argv, struct options *out)
{
        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--json") == 0)
                        continue; /* it is always JSON */
                if (argv[i][0] == '-' && !read_option(arena, out, argv[i], argv[i + 1]))
                        return false;
                if (argv[i][0] == '-')
                        i++;
                else if (out->command == NULL)
                        out->command = argv[i];
                else if (out->event_id == NULL && uuid_is_valid(argv[i]))
                        out->event_id = argv[i];
                else
                        return false;
        }
        return out->command != NULL;
}

/* Asks one service and prints its answer, with its name in front. True when it did answer. */
static bool ask(struct platform *platform, const char *source, const char *method, const ProtobufCMessage *in)
{
        struct arena *arena = arena_new(0);
        struct buffer line = buffer_in(arena);
        struct call call;
        ProtobufCMessage *reply;
        call_init_own(&call, arena, &platform->service, NULL, CALL_US);
        status result = rpc_call_at(&call, source, method, in, &reply);
        if (result == STATUS_OK) {
                buffer_printf(&line, "{\"service\":\"%s\",\"answer\":", source);
                json_write(&line, reply);
                printf("%s}\n", buffer_text(&line));
        } else if (result != STATUS_NOT_FOUND) {
                fprintf(stderr, "sfp-events: %s: %s\n", source, call.failure);
        }
        arena_free(arena);
        return result == STATUS_OK;
}

static size_t ask_all(
        struct platform *platform, const struct options *options, const char *method, const ProtobufCMessage *in)
{
        size_t answered = 0;
        for (const char *const *source = options->sources; *source != NULL; source++)
                answered += ask(platform, *source, method, in);
        return answered;
}

static int show_status(struct platform *platform, const struct options *options)
{
        static const Sfp__Empty nothing = SFP__EMPTY__INIT;
        size_t positions = ask_all(platform, options, "sfp.events.Events.GetPositions", &nothing.base);
        size_t groups = ask_all(platform, options, "sfp.events.Events.ListGroups", &nothing.base);
        return positions > 0 && groups > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int show_dead(struct platform *platform, const struct options *options)
{
        static const Sfp__Empty nothing = SFP__EMPTY__INIT;
        return ask_all(platform, options, "sfp.events.Events.ListDead", &nothing.base) > 0 ? EXIT_SUCCESS
                                                                                           : EXIT_FAILURE;
}

static int retry(struct platform *platform, const struct options *options)
{
        Events__RetryDeadRequest request = EVENTS__RETRY_DEAD_REQUEST__INIT;
        request.id = (char *)(size_t)options->event_id;
        if (request.id == NULL)
                fprintf(stderr, "sfp-events: retry needs the id of an event (sfp-events dead lists them)\n");
        else if (ask_all(platform, options, "sfp.events.Events.RetryDead", &request.base) > 0)
                return EXIT_SUCCESS;
        else
                fprintf(stderr, "sfp-events: nobody has given up an event %s\n", request.id);
        return EXIT_FAILURE;
}

static int tail(struct platform *platform, const struct options *options)
{
        const struct tail_options chosen = {options->sources, options->topics, options->state_path, options->from};
        return tail_run(platform, &chosen);
}

static const struct command {
        const char *name;
        int (*run)(struct platform *platform, const struct options *options);
} commands[] = {{"tail", tail}, {"status", show_status}, {"dead", show_dead}, {"retry", retry}};

static int run(struct options *options)
{
        struct platform platform;
        if (platform_open(&platform) != STATUS_OK)
                return EXIT_FAILURE;
        for (size_t i = 0; options->n_sources == 0 && platform.sources[i] != NULL; i++)
                options->sources[i] = platform.sources[i];
        int code = EXIT_FAILURE;
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
                if (strcmp(commands[i].name, options->command) == 0)
                        code = commands[i].run(&platform, options);
        platform_close(&platform);
        return code;
}

static bool is_command(const char *name)
{
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
                if (strcmp(commands[i].name, name) == 0)
                        return true;
        return false;
}

int main(int argc, char **argv)
{
        sigset_t signals;
        struct options options = {0};
        struct arena *arena = arena_new(0);
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigprocmask(SIG_BLOCK, &signals, NULL); /* before any thread starts: they are tail's to wait for */
        signal(SIGPIPE, SIG_IGN);
        bool is_good = read_options(arena, argc, argv, &options) && is_command(options.command);
        if (!is_good)
                fputs(help, argc > 1 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
        int code = is_good ? run(&options) : argc > 1 && strcmp(argv[1], "--help") == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        arena_free(arena);
        return code;
}
