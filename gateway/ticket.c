/* SPDX-License-Identifier: Apache-2.0 */
/* base64url(content ‖ HMAC-SHA256(content)). The set of used ones is a table of nonces in which a run of places belongs
 * to each nonce; what has ended makes room. */
#include "gateway/ticket.h"

#include "common/base64.h"
#include "common/hmac.h"
#include "common/random.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE_SIZE = 16, RUN = 32 };

static const char purpose[] = "sfp ticket";

struct used {
        uint8_t nonce[NONCE_SIZE];
        int64_t until; /* 0: free */
};

struct tickets {
        struct hmac *hmac;
        pthread_mutex_t lock; /* over the set */
        struct used *used;
};

struct tickets *tickets_new(const char *key)
{
        struct arena *arena = arena_new(0);
        uint8_t derived[HMAC_SIZE];
        size_t size;
        uint8_t *bytes = base64_decode(arena, key, strlen(key), &size);
        struct tickets *tickets = bytes == NULL ? NULL : calloc(1, sizeof *tickets);
        if (tickets != NULL) {
                struct hmac *master = hmac_new(bytes, size);
                hmac_sign(master, purpose, sizeof purpose - 1, derived);
                hmac_free(master);
                OPENSSL_cleanse(bytes, size);
                tickets->hmac = hmac_new(derived, sizeof derived);
                OPENSSL_cleanse(derived, sizeof derived);
                tickets->used = calloc(TICKETS_USED_MAX, sizeof *tickets->used);
                if (tickets->used == NULL)
                        abort();
                pthread_mutex_init(&tickets->lock, NULL);
        }
        arena_free(arena);
        return tickets;
}

void tickets_free(struct tickets *tickets)
{
        if (tickets == NULL)
                return;
        hmac_free(tickets->hmac);
        free(tickets->used);
        pthread_mutex_destroy(&tickets->lock);
        free(tickets);
}

char *ticket_issue(struct tickets *tickets, struct arena *arena, const Sfp__Caller *caller, int64_t token_expires_at,
        int64_t now_s)
{
        uint8_t nonce[NONCE_SIZE];
        Sfp__TicketContent content = SFP__TICKET_CONTENT__INIT;
        random_bytes(nonce, sizeof nonce);
        content.caller = (Sfp__Caller *)(size_t)caller;
        content.has_expires_at = content.has_token_expires_at = content.has_nonce = 1;
        content.expires_at = now_s + TICKET_LIFE_S;
        content.token_expires_at = token_expires_at;
        content.nonce = (ProtobufCBinaryData){sizeof nonce, nonce};
        size_t size = sfp__ticket_content__get_packed_size(&content);
        uint8_t *bytes = arena_alloc(arena, size + HMAC_SIZE);
        sfp__ticket_content__pack(&content, bytes);
        hmac_sign(tickets->hmac, bytes, size, bytes + size);
        char *text = base64url_encode(arena, bytes, size + HMAC_SIZE);
        return strlen(text) <= TICKET_SIZE_MAX ? text : NULL;
}

/* The content under a good seal; NULL otherwise. */
static Sfp__TicketContent *open_ticket(struct tickets *tickets, struct arena *arena, const char *ticket)
{
        uint8_t seal[HMAC_SIZE];
        size_t size = 0, length = strnlen(ticket, TICKET_SIZE_MAX + 1);
        uint8_t *bytes = length > TICKET_SIZE_MAX ? NULL : base64url_decode(arena, ticket, length, &size);
        if (bytes == NULL || size < HMAC_SIZE)
                return NULL;
        size -= HMAC_SIZE;
        hmac_sign(tickets->hmac, bytes, size, seal);
        if (!hmac_equal(seal, bytes + size, HMAC_SIZE))
                return NULL;
        return sfp__ticket_content__unpack(arena_protobuf_allocator(arena), size, bytes);
}

enum use { USE_FIRST, USE_AGAIN, USE_NO_ROOM };

/* Nonces are random: their own bytes choose the run. */
static enum use use_nonce(struct tickets *tickets, const uint8_t nonce[NONCE_SIZE], int64_t until, int64_t now_s)
{
        uint32_t start;
        struct used *room = NULL;
        enum use use = USE_FIRST;
        memcpy(&start, nonce, sizeof start);
        pthread_mutex_lock(&tickets->lock);
        for (uint32_t i = 0; i < RUN && use == USE_FIRST; i++) {
                struct used *place = &tickets->used[(start + i) % TICKETS_USED_MAX];
                bool is_free = place->until <= now_s;
                if (is_free && room == NULL)
                        room = place;
                if (!is_free && memcmp(place->nonce, nonce, NONCE_SIZE) == 0)
                        use = USE_AGAIN;
        }
        if (use == USE_FIRST && room == NULL)
                use = USE_NO_ROOM;
        if (use == USE_FIRST) {
                memcpy(room->nonce, nonce, NONCE_SIZE);
                room->until = until;
        }
        pthread_mutex_unlock(&tickets->lock);
        return use;
}

enum problem ticket_redeem(struct tickets *tickets, struct arena *arena, const char *ticket, int64_t now_s,
        Sfp__Caller **out, int64_t *token_expires_at)
{
        static const enum problem problems[] = {
                [USE_FIRST] = PROBLEM_NONE,
                [USE_AGAIN] = PROBLEM_INVALID_TOKEN,
                [USE_NO_ROOM] = PROBLEM_OVERLOADED,
        };
        Sfp__TicketContent *content = open_ticket(tickets, arena, ticket);
        if (content == NULL || content->caller == NULL || content->nonce.len != NONCE_SIZE)
                return PROBLEM_INVALID_TOKEN;
        if (now_s >= content->expires_at || now_s >= content->token_expires_at)
                return PROBLEM_TOKEN_EXPIRED;
        enum problem problem = problems[use_nonce(tickets, content->nonce.data, content->expires_at, now_s)];
        if (problem != PROBLEM_NONE)
                return problem;
        *out = content->caller;
        *token_expires_at = content->token_expires_at;
        return PROBLEM_NONE;
}
