/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts off who takes too long to say what they want. The HTTP library's own timeout begins anew with every byte; here a
 * request has to be whole in time, however its bytes trickle in. */
#pragma once

#include <stdint.h>

struct http_watch;
struct http_watched;

/* A request may take `patience_us` from its first line on, and that may take as long again from when its connection was
 * free for it. */
struct http_watch *http_watch_new(int64_t patience_us);

/* No connection may be watched any more. NULL is allowed. */
void http_watch_free(struct http_watch *watch);

/* A connection is there, free for a request. */
struct http_watched *http_watch_add(struct http_watch *watch, int fd);

/* It is about to be closed. */
void http_watch_remove(struct http_watch *watch, struct http_watched *watched);

/* It is free for a request; the head of one begins; the request is whole, and now it is our turn. On the thread that
 * serves the connection. */
void http_watch_free_again(struct http_watch *watch, struct http_watched *watched);
void http_watch_begin(struct http_watch *watch, struct http_watched *watched);
void http_watch_whole(struct http_watched *watched);
