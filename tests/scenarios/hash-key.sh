#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two directors that share a hash-key, as behind a router that spreads flows over both,
# send each client to the same server, though their servers were added in another
# order; also while a server is away. The second is on the back segment, and the client
# goes by one or the other:
#
#	client --- director --- switch --- s1, s2, s3
#	   '------------------- switch --- second

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

HASH_KEY=00112233445566778899aabbccddeeff
OTHER_KEY=00112233445566778899aabbccddeefe

second_up() {
	NS[second]=second-$SUFFIX
	"$LAB" <<END
netns add ${NS[second]}
@$SWITCH_NS
link add second index 61 master br0 type veth peer name back0 index 62 netns ${NS[second]}
link set second up
$(router_sysctls second)
link set lo up
link set back0 up
addr add 198.51.100.2/24 dev back0
addr add 2001:db8:1::2/64 dev back0 nodad
addr add 192.0.2.10/32 dev lo
addr add 2001:db8::10/128 dev lo nodad
route add default via 198.51.100.100
route add default via 2001:db8:1::100
END
	take_path second
}

second() { inside second "$WEIR" "$@"; }

# via director|second: where the client's packets go from now on
via() {
	local hop
	if [[ $1 == director ]]; then hop=$DIRECTOR_FRONT
	elif [[ $FAMILY == 4 ]]; then hop=198.51.100.2
	else hop=2001:db8:1::2; fi
	inside client ip "-$FAMILY" route replace "$VIP" via "$hop"
}

# map DIRECTOR: which server each of 60 clients gets there, in MAP
map() {
	via "$1"
	load tcp 80 --conns 60 --from "$CLIENTS" --sources 60 --exchanges 3 --map "$TMP/map"
	MAP=$(tr '\n' ' ' <"$TMP/map")
}

# agree: whether both send each client to the same server; the load of each is in order
agree() {
	local first
	map director
	first=$MAP
	all_served 60
	map second
	all_served 60 && is "$MAP" "$first"
}

agreeing() { # SCHEDULER
	local name words=()
	set_key tcp 80
	weir service add "$KEY" scheduler "$1" hash-key "$HASH_KEY"
	second service add "$KEY" scheduler "$1" hash-key "${HASH_KEY^^}"
	for name in s1 s2 s3; do weir server add "$KEY" "${SERVER[$name]}"; done
	for name in s3 s1 s2; do second server add "$KEY" "${SERVER[$name]}"; done
	check "$1: directors with one hash-key agree on every client, in whatever order servers were added" agree
	check "$1: the key that was given is told" \
		is "$(json '.services[0].hash_key' show "$KEY" interval 0)" "$HASH_KEY"
	weir server set "$KEY" "${SERVER[s2]}" weight 0
	second server set "$KEY" "${SERVER[s2]}" state down
	check "$1: they agree while a server is away" agree
	check "$1: which has none then" fails matches "$MAP" s2
	weir server set "$KEY" "${SERVER[s2]}" weight 1
	second server set "$KEY" "${SERVER[s2]}" state up
	for name in s1 s2 s3; do words+=(server "${SERVER[$name]}" weight "${name#s}"); done
	weir service replace "$KEY" "${words[@]}"
	second service replace "$KEY" "${words[@]}"
	check "$1: and with other weights" agree
	second service set "$KEY" hash-key "$OTHER_KEY"
	check "$1: with keys that differ in a bit they do not" fails agree
	second service set "$KEY" hash-key "$HASH_KEY"
	check "$1: a key that is set later holds at once" agree
	second service set "$KEY" hash-key random
	check "$1: a random key is not told" \
		is "$(second -j show "$KEY" interval 0 | gojq -r '.services[0].hash_key')" null
	check "$1: and another one" fails agree
	via director
	second flush
	weir flush
}

# Whoever listens may hear events.
told() {
	set_key tcp 80
	weir service add "$KEY"
	monitor_start tcp 80
	weir service set "$KEY" hash-key "$HASH_KEY" fallback off
	check "an event tells what was changed" busywait 5 heard '"fallback":false'
	check "but no key" fails heard hash_key
	monitor_stop
}

second_up
for_each_family agreeing sh
for_each_family agreeing mh
family 4
told
