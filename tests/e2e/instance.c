/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/instance.h"

#include "common/buffer.h"
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { READY_S = 20 };

static struct answer read_status(void)
{
        const char *const argv[] = {
                program_setting("SFP_CMD"), "status", "--json", "--data", program_setting("SFP_DATA"), NULL};
        const char *output = program_output(scene_arena(), argv);
        return answer_of(scene_arena(), 200, "", output, strlen(output));
}

static const cJSON *find_process(const char *name)
{
        const cJSON *process;
        cJSON_ArrayForEach(process, read_status().json)
        {
                if (strcmp(cJSON_GetObjectItem(process, "name")->valuestring, name) == 0)
                        return process;
        }
        ck_abort_msg("there is no process %s", name);
        return NULL;
}

const char *instance_pids(void)
{
        const cJSON *process;
        struct buffer out = buffer_in(scene_arena());
        cJSON_ArrayForEach(process, read_status().json) buffer_printf(&out, "%s=%d ",
                cJSON_GetObjectItem(process, "name")->valuestring, cJSON_GetObjectItem(process, "pid")->valueint);
        return buffer_text(&out);
}

pid_t instance_pid(const char *name)
{
        const cJSON *pid = cJSON_GetObjectItem(find_process(name), "pid");
        return cJSON_IsNumber(pid) ? pid->valueint : 0;
}

const char *instance_socket(const char *name)
{
        return text("%s/run/%s.ipc", program_setting("SFP_DATA"), name);
}

static void supervise(const char *verb, const char *name)
{
        const char *const argv[] = {"sv", "-w", "20", verb, text("%s/sv/%s", program_setting("SFP_DATA"), name), NULL};
        program_output(scene_arena(), argv);
}

/* Without waiting for anything: a word into the supervisor's pipe. */
static void tell(const char *name, const char *word)
{
        FILE *control = fopen(text("%s/sv/%s/supervise/control", program_setting("SFP_DATA"), name), "we");
        ck_assert_msg(control != NULL && fputs(word, control) >= 0, "%s is not supervised", name);
        fclose(control);
}

void instance_down(const char *name)
{
        supervise("down", name);
        ck_assert_msg(AWAIT(READY_S, instance_pid(name) == 0), "%s does not go down", name);
}

static size_t ignore(char *bytes, size_t size, size_t count, void *nothing)
{
        (void)bytes;
        (void)nothing;
        return size * count;
}

static bool answers(const char *url)
{
        long status = 0;
        CURL *curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 2000L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
        if (curl_easy_perform(curl) == CURLE_OK)
                curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_cleanup(curl);
        return status == 200;
}

static bool is_ready(const cJSON *process)
{
        const cJSON *url = cJSON_GetObjectItem(process, "admin_url");
        if (cJSON_IsString(url))
                return answers(text("%s/readyz", url->valuestring));
        return strncmp(cJSON_GetObjectItem(process, "name")->valuestring, "s", 1) != 0 && /* not one of ours */
               cJSON_IsNumber(cJSON_GetObjectItem(process, "pid"));
}

void instance_up(const char *name)
{
        supervise("up", name);
        ck_assert_msg(AWAIT(READY_S, is_ready(find_process(name))), "%s does not become ready", name);
}

static bool are_all_ready(void)
{
        const cJSON *process;
        bool are_ready = true;
        cJSON_ArrayForEach(process, read_status().json) are_ready = are_ready && is_ready(process);
        return are_ready;
}

void instance_restart(const char *const names[])
{
        for (const char *const *name = names; *name != NULL; name++)
                tell(*name, "d");
        for (const char *const *name = names; *name != NULL; name++)
                instance_down(*name);
        for (const char *const *name = names; *name != NULL; name++)
                tell(*name, "u");
        for (const char *const *name = names; *name != NULL; name++)
                instance_up(*name);
}

void instance_up_all(void)
{
        const cJSON *process;
        cJSON_ArrayForEach(process, read_status().json)
        {
                const cJSON *pid = cJSON_GetObjectItem(process, "pid");
                if (cJSON_IsNumber(pid))
                        kill(pid->valueint, SIGCONT);
                else
                        supervise("up", cJSON_GetObjectItem(process, "name")->valuestring);
        }
        ck_assert_msg(AWAIT(READY_S, are_all_ready()), "not all become ready");
}

void instance_kill(const char *name, int signal)
{
        pid_t pid = instance_pid(name);
        ck_assert_msg(pid > 0, "%s does not run", name);
        kill(pid, signal);
}
