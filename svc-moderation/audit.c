/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/audit.h"

#include "common/db.h"
#include "common/keyring.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/service.h"
#include "common/uuid.h"
#include "sfp/moderation.pb-c.h"
#include "svc-moderation/rulebook.h"

#define AUDIT_RPCS(RPC)                                                                                                \
        RPC(ListAudit, list_audit, Moderation__ListAuditRequest, Moderation__AuditLog)                                 \
        RPC(VerifyAudit, verify_audit, Moderation__VerifyAuditRequest, Moderation__AuditVerdict)
RPC_DECLARE(AUDIT_RPCS)

#define VERIFIED_MAX "10000" /* entries in one call, beside the one before them */

static const char SQL_RECORD[] =
        "INSERT INTO audit_entries (id, actor_role, actor_tag, kind, resource_id, what, from_state, to_state, policy,"
        " rule_version, score) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char SQL_LIST[] =
        "SELECT id, position, at_us, actor_role, actor_tag, kind, resource_id, what, from_state, to_state, policy,"
        " rule_version, score, encode(previous_hash, 'hex') AS previous_hash, encode(hash, 'hex') AS hash,"
        " position AS page_key, id AS page_id FROM audit_entries WHERE (position, id) < ($1::bigint, $2::uuid)"
        " AND ($3::text IS NULL OR resource_id = $3) ORDER BY position DESC, id DESC";
/* An entry stands when its hash is that of what it says, and it follows the one before it without a gap. */
static const char SQL_VERIFY[] =
        "WITH chain AS (SELECT e.position, e.hash, e.previous_hash, audit_hash(e.previous_hash, e) AS said,"
        " lag(e.hash) OVER w AS hash_before, lag(e.position) OVER w AS position_before FROM audit_entries e"
        " WHERE e.position >= $1::bigint - 1 AND e.position <= (SELECT max(position) FROM (SELECT position FROM audit_entries"
        "  WHERE position >= $1::bigint - 1 ORDER BY position LIMIT " VERIFIED_MAX
        ") l) WINDOW w AS (ORDER BY e.position)"
        " ), judged AS (SELECT position, hash, position >= $1::bigint AND (hash IS DISTINCT FROM said"
        "  OR CASE WHEN position = 1 THEN previous_hash <> decode(repeat('00', 32), 'hex')"
        "     ELSE previous_hash IS DISTINCT FROM hash_before OR position_before IS DISTINCT FROM position - 1 END)"
        "  AS is_broken FROM chain)"
        " SELECT count(*) FILTER (WHERE position >= $1::bigint) AS entries, NOT coalesce(bool_or(is_broken), false)"
        " AS is_whole, min(position) FILTER (WHERE is_broken) AS broken_at, max(position) AS until_position,"
        " (SELECT encode(hash, 'hex') FROM judged ORDER BY position DESC LIMIT 1) AS head FROM judged";

static const char *hex(struct arena *arena, ProtobufCBinaryData bytes)
{
        static const char digits[] = "0123456789abcdef";
        char *out = arena_alloc(arena, bytes.len * 2 + 1);
        for (size_t i = 0; i < bytes.len; i++) {
                out[2 * i] = digits[bytes.data[i] >> 4];
                out[2 * i + 1] = digits[bytes.data[i] & 15];
        }
        out[bytes.len * 2] = '\0';
        return out;
}

/* Only what is said as a moderator is said of somebody. */
static const char *tag_of(struct call *call, const struct audit_entry *entry)
{
        if (entry->role != NULL)
                return NULL;
        return hex(
                call->arena, keyring_tag(call->service->keys, call->arena, "moderation audit", call->caller->user_id));
}

static const char *role_of(struct call *call, const struct audit_entry *entry)
{
        if (entry->role != NULL)
                return entry->role;
        return call_has_role(call, "admin") ? "admin" : "mod";
}

static const char *rules_in_force(struct call *call)
{
        struct rulebook *book = rulebook_take(call);
        const char *name = arena_printf(call->arena, "rules-%lld", (long long)rulebook_version(book));
        rulebook_put(book);
        return name;
}

status audit_record(struct call *call, const struct audit_entry *entry)
{
        char id[UUID_SIZE];
        uuid_v7(id);
        return db_later(call, NULL, SQL_RECORD, id, role_of(call, entry), tag_of(call, entry), entry->kind,
                entry->resource_id, entry->what, entry->from, entry->to, entry->policy, rules_in_force(call),
                entry->score == NULL ? NULL : arena_printf(call->arena, "%.3f", *entry->score));
}

static status list_audit(struct call *call, const Moderation__ListAuditRequest *in, Moderation__AuditLog *out)
{
        return page_rows(call, &in->base, &out->base, SQL_LIST, in->resource_id);
}

static status verify_audit(struct call *call, const Moderation__VerifyAuditRequest *in, Moderation__AuditVerdict *out)
{
        return db_one(call, &out->base, SQL_VERIFY, in->from_position);
}

RPC_TABLE(audit_rpcs, AUDIT_RPCS);
