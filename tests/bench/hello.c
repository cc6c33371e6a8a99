/* SPDX-License-Identifier: Apache-2.0 */
/* The least that libmicrohttpd can do: one answer for everything, with as many threads as the gateway has. Usage: hello
 * PORT */
#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static enum MHD_Result answer(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
        const char *version, const char *data, size_t *size, void **state)
{
        (void)arg, (void)url, (void)method, (void)version, (void)data, (void)size;
        static char seen, body[] = "{\"status\":\"alive\"}";
        if (*state == NULL) { /* an answer in the first call would end the connection */
                *state = &seen;
                return MHD_YES;
        }
        struct MHD_Response *response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_PERSISTENT);
        enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
        MHD_destroy_response(response);
        return result;
}

int main(int argc, char **argv)
{
        sigset_t signals;
        int got;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigprocmask(SIG_BLOCK, &signals, NULL);
        if (argc != 2)
                return 2;
        struct MHD_Daemon *daemon =
                MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (unsigned short)strtoul(argv[1], NULL, 10), NULL, NULL,
                        answer, NULL, MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
        if (daemon == NULL)
                return 1;
        sigwait(&signals, &got);
        MHD_stop_daemon(daemon);
        return 0;
}
