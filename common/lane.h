/* SPDX-License-Identifier: Apache-2.0 */
/* A line of requests and the workers that serve it, apart from all other lanes: a lane whose workers are all stuck
 * stops nobody else. A worker owns an arena and a database connection and runs handlers one after the other. */
#pragma once

#include "common/dispatch.h"

struct lane;
struct transport_request;

struct lane_settings {
        const char *name; /* "calls": the label in the metrics */
        int queue;        /* requests waiting; over that they are refused */
        int workers;
        const char *database_url; /* NULL: no database */
        int64_t query_timeout_us;
};

/* `dispatch` must outlive the lane. */
struct lane *lane_start(const struct lane_settings *settings, const struct dispatch *dispatch, struct metrics *metrics);

/* Has the request served and answered; takes both. A full line answers at once that it was not run. */
void lane_put(struct lane *lane, struct transport_request *request, struct message *message);

/* Requests waiting, and requests being served. */
int lane_waiting(const struct lane *lane);
int lane_busy(const struct lane *lane);

/* Serves what is in line, ends the workers, frees. What is put meanwhile is refused. Two steps, so that whoever puts
 * can be stopped between them. */
void lane_finish(struct lane *lane);
void lane_free(struct lane *lane);
