/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/mesh_caller.h"

#include "common/clock.h"
#include "tests/e2e/client.h"
#include "tests/e2e/program.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

const char *mesh_variable(const char *program, const char *name)
{
        char value[256] = "";
        FILE *file = fopen(text("%s/env/%s/%s", program_setting("SFP_DATA"), program, name), "re");
        ck_assert_msg(file != NULL && fgets(value, sizeof value, file) != NULL, "%s has no %s", program, name);
        fclose(file);
        value[strcspn(value, "\n")] = '\0';
        return text("%s", value);
}

static ProtobufCBinaryData word_for(const Sfp__Caller *caller)
{
        Sfp__Caller user = *caller;
        struct principal_signer *signer = principal_signer_new(mesh_variable("sfp-gateway", "PRINCIPAL_KEY"));
        ck_assert_ptr_nonnull(signer);
        user.service = NULL;
        ProtobufCBinaryData word = principal_sign(signer, scene_arena(), &user, clock_unix_us() / 1000000);
        principal_signer_free(signer);
        return word;
}

struct message *mesh_request(const char *service, const Sfp__RequestHeader *header, const Sfp__Caller *caller,
        const void *payload, size_t size)
{
        uint8_t room[HOP_PROOF_SIZE] = {0};
        struct message *request;
        Sfp__RequestHeader whole = *header;
        bool is_gateway = caller->service == NULL;
        const char *program = is_gateway ? "sfp-gateway" : text("svc-%s", caller->service);
        struct hop_keys *keys = hop_keys_new(mesh_variable(program, "MESH_KEY"), "");
        ck_assert_ptr_nonnull(keys);
        whole.caller = is_gateway ? (char *)(size_t)IDENTITY_GATEWAY : caller->service;
        whole.has_principal = caller->user_id != NULL;
        if (whole.has_principal)
                whole.principal = word_for(caller);
        whole.has_proof = 1;
        whole.proof = (ProtobufCBinaryData){sizeof room, room};
        ck_assert_int_eq(frame_pack_bytes(&whole.base, payload, size, &request), STATUS_OK);
        hop_prove(keys, service + strlen("svc-"), request);
        hop_keys_free(keys);
        return request;
}
