/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/common/redis_server.h"

#include <fcntl.h>
#include <ftw.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOKS = 500, LOOK_US = 20000 };

static const char program[] = "/usr/bin/redis-server";

static void require(bool is_good, const char *what)
{
        if (is_good)
                return;
        fprintf(stderr, "the test's own ground gave way: %s\n", what);
        abort();
}

bool redis_server_is_installed(void)
{
        bool is_there = access(program, X_OK) == 0;
        if (!is_there)
                fprintf(stderr, "skipped: there is no %s\n", program);
        return is_there;
}

void redis_server_open(struct redis_server *server)
{
        snprintf(server->directory, sizeof server->directory, "/tmp/sfp-redis-XXXXXX");
        require(mkdtemp(server->directory) != NULL, "a directory");
        snprintf(server->socket, sizeof server->socket, "%s/redis.sock", server->directory);
        server->pid = 0;
        signal(SIGPIPE, SIG_IGN);
}

static void run(const struct redis_server *server)
{
        int nowhere = open("/dev/null", O_WRONLY);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(nowhere, STDOUT_FILENO);
        execl(program, "redis-server", "--port", "0", "--unixsocket", server->socket, "--dir", server->directory,
                "--save", "", "--appendonly", "no", (char *)NULL);
        _exit(127);
}

static bool answers(const struct redis_server *server)
{
        redisContext *context = redisConnectUnix(server->socket);
        redisReply *reply = context == NULL || context->err != 0 ? NULL : redisCommand(context, "PING");
        bool is_there = reply != NULL && reply->type == REDIS_REPLY_STATUS;
        if (reply != NULL)
                freeReplyObject(reply);
        if (context != NULL)
                redisFree(context);
        return is_there;
}

void redis_server_start(struct redis_server *server)
{
        server->pid = fork();
        require(server->pid >= 0, "a process");
        if (server->pid == 0)
                run(server);
        for (int i = 0; i < LOOKS && !answers(server); i++)
                usleep(LOOK_US);
        require(answers(server), "a Redis");
}

void redis_server_signal(struct redis_server *server, int signal)
{
        kill(server->pid, signal);
}

void redis_server_kill(struct redis_server *server)
{
        if (server->pid == 0)
                return;
        kill(server->pid, SIGKILL);
        waitpid(server->pid, NULL, 0);
        server->pid = 0;
        unlink(server->socket);
}

void redis_server_tell(struct redis_server *server, const char *command)
{
        redisContext *context = redisConnectUnix(server->socket);
        redisReply *reply = redisCommand(context, command);
        require(reply != NULL && reply->type != REDIS_REPLY_ERROR, command);
        freeReplyObject(reply);
        redisFree(context);
}

static int remove_entry(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
        (void)facts;
        (void)kind;
        (void)place;
        return remove(path);
}

void redis_server_close(struct redis_server *server)
{
        redis_server_kill(server);
        nftw(server->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
