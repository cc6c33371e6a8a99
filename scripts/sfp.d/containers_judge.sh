# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What is said of the images, and of the containers that compose.yaml makes of them, held against what they are. How a
# container really runs is read from the kernel (/proc), not asked of the engine that was told.

CONTAINERS_UID=65532

# containers_check WHAT TEXT COMMAND...: counts, and says what was not so.
containers_check() {
    containers_of=$1 containers_text=$2
    shift 2
    if containers_said=$("$@" 2>&1); then
        containers_passed=$((containers_passed + 1))
        [ -z "$containers_verbose" ] || say "ok    $containers_of: $containers_text"
    else
        containers_failed=$((containers_failed + 1))
        say "FAIL  $containers_of: not so: $containers_text${containers_said:+ ($containers_said)}"
    fi
}

# Each of the nine; the sizes are what README and docs/operations.md say they are about.
containers_judge_images() {
    for name in $(containers_names); do
        image=localhost/sfp/$(containers_image_name "$name")
        root=$(podman image mount "$image") || return 1
        containers_check "$name" "has its program and no other, and no shell" containers_has_only "$root" "$(containers_image_name "$name")"
        containers_check "$name" "lists its parts with versions and licences" containers_has_list "$root/usr/share/sbom/$name.spdx.json"
        containers_check "$name" "has a copyright file for every part" containers_has_copyrights "$root"
        containers_check "$name" "has labels and runs as $CONTAINERS_UID" containers_has_labels "$image"
        containers_check "$name" "is no larger than $CONTAINERS_SIZE_MAX bytes" [ "$(containers_size "$image")" -le "$CONTAINERS_SIZE_MAX" ]
        containers_check "$name" "shares the layer of libraries" [ "$(containers_base_of "$image")" = "$(containers_base_of localhost/sfp/sfp-gateway)" ]
        podman image unmount "$image" >/dev/null
    done
    containers_list
}

containers_size() { podman image inspect "$1" --format '{{.Size}}'; }
containers_base_of() { podman image inspect "$1" --format '{{index .RootFS.Layers 0}}'; }

containers_list() {
    say "Images (of each, $(du -sb "$(podman image mount localhost/sfp/tools)/usr/lib" | awk '{ printf "%.1f", $1 / 1e6 }') MB and more are shared):"
    podman image unmount localhost/sfp/tools >/dev/null
    for name in $(containers_names) tools all; do
        name=$(containers_image_name "$name")
        containers_size "localhost/sfp/$name" | awk -v name="$name" '{ printf "  %-16s %5.1f MB\n", name, $1 / 1e6 }'
    done
}

# Outside of the libraries nothing can be started but the program.
containers_has_only() {
    others=$(find "$1" -type f -perm /111 ! -path "$1/usr/lib/*" ! -path "$1/usr/bin/$2")
    shells=$(find "$1" \( -name sh -o -name bash -o -name dash -o -name busybox -o -name perl \) ! -type d)
    [ -x "$1/usr/bin/$2" ] && [ -z "$others$shells" ] || { echo "$others $shells" && return 1; }
}

containers_has_list() {
    python3 - "$1" <<'END'
import json, sys
document = json.load(open(sys.argv[1]))
parts = document["packages"]
assert document["spdxVersion"] == "SPDX-2.3" and len(parts) > 20, len(parts)
assert all(part["versionInfo"] and part["licenseDeclared"] for part in parts)
for name in ("libc6", "libpq5", "ca-certificates"):
    assert any(part["name"] == name for part in parts), name
END
}

containers_has_copyrights() {
    for part in "$1"/var/lib/dpkg/status.d/*; do
        case $part in *.md5sums) continue ;; esac
        [ -s "$1/usr/share/doc/${part##*/}/copyright" ] || { echo "${part##*/} has none" && return 1; }
    done
}

containers_has_labels() {
    facts=$(podman image inspect "$1" --format '{{.User}}|{{index .Labels "org.opencontainers.image.version"}}|{{index .Labels "org.opencontainers.image.licenses"}}|{{index .Labels "org.opencontainers.image.title"}}|{{.Config.StopSignal}}')
    case $facts in "$CONTAINERS_UID:$CONTAINERS_UID|$(containers_version)|Apache-2.0|"?*"|SIGTERM") ;; *) echo "$facts" && return 1 ;; esac
}

containers_judge() {
    for name in $(containers_names); do
        pid=$(podman inspect "${CONTAINERS_PROJECT}_${name}_1" --format '{{.State.Pid}}')
        containers_check "$name" "runs as $CONTAINERS_UID, without capabilities and without ways to new ones" containers_is_weak "$pid"
        containers_check "$name" "cannot write its root" grep -q ' / [^ ]* ro[, ]' "/proc/$pid/mounts"
        containers_check "$name" "has no secret in its environment" containers_keeps_secrets "/proc/$pid/environ"
    done
    containers_check all "no secret is in what the engine tells" containers_tells_no_secret
    containers_check gateway "a token is made as compose.yaml says" containers_makes_token
    containers_smoke
    containers_check all "they stop within their time and begin again" containers_come_back
    [ "$containers_failed" -eq 0 ]
}

containers_is_weak() {
    awk -v uid=$CONTAINERS_UID '
        /^Uid:/ && ($2 != uid || $3 != uid || $4 != uid) { print; bad = 1 }
        /^Cap(Inh|Prm|Eff|Bnd|Amb):/ && $2 !~ /^0+$/ { print; bad = 1 }
        /^NoNewPrivs:/ && $2 != 1 { print; bad = 1 }
        END { exit bad }' "/proc/$1/status"
}

containers_keeps_secrets() {
    tr '\0' '\n' <"$1" >"$containers_work/told"
    containers_secrets_in "$containers_work/told"
}

containers_tells_no_secret() {
    for name in $(podman ps -a --format '{{.Names}}'); do podman inspect "$name" && podman logs "$name" 2>&1; done >"$containers_work/told"
    containers_secrets_in "$containers_work/told"
}

# True when no key or password, as they are in the volume of the originals, is in the file.
containers_secrets_in() {
    for file in "$(podman volume inspect "${CONTAINERS_PROJECT}_keep" --format '{{.Mountpoint}}')"/secrets/*; do
        ! grep -qF -- "$(cat "$file")" "$1" || { echo "${file##*/}" && return 1; }
    done
}

containers_makes_token() {
    podman exec "${CONTAINERS_PROJECT}_gateway_1" sfp-gateway token --sub "$(cat /proc/sys/kernel/random/uuid)" | grep -q '^ey.*\..*\.'
}

# A Check program of the suite's, on these containers.
containers_smoke() {
    suite_passed=0 suite_failed=0 suite_verbose=$containers_verbose
    suite_run_one containers containers/smoke_test "$BUILD/tests/containers-smoke_test"
    containers_passed=$((containers_passed + suite_passed))
    containers_failed=$((containers_failed + suite_failed))
}

# SIGTERM is enough (137 would be a SIGKILL), and what was kept is found again.
containers_come_back() {
    for name in svc-goals gateway; do
        podman stop -t 30 "${CONTAINERS_PROJECT}_${name}_1" >/dev/null || return 1
        code=$(podman inspect "${CONTAINERS_PROJECT}_${name}_1" --format '{{.State.ExitCode}}')
        [ "$code" -eq 0 ] || { echo "$name ended with $code" && return 1; }
        podman start "${CONTAINERS_PROJECT}_${name}_1" >/dev/null || return 1
    done
    containers_await "$CONTAINERS_READY_SECONDS"
}
