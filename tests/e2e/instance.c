/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/instance.h"

#include "common/buffer.h"
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READY_S = 20 };

/* The first line of one of the instance's files; "" when there is none. */
static const char *line_of(const char *path)
{
        char line[256] = "";
        FILE *file = fopen(text("%s/%s", program_setting("SFP_DATA"), path), "re");
        if (file != NULL && fgets(line, sizeof line, file) == NULL)
                *line = '\0';
        if (file != NULL)
                fclose(file);
        line[strcspn(line, "\n")] = '\0';
        return text("%s", line);
}

/* The supervisor keeps the number of each process in a file. */
pid_t instance_pid(const char *name)
{
        return (pid_t)strtol(line_of(text("sv/%s/supervise/pid", name)), NULL, 10);
}

/* The services and the gateway, and what else is supervised; calls `use` for each. */
static void each_process(void (*use)(void *arg, const char *name), void *arg)
{
        static const char *const others[] = {"postgres", "redis"};
        char name[64];
        FILE *file = fopen(text("%s/programs", program_setting("SFP_DATA")), "re");
        ck_assert_msg(file != NULL, "there is no instance");
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                if (access(text("%s/sv/%s", program_setting("SFP_DATA"), others[i]), F_OK) == 0)
                        use(arg, others[i]);
        while (fgets(name, sizeof name, file) != NULL) {
                name[strcspn(name, "\n")] = '\0';
                use(arg, name);
        }
        fclose(file);
}

static void add_pid(void *out, const char *name)
{
        buffer_printf(out, "%s=%d ", name, instance_pid(name));
}

const char *instance_pids(void)
{
        struct buffer out = buffer_in(scene_arena());
        each_process(add_pid, &out);
        return buffer_text(&out);
}

const char *instance_socket(const char *name)
{
        return text("%s/run/%s.ipc", program_setting("SFP_DATA"), name);
}

const char *instance_admin(const char *name)
{
        return line_of(text("run/%s.admin", name));
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

/* A program says so itself; of what is not one of ours it is enough that it runs. */
static bool is_ready(const char *name)
{
        bool is_ours = strncmp(name, "svc-", 4) == 0 || strncmp(name, "sfp-", 4) == 0;
        const char *address = instance_admin(name);
        return instance_pid(name) > 0 && (!is_ours || (*address != '\0' && answers(text("http://%s/readyz", address))));
}

void instance_up(const char *name)
{
        supervise("up", name);
        ck_assert_msg(AWAIT(READY_S, is_ready(name)), "%s does not become ready", name);
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

static void make_run(void *arg, const char *name)
{
        pid_t pid = instance_pid(name);
        (void)arg;
        if (pid > 0)
                kill(pid, SIGCONT);
        else
                supervise("up", name);
}

static void await_ready(void *arg, const char *name)
{
        (void)arg;
        ck_assert_msg(AWAIT(READY_S, is_ready(name)), "%s does not become ready", name);
}

void instance_up_all(void)
{
        each_process(make_run, NULL);
        each_process(await_ready, NULL);
}

void instance_kill(const char *name, int signal)
{
        pid_t pid = instance_pid(name);
        ck_assert_msg(pid > 0, "%s does not run", name);
        kill(pid, signal);
}
