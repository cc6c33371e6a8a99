/* SPDX-License-Identifier: Apache-2.0 */
/* Exports and erasures on their rows. */
#pragma once

#include "common/jobs.h"
#include "common/lifecycle.h"
#include "sfp/profile.pb-c.h"

enum {
        ERASURE_COOLING_OFF_S = 72 * 3600,
        EXPORT_AUTH_AGE_S = 300,   /* how long ago the user may have shown who they are */
        EXPORT_LIFE_S = 24 * 3600, /* of an archive, and of the patience with services that do not answer */
};

extern const struct lifecycle erasure_lifecycle;
extern const struct lifecycle export_lifecycle;

/* Makes a job of the caller's and walks it through "request". NOT_FOUND when there is a live erasure already. */
MUST_CHECK status privacy_job_make(
        struct call *call, const struct lifecycle *lifecycle, const char *mode, struct lifecycle_subject *out);

/* Is the caller being erased? CONFLICT then: what is made now would go, too. */
MUST_CHECK status privacy_job_check_not_leaving(struct call *call);

/* Loads one for the service's own work, locked. */
MUST_CHECK status privacy_job_load(
        struct call *call, const char *id, Anonymize__PrivacyJobRow **row, struct lifecycle_subject *out);

/* Takes a step of the service's own and stores it. */
MUST_CHECK status privacy_job_step(
        struct call *call, const struct lifecycle *lifecycle, struct lifecycle_subject *job, const char *action);

/* The keyed tag that stands for a user in privacy_jobs. */
ProtobufCBinaryData privacy_job_owner_tag(struct call *call, const char *user_id);

/* Has somebody erased at once as if they had asked for it; harmless when they have. */
MUST_CHECK status privacy_job_erase(struct call *call, const char *user_id, const char *mode);

/* The caller's job as its owner reads it. */
MUST_CHECK status privacy_job_show(struct call *call, const char *id, Anonymize__PrivacyJob *out);
