/* SPDX-License-Identifier: Apache-2.0 */
/* Each HTTP status that a problem may have is a response, with an example for each problem that has it. */
#include "gateway/openapi_writer.h"

#include "common/json_write.h"

#include <string.h>

static const struct row {
        const char *code;
        int http;
        const char *title;
} problems[] = {
#define PROBLEM(name, code, http, status, title) {code, http, title},
#include "common/problem.def"
#undef PROBLEM
};

enum { PROBLEMS = sizeof problems / sizeof *problems };

static bool always(const struct route *route)
{
        (void)route;
        return true;
}

static bool needs_token(const struct route *route)
{
        for (size_t i = 0; i < route->method->rules->n_roles; i++)
                if (strcmp(route->method->rules->roles[i], "public") == 0)
                        return false;
        return true;
}

static bool is_about_one(const struct route *route)
{
        return route->n_params > 0;
}

static bool is_write(const struct route *route)
{
        return !route_is_read(route);
}

static bool has_body(const struct route *route)
{
        return route->rule->body != NULL;
}

/* Which operations end in what. What is in no row is what any may end in without it being its own: "default". */
static const struct {
        int http;
        bool (*applies)(const struct route *route);
} ends[] = {
        {400, always},
        {401, needs_token},
        {403, needs_token},
        {404, is_about_one},
        {406, always},
        {409, is_write},
        {412, route_is_change},
        {413, has_body},
        {415, has_body},
        {422, always},
        {428, route_is_change},
        {429, always},
        {503, always},
        {504, always},
};

void openapi_refer_problems(struct buffer *out, const struct route *route)
{
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
                if (ends[i].applies(route))
                        buffer_printf(out, ",\"%d\":{\"$ref\":\"#/components/responses/Problem%d\"}", ends[i].http,
                                ends[i].http);
        buffer_puts(out, ",\"default\":{\"$ref\":\"#/components/responses/Problem\"}");
}

static void write_example(struct buffer *out, const struct row *row)
{
        buffer_printf(out, "\"%s\":{\"value\":{\"type\":\"/problems/%s\",\"title\":", row->code, row->code);
        json_write_string(out, row->title);
        buffer_printf(out, ",\"status\":%d,\"code\":\"%s\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}}",
                row->http, row->code);
}

static bool is_ending(int http)
{
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
                if (ends[i].http == http)
                        return true;
        return false;
}

/* Those of one status; with 0 those of every status that no operation has as its own. */
static bool is_of(const struct row *row, int http)
{
        return http == 0 ? !is_ending(row->http) : row->http == http;
}

static void write_response(struct openapi_writer *writer, int http)
{
        const char *before = "";
        struct buffer titles = buffer_in(writer->arena);
        for (size_t i = 0; i < PROBLEMS; i++)
                if (is_of(&problems[i], http))
                        buffer_printf(&titles, "%s%s.", titles.length > 0 ? " " : "", problems[i].title);
        buffer_puts(&writer->out, "{\"description\":");
        json_write_string(&writer->out, buffer_text(&titles));
        buffer_puts(&writer->out,
                ",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/"
                "Problem\"},\"examples\":{");
        for (size_t i = 0; i < PROBLEMS; i++) {
                if (!is_of(&problems[i], http))
                        continue;
                buffer_puts(&writer->out, before);
                write_example(&writer->out, &problems[i]);
                before = ",";
        }
        buffer_puts(&writer->out, "}}}}");
}

void openapi_write_problems(struct openapi_writer *writer)
{
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
                buffer_printf(&writer->out, "\"Problem%d\":", ends[i].http);
                write_response(writer, ends[i].http);
                buffer_puts(&writer->out, ",");
        }
        buffer_puts(&writer->out, "\"NotModified\":{\"description\":\"What is kept is still good.\"},\"Problem\":");
        write_response(writer, 0);
}
