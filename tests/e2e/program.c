/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/program.h"

#include "common/buffer.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* With `output` as its descriptor `as`. */
static pid_t start(const char *const argv[], int output, int as)
{
        pid_t pid = 0;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, output, as);
        int failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(size_t)argv, environ);
        posix_spawn_file_actions_destroy(&actions);
        ck_assert_msg(failed == 0, "%s cannot be started: %s", argv[0], strerror(failed));
        return pid;
}

char *program_output(struct arena *arena, const char *const argv[])
{
        int ends[2], outcome;
        char piece[4096];
        struct buffer output = buffer_in(arena);
        ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
        pid_t pid = start(argv, ends[1], STDOUT_FILENO);
        close(ends[1]);
        for (ssize_t size; (size = read(ends[0], piece, sizeof piece)) > 0;)
                buffer_append(&output, piece, (size_t)size);
        close(ends[0]);
        waitpid(pid, &outcome, 0);
        ck_assert_msg(WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0, "%s %s failed", argv[0], argv[1]);
        return arena_strdup(arena, buffer_text(&output));
}

pid_t program_start(const char *const argv[], const char *log)
{
        int output = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        ck_assert_msg(output >= 0, "%s cannot be written", log);
        pid_t pid = start(argv, output, STDERR_FILENO);
        close(output);
        return pid;
}

void program_stop(pid_t pid)
{
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
}

const char *program_setting(const char *name)
{
        const char *value = getenv(name);
        ck_assert_msg(value != NULL, "%s is not set: run this through ./sfp test e2e", name);
        return value;
}
