/* SPDX-License-Identifier: Apache-2.0 */
/* The file is one block of text, always written whole: "source before after" lines, then
 * "output <device> <inode> <start> <size> <path>" of the write that leads from `before` to `after`. */
#include "tools/tail_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 16384, SOURCES_MAX = 64, NAME_MAX_SIZE = 64 };

struct place {
        char source[NAME_MAX_SIZE];
        uint64_t before;
        uint64_t after;
};

/* A write to a regular file. */
struct output {
        uint64_t device;
        uint64_t inode; /* 0: it is none */
        uint64_t start;
        uint64_t size;
        char path[PATH_MAX];
};

struct tail_state {
        int file; /* -1: nothing is kept */
        struct place places[SOURCES_MAX];
        size_t n_places;
        struct output output;
};

static status complain(const char *what, const char *path)
{
        fprintf(stderr, "sfp-events: %s %s: %s\n", what, path, strerror(errno));
        return STATUS_UNAVAILABLE;
}

static status save(const struct tail_state *state)
{
        char block[BLOCK];
        int used = snprintf(block, sizeof block, "sfp-events 1\n");
        if (state->file < 0)
                return STATUS_OK;
        for (size_t i = 0; i < state->n_places; i++)
                used += snprintf(block + used, sizeof block - (size_t)used, "%s %" PRIu64 " %" PRIu64 "\n",
                        state->places[i].source, state->places[i].before, state->places[i].after);
        const struct output *output = &state->output;
        used += snprintf(block + used, sizeof block - (size_t)used,
                "output %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", output->device, output->inode,
                output->start, output->size, output->path);
        memset(block + used, '\n', sizeof block - (size_t)used);
        return pwrite(state->file, block, sizeof block, 0) == sizeof block ? STATUS_OK
                                                                           : complain("cannot write", "the state");
}

static void read_line(struct tail_state *state, const char *line)
{
        struct place place;
        struct output *output = &state->output;
        if (sscanf(line, "output %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %4095[^\n]", &output->device,
                    &output->inode, &output->start, &output->size, output->path) >= 4)
                return;
        if (sscanf(line, "%63s %" SCNu64 " %" SCNu64, place.source, &place.before, &place.after) == 3 &&
                state->n_places < SOURCES_MAX)
                state->places[state->n_places++] = place;
}

/* Did the last write come to its end? A file's write that did not is taken back. */
static bool is_written(const struct output *output)
{
        struct stat facts;
        if (output->size == 0)
                return true;
        if (output->inode == 0 || stat(output->path, &facts) != 0 || facts.st_ino != output->inode ||
                facts.st_dev != output->device)
                return false;
        if ((uint64_t)facts.st_size >= output->start + output->size)
                return true;
        if ((uint64_t)facts.st_size > output->start && truncate(output->path, (off_t)output->start) != 0)
                complain("cannot take back the last write to", output->path);
        return false;
}

static void settle(struct tail_state *state)
{
        bool is_done = is_written(&state->output);
        for (size_t i = 0; i < state->n_places; i++) {
                struct place *place = &state->places[i];
                place->before = place->after = is_done ? place->after : place->before;
        }
        state->output = (struct output){0};
}

static status load(struct tail_state *state)
{
        char block[BLOCK + 1] = "";
        ssize_t size = pread(state->file, block, BLOCK, 0);
        if (size < 0)
                return complain("cannot read", "the state");
        for (char *line = block, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
                *end = '\0';
                read_line(state, line);
        }
        settle(state);
        return save(state);
}

static status open_file(struct tail_state *state, const char *path)
{
        state->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (state->file < 0)
                return complain("cannot open", path);
        if (flock(state->file, LOCK_EX | LOCK_NB) != 0)
                return complain("another one works with", path);
        return load(state);
}

status tail_state_open(const char *path, struct tail_state **out)
{
        struct tail_state *state = calloc(1, sizeof *state);
        if (state == NULL)
                return STATUS_RESOURCE_EXHAUSTED;
        state->file = -1;
        status opened = path == NULL ? STATUS_OK : open_file(state, path);
        if (opened == STATUS_OK)
                *out = state;
        else
                tail_state_close(state);
        return opened;
}

void tail_state_close(struct tail_state *state)
{
        if (state->file >= 0)
                close(state->file);
        free(state);
}

static struct place *find_place(const struct tail_state *state, const char *source)
{
        for (size_t i = 0; i < state->n_places; i++)
                if (strcmp(state->places[i].source, source) == 0)
                        return (struct place *)(size_t)&state->places[i];
        return NULL;
}

bool tail_state_find(const struct tail_state *state, const char *source, uint64_t *out)
{
        const struct place *place = find_place(state, source);
        if (place != NULL)
                *out = place->after;
        return place != NULL;
}

/* Where the standard output will be written; nothing when it is no regular file. */
static void note_output(struct tail_state *state, size_t size)
{
        struct stat facts;
        struct output *output = &state->output;
        *output = (struct output){.size = size};
        ssize_t length = readlink("/proc/self/fd/1", output->path, sizeof output->path - 1);
        if (length <= 0 || fstat(STDOUT_FILENO, &facts) != 0 || !S_ISREG(facts.st_mode))
                return;
        bool is_appended = (fcntl(STDOUT_FILENO, F_GETFL) & O_APPEND) != 0;
        output->device = facts.st_dev;
        output->inode = facts.st_ino;
        output->start = is_appended ? (uint64_t)facts.st_size : (uint64_t)lseek(STDOUT_FILENO, 0, SEEK_CUR);
}

static status write_out(const char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t written = write(STDOUT_FILENO, bytes, size);
                if (written < 0 && errno != EINTR)
                        return STATUS_UNAVAILABLE;
                bytes += written > 0 ? written : 0;
                size -= written > 0 ? (size_t)written : 0;
        }
        return STATUS_OK;
}

status tail_state_print(struct tail_state *state, const char *source, uint64_t position, const char *bytes, size_t size)
{
        struct place *place = find_place(state, source);
        if (place == NULL) {
                if (state->n_places == SOURCES_MAX)
                        return STATUS_RESOURCE_EXHAUSTED;
                place = &state->places[state->n_places++];
                snprintf(place->source, sizeof place->source, "%s", source);
        }
        place->after = position;
        note_output(state, size);
        TRY(save(state));
        TRY(write_out(bytes, size));
        place->before = position;
        if (state->output.inode != 0)
                return STATUS_OK; /* the file itself says it */
        state->output = (struct output){0};
        return save(state);
}
