/* SPDX-License-Identifier: Apache-2.0 */
/* Two ways in, told apart by the first byte: any bytes as what a client sends over its WebSocket, and any bytes as the
 * text of one message. Whatever it is, what is said back is frames, and who hangs up is forgotten. */
#include "common/schema.h"
#include "gateway/socket.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TEXT_MAX = 125, ROUNDS = 4 };

static const struct schema *the_schema(void)
{
        static struct schema *schema;
        if (schema == NULL)
                schema = schema_new();
        return schema;
}

static void let_go(int fd, void *handle)
{
        (void)handle;
        close(fd);
}

/* A mask of zeroes changes nothing. */
static void send_text(int fd, const uint8_t *bytes, size_t size)
{
        uint8_t frame[6 + TEXT_MAX] = {0x81, (uint8_t)(0x80 | size)};
        memcpy(frame + 6, bytes, size);
        (void)!write(fd, frame, 6 + size);
}

/* A server's frames are whole, and of four kinds. */
static void check_frames(int fd)
{
        uint8_t bytes[64 << 10];
        ssize_t size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        for (ssize_t at = 0; at + 1 < size;) {
                FUZZ_ASSERT(bytes[at] == 0x81 || bytes[at] == 0x88 || bytes[at] == 0x89 || bytes[at] == 0x8a);
                FUZZ_ASSERT(bytes[at + 1] < 126);
                at += 2 + bytes[at + 1];
                FUZZ_ASSERT(at <= size);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
        int pair[2];
        Sfp__Caller caller = SFP__CALLER__INIT;
        caller.user_id = (char *)(size_t) "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11";
        if (size < 1 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
                return 0;
        const struct socket_line line = {pair[0], NULL, let_go};
        struct listener *listener = socket_new(the_schema(), &line, &caller, 4102444800);
        listener->is_greeted = true;
        if (bytes[0] % 2 == 0)
                (void)!write(pair[1], bytes + 1, size - 1);
        else
                send_text(pair[1], bytes + 1, size - 1 < TEXT_MAX ? size - 1 : TEXT_MAX);
        bool goes_on = true;
        for (int i = 0; i < ROUNDS && goes_on; i++)
                goes_on = listener->kind->serve(listener, true, true);
        FUZZ_ASSERT(listener->position >= 0 && listener->n_topics <= LISTENER_TOPICS_MAX);
        check_frames(pair[1]);
        shutdown(pair[1], SHUT_RDWR);
        for (int i = 0; i < ROUNDS + (int)(size >> 10) && goes_on; i++)
                goes_on = listener->kind->serve(listener, true, true);
        FUZZ_ASSERT(!goes_on);
        listener->kind->free(listener);
        close(pair[1]);
        return 0;
}
