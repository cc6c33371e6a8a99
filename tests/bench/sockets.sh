# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The part "sockets" of run.sh: a gateway of its own beside the instance's, with room for all of them.

SOCKETS_BOUND_MIB=200 # of a gateway with 10,000 idle sockets
SOCKETS_FRAMES=20     # kept for each user, eight sockets of whom hear them

# Frames that svc-feed would have made: 8 sockets a user hear each of them.
sockets_seed() {
    "$SFP_CMD" psql feed --data "$SFP_DATA" -q -v users=$((sockets_count / 8 + 1)) -v frames=$SOCKETS_FRAMES <<'END'
CREATE TEMP TABLE who AS
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS user_id FROM generate_series(0, :users) n;
INSERT INTO notification_heads (user_id, last_frame_seq) SELECT user_id, :frames FROM who ON CONFLICT DO NOTHING;
INSERT INTO frames (user_id, seq, type, event_id, data)
SELECT user_id, seq, 'notification', gen_random_uuid(), '{"type": "goal_share", "id": "8d7f2f8e-0b1c-4a57-9c0a-0f6b5d3f2a11"}'
FROM who, generate_series(1, :frames) seq ON CONFLICT DO NOTHING;
END
}

sockets_gateway() {
    (
        # shellcheck disable=SC3045 # dash has it
        ulimit -n "$(ulimit -Hn)"
        mkdir "$work/gateway"
        exec env -i PATH="$PATH" chpst -e "$SFP_DATA/env/sfp-gateway" env RUN_DIR="$work/gateway" HTTP_ADDRESS="127.0.0.1:$port" \
            MESH_ADDRESS="ipc://$sockets_run/svc-{service}.ipc" EVENTS_ADDRESS="ipc://$sockets_run/svc-{service}.events.ipc" \
            HTTP_CONNECTIONS_MAX=65536 HTTP_CONNECTIONS_PER_ADDRESS_MAX=0 SOCKETS_MAX=65536 "$SFP_BUILD/bin/sfp-gateway"
    ) 2>"$work/gateway.log" & peer=$!
}

sockets_value() { awk -v name="$1" '$1 == name { print $2 }' "$work/sockets"; }

sockets() {
    sockets_count=${SFP_SOCKETS:-10000}
    sockets_run=$(cat "$SFP_DATA/env/sfp-gateway/RUN_DIR")
    port=$(awk -v s="$$" 'BEGIN { srand(); print 20000 + int(rand() * 12000) }')
    sockets_seed
    sockets_gateway
    listening curl -sf --noproxy '*' "http://127.0.0.1:$port$api/status/live"
    before=$(ticks $peer)
    "$SFP_BUILD/bench/sockets_bench" "127.0.0.1:$port" $peer "$(cat "$SFP_DATA/env/sfp-gateway/JWT_SECRET")" "$sockets_count" \
        >"$work/sockets" || { cat "$work/gateway.log" >&2; exit 1; }
    cpu=$(($(ticks $peer) - before))
    kill $peer; wait $peer 2>/dev/null || true
    peer=''
    [ -z "$(sockets_value lowered)" ] || echo "sockets: $sockets_count are more than ulimit -n allows; fewer were opened"
    echo "sockets: $(sockets_value sockets) idle ones: $(sockets_value resident_kib) KiB resident in all (bound $((SOCKETS_BOUND_MIB * 1024))), $(sockets_value bytes_per_socket) bytes each"
    echo "  fan-out: $(sockets_value messages) messages, $(sockets_value messages_per_s)/s, from the database to the clients; then $(sockets_value resident_after_kib) KiB"
    echo "  a good request, p50 / p99 us: alone $(sockets_value alone_p50_us) / $(sockets_value alone_p99_us), beside idle sockets $(sockets_value idle_p50_us) / $(sockets_value idle_p99_us), and beside $(sockets_value slow) half requests $(sockets_value slow_p50_us) / $(sockets_value slow_p99_us)"
    echo "  CPU of the gateway: $(awk -v t=$cpu 'BEGIN { printf "%.1f", t / 100 }') s"
}
