/* SPDX-License-Identifier: Apache-2.0 */
/* The insert is the lock: a second request with the key waits on the first one's row for a moment and then either finds
 * it committed, or is told that it is still running. */
#include "common/idempotency.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/prune.h"
#include "common/sealed.h"
#include "common/service.h"
#include "sfp/kit.pb-c.h"

#include <openssl/sha.h>
#include <string.h>

static const char SQL_PATIENCE[] = "SET LOCAL lock_timeout = '300ms'";
static const char SQL_NO_PATIENCE[] = "SET LOCAL lock_timeout = '2s'";
static const char SQL_TAKE[] =
        "INSERT INTO idempotency_keys (principal, method, key, request_hash) VALUES ($1, $2, $3, $4)";
static const char SQL_KEEP[] =
        "UPDATE idempotency_keys SET reply = $4, success = $5 WHERE principal = $1 AND method = $2 AND key = $3";
static const char SQL_FIND[] = "SELECT request_hash, reply, success FROM idempotency_keys"
                               " WHERE principal = $1 AND method = $2 AND key = $3 AND reply IS NOT NULL";
static const char SQL_SWEEP[] =
        "DELETE FROM idempotency_keys WHERE (principal, method, key) IN (SELECT principal, method, key"
        " FROM idempotency_keys WHERE created_at < now() - interval '" IDEMPOTENCY_LIFE
        "' LIMIT $1 FOR UPDATE SKIP LOCKED)";

bool idempotency_applies(const struct call *call)
{
        const Sfp__MethodRules *rules = call->method->rules;
        return call->db != NULL && rules->transaction && rules->idempotency != SFP__IDEMPOTENCY__IDEMPOTENCY_NONE &&
               (call->header->idempotency_key != NULL || rules->idempotency == SFP__IDEMPOTENCY__IDEMPOTENCY_REQUIRED);
}

ProtobufCBinaryData idempotency_principal(struct call *call, const char *who)
{
        return keyring_tag(call->service->keys, call->arena, "idempotency principal", who);
}

static ProtobufCBinaryData principal_of(struct call *call)
{
        const char *who = call->caller->user_id != NULL ? call->caller->user_id : call->caller->service;
        return idempotency_principal(call, who == NULL ? "" : who);
}

static const char *context_of(struct call *call)
{
        return arena_printf(call->arena, "idempotency %s %s", call->method->name, call->header->idempotency_key);
}

static ProtobufCBinaryData hash_of(struct call *call, const struct frame *frame)
{
        uint8_t *hash = arena_alloc(call->arena, SHA256_DIGEST_LENGTH);
        SHA256(frame->payload, frame->payload_size, hash);
        return (ProtobufCBinaryData){SHA256_DIGEST_LENGTH, hash};
}

static status take_key(struct call *call, ProtobufCBinaryData hash)
{
        TRY(db_later(call, NULL, SQL_PATIENCE));
        TRY(db_later(
                call, NULL, SQL_TAKE, principal_of(call), call->method->name, call->header->idempotency_key, hash));
        TRY(db_later(call, NULL, SQL_NO_PATIENCE));
        return db_flush(call);
}

/* The kept answer to the same request. */
static status replay(struct call *call, ProtobufCBinaryData hash, ProtobufCMessage **out)
{
        Sfp__KeptReply kept = SFP__KEPT_REPLY__INIT;
        status found = db_one(
                call, &kept.base, SQL_FIND, principal_of(call), call->method->name, call->header->idempotency_key);
        if (found == STATUS_NOT_FOUND)
                return call_problem(
                        call, PROBLEM_IDEMPOTENCY_IN_FLIGHT, "the first request with this key is still running");
        TRY(found);
        if (kept.request_hash.len != hash.len || memcmp(kept.request_hash.data, hash.data, hash.len) != 0)
                return call_problem(call, PROBLEM_IDEMPOTENCY_MISMATCH, "this key belongs to another request");
        call->success = kept.success;
        return sealed_open(call, context_of(call), kept.reply, call->method->output->descriptor, out);
}

/* The failed insert is undone and forgotten; what follows is a read. */
static status start_over(struct call *call)
{
        status ended = db_end(call, false);
        db_begin(call, false);
        call->failure = NULL;
        call->problem = PROBLEM_NONE;
        return ended;
}

status idempotency_begin(struct call *call, const struct frame *frame, ProtobufCMessage **out, bool *is_replay)
{
        if (call->header->idempotency_key == NULL)
                return call_problem(
                        call, PROBLEM_IDEMPOTENCY_KEY_REQUIRED, "this request must carry an Idempotency-Key");
        ProtobufCBinaryData hash = hash_of(call, frame);
        status taken = take_key(call, hash);
        if (taken == STATUS_OK)
                return STATUS_OK;
        if (taken == STATUS_ABORTED)
                return call_problem(
                        call, PROBLEM_IDEMPOTENCY_IN_FLIGHT, "the first request with this key is still running");
        if (taken != STATUS_ALREADY_EXISTS)
                return taken;
        TRY(start_over(call));
        TRY(replay(call, hash, out));
        *is_replay = true;
        return STATUS_OK;
}

status idempotency_finish(struct call *call, const ProtobufCMessage *out)
{
        TRY(db_flush(call)); /* the answer is whole only when every queued row is there */
        return db_later(call, NULL, SQL_KEEP, principal_of(call), call->method->name, call->header->idempotency_key,
                sealed_message(call, context_of(call), out), (int)call->success);
}

status idempotency_sweep(struct call *call)
{
        return prune(call, SQL_SWEEP);
}
