/* SPDX-License-Identifier: Apache-2.0 */
#include "common/call.h"

#include "common/clock.h"
#include "common/service.h"

#include <string.h>

static const int64_t patience_max_us = 3600 * 1000000LL;

/* What the header asks for, which is a stranger's number. */
static int64_t patience_us(const Sfp__RequestHeader *header)
{
        return header->deadline_us < (uint64_t)patience_max_us ? (int64_t)header->deadline_us : patience_max_us;
}

void call_init(struct call *call, struct arena *arena, struct service *service, const Sfp__RequestHeader *header,
        const Sfp__Caller *caller)
{
        *call = (struct call){
                .arena = arena,
                .service = service,
                .header = header,
                .caller = caller,
                .deadline_us = clock_now_us() + patience_us(header),
                .violations = violations_in(arena),
        };
        trace_start(&call->trace, header->traceparent);
}

void call_init_own(
        struct call *call, struct arena *arena, struct service *service, const char *traceparent, int64_t deadline_us)
{
        Sfp__RequestHeader *header = arena_alloc(arena, sizeof *header);
        Sfp__Caller *caller = arena_alloc(arena, sizeof *caller);
        sfp__request_header__init(header);
        sfp__caller__init(caller);
        caller->service = (char *)(size_t)service->definition->name;
        header->traceparent = (char *)(size_t)traceparent;
        header->has_deadline_us = 1;
        header->deadline_us = (uint64_t)deadline_us;
        call_init(call, arena, service, header, caller);
        call->trace.is_sampled &= traceparent != NULL;
}

static status record(struct call *call, enum problem problem, status code, const char *format, va_list arguments)
{
        call->problem = problem;
        call->failure = arena_vprintf(call->arena, format, arguments);
        return code;
}

status call_fail(struct call *call, status code, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        record(call, status_problem(code), code, format, arguments);
        va_end(arguments);
        return code;
}

status call_problem(struct call *call, enum problem problem, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        record(call, problem, STATUS_OK, format, arguments);
        va_end(arguments);
        return problem_status(problem);
}

status call_invalid(struct call *call, const char *field, const char *code, const char *format, ...)
{
        const struct field_path path = {NULL, field, -1};
        va_list arguments;
        va_start(arguments, format);
        violation_add(&call->violations, &path, code, "%s", arena_vprintf(call->arena, format, arguments));
        va_end(arguments);
        call->problem = PROBLEM_NONE; /* the field is what is wrong, not what was looked up to find that out */
        call->failure = NULL;
        return STATUS_INVALID_ARGUMENT;
}

status call_expect_version(struct call *call, int64_t current)
{
        if (!call->header->has_expected_version || call->header->expected_version == (uint64_t)current)
                return STATUS_OK;
        return call_problem(call, PROBLEM_VERSION_MISMATCH, "it was changed meanwhile: read it again");
}

status call_require_version(struct call *call, int64_t current)
{
        if (!call->header->has_expected_version)
                return call_problem(call, PROBLEM_VERSION_REQUIRED, "say in If-Match which version you have seen");
        return call_expect_version(call, current);
}

void call_succeed_as(struct call *call, uint32_t http_code)
{
        call->success = http_code;
}

int64_t call_time_left(const struct call *call)
{
        int64_t left = call->deadline_us - clock_now_us();
        return left > 0 ? left : 0;
}

bool call_is_cancelled(const struct call *call)
{
        return running_is_cancelled(&call->mark);
}

bool call_has_role(const struct call *call, const char *role)
{
        for (size_t i = 0; i < call->caller->n_roles; i++)
                if (strcmp(call->caller->roles[i], role) == 0)
                        return true;
        return false;
}

bool call_is_moderator(const struct call *call)
{
        return call_has_role(call, "mod") || call_has_role(call, "admin");
}
