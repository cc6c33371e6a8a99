/* SPDX-License-Identifier: Apache-2.0 */
/* From JSON to message and back, against cJSON parsing and printing the same documents in the same run:
 *   json_bench SECONDS
 * prints, in seconds of CPU, a line for each document: "name bytes read-MB/s cjson-parse-MB/s write-MB/s
 * cjson-print-MB/s". Documents: the body that shares a goal, and a page of twenty shares. */
#include "common/json_read.h"
#include "common/json_write.h"
#include "sfp/goals.pb-c.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 64, ITEMS = 20 };

struct bench {
        const char *text;
        size_t size;
        const struct schema_message *type;
        ProtobufCMessage *message; /* read once, for writing */
        cJSON *json;
        struct arena *arena;
        struct buffer out;
};

static const char body[] =
        "{\"goal_category\":\"home\",\"goal_title\":\"A flat in five years\",\"goal_description\":\"Saving for a down "
        "payment with a friend, a bit every month.\",\"target_amount\":2500000,\"currency\":\"EUR\","
        "\"current_progress_percentage\":10,\"strategy_description\":\"Move a fixed amount on payday, and what is left at "
        "the end of the month.\",\"tips_and_lessons\":\"Begin small \\u2013 and don\\u2019t stop.\",\"tags\":[\"family\","
        "\"first-home\"],\"submit\":true}";
static const char item[] =
        "{\"id\":\"8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11\",\"goal_category\":\"home\",\"goal_title\":\"A flat in five "
        "years\",\"goal_description\":\"Saving for a down payment with a friend, a bit every month.\","
        "\"target_amount_range\":\"20,000-50,000 EUR\",\"current_progress_percentage\":10,\"user_age_group\":\"25-34\","
        "\"strategy_description\":\"Move a fixed amount on payday.\",\"tags\":[\"family\"],\"likes_count\":12,"
        "\"inspiration_votes\":3,\"is_verified_completion\":false,\"status\":\"published\",\"published_on\":\"2026-11-01\","
        "\"viewer\":{\"liked\":true,\"inspired\":false,\"is_owner\":false},\"version\":4,\"notices\":[],\"why\":[]}";

static const char *page(struct arena *arena)
{
        struct buffer out = buffer_in(arena);
        buffer_puts(&out, "{\"items\":[");
        for (int i = 0; i < ITEMS; i++)
                buffer_printf(&out, "%s%s", i > 0 ? "," : "", item);
        buffer_puts(&out, "],\"next_cursor\":\"AbCdEf0123456789AbCdEf0123456789\",\"has_more\":true}");
        return buffer_text(&out);
}

static ProtobufCMessage *read_message(struct bench *bench, struct arena *arena)
{
        struct json json;
        const char *why;
        struct violations violations = violations_in(arena);
        const ProtobufCMessageDescriptor *descriptor = bench->type->descriptor;
        ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);
        descriptor->message_init(message);
        if (json_scan(arena, bench->text, bench->size, &json, &why) != STATUS_OK ||
                json_read(arena, &json, bench->type, message, JSON_STRICT, &violations) != STATUS_OK ||
                violations.count > 0)
                abort();
        return message;
}

static void read_ours(struct bench *bench)
{
        arena_reset(bench->arena);
        read_message(bench, bench->arena);
}

static void read_theirs(struct bench *bench)
{
        cJSON *json = cJSON_ParseWithLength(bench->text, bench->size);
        if (json == NULL)
                abort();
        cJSON_Delete(json);
}

static void write_ours(struct bench *bench)
{
        arena_reset(bench->arena);
        bench->out = buffer_in(bench->arena);
        buffer_reserve(&bench->out, bench->size * 2);
        json_write(&bench->out, bench->message);
}

static void write_theirs(struct bench *bench)
{
        char *text = cJSON_PrintBuffered(bench->json, (int)bench->size * 2, 0);
        if (text == NULL)
                abort();
        free(text);
}

/* Of this thread: what others do on the machine is not counted. */
static double cpu_s(void)
{
        struct timespec now;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Megabytes of the document in a second of CPU. */
static double measure(struct bench *bench, void (*step)(struct bench *bench), double seconds)
{
        double begun = cpu_s(), now = begun;
        for (size_t count = 0;;) {
                for (int i = 0; i < BATCH; i++)
                        step(bench);
                count += BATCH;
                now = cpu_s();
                if (now - begun >= seconds)
                        return (double)count * (double)bench->size / (now - begun) / 1e6;
        }
}

static void run(const char *name, const char *text, const struct schema_message *type, double seconds)
{
        struct arena *kept = arena_new(0);
        struct bench bench = {.text = text, .size = strlen(text), .type = type, .arena = arena_new(0)};
        bench.message = read_message(&bench, kept);
        bench.json = cJSON_Parse(text);
        printf("%s %zu", name, bench.size); /* allow(printf): the figures */
        void (*const steps[])(struct bench * bench) = {read_ours, read_theirs, write_ours, write_theirs};
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
                printf(" %.1f", measure(&bench, steps[i], seconds / 4)); /* allow(printf): the figures */
        puts("");                                                        /* allow(puts): the figures */
        cJSON_Delete(bench.json);
        arena_free(bench.arena);
        arena_free(kept);
}

int main(int argc, char **argv)
{
        double seconds = argc == 2 ? strtod(argv[1], NULL) : 0;
        if (seconds <= 0)
                return 2;
        struct arena *arena = arena_new(0);
        struct schema *schema = schema_new();
        run("body", body, schema_message_find(schema, &goals__create_share_request__descriptor), seconds);
        run("page", page(arena), schema_message_find(schema, &goals__share_list__descriptor), seconds);
        schema_free(schema);
        arena_free(arena);
        return 0;
}
