/* SPDX-License-Identifier: Apache-2.0 */
/* The peers are a short list that only grows; it is read without a lock because entries are published whole. */
#include "common/client.h"

#include "common/endpoints.h"
#include "common/identity.h"
#include "common/transport.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PEERS_MAX = 32 };

struct peer {
        const char *service; /* of the schema: compared by content */
        struct transport_dialer *dialer;
};

struct client {
        const char *address;
        struct identity *identity;
        struct metric *lost;
        pthread_mutex_t mutex;
        struct peer peers[PEERS_MAX];
        _Atomic int n_peers;
};

struct client *client_new(const char *address, struct identity *identity, struct metrics *metrics)
{
        struct client *client = calloc(1, sizeof *client);
        if (client == NULL)
                abort();
        client->address = address;
        client->identity = identity;
        client->lost = metrics_counter(
                metrics, "sfp_client_calls_lost_total", "", "Calls to other services that got no reply.");
        pthread_mutex_init(&client->mutex, NULL);
        return client;
}

void client_free(struct client *client)
{
        if (client == NULL)
                return;
        for (int i = 0; i < client->n_peers; i++)
                transport_hang_up(client->peers[i].dialer);
        pthread_mutex_destroy(&client->mutex);
        free(client);
}

static struct transport_dialer *find_peer(struct client *client, const char *service)
{
        int count = atomic_load_explicit(&client->n_peers, memory_order_acquire);
        for (int i = 0; i < count; i++)
                if (strcmp(client->peers[i].service, service) == 0)
                        return client->peers[i].dialer;
        return NULL;
}

static struct transport_dialer *dial_peer(struct client *client, const char *service)
{
        char address[ENDPOINTS_ADDRESS_SIZE];
        endpoints_address(client->address, "MESH_URL", service, address);
        pthread_mutex_lock(&client->mutex);
        struct transport_dialer *dialer = find_peer(client, service);
        int count = atomic_load(&client->n_peers);
        if (dialer == NULL && count < PEERS_MAX && transport_dial(address, &dialer) == STATUS_OK) {
                client->peers[count] = (struct peer){service, dialer};
                atomic_store_explicit(&client->n_peers, count + 1, memory_order_release);
        }
        pthread_mutex_unlock(&client->mutex);
        return dialer;
}

void client_start(struct client *client, const char *target, const struct schema_method *method,
        Sfp__RequestHeader *header, const ProtobufCMessage *input, client_done done, void *arg)
{
        const char *service = target == NULL ? method->service : target;
        struct transport_dialer *dialer = find_peer(client, service);
        if (dialer == NULL)
                dialer = dial_peer(client, service);
        header->method = (char *)method->name;
        struct message *message = NULL;
        status packed =
                dialer == NULL ? STATUS_UNAVAILABLE : identity_pack(client->identity, service, header, input, &message);
        if (packed != STATUS_OK)
                done(arg, packed, NULL);
        else
                transport_send(dialer, message, (int64_t)header->deadline_us, done, arg);
}

void client_count_lost(struct client *client)
{
        metric_add(client->lost, 1);
}
