/* SPDX-License-Identifier: Apache-2.0 */
#include "common/transport_lock.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

status transport_lock_take(const char *url, int *out)
{
        char path[256];
        *out = -1;
        if (strncmp(url, "ipc://", 6) != 0)
                return STATUS_OK;
        if (snprintf(path, sizeof path, "%s.lock", url + 6) >= (int)sizeof path)
                return STATUS_INVALID_ARGUMENT;
        *out = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (*out < 0)
                return STATUS_UNAVAILABLE;
        if (flock(*out, LOCK_EX | LOCK_NB) == 0) {
                unlink(url + 6); /* what a dead process left */
                return STATUS_OK;
        }
        close(*out);
        *out = -1;
        return STATUS_ALREADY_EXISTS;
}

void transport_lock_give(int lock)
{
        if (lock >= 0)
                close(lock);
}
