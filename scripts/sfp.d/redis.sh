# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A private Redis for the second tier of the caches, on a unix socket in run/: nothing in it has to last.

REDIS_MEMORY=64mb

redis_url() { echo "unix://$RUN_DIR/redis.sock"; }

redis_service() {
    if [ "$REDIS" = no ]; then
        [ ! -d "$DATA/sv/redis" ] || supervisor_remove redis
        return 0
    fi
    supervisor_write redis service <<END
exec $(data_user service) redis-server --port 0 --unixsocket "$RUN_DIR/redis.sock" --unixsocketperm 600 --save "" \\
    --appendonly no --daemonize no --maxmemory $REDIS_MEMORY --maxmemory-policy allkeys-lru
END
}

redis_start() {
    [ "$REDIS" = yes ] || return 0
    supervisor_await redis
    supervisor_up redis
}

redis_environment() { [ "$REDIS" = no ] || echo "REDIS_URL=$(redis_url)"; }
