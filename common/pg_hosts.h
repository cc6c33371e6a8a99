/* SPDX-License-Identifier: Apache-2.0 */
/* The servers that a database URL names, of which one is the primary: `host=a,b port=5432,5433`, or
 * postgresql://a:5432,b:5433/... libpq would try them in order itself, but waits for one that does not answer at all
 * (its machine is gone) for as long as it is let, every time anew. */
#pragma once

#include <libpq-fe.h>
#include <stddef.h>

struct pg_hosts;

/* One host, which libpq then makes of it what it can, when `url` is no conninfo string, names one, or names hosts and
 * ports of different numbers. `url` is kept. */
struct pg_hosts *pg_hosts_new(const char *url);
void pg_hosts_free(struct pg_hosts *hosts);

/* At least 1. */
size_t pg_hosts_count(const struct pg_hosts *hosts);

/* Begins to connect to one of them, place from 0 on, as PQconnectStart does. */
PGconn *pg_hosts_start(const struct pg_hosts *hosts, size_t place);
