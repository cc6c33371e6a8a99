/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/tail.h"

#include "tests/e2e/client.h"
#include "tests/e2e/database.h"
#include "tests/e2e/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { LINE_SIZE = 64 << 10 };

struct tail tail_new(void)
{
        static int number;
        const char *base = text("%s/fault-tail-%d-%d", program_setting("SFP_DATA"), getpid(), number++);
        return (struct tail){.output = text("%s.jsonl", base), .state = text("%s.state", base)};
}

void tail_start(struct tail *tail)
{
        const char *const argv[] = {"setpriv", "--pdeathsig", "KILL", program_setting("SFP_CMD"), "events", "tail",
                "--data", program_setting("SFP_DATA"), "--state", tail->state, NULL};
        posix_spawn_file_actions_t actions;
        int output = open(tail->output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        ck_assert_int_ge(output, 0);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        ck_assert_int_eq(posix_spawnp(&tail->pid, argv[0], &actions, NULL, (char *const *)(size_t)argv, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        close(output);
}

void tail_kill(struct tail *tail)
{
        kill(tail->pid, SIGCONT);
        kill(tail->pid, SIGKILL);
        waitpid(tail->pid, NULL, 0);
        tail->pid = 0;
}

void tail_remove(struct tail *tail)
{
        if (tail->pid > 0)
                tail_kill(tail);
        unlink(tail->output);
        unlink(tail->state);
}

/* The sequence of the event in a line when it is one of `source`; 0 otherwise. */
static long sequence_of(const char *line, const char *source, const char **complaint)
{
        cJSON *json = cJSON_Parse(line);
        const cJSON *from = cJSON_GetObjectItem(json, "source");
        const cJSON *sequence = cJSON_GetObjectItem(json, "sequence");
        long number = 0;
        if (!cJSON_IsString(from) || !cJSON_IsNumber(sequence))
                *complaint = text("a line is no event: %.200s", line);
        else if (strcmp(from->valuestring, source) == 0)
                number = (long)sequence->valuedouble;
        cJSON_Delete(json);
        return number;
}

/* How often each sequence up to `head` stands in the file. */
static unsigned char *count_lines(const struct tail *tail, const char *source, long head, const char **complaint)
{
        char *line = arena_alloc(scene_arena(), LINE_SIZE);
        unsigned char *counts = arena_zalloc(scene_arena(), (size_t)head + 1);
        FILE *file = fopen(tail->output, "re");
        while (file != NULL && *complaint == NULL && fgets(line, LINE_SIZE, file) != NULL) {
                long sequence = sequence_of(line, source, complaint);
                if (sequence > head)
                        *complaint = text("%ld was printed, and the outbox ends at %ld", sequence, head);
                else if (sequence > 0)
                        counts[sequence]++;
        }
        if (file != NULL)
                fclose(file);
        return counts;
}

bool tail_is_whole(const struct tail *tail, const char *service, const char **complaint)
{
        *complaint = NULL;
        long head = sql_number(text("SELECT coalesce(max(sequence), 0) FROM %s.outbox", service));
        const unsigned char *counts = count_lines(tail, text("/social/%s", service), head, complaint);
        for (long i = 1; i <= head && *complaint == NULL; i++)
                if (counts[i] != 1)
                        *complaint = text("event %ld of %ld was printed %d times", i, head, counts[i]);
        return *complaint == NULL;
}
