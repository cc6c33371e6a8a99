/* SPDX-License-Identifier: Apache-2.0 */
/* A request is always answered: by a worker, or at once when it is not going to be served. */
#include "common/lane.h"

#include "common/admission.h"
#include "common/clock.h"
#include "common/db.h"
#include "common/metrics.h"
#include "common/queue.h"
#include "common/reply.h"
#include "common/transport.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORKER_STACK = 256 << 10, ARENA_LIMIT = 24 << 20 };

struct lane {
        struct lane_settings settings;
        const struct dispatch *dispatch;
        struct queue *queue;
        struct admission admission;
        struct metric *waiting;
        struct metric *busy;
        struct metric *full;
        struct metric *standing;
        int n_workers;
        pthread_t workers[];
};

static void refuse(struct metric *reason, struct transport_request *request, struct message *message)
{
        metric_add(reason, 1);
        message_free(message);
        transport_reply(request, reply_turn_away(STATUS_RESOURCE_EXHAUSTED, "too many requests are waiting"));
}

void lane_put(struct lane *lane, struct transport_request *request, struct message *message)
{
        const struct job job = {request, message, clock_now_us()};
        if (!queue_put(lane->queue, &job))
                refuse(lane->full, request, message);
}

static void serve(struct lane *lane, struct arena *arena, struct db *db, const struct job *job)
{
        int64_t now = clock_now_us();
        metric_set(lane->waiting, queue_length(lane->queue));
        if (!admission_admits(&lane->admission, now, now - job->arrived_us)) {
                refuse(lane->standing, job->request, job->message);
                return;
        }
        metric_add(lane->busy, 1);
        struct message *reply = dispatch_serve(lane->dispatch, arena, db, job->message, now - job->arrived_us);
        metric_add(lane->busy, -1);
        message_free(job->message);
        transport_reply(job->request, reply);
        arena_reset(arena);
}

static void *work(void *arg)
{
        struct lane *lane = arg;
        const char *url = lane->settings.database_url;
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct db *db = url == NULL ? NULL : db_new(url, lane->settings.query_timeout_us);
        struct job job;
        while (queue_take(lane->queue, &job))
                serve(lane, arena, db, &job);
        db_free(db);
        arena_free(arena);
        return NULL;
}

static void start_workers(struct lane *lane)
{
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, WORKER_STACK);
        for (int i = 0; i < lane->settings.workers; i++)
                if (pthread_create(&lane->workers[lane->n_workers], &attributes, work, lane) == 0)
                        lane->n_workers++;
        pthread_attr_destroy(&attributes);
}

static struct metric *add_refused(struct metrics *metrics, const char *lane, const char *reason)
{
        char labels[64];
        snprintf(labels, sizeof labels, "lane=\"%s\",reason=\"%s\"", lane, reason);
        return metrics_counter(metrics, "sfp_rpc_refused_total", labels,
                "Requests refused before any work: no room in line, a line that stands, or leaving.");
}

static void add_metrics(struct lane *lane, struct metrics *metrics)
{
        char labels[32];
        snprintf(labels, sizeof labels, "lane=\"%s\"", lane->settings.name);
        lane->waiting = metrics_gauge(metrics, "sfp_rpc_waiting", labels, "Requests in line when last one was taken.");
        lane->busy = metrics_gauge(metrics, "sfp_rpc_busy", labels, "Workers that serve a request.");
        lane->full = add_refused(metrics, lane->settings.name, "full");
        lane->standing = add_refused(metrics, lane->settings.name, "standing");
}

struct lane *lane_start(const struct lane_settings *settings, const struct dispatch *dispatch, struct metrics *metrics)
{
        struct lane *lane = calloc(1, sizeof *lane + (size_t)settings->workers * sizeof *lane->workers);
        if (lane == NULL)
                abort();
        lane->settings = *settings;
        lane->dispatch = dispatch;
        lane->queue = queue_new(settings->queue);
        add_metrics(lane, metrics);
        start_workers(lane);
        return lane;
}

int lane_waiting(const struct lane *lane)
{
        return queue_length(lane->queue);
}

int lane_busy(const struct lane *lane)
{
        return (int)metric_value(lane->busy);
}

void lane_finish(struct lane *lane)
{
        queue_close(lane->queue);
        for (int i = 0; i < lane->n_workers; i++)
                pthread_join(lane->workers[i], NULL);
        lane->n_workers = 0;
}

void lane_free(struct lane *lane)
{
        queue_free(lane->queue);
        free(lane);
}
