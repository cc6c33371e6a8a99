/* SPDX-License-Identifier: Apache-2.0 */
/* What a consumer group does, turn by turn: one batch of one shard, or one dead event that somebody wants tried again.
 * Private to common/consumer.c, whose thread decides when. */
#pragma once

#include "common/consumer.h"
#include "common/event_cursor.h"

enum { CONSUMER_BATCH_MAX = 200 };

struct consumer_work {
        struct service *service;
        const struct event_consumer *row;
        struct event_group group;
        char *topic;
        struct db *db;
        uint64_t head;                       /* of the source, as last heard */
        uint32_t batch[CONSUMER_SHARDS_MAX]; /* events to take at once; 1 while looking for one that fails */
        uint64_t lag[CONSUMER_SHARDS_MAX];
        int n_away[CONSUMER_SHARDS_MAX]; /* attempts in a row for which something was away; 0: none */
        struct metric *applied;
        struct metric *failed;
        struct metric *dead;
        struct metric *lost;
        struct metric *waiting;
};

/* Makes the group's cursors with *shards shards, unless it has some; *shards becomes how many it has. */
MUST_CHECK status consumer_work_begin(struct consumer_work *work, int *shards);

enum consumer_outcome {
        CONSUMER_DONE,  /* nothing is left */
        CONSUMER_MORE,  /* something may be */
        CONSUMER_AGAIN, /* it failed, or another replica was at it: in a while */
};

/* Applies one batch of one shard. */
enum consumer_outcome consumer_work_turn(struct consumer_work *work, int shard);

/* Applies one dead event that is to be tried again; false when there was none, or nothing could be done about it. */
bool consumer_work_retry(struct consumer_work *work);
