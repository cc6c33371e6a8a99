/* SPDX-License-Identifier: Apache-2.0 */
#include "common/reply.h"

#include "common/frame.h"

enum { TURNED_AWAY_S = 1 };

static struct message *refuse(status code, const char *text, bool is_not_run)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        struct message *reply = NULL;
        header.has_status = 1;
        header.status = code;
        header.message = (char *)(size_t)text;
        header.has_not_run = header.not_run = is_not_run;
        header.has_retry_after_s = is_not_run;
        header.retry_after_s = TURNED_AWAY_S;
        return frame_pack(&header.base, NULL, &reply) == STATUS_OK ? reply : NULL;
}

struct message *reply_refuse(status code, const char *text)
{
        return refuse(code, text, false);
}

struct message *reply_turn_away(status code, const char *text)
{
        return refuse(code, text, true);
}

static void describe_failure(const struct call *call, status code, Sfp__ReplyHeader *header)
{
        enum problem problem = call->problem != PROBLEM_NONE ? call->problem : status_problem(code);
        header->problem = (char *)(size_t)problem_code(problem);
        header->message = (char *)(size_t)(call->failure != NULL ? call->failure : problem_title(problem));
        header->n_errors = call->violations.count;
        header->errors = (Sfp__FieldError **)(size_t)call->violations.errors;
        header->n_allowed = call->n_allowed;
        header->allowed = call->allowed;
        header->has_retry_after_s = call->retry_after_s > 0;
        header->retry_after_s = call->retry_after_s;
}

struct message *reply_pack(const struct call *call, status code, const ProtobufCMessage *out, int64_t took_us)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        struct message *reply = NULL;
        header.has_status = 1;
        header.status = code;
        header.has_server_us = 1;
        header.server_us = (uint64_t)took_us;
        header.has_is_replay = header.is_replay = call->is_replay;
        header.has_success = call->success > 0;
        header.success = call->success;
        if (code != STATUS_OK)
                describe_failure(call, code, &header);
        if (frame_pack(&header.base, code == STATUS_OK ? out : NULL, &reply) == STATUS_OK)
                return reply;
        return reply_refuse(STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

void reply_pack_kept(void *arg, const void *bytes, size_t size)
{
        Sfp__ReplyHeader header = SFP__REPLY_HEADER__INIT;
        header.has_status = 1;
        if (frame_pack_bytes(&header.base, bytes, size, arg) != STATUS_OK)
                *(struct message **)arg = NULL;
}
