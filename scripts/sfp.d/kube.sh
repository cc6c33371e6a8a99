# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The pods of the Helm chart, run: its Deployments as Helm renders them, the two Secrets as `./sfp secrets` makes them, played by
# podman beside a PostgreSQL and a Redis. A part of ./sfp test containers, with whose images and in whose namespaces it works.
#
# podman 4.3 plays less than a cluster does, so three things are not the chart's: what it mounts is a directory of the host, no port
# but the gateway's is opened, and pods find each other by their own names instead of headless Services.

KUBE_READY_SECONDS=240
KUBE_RELEASE=kube

# In front, where the host's network is. What is prepared is in kube/, or why nothing is in kube/reason.
kube_prepare() {
    kube_work=$containers_work/kube
    mkdir -p "$kube_work"
    command -v go >/dev/null || { echo "there is no Go to build Helm with" >"$kube_work/reason" && return; }
    step "Building Helm 3" "$containers_log" kube_build_helm || { echo "Helm could not be built (above)" >"$kube_work/reason" && return; }
    kube_port=$(port_free)
    echo "$kube_port" >"$kube_work/port"
    step "Making the two Secrets" "$containers_log" kube_secrets && kube_render
}

kube_build_helm() {
    (cd "$SFP_ROOT/tests/chart" && timeout "$CHART_BUILD_SECONDS" go build -ldflags '-s -w' -o "$kube_work/helm" helm.sh/helm/v3/cmd/helm)
}

kube_secrets() {
    # shellcheck disable=SC2046 # words on purpose
    "$SFP_CMD" secrets --yes --preset "$(basename "$BUILD")" --out "$kube_work/secrets" --database postgresql://kube-postgres:5432/sfp \
        --redis-url redis://kube-redis $(for service in $(kube_services); do echo "--host $(kube_pod "${service#svc-}")"; done)
}

# As podman calls the pod of a Deployment.
kube_pod() { echo "$KUBE_RELEASE-$1-pod-0"; }

kube_values() {
    cat <<END
fullnameOverride: $KUBE_RELEASE
image: {registry: localhost, path: sfp, tag: latest, pullPolicy: Never}
secrets: {as: environment}
redis: {enabled: true}
defaults: {replicas: 1}
serviceSettings: {DRAIN_LINGER_MS: 0}
gateway: {settings: {RATE_LIMIT_READ: 0, RATE_LIMIT_WRITE: 0, RATE_LIMIT_HEAVY: 0, RATE_LIMIT_PUBLIC: 0}}
global:
  endpoints:
END
    for service in $(kube_services); do
        kube_host=$(kube_pod "${service#svc-}")
        echo "    ${service#svc-}: {mesh: \"tls+tcp://$kube_host:7000\", events: \"tls+tcp://$kube_host:7001\"}"
    done
}

kube_render() {
    kube_values >"$kube_work/values.yaml"
    "$kube_work/helm" template "$KUBE_RELEASE" "$SFP_ROOT/helm/social-features" --kube-version 1.34.0 -f "$kube_work/values.yaml" \
        -s templates/configmap.yaml -s templates/deployment.yaml >"$kube_work/rendered.yaml"
    kube_mounts
    awk -v at="$kube_work/pods" -v port="$kube_port" '
        /app.kubernetes.io\/component:/ { name = $2 }
        /emptyDir:/ { sub(/emptyDir:.*/, "hostPath: {path: " at "/" name "/run, type: Directory}") }
        /^ *secret:$/ { match($0, /^ */); depth = RLENGTH; sub(/secret:/, "hostPath: {path: " at "/" name "/mesh, type: Directory}"); print; inside = 1; next }
        inside { match($0, /^ */); if (RLENGTH > depth) next; inside = 0 }
        /containerPort:/ && !/name: http/ { next }
        { sub(/containerPort: 8000/, "containerPort: 8000, hostIP: 127.0.0.1, hostPort: " port); print }' \
        "$kube_work/rendered.yaml" >"$kube_work/played.yaml"
}

# What the pods mount: a directory for what they write, one with their certificate.
kube_mounts() {
    for program in $(kube_names); do
        kube_at=$kube_work/pods/${program#*-}
        mkdir -p "$kube_at/run" "$kube_at/mesh"
        chmod 1777 "$kube_at/run"
        cp "$kube_work/secrets/keys/ca.pem" "$kube_at/mesh/ca.pem"
        cp "$kube_work/secrets/keys/$program.pem" "$kube_at/mesh/own.pem"
        chown -R "$SERVICE_UID:$SERVICE_GID" "$kube_at/mesh"
    done
    chmod 0711 "$containers_work" "$kube_work" "$kube_work/pods"
}

# Afterwards, inside. Counts as the rest of the containers' tests does.
kube_judge() {
    kube_work=$containers_work/kube
    [ ! -e "$kube_work/reason" ] || { say "The chart's pods are left out: $(cat "$kube_work/reason")" && containers_skipped=1 && return; }
    kube_port=$(cat "$kube_work/port")
    step "Playing the chart's Deployments" "$containers_log" kube_up || { containers_failed=$((containers_failed + 1)) && return 1; }
    for name in $(kube_names); do
        kube_pid=$(podman inspect "$(kube_pod "${name#*-}")-$name" --format '{{.State.Pid}}')
        containers_check "pod of $name" "runs as $CONTAINERS_UID, without capabilities and without ways to new ones" containers_is_weak "$kube_pid"
        containers_check "pod of $name" "cannot write its root" grep -q ' / [^ ]* ro[, ]' "/proc/$kube_pid/mounts"
    done
    SFP_URL=http://127.0.0.1:$kube_port SFP_CMD=$SFP_ROOT/tests/containers/kube_token.sh
    export SFP_URL SFP_CMD
    containers_check chart "its pods are one healthy platform, over mutual TLS" containers_await "$KUBE_READY_SECONDS"
    containers_check chart "what helm test asks is answered" kube_tests
    containers_smoke
    [ "$containers_failed" -eq 0 ]
}

kube_names() { echo sfp-gateway && kube_services; }
kube_services() { cat "$BUILD/services.list"; }

kube_up() (
    set -e
    podman network create kube
    mkdir -p "$kube_work/password"
    secret_make password >"$kube_work/password/password"
    podman run -d --name kube-postgres --network kube -e POSTGRES_DB=sfp -e POSTGRES_PASSWORD_FILE=/run/keys/password \
        -v "$kube_work/password:/run/keys:ro" localhost/sfp/postgres postgres -c max_connections=300 -c log_error_verbosity=terse
    podman run -d --name kube-redis --network kube localhost/sfp/redis redis-server --save "" --appendonly no
    kube_roles
    for secret in keys stores; do kube_secret_json "$secret" | podman secret create "sfp-$secret" -; done
    podman play kube --network kube "$kube_work/played.yaml"
)

# roles.sql, by whom an administrator would be.
kube_roles() {
    PGPASSWORD=$(cat "$kube_work/password/password")
    export PGPASSWORD
    tries=60
    until podman exec -e PGPASSWORD kube-postgres psql -qAt -h 127.0.0.1 -U postgres -d sfp -c 'SELECT 1' >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 1
    done
    podman exec -i -e PGPASSWORD kube-postgres psql -q -h 127.0.0.1 -U postgres -d sfp -v ON_ERROR_STOP=1 <"$kube_work/secrets/roles.sql"
}

# A Secret's data as podman keeps it.
kube_secret_json() {
    printf '{'
    kube_separator=''
    for kube_file in "$kube_work/secrets/$1"/*; do
        printf '%s"%s":"%s"' "$kube_separator" "${kube_file##*/}" "$(base64 -w 0 <"$kube_file")"
        kube_separator=,
    done
    printf '}'
}

# From a container beside them, by the same words as the test pod of the chart.
kube_tests() {
    podman run --rm --network kube localhost/sfp/sfp-gateway probe "http://$(kube_pod gateway):8000/api/v1/social/health" --wait 60 >/dev/null
}
