/* SPDX-License-Identifier: Apache-2.0 */
/* One at a time adds to the end of the chain. */
#include "svc-anonymize/receipts.h"

#include "common/db.h"
#include "sfp/profile.pb-c.h"
#include "svc-anonymize/chain.h"

static const char SQL_ALONE[] = "SELECT pg_advisory_xact_lock(hashtextextended('sfp receipts', 0))";
static const char SQL_LAST[] = "SELECT position, root FROM receipts ORDER BY position DESC LIMIT 1";
static const char SQL_PARTS[] =
        "SELECT service AS name, confirmed_at, rows FROM privacy_job_parts WHERE job_id = $1 ORDER BY service";
static const char SQL_ADD[] =
        "INSERT INTO receipts (position, job_id, root) VALUES ($1, $2, $3) ON CONFLICT (job_id) DO NOTHING";

status receipt_add(struct call *call, const char *job_id)
{
        Anonymize__ReceiptRows last = ANONYMIZE__RECEIPT_ROWS__INIT;
        Anonymize__PrivacyReceipt receipt = ANONYMIZE__PRIVACY_RECEIPT__INIT;
        TRY(db_exec(call, SQL_ALONE));
        TRY(db_rows(call, &last.base, "items", SQL_LAST));
        TRY(db_rows(call, &receipt.base, "services", SQL_PARTS, job_id));
        ProtobufCBinaryData root = last.n_items > 0 ? last.items[0]->root : chain_start(call->arena);
        for (size_t i = 0; i < receipt.n_services; i++) {
                const Anonymize__ServiceReceipt *part = receipt.services[i];
                const char *const fields[] = {"receipt", job_id, part->name, part->confirmed_at,
                        arena_printf(call->arena, "%lld", (long long)part->rows)};
                root = chain_link(call->arena, root, sizeof fields / sizeof *fields, fields);
        }
        return db_exec(call, SQL_ADD, last.n_items > 0 ? last.items[0]->position + 1 : 1, job_id, root);
}
