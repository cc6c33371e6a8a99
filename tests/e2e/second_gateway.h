/* SPDX-License-Identifier: Apache-2.0 */
/* A gateway of a test's own beside the instance's, with the same secrets and services and with other settings. While it
 * runs, everything that client.h and wire.h ask is asked of it. */
#pragma once

/* `settings` are "NAME=value", up to NULL. Returns its number, from 0 on; the newest is asked. */
int second_gateway_start(const char *const settings[]);

/* Asks one of them from now on. */
void second_gateway_use(int number);

/* Ends all of them; the instance's own is asked again. Harmless when there is none. */
void second_gateway_stop_all(void);
