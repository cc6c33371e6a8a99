/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/second_gateway.h"

#include "common/buffer.h"
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GATEWAYS_MAX = 4, VARIABLES_MAX = 64, URL_SIZE = 128 };

static struct {
        pid_t pid;
        int log; /* its log is read up to where it says where it serves, and kept open */
        char url[URL_SIZE];
        char run_dir[64];
} gateways[GATEWAYS_MAX];
static int n_gateways;
static char own_url[URL_SIZE];

/* The value of one of the gateway's own variables. */
static const char *value_of(const char *name)
{
        char line[4096] = "";
        FILE *file = fopen(text("%s/env/sfp-gateway/%s", program_setting("SFP_DATA"), name), "re");
        ck_assert_ptr_nonnull(file);
        if (fgets(line, sizeof line, file) == NULL)
                *line = '\0';
        fclose(file);
        line[strcspn(line, "\n")] = '\0';
        return text("%s", line);
}

/* The first of two variables with one name counts. */
static size_t list_environment(const char *const settings[], const char *run_dir, char *out[VARIABLES_MAX])
{
        size_t count = 0;
        const char *instance = value_of("RUN_DIR");
        for (; settings[count] != NULL; count++)
                out[count] = text("%s", settings[count]);
        out[count++] = text("HTTP_ADDRESS=127.0.0.1:0");
        out[count++] = text("RUN_DIR=%s", run_dir);
        out[count++] = text("MESH_ADDRESS=ipc://%s/svc-{service}.ipc", instance);
        out[count++] = text("EVENTS_ADDRESS=ipc://%s/svc-{service}.events.ipc", instance);
        DIR *directory = opendir(text("%s/env/sfp-gateway", program_setting("SFP_DATA")));
        ck_assert_ptr_nonnull(directory);
        for (struct dirent *entry; (entry = readdir(directory)) != NULL && count < VARIABLES_MAX - 1;)
                if (*entry->d_name != '.')
                        out[count++] = text("%s=%s", entry->d_name, value_of(entry->d_name));
        closedir(directory);
        out[count] = NULL;
        return count;
}

static bool is_named_before(char *const all[], size_t i)
{
        size_t length = strcspn(all[i], "=") + 1;
        for (size_t other = 0; other < i; other++)
                if (strncmp(all[other], all[i], length) == 0)
                        return true;
        return false;
}

static void drop_repeated(char *all[], size_t count)
{
        size_t kept = 0;
        bool is_repeated[VARIABLES_MAX];
        for (size_t i = 0; i < count; i++)
                is_repeated[i] = is_named_before(all, i);
        for (size_t i = 0; i < count; i++)
                if (!is_repeated[i])
                        all[kept++] = all[i];
        all[kept] = NULL;
}

/* Reads the log up to the line that says where it serves. */
static void await_serving(int log, char url[URL_SIZE])
{
        static const char mark[] = "\"serving\",\"address\":\"";
        char heard[8192];
        size_t length = 0;
        const char *at = NULL;
        for (ssize_t got = 1; at == NULL || strchr(at, '\n') == NULL; length += (size_t)got) {
                got = read(log, heard + length, sizeof heard - 1 - length);
                ck_assert_msg(got > 0, "the second gateway does not serve: %.*s", (int)length, heard);
                heard[length + (size_t)got] = '\0';
                at = strstr(heard, mark);
        }
        at += strlen(mark);
        snprintf(url, URL_SIZE, "http://%.*s", (int)strcspn(at, "\""), at);
}

int second_gateway_start(const char *const settings[])
{
        int ends[2], number = n_gateways;
        char *variables[VARIABLES_MAX];
        ck_assert_int_lt(number, GATEWAYS_MAX);
        if (number == 0)
                snprintf(own_url, sizeof own_url, "%s", program_setting("SFP_URL"));
        snprintf(gateways[number].run_dir, sizeof gateways[number].run_dir, "/tmp/sfp-gateway-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(gateways[number].run_dir));
        drop_repeated(variables, list_environment(settings, gateways[number].run_dir, variables));
        ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        char *program = text("%s/bin/sfp-gateway", program_setting("SFP_DATA"));
        ck_assert_int_eq(
                posix_spawn(&gateways[number].pid, program, &actions, NULL, (char *const[]){program, NULL}, variables),
                0);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        gateways[number].log = ends[0];
        n_gateways++;
        await_serving(ends[0], gateways[number].url);
        second_gateway_use(number);
        return number;
}

void second_gateway_use(int number)
{
        setenv("SFP_URL", gateways[number].url, 1);
}

void second_gateway_stop_all(void)
{
        if (n_gateways == 0)
                return;
        for (int i = 0; i < n_gateways; i++) {
                int outcome;
                kill(gateways[i].pid, SIGTERM);
                close(gateways[i].log);
                waitpid(gateways[i].pid, &outcome, 0);
                rmdir(gateways[i].run_dir);
        }
        n_gateways = 0;
        setenv("SFP_URL", own_url, 1);
}
