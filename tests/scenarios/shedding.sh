#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flood of SYNs whose senders never answer: at half-open-max, and at conns-max, the
# oldest handshake that is not complete makes room for a new one. Connections that
# are established go on, and new clients are served all the while.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# flood COUNT PORT: SYNs from clients that do not exist, others each time
flood() {
	FLOODS=$((FLOODS + 1))
	packet flood client front "$1" tcp src="${CLIENTS%1}$FLOODS" dst="$VIP" dport="$2" flags=S
	check "$1 SYNs are sent to port $2" is "$SAID" "$1"
}

# half_open COUNT SHED [PORT]: for busywait and check
half_open() { is "$(of_service tcp "${3:-443}" half_open stats.shed)" "$1 $2"; }

at_the_services_bound() { # METHOD PORT
	service tcp "$2" half-open-max 20
	servers "$1" tcp "$2" s1
	load_start held tcp "$2" --hold --conns 5
	check "$1: connections are established" all_served 5
	check "$1: none of them is half-open" half_open 0 0 "$2"
	flood 20 "$2"
	check "$1: half-open-max handshakes are held, none is shed" busywait 5 half_open 20 0 "$2"
	flood 80 "$2"
	check "$1: what is more takes the place of others, exactly" busywait 5 half_open 20 80 "$2"
	check "$1: the server counts what it has lost" is "$(of_server tcp "$2" s1 stats.shed)" 80
	check "$1: the line of the service tells" \
		matches "$(weir show "$(key tcp "$2")" interval 0)" "half-open-max 20 half-open 20 shed 80"
	load_say held "go 3"
	check "$1: established connections go on" all_served 5
	load tcp "$2" --conns 6 --parallel 1 --exchanges 3
	check "$1: new clients are served in the flood" all_served 6
	check "$1: the first one shed another, and they leave its place" half_open 19 81 "$2"
	check "$1: nothing was dropped for it" drops_grow half-open-max 0
	weir service set "$(key tcp "$2")" half-open-max 0
	flood 100 "$2"
	check "$1: without a bound nothing is shed" busywait 5 half_open 119 81 "$2"
	load_end held
	weir flush
	check "the shed ones stay in the namespace's sum" matches "$(weir stats)" "conns shed +[1-9]"
}

at_conns_max() {
	weir config set conns-max 30
	service tcp 443 half-open-max 0
	servers nat tcp 443 s1
	service udp 443
	servers nat udp 443 s1
	load_start held tcp 443 --hold --conns 5
	check "conns-max: connections are established" all_served 5
	flood 50 443
	check "conns-max: half-open ones make room for half-open ones" busywait 5 half_open 25 25
	load_say held "go 2"
	check "conns-max: established connections go on" all_served 5
	load udp 443 --conns 4
	check "conns-max: datagrams find room too" all_served 4
	check "conns-max: at the cost of as many" half_open 21 29
	load tcp 443 --conns 4 --parallel 1
	check "conns-max: and so do connections" all_served 4
	check "conns-max: nothing was dropped for it" drops_grow conns-max 0
	load_start more tcp 443 --hold --conns 17 --parallel 1
	check "conns-max: until all are established" all_served 17
	check "conns-max: and no handshake is left" half_open 0 50
	drops_mark
	load udp 443 --timeout 300
	check "conns-max: then a newcomer is dropped, not a connection" is "${R[conns]}" 0
	check "conns-max: as conns-max" drops_grow conns-max 1
	load_say held "go 2"
	check "conns-max: and those that exist go on" all_served 5
	load_end more
	load_end held
	weir config set conns-max 1048576
	weir flush
}

# Where too many handshakes of another service are older, none of its own is found; if
# they began on the same CPU, whose are looked at first.
not_found() {
	taskset -cp 0 "${LOAD_PID["packet"]}" >/dev/null
	service tcp 80 half-open-max 0
	servers direct tcp 80 s1
	service tcp 443 half-open-max 5
	servers nat tcp 443 s1
	flood 2500 80
	check "2500 handshakes of another service are held" busywait 20 half_open 2500 0 80
	drops_mark
	flood 15 443
	check "not found: no more than half-open-max are held" busywait 5 half_open 5 0
	check "not found: the newcomers are dropped as half-open-max" busywait 5 drops_grow half-open-max 10
	weir flush
}

# Handshakes that are not shed time out by themselves.
expire() {
	service tcp 443 half-open-max 20 timeout tcp-syn 1s
	servers direct tcp 443 s1
	flood 20 443
	check "handshakes that are not shed time out" busywait 10 conns_are 0
	check "and are none of the shed" half_open 0 0
	weir flush
}

body() {
	drops_mark
	at_the_services_bound nat 443
	at_the_services_bound direct 80
	at_conns_max
	not_found
	expire
}

# The flood's senders do not tell that they know of nothing.
inside client nft -f - <<'END'
table inet mute {
	chain out {
		type filter hook output priority 0
		ip saddr 203.0.113.0/24 drop
		ip6 saddr 2001:db8:2::/64 drop
	}
}
END
FLOODS=0
taps client front
for_each_family body
