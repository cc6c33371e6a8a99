/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/hosts.h"

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { WORDS_MAX = 32, LINE_SIZE = 256 };

/* Nobody has this address: what is sent there is lost. */
#define NOWHERE  "02:00:00:00:00:ff"
#define NEAR_MAC "02:00:00:00:00:01"
#define FAR_MAC  "02:00:00:00:00:02"

static pid_t far_host; /* the process that keeps the far namespace */

static pid_t start(const char *const argv[])
{
        pid_t pid;
        return posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)(size_t)argv, environ) == 0 ? pid : -1;
}

/* Runs "ip link set ..."; in the far namespace with `is_far`. */
static bool run(bool is_far, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool run(bool is_far, const char *format, ...)
{
        char line[LINE_SIZE], pid_text[32];
        const char *argv[WORDS_MAX];
        int count = 0, outcome = -1;
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(line, sizeof line, format, arguments);
        va_end(arguments);
        snprintf(pid_text, sizeof pid_text, "%d", far_host);
        if (is_far) {
                static const char *const enter[] = {"nsenter", "--net", "--target"};
                for (size_t i = 0; i < 3; i++)
                        argv[count++] = enter[i];
                argv[count++] = pid_text;
        }
        char *rest = NULL;
        for (char *word = strtok_r(line, " ", &rest); word != NULL && count < WORDS_MAX - 1;
                word = strtok_r(NULL, " ", &rest))
                argv[count++] = word;
        argv[count] = NULL;
        pid_t pid = start(argv);
        return pid > 0 && waitpid(pid, &outcome, 0) == pid && WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
}

static bool join_hosts(void)
{
        return run(false, "ip link set lo up") &&
               run(false, "ip link add near address " NEAR_MAC " type veth peer name far address " FAR_MAC " netns %d",
                       far_host) &&
               run(false, "ip address add " HOSTS_NEAR "/24 dev near") && run(false, "ip link set near up") &&
               run(true, "ip link set lo up") && run(true, "ip address add " HOSTS_FAR "/24 dev far") &&
               run(true, "ip link set far up");
}

static void point(bool is_far, const char *mac)
{
        ck_assert(run(is_far, "ip neigh replace %s lladdr %s dev %s nud permanent", is_far ? HOSTS_NEAR : HOSTS_FAR,
                mac, is_far ? "far" : "near"));
}

/* Is the far host's namespace its own by now? It is made by the process there. */
static bool is_apart(void)
{
        char path[64], far[64] = "", near[64] = "";
        snprintf(path, sizeof path, "/proc/%d/ns/net", far_host);
        return readlink(path, far, sizeof far - 1) > 0 && readlink("/proc/self/ns/net", near, sizeof near - 1) > 0 &&
               strcmp(near, far) != 0;
}

bool hosts_open(void)
{
        static const char *const keep[] = {"setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "3600", NULL};
        if (unshare(CLONE_NEWNET) != 0) {
                printf("skipped: this process may not make network namespaces\n");
                return false;
        }
        far_host = start(keep);
        for (int tries = 0; tries < 100 && !is_apart(); tries++)
                usleep(20000);
        if (far_host > 0 && join_hosts()) {
                hosts_mend();
                return true;
        }
        printf("skipped: no pair of network interfaces can be made here (is iproute2 installed?)\n");
        hosts_close();
        return false;
}

void hosts_close(void)
{
        if (far_host <= 0)
                return;
        kill(far_host, SIGKILL);
        waitpid(far_host, NULL, 0);
        far_host = 0;
}

pid_t hosts_run_far(const char *const argv[])
{
        char pid_text[32];
        const char *all[WORDS_MAX] = {"setpriv", "--pdeathsig", "KILL", "nsenter", "--net", "--target", pid_text};
        int count = 7;
        snprintf(pid_text, sizeof pid_text, "%d", far_host);
        for (; *argv != NULL && count < WORDS_MAX - 1; argv++)
                all[count++] = *argv;
        pid_t pid = start(all);
        ck_assert_int_gt(pid, 0);
        return pid;
}

void hosts_cut(void)
{
        point(false, NOWHERE);
        point(true, NOWHERE);
}

void hosts_cut_return(void)
{
        point(true, NOWHERE);
}

void hosts_mend(void)
{
        point(false, FAR_MAC);
        point(true, NEAR_MAC);
}

bool hosts_impair(const char *how)
{
        if (*how == '\0')
                return run(false, "tc qdisc del dev near root");
        return run(false, "tc qdisc replace dev near root netem %s", how);
}
