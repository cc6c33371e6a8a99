/* SPDX-License-Identifier: Apache-2.0 */
#include "svc-moderation/appeals.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/event.h"
#include "common/jobs.h"
#include "common/page.h"
#include "common/rpc.h"
#include "common/uuid.h"
#include "svc-moderation/audit.h"
#include "svc-moderation/cases.h"
#include "svc-moderation/looks.h"
#include "svc-moderation/policy.h"
#include "svc-moderation/words.h"

#include <string.h>

#define APPEAL_RPCS(RPC)                                                                                               \
        RPC(CreateAppeal, create_appeal, Moderation__CreateAppealRequest, Moderation__Appeal)                          \
        RPC(ListAppeals, list_appeals, Moderation__ListAppealsRequest, Moderation__AppealList)                         \
        RPC(GetAppeal, get_appeal, Moderation__AppealRequest, Moderation__Appeal)                                      \
        RPC(UpdateAppeal, update_appeal, Moderation__UpdateAppealRequest, Moderation__Appeal)
RPC_DECLARE(APPEAL_RPCS)

#define APPEAL_COLUMNS(viewer)                                                                                           \
        "p.id, p.action_id, p.state, p.submitted_at, p.decided_at, p.due_at, p.escalated_at, p.version, p.texts_sealed," \
        " p.appellant_user_id,"                                                                                          \
        " p.decision_sealed, p.appellant_user_id = " viewer " AS is_own"

static const char SQL_ACTION[] =
        "SELECT id, case_id, moderator_user_id, action_taken <> 'none' AND reversed_at IS NULL AND appeal_until > now()"
        " AS is_appealable FROM actions WHERE id = $1 AND reported_user_id = $2 FOR UPDATE";
static const char SQL_INSERT[] =
        "INSERT INTO appeals AS p (id, action_id, appellant_user_id, original_user_id, state, texts_sealed)"
        " VALUES ($1, $3, $2, $4, 'submitted', $5) RETURNING " APPEAL_COLUMNS("$2");
static const char SQL_LIST_MINE[] =
        "SELECT " APPEAL_COLUMNS("$3") ", p.new_key AS page_key, p.id AS page_id FROM appeals p"
                                       " WHERE (p.new_key, p.id) < ($1::bigint, $2::uuid) AND p.appellant_user_id = $3"
                                       " AND ($4::text IS NULL OR p.state = $4) ORDER BY p.new_key DESC, p.id DESC";
static const char SQL_LIST_ALL[] = "SELECT " APPEAL_COLUMNS(
        "$3") ", p.new_key AS page_key, p.id AS page_id FROM appeals p"
              " WHERE (p.new_key, p.id) < ($1::bigint, $2::uuid) AND ($4::text IS NULL OR p.state = $4)"
              " ORDER BY p.new_key DESC, p.id DESC";
static const char SQL_GET[] =
        "SELECT " APPEAL_COLUMNS("$2") " FROM appeals p WHERE p.id = $1 AND (p.appellant_user_id = $2 OR $3::boolean)";
static const char SQL_GET_LOCKED[] =
        "SELECT " APPEAL_COLUMNS("$2") " FROM appeals p WHERE p.id = $1"
                                       " AND (p.appellant_user_id = $2 OR $3::boolean) FOR UPDATE";
static const char SQL_MESSAGES[] = "SELECT appeal_id, number, by, sealed, at FROM appeal_messages"
                                   " WHERE appeal_id = $1 ORDER BY number LIMIT 100";
static const char SQL_ADD_MESSAGE[] =
        "INSERT INTO appeal_messages (appeal_id, number, by, sealed)"
        " SELECT $1, coalesce(max(number), 0) + 1, $2, $3 FROM appeal_messages WHERE appeal_id = $1";
static const char SQL_TOUCH[] = "UPDATE appeals SET version = version + 1 WHERE id = $1";

/* The statement comes first, evidence behind it. */
static status open_statement(struct call *call, Moderation__Appeal *appeal)
{
        size_t n;
        char **texts;
        TRY(words_open_all(
                call, "texts of appeal", appeal->id, appeal->has_texts_sealed, appeal->texts_sealed, &n, &texts));
        if (n > 0) {
                appeal->statement = texts[0];
                appeal->n_evidence = n - 1;
                appeal->evidence = texts + 1;
        }
        return words_open(call, "decision of appeal", appeal->id, appeal->has_decision_sealed, appeal->decision_sealed,
                &appeal->decision_text);
}

static status load_messages(struct call *call, Moderation__Appeal *appeal)
{
        Moderation__AppealMessageList rows = MODERATION__APPEAL_MESSAGE_LIST__INIT;
        TRY(db_rows(call, &rows.base, "items", SQL_MESSAGES, appeal->id));
        appeal->n_messages = rows.n_items;
        appeal->messages = rows.items;
        for (size_t i = 0; i < rows.n_items; i++) {
                Moderation__AppealMessage *row = rows.items[i];
                TRY(words_open(call, "message of appeal", row->appeal_id, row->has_sealed, row->sealed, &row->text));
                row->appeal_id = NULL;
        }
        return STATUS_OK;
}

static status record_look(struct call *call, Moderation__Appeal *appeal)
{
        TRY(look_record(call, appeal->appellant_user_id, "moderation_appeal"));
        appeal->appellant_user_id = NULL;
        return STATUS_OK;
}

static status show(struct call *call, Moderation__Appeal *appeal)
{
        TRY(open_statement(call, appeal));
        TRY(record_look(call, appeal));
        return load_messages(call, appeal);
}

status appeal_add_message(struct call *call, const char *id, const char *by, const char *text)
{
        const char *of = strcmp(by, "affected") == 0 ? call->caller->user_id : NULL; /* what the desk says stays */
        return db_later(call, NULL, SQL_ADD_MESSAGE, id, by, words_seal(call, of, "message of appeal", id, text));
}

static status begin(struct call *call, const Moderation__CreateAppealRequest *in, char *id)
{
        Moderation__AppealSubmitted event = MODERATION__APPEAL_SUBMITTED__INIT;
        struct lifecycle_subject subject = {.id = id, .state = LIFECYCLE_NEW, .actors = "affected"};
        TRY(lifecycle_step(call, &appeal_lifecycle, &subject, "submit", NULL, NULL));
        TRY(audit_record(call, &(struct audit_entry){.kind = "appeal",
                                       .resource_id = id,
                                       .what = "submit",
                                       .role = "user",
                                       .from = LIFECYCLE_NEW,
                                       .to = "submitted"}));
        event.appeal_id = id;
        event.action_id = in->action_id;
        TRY(event_publish(call, &event.base));
        return job_schedule(call, JOB_APPEAL_DUE, id, clock_unix_us() + APPEAL_DUE_S * INT64_C(1000000),
                (ProtobufCBinaryData){0, NULL});
}

static struct db_value seal_statement(struct call *call, const Moderation__CreateAppealRequest *in, const char *id)
{
        char **texts = arena_alloc(call->arena, (in->n_evidence + 1) * sizeof *texts);
        texts[0] = in->statement;
        for (size_t i = 0; i < in->n_evidence; i++)
                texts[i + 1] = in->evidence[i];
        return words_seal_all(call, call->caller->user_id, "texts of appeal", id, in->n_evidence + 1, texts);
}

static status create_appeal(struct call *call, const Moderation__CreateAppealRequest *in, Moderation__Appeal *out)
{
        Moderation__ActionRow action = MODERATION__ACTION_ROW__INIT;
        char *id = arena_alloc(call->arena, UUID_SIZE);
        TRY(db_one(call, &action.base, SQL_ACTION, in->action_id, call->caller->user_id));
        if (!action.is_appealable)
                return call_fail(call, STATUS_FAILED_PRECONDITION, "this action can no longer be appealed");
        uuid_v7(id);
        TRY(db_one(call, &out->base, SQL_INSERT, id, call->caller->user_id, in->action_id, action.moderator_user_id,
                seal_statement(call, in, id)));
        TRY(case_step(call, action.case_id, "appeal"));
        TRY(begin(call, in, id));
        return show(call, out);
}

static status list_appeals(struct call *call, const Moderation__ListAppealsRequest *in, Moderation__AppealList *out)
{
        bool is_mod = call_is_moderator(call);
        TRY(page_rows(
                call, &in->base, &out->base, is_mod ? SQL_LIST_ALL : SQL_LIST_MINE, call->caller->user_id, in->state));
        ProtobufCBinaryData *sealed = arena_alloc(call->arena, out->n_items * sizeof *sealed + 1);
        for (size_t i = 0; i < out->n_items; i++)
                sealed[i] = out->items[i]->texts_sealed;
        TRY(sealed_prepare(call, out->n_items, sealed));
        for (size_t i = 0; i < out->n_items; i++) {
                TRY(open_statement(call, out->items[i]));
                TRY(record_look(call, out->items[i]));
        }
        return STATUS_OK;
}

static status get_appeal(struct call *call, const Moderation__AppealRequest *in, Moderation__Appeal *out)
{
        TRY(db_one(call, &out->base, SQL_GET, in->appeal_id, call->caller->user_id, call_is_moderator(call)));
        return show(call, out);
}

static bool is_decided(const Moderation__Appeal *appeal)
{
        return lifecycle_find(appeal_transitions, appeal->state, "deny", "reviewer") == NULL &&
               strcmp(appeal->state, "submitted") != 0 && strcmp(appeal->state, "info_requested") != 0;
}

static status update_appeal(struct call *call, const Moderation__UpdateAppealRequest *in, Moderation__Appeal *out)
{
        Moderation__Appeal old = MODERATION__APPEAL__INIT;
        TRY(db_one(call, &old.base, SQL_GET_LOCKED, in->appeal_id, call->caller->user_id, call_is_moderator(call)));
        TRY(call_require_version(call, old.version));
        if (is_decided(&old))
                return call_fail(call, STATUS_FAILED_PRECONDITION, "this appeal is decided");
        TRY(appeal_add_message(call, in->appeal_id, old.is_own ? "affected" : "moderator", in->message));
        TRY(db_later(call, NULL, SQL_TOUCH, in->appeal_id));
        TRY(db_one(call, &out->base, SQL_GET, in->appeal_id, call->caller->user_id, call_is_moderator(call)));
        return show(call, out);
}

RPC_TABLE(appeal_rpcs, APPEAL_RPCS);
