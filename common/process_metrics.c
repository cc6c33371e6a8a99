/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: getrusage(2), and proc(5) for memory (VmRSS and VmSize by statm, in pages), threads and descriptors. */
#include "common/process_metrics.h"

#include "common/clock.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NAME_SIZE = 64 };

struct process_metrics {
        struct metric *cpu;
        struct metric *resident;
        struct metric *virtual_size;
        struct metric *heap;
        struct metric *open_fds;
        struct metric *max_fds;
        struct metric *threads;
};

static int64_t microseconds(struct timeval time)
{
        return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static void refresh_cpu(struct process_metrics *process)
{
        struct rusage usage;
        if (getrusage(RUSAGE_SELF, &usage) == 0)
                metric_set(process->cpu, microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
}

static void refresh_memory(struct process_metrics *process)
{
        long long total = 0, resident = 0;
        long long page = sysconf(_SC_PAGESIZE);
        FILE *file = fopen("/proc/self/statm", "re");
        if (file != NULL && fscanf(file, "%lld %lld", &total, &resident) == 2) {
                metric_set(process->virtual_size, total * page);
                metric_set(process->resident, resident * page);
        }
        if (file != NULL)
                fclose(file);
        struct mallinfo2 heap = mallinfo2();
        metric_set(process->heap, (int64_t)(heap.uordblks + heap.hblkhd));
}

/* Entries of a directory of /proc, without . and .. */
static int64_t count_entries(const char *path)
{
        int64_t count = -2;
        DIR *directory = opendir(path);
        if (directory == NULL)
                return 0;
        while (readdir(directory) != NULL)
                count++;
        closedir(directory);
        return count;
}

static void refresh_counts(struct process_metrics *process)
{
        struct rlimit limit;
        metric_set(process->open_fds, count_entries("/proc/self/fd") - 1); /* the one by which they are counted */
        metric_set(process->threads, count_entries("/proc/self/task"));
        if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
                metric_set(process->max_fds, (int64_t)limit.rlim_cur);
}

static void refresh(void *owner)
{
        refresh_cpu(owner);
        refresh_memory(owner);
        refresh_counts(owner);
}

static void add_identity(struct metrics *metrics, const char *service, const char *instance)
{
        char labels[3 * NAME_SIZE];
        snprintf(labels, sizeof labels, "service_name=\"%.63s\",service_version=\"%s\",service_instance_id=\"%.63s\"",
                service, SFP_VERSION, instance);
        metric_set(metrics_gauge(metrics, "target_info", labels, "Which program this is."), 1);
        metric_set(metrics_gauge(metrics, "process_start_time_seconds", "", "When it started, in Unix time."),
                clock_unix_us() / 1000000);
}

struct process_metrics *process_metrics_new(struct metrics *metrics, const char *service, const char *instance)
{
        struct process_metrics *process = malloc(sizeof *process);
        if (process == NULL)
                abort();
        add_identity(metrics, service, instance);
        *process = (struct process_metrics){
                .cpu = metrics_counter_us(metrics, "process_cpu_seconds_total", "", "Time on a processor."),
                .resident = metrics_gauge(metrics, "process_resident_memory_bytes", "", "Memory in RAM."),
                .virtual_size = metrics_gauge(metrics, "process_virtual_memory_bytes", "", "Address space in use."),
                .heap = metrics_gauge(metrics, "sfp_process_heap_bytes", "", "Memory allocated and not freed."),
                .open_fds = metrics_gauge(metrics, "process_open_fds", "", "Open file descriptors."),
                .max_fds = metrics_gauge(metrics, "process_max_fds", "", "File descriptors there may be."),
                .threads = metrics_gauge(metrics, "process_threads", "", "Threads."),
        };
        metrics_before_print(metrics, refresh, process);
        return process;
}

void process_metrics_free(struct process_metrics *process)
{
        free(process);
}
