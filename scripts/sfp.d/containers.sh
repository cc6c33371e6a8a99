# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The tests of the images: ./sfp test containers builds all of them with buildah on a Debian bootstrapped here, has compose.yaml
# run by podman as it is for users, and holds the running containers against what is said of them; then the chart's pods
# (kube.sh). No registry is asked.
# Nothing of the host's own containers is touched, and nothing is left: stores, networks and volumes are in one directory.

CONTAINERS_BUILD_SECONDS=420
CONTAINERS_READY_SECONDS=180
CONTAINERS_SIZE_MAX=45000000
CONTAINERS_PROJECT=sfp-test

# ./sfp test containers [-v]; --inside DIR is what it says to itself.
command_test_containers() {
    containers_verbose='' containers_work=''
    while [ $# -gt 0 ]; do
        case $1 in
        -v) containers_verbose=-v ;;
        --inside) containers_work=$2 && shift ;;
        *) die "test containers does not know '$1'. See: ./sfp test --help" ;;
        esac
        shift
    done
    containers_passed=0 containers_failed=0 containers_skipped=0
    is_root || { containers_left_out "only root can build and run them here" && return; }
    build_locate "${PRESET_OPTION:-dev}"
    [ -z "$containers_work" ] || { containers_inside; return; }
    package_install base containers
    build "${PRESET_OPTION:-dev}" programs containers-smoke_test
    containers_begin
    containers_base || return 0
    containers_images || { say "0 passed, 1 failed" && return 1; }
    kube_prepare || { say "0 passed, 1 failed" && return 1; }
    # A network, mounts and processes of their own: nothing meets other containers of the host, and nothing outlives this.
    unshare --net --mount --propagation private --pid --fork --mount-proc --kill-child \
        "$SFP_CMD" test containers --preset "$(basename "$BUILD")" --inside "$containers_work" $containers_verbose
}

containers_inside() {
    containers_settings
    containers_can_run || return 0
    containers_status=0
    { containers_judge_images && containers_up && containers_judge && kube_judge; } || containers_status=$?
    containers_count "$containers_status"
}

# Says why, and counts as one that was skipped.
containers_left_out() {
    say "The images are left out: $1"
    say "0 passed, 0 failed, 1 skipped"
}

containers_count() {
    [ "$1" -eq 0 ] || [ "$containers_failed" -gt 0 ] || containers_failed=1 # a step before the judging
    [ "$containers_failed" -eq 0 ] || containers_show
    say "$containers_passed passed, $containers_failed failed, $containers_skipped skipped"
    [ "$containers_failed" -eq 0 ]
}

containers_begin() {
    containers_work=$(mktemp -d /var/tmp/sfp-containers-XXXXXX)
    trap containers_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    containers_settings
    cat >"$CONTAINERS_CONF" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$containers_work/tmp"
static_dir = "$containers_work/store/libpod"
[network]
network_backend = "netavark"
network_config_dir = "$containers_work/networks"
END
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$containers_work" "$containers_work" \
        >"$CONTAINERS_STORAGE_CONF"
}

# Lower limits than an engine asks for, and runc without systemd: that works in a container, too.
containers_settings() {
    export CONTAINERS_CONF="$containers_work/containers.conf" CONTAINERS_STORAGE_CONF="$containers_work/storage.conf"
    export TMPDIR="$containers_work"
    containers_log=$containers_work/log
}

containers_end() {
    trap - EXIT
    trap '' INT TERM HUP
    awk -v under="$containers_work/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r |
        while IFS= read -r mounted; do umount -l "$mounted" 2>/dev/null || :; done
    rm -rf "$containers_work"
}

# A Debian of the release that the programs were built on.
containers_base() {
    unshare --net --mount --pid --fork true 2>/dev/null || { containers_left_out "this kernel gives no namespaces" && return 1; }
    containers_release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    step "Bootstrapping Debian $containers_release" "$containers_log" timeout "$CONTAINERS_BUILD_SECONDS" \
        mmdebstrap --variant=minbase "$containers_release" "$containers_work/base.tar" ||
        { containers_left_out "no Debian could be bootstrapped (above)" && return 1; }
    podman import "$containers_work/base.tar" localhost/sfp-base >"$containers_log" 2>&1 ||
        { containers_left_out "podman does not take an image: $(tail -n 1 "$containers_log")" && return 1; }
    rm "$containers_work/base.tar"
    mkdir "$containers_work/probe"
    printf 'FROM localhost/sfp-base\nRUN true\n' >"$containers_work/probe/Dockerfile"
    timeout 60 buildah bud --isolation chroot "$containers_work/probe" >"$containers_log" 2>&1 ||
        { containers_left_out "buildah cannot build here: $(tail -n 1 "$containers_log")" && return 1; }
}

# One command in a container, on a network.
containers_can_run() {
    mkdir -p /run/containers /run/netns
    for shared in /run/containers /run/netns; do mount -t tmpfs tmpfs $shared || return 1; done
    ip link set lo up
    podman network create probe >"$containers_log" 2>&1 &&
        timeout 60 podman run --rm --network probe localhost/sfp-base true >>"$containers_log" 2>&1 ||
        { containers_left_out "this kernel does not let containers run: $(tail -n 1 "$containers_log")" && return 1; }
}

# containers_build TARGET CONTEXT ARGUMENTS...
containers_build() {
    containers_target=$1 containers_context=$2
    shift 2
    timeout "$CONTAINERS_BUILD_SECONDS" buildah bud --isolation chroot --layers --build-arg BASE=localhost/sfp-base "$@" --target "$containers_target" \
        -t "localhost/sfp/$(containers_image_name "$containers_target")" "$containers_context"
}

# An image is called as the program in it.
containers_image_name() { [ "$1" = gateway ] && echo sfp-gateway || echo "$1"; }
containers_names() { echo gateway && cat "$BUILD/services.list"; }

# The programs are those of the build: compiling them once more would show nothing else.
containers_images_all() (
    set -e
    context=$containers_work/context
    mkdir -p "$context/scripts"
    "$SFP_ROOT/images/gather.sh" "$BUILD" "$context/programs"
    cp -r "$SFP_ROOT/Dockerfile" "$SFP_ROOT/images" "$context/"
    cp -r "$SFP_ROOT/scripts/sfp.d" "$context/scripts/"
    for target in postgres redis; do containers_build $target "$SFP_ROOT/tests/containers"; done
    for target in setup tools all $(containers_names); do
        containers_build "$target" "$context" --build-arg PROGRAMS=given --build-arg VERSION="$(containers_version)" \
            --build-arg REVISION="$(git -C "$SFP_ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)"
    done
)

containers_version() { sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' "$SFP_ROOT/CMakeLists.txt"; }

containers_images() { step "Building the images" "$containers_log" containers_images_all; }

# compose.yaml as it is, with the images made here.
containers_compose() {
    SFP_IMAGES=localhost/sfp SFP_POSTGRES_IMAGE=localhost/sfp/postgres SFP_REDIS_IMAGE=localhost/sfp/redis SFP_PORT=$PORT \
        timeout "$CONTAINERS_BUILD_SECONDS" podman-compose -f "$SFP_ROOT/compose.yaml" -p "$CONTAINERS_PROJECT" "$@"
}

containers_up() {
    PORT=$(port_free)
    SFP_URL=http://127.0.0.1:$PORT SFP_DATA=$containers_work SFP_CMD=$SFP_ROOT/tests/containers/token.sh SFP_BUILD=$BUILD
    export SFP_URL SFP_DATA SFP_CMD SFP_BUILD
    step "Starting compose.yaml" "$containers_log" containers_compose up -d --no-build && containers_await "$CONTAINERS_READY_SECONDS"
}

containers_await() { # seconds
    deadline=$(($(date +%s) + $1))
    until curl -fs --noproxy '*' --max-time 5 "$SFP_URL/api/v1/social/health" 2>/dev/null | grep -q '"healthy"'; do
        [ "$(date +%s)" -lt $deadline ] || { warn "the platform is not healthy after $1 s" && return 1; }
        sleep 1
    done
}

# What the containers said last.
containers_show() {
    for name in $(podman ps -a --format '{{.Names}}'); do
        say "-- $name: $(podman inspect "$name" --format '{{.State.Status}} {{.State.ExitCode}}')"
        podman logs --tail 8 "$name" 2>&1 | cut -c 1-300
    done
}
