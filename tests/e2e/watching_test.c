/* SPDX-License-Identifier: Apache-2.0 */
/* What Prometheus and Grafana are given speaks of what is there: every metric that a dashboard or a rule names is one
 * of a running program's, and every recorded series that one names is recorded. */
#include "tests/e2e/instance.h"
#include "tests/e2e/member.h"
#include "tests/e2e/second_gateway.h"

#include "common/buffer.h"

#include <ctype.h>
#include <curl/curl.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

static const char *const programs[] = {"sfp-gateway", "svc-anonymize", "svc-feed", "svc-forum", "svc-goals",
        "svc-groups", "svc-mentor", "svc-moderation", "svc-peers"};

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
        buffer_append(to, bytes, size * count);
        return size * count;
}

static void add_metrics_of(struct buffer *out, const char *program)
{
        CURL *curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_URL, text("http://%s/metrics", instance_admin(program)));
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 10000L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
        CURLcode code = curl_easy_perform(curl);
        curl_easy_cleanup(curl);
        ck_assert_msg(code == CURLE_OK, "%s tells no metrics", program);
}

/* What all programs say, and a gateway that has a Redis and a collector, both away. */
static const char *all_metrics(void)
{
        struct buffer out = buffer_in(scene_arena());
        struct user ops = new_user_as("ops");
        expect_status(get(new_member().user, "/profile"), 200); /* some have seen no request yet */
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
                add_metrics_of(&out, programs[i]);
        const char *const settings[] = {
                "REDIS_URL=redis://127.0.0.1:9/0", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", NULL};
        second_gateway_start(settings);
        buffer_puts(&out, get(ops, "/status/metrics").body);
        return buffer_text(&out);
}

static void read_file(struct buffer *out, const char *path)
{
        char piece[4096];
        FILE *file = fopen(path, "re");
        ck_assert_msg(file != NULL, "%s is missing", path);
        for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
                buffer_append(out, piece, size);
        fclose(file);
}

static const char *files_of(const char *directory)
{
        struct buffer out = buffer_in(scene_arena());
        int count = 0;
        const char *path = text("%s/helm/social-features/files/%s", SOURCE_DIR, directory);
        DIR *all = opendir(path);
        ck_assert_msg(all != NULL, "%s is missing", path);
        for (struct dirent *entry; (entry = readdir(all)) != NULL;)
                if (*entry->d_name != '.') {
                        read_file(&out, text("%s/%s", path, entry->d_name));
                        count++;
                }
        closedir(all);
        ck_assert_int_gt(count, 0);
        return buffer_text(&out);
}

static bool is_word(char byte)
{
        return isalnum((unsigned char)byte) || byte == '_' || byte == ':';
}

/* The next word from `*at` that begins with one of our metrics' prefixes; NULL: there is none. */
static const char *next_name(const char **at)
{
        static const char *const prefixes[] = {
                "sfp_", "sfp:", "http_server_", "rpc_server_", "rpc_client_", "process_", "target_info"};
        for (; **at != '\0'; (*at)++)
                for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
                        if (strncmp(*at, prefixes[i], strlen(prefixes[i])) == 0 && !is_word((*at)[-1])) {
                                const char *name = *at;
                                while (is_word(**at))
                                        (*at)++;
                                return text("%.*s", (int)(*at - name), name);
                        }
        return NULL;
}

/* The name that stands in a TYPE line. */
static const char *family_of(const char *name)
{
        static const char *const parts[] = {"_bucket", "_count", "_sum"};
        size_t length = strlen(name);
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
                if (length > strlen(parts[i]) && strcmp(name + length - strlen(parts[i]), parts[i]) == 0)
                        return text("%.*s", (int)(length - strlen(parts[i])), name);
        return name;
}

/* Of a gateway that has an issuer, which would not take our tokens: gateway/key_source_test has it. */
static bool is_of_issuers(const char *name)
{
        return strcmp(name, "sfp_token_key_fetches_total") == 0;
}

static void assert_known(const char *name, const char *metrics, const char *rules)
{
        if (strncmp(name, "sfp:", 4) == 0)
                ck_assert_msg(strstr(rules, text("record: %s\n", name)) != NULL, "%s is not recorded", name);
        else if (!is_of_issuers(name))
                ck_assert_msg(
                        strstr(metrics, text("# TYPE %s ", family_of(name))) != NULL, "there is no metric %s", name);
}

TEST(every_metric_that_is_watched_is_there)
{
        const char *metrics = all_metrics(), *rules = files_of("rules");
        const char *const watched[] = {rules, files_of("dashboards")};
        int count = 0;
        for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
                const char *at = watched[i] + 1;
                for (const char *name; (name = next_name(&at)) != NULL; count++)
                        assert_known(name, metrics, rules);
        }
        ck_assert_int_gt(count, 100);
}
END_TEST

/* What Prometheus 2.x asks for; the last request was traced. */
TEST(whoever_asks_for_openmetrics_gets_examples)
{
        const char *const headers[] = {"Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5", NULL};
        const struct request request = {
                .verb = "GET", .path = "/status/metrics", .user = new_user_as("ops"), .headers = headers};
        expect_status(get(new_member().user, "/profile"), 200);
        struct answer answer = ask(&request);
        expect_status(answer, 200);
        ck_assert_str_eq(
                header_of(answer, "Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
        ck_assert_ptr_nonnull(strstr(answer.body, " # {trace_id=\""));
        ck_assert_str_eq(answer.body + answer.size - strlen("\n# EOF\n"), "\n# EOF\n");
}
END_TEST

/* Two programs with a metric of one name mean the same by it. */
TEST(every_metric_is_of_one_type_and_meaning)
{
        const char *metrics = all_metrics();
        for (const char *at = metrics; (at = strstr(at, "# TYPE ")) != NULL; at++) {
                const char *name = text("%.*s", (int)strcspn(at + strlen("# TYPE "), " "), at + strlen("# TYPE "));
                const char *line = text("%.*s\n", (int)strcspn(at, "\n"), at);
                for (const char *other = metrics; (other = strstr(other, text("# TYPE %s ", name))) != NULL; other++)
                        ck_assert_msg(strncmp(other, line, strlen(line)) == 0, "%s is of two types", name);
                ck_assert_msg(strstr(metrics, text("# HELP %s ", name)) != NULL, "%s has no meaning", name);
        }
}
END_TEST

static void tear_down(void)
{
        second_gateway_stop_all();
        scene_end();
}

SUITE_WITH(scene_begin, tear_down, "e2e/watching", NO_FORK, T(every_metric_that_is_watched_is_there),
        T(whoever_asks_for_openmetrics_gets_examples), T(every_metric_is_of_one_type_and_meaning))
