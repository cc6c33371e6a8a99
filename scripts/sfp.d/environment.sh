# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What each program finds in its environment: env/<program>/<VARIABLE>, read by chpst -e. Nothing else is inherited.

# Settings of the caller that are handed on as they are.
ENVIRONMENT_PASSED='MIN_COHORT_SIZE DIFFERENTIAL_PRIVACY_EPSILON ANONYMIZATION_NOISE_LEVEL ENABLE_AUTO_MODERATION MODERATION_CONFIDENCE_THRESHOLD HUMAN_REVIEW_QUEUE_SIZE CACHE_DEFAULT_TTL MAX_FEED_ITEMS_PER_PAGE QUERY_TIMEOUT_SECONDS REDIS_URL JWKS_FILE JWKS_URL JWKS_TLS_CA JWKS_REFRESH_S JWT_ISSUER JWT_AUDIENCE JWT_ACCESS_TOKENS_ONLY EVENTS_URL EVENTS_RETENTION_HOURS EVENTS_PATIENCE_HOURS EVENTS_SHARDS RATE_LIMIT_READ RATE_LIMIT_WRITE RATE_LIMIT_HEAVY RATE_LIMIT_PUBLIC TRUSTED_PROXIES TRUSTED_PROXY_HEADER CORS_ORIGINS WS_ORIGINS SOCKETS_MAX HTTP_CONNECTIONS_MAX HTTP_CONNECTIONS_PER_ADDRESS_MAX HTTP_BODY_MAX HTTP_TIMEOUT_S REQUESTS_MAX LOG_LEVEL DASHBOARD_MIN_PEOPLE OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_EXPORTER_OTLP_HEADERS OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_CERTIFICATE OTEL_EXPORTER_OTLP_TIMEOUT OTEL_TRACES_EXPORTER OTEL_SDK_DISABLED OTEL_RESOURCE_ATTRIBUTES OTEL_TRACES_SAMPLER OTEL_TRACES_SAMPLER_ARG OTEL_BSP_SCHEDULE_DELAY OTEL_BSP_MAX_QUEUE_SIZE OTEL_BSP_MAX_EXPORT_BATCH_SIZE'

# environment_of PROGRAM: its variables, a line each.
environment_of() {
    base=$(program_base "$1")
    case $base in
    sfp-gateway)
        echo "HTTP_ADDRESS=127.0.0.1:$PORT"
        echo "JWT_SECRET=$(secret jwt-secret key)"
        echo "PRINCIPAL_KEY=$(secret principal-key key)" ;;
    ops) ;; # operators' programs, which call as a service does
    *)
        echo "MESH_CALLERS=$(environment_callers "${base#svc-}")"
        echo "PRINCIPAL_KEYS=$(secret principal-key key | "$DATA/bin/sfp-keys" public)"
        echo "DATABASE_URL=$(database_url_of "$base")"
        echo "DATA_KEYS=1:$(secret "$base.data-key" key)"
        echo "CURSOR_KEY=$(secret cursor-key key)"
        [ "$REPLICAS" != 1 ] || echo "DRAIN_LINGER_MS=0" ;; # nobody to send callers to
    esac
    echo "MESH_KEY=$(secret "$base.mesh-key" key)"
    echo "RUN_DIR=$RUN_DIR"
    mesh_environment "$1"
    redis_environment
    echo "ADMIN_ADDRESS=127.0.0.1:0"
    for variable in $ENVIRONMENT_PASSED; do
        eval "value=\${$variable:-}"
        # shellcheck disable=SC2154 # set by eval
        [ -z "$value" ] || [ "$variable$REDIS" = REDIS_URLyes ] || printf '%s=%s\n' "$variable" "$value" | head -n 1
    done
}

# environment_callers SERVICE: its MESH_CALLERS: every program of the instance and its operators, by a key that is good for this service
# alone. What each of them may call is the methods' own rule.
environment_callers() {
    for caller in $(program_bases) ops; do
        printf '%s %s\n' "${caller#*-}" "$(secret "$caller.mesh-key" key)"
    done | "$DATA/bin/sfp-keys" callers "$1"
}

# environment_write PROGRAM: true when something has changed.
environment_write() {
    new=$DATA/env/.new
    rm -rf "$new"
    mkdir -m 0700 "$new"
    environment_of "$1" | (
        umask 077
        while IFS= read -r line; do printf '%s\n' "${line#*=}" >"$new/${line%%=*}"; done
    )
    if diff -rq "$new" "$DATA/env/$1" >/dev/null 2>&1; then
        rm -rf "$new"
        return 1
    fi
    rm -rf "${DATA:?}/env/$1"
    mv "$new" "$DATA/env/$1"
}

# environment_exec PROGRAM COMMAND...: the same as this process's own end.
environment_exec() {
    program=$1
    shift
    exec env -i PATH="$PATH" chpst -e "$DATA/env/$program" "$@"
}

# environment_run PROGRAM COMMAND...: a command in that environment.
environment_run() {
    program=$1
    shift
    env -i PATH="$PATH" chpst -e "$DATA/env/$program" "$@"
}
