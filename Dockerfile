# SPDX-License-Identifier: Apache-2.0
# An image for each program: docker build --target svc-goals -t social-features/svc-goals .   (podman, buildah: the same)
#   BASE       a Debian that has apt: what is compiled in, and whose libraries the images hold
#   PROGRAMS   compiled: from this source; given: from the folder programs/ of the context, which tests fill
# What the images of one build share is one layer, and there is no shell in it (images/rootfs.sh). The exception is
# `setup`, which makes keys and roles once and then ends. Caches belong to one stage each: stages are built side by side.
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS programs
ARG PROGRAMS=compiled
RUN rm -f /etc/apt/apt.conf.d/docker-clean
COPY scripts/sfp.d/package.sh /package.sh
RUN --mount=type=cache,id=programs-apt,target=/var/cache/apt \
    --mount=type=cache,id=programs-lists,target=/var/lib/apt/lists \
    [ "$PROGRAMS" = given ] || { . /package.sh && apt-get -q update && \
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $(package_set build); }
WORKDIR /src
COPY . .
RUN --mount=type=cache,id=programs-build,target=/src/build images/programs.sh "$PROGRAMS" /programs

FROM ${BASE} AS rootfs
ARG VERSION=0 REVISION=unknown SOURCE_DATE_EPOCH=0
COPY --from=programs /programs /programs
COPY images /images
RUN --mount=type=cache,id=rootfs-lists,target=/var/lib/apt/lists \
    apt-get -q update && /images/rootfs.sh /programs /rootfs

# RUN_DIR is whoever runs it to mount, writable: under a directory in the image, some engines take its mode for the mount's.
FROM scratch AS runtime
ARG VERSION=0 REVISION=unknown SOURCE=
COPY --from=rootfs /rootfs/runtime /
ENV ADMIN_ADDRESS=0.0.0.0:9090
LABEL org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.vendor="Social Features Platform"
USER 65532:65532
WORKDIR /
STOPSIGNAL SIGTERM

FROM runtime AS svc-anonymize
COPY --from=rootfs /rootfs/svc-anonymize /
LABEL org.opencontainers.image.title="svc-anonymize"
ENTRYPOINT ["/usr/bin/svc-anonymize"]

FROM runtime AS svc-moderation
COPY --from=rootfs /rootfs/svc-moderation /
LABEL org.opencontainers.image.title="svc-moderation"
ENTRYPOINT ["/usr/bin/svc-moderation"]

FROM runtime AS svc-goals
COPY --from=rootfs /rootfs/svc-goals /
LABEL org.opencontainers.image.title="svc-goals"
ENTRYPOINT ["/usr/bin/svc-goals"]

FROM runtime AS svc-forum
COPY --from=rootfs /rootfs/svc-forum /
LABEL org.opencontainers.image.title="svc-forum"
ENTRYPOINT ["/usr/bin/svc-forum"]

FROM runtime AS svc-feed
COPY --from=rootfs /rootfs/svc-feed /
LABEL org.opencontainers.image.title="svc-feed"
ENTRYPOINT ["/usr/bin/svc-feed"]

FROM runtime AS svc-groups
COPY --from=rootfs /rootfs/svc-groups /
LABEL org.opencontainers.image.title="svc-groups"
ENTRYPOINT ["/usr/bin/svc-groups"]

FROM runtime AS svc-mentor
COPY --from=rootfs /rootfs/svc-mentor /
LABEL org.opencontainers.image.title="svc-mentor"
ENTRYPOINT ["/usr/bin/svc-mentor"]

FROM runtime AS svc-peers
COPY --from=rootfs /rootfs/svc-peers /
LABEL org.opencontainers.image.title="svc-peers"
ENTRYPOINT ["/usr/bin/svc-peers"]

FROM runtime AS gateway
COPY --from=rootfs /rootfs/gateway /
LABEL org.opencontainers.image.title="sfp-gateway"
ENV HTTP_ADDRESS=0.0.0.0:8000
EXPOSE 8000
ENTRYPOINT ["/usr/bin/sfp-gateway"]

# Makes the keys, certificates and roles of a platform once, and ends (images/setup.sh): it has a shell and psql.
FROM ${BASE} AS setup
ARG VERSION=0 REVISION=unknown SOURCE=
COPY --from=programs /programs/packages /tmp/packages
RUN --mount=type=cache,id=setup-apt,target=/var/cache/apt \
    --mount=type=cache,id=setup-lists,target=/var/lib/apt/lists \
    apt-get -q update && DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends openssl postgresql-client $(cat /tmp/packages)
COPY --from=rootfs /rootfs/tools/usr/bin/sfp-keys /usr/bin/sfp-keys
COPY scripts/sfp.d /opt/sfp/sfp.d
COPY images/setup.sh /opt/sfp/setup.sh
LABEL org.opencontainers.image.title="setup" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}"
ENTRYPOINT ["/opt/sfp/setup.sh"]

# Operators' programs, for a job or for somebody's hands: docker run --rm -i tools sfp-keys public
FROM runtime AS tools
COPY --from=rootfs /rootfs/tools /
LABEL org.opencontainers.image.title="tools"

# All programs in one, for whoever tries things out.
FROM runtime AS all
COPY --from=rootfs /rootfs/all /
LABEL org.opencontainers.image.title="all"
