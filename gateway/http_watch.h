/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts off who takes too long to say what they want, or to take the answer. The HTTP library's own timeout begins anew
 * with every byte; here a request has to be whole in time, and an answer gone, however the bytes trickle. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { HTTP_WATCH_RATE = 64 << 10 /* bytes of an answer that are taken in a second, beside the patience */ };

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

/* An answer of so many bytes is on its way. */
void http_watch_send(struct http_watch *watch, struct http_watched *watched, size_t size);
