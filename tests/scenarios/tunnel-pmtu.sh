#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Path MTU of tunnels. What the outer headers leave is the client's MTU: where the
# director's own route has a smaller one, and where a router behind it tells the
# director, which tells the client in words of its own family:
#
#	client ---- director ---- switch ---- router ---- s4
#	                                          1400
#
# So it is with routers that cannot deliver the outer packets. Every transfer is
# compared byte by byte at both ends.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"
# shellcheck source=tests/lib/tunnel.sh
. "${0%/*}/../lib/tunnel.sh"

MTU=1400

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		TOO_BIG="type=3 code=4" UNREACHABLE="type=3 code=1" HEADER=20
		OUTER_ROUTER=198.51.100.50
	else
		TOO_BIG="type=2 code=0" UNREACHABLE="type=1 code=0" HEADER=40
		OUTER_ROUTER=2001:db8:1::50
	fi
}

# A router on the back segment, and a server behind it on a link with a smaller MTU.
router_up() {
	NS[router]=router-$SUFFIX NS[s4]=s4-$SUFFIX
	"$LAB" <<END
netns add ${NS[router]}
netns add ${NS[s4]}
@$SWITCH_NS
link add router index 39 master br0 type veth peer name back0 index 49 netns ${NS[router]}
link set router up
$(router_sysctls router)
link set lo up
link add far0 mtu $MTU index 31 type veth peer name back0 mtu $MTU index 41 netns ${NS[s4]}
link set back0 up
link set far0 up
addr add 198.51.100.50/24 dev back0
addr add 2001:db8:1::50/64 dev back0 nodad
addr add 198.18.5.1/24 dev far0
addr add 2001:db8:5::1/64 dev far0 nodad
route add default via 198.51.100.100
route add default via 2001:db8:1::100
$(host_sysctls s4)
link set lo up
link set back0 up
addr add 198.18.5.2/24 dev back0
addr add 2001:db8:5::2/64 dev back0 nodad
addr add 192.0.2.10/32 dev lo
addr add 2001:db8::10/128 dev lo nodad
route add default via 198.18.5.1
route add default via 2001:db8:5::1
@$DIRECTOR_NS
route add 198.18.5.0/24 via 198.51.100.50
route add 2001:db8:5::/64 via 2001:db8:1::50
END
	servers_start s4
	packet tap s4 "${NS[s4]}" back0
	packet tap router "${NS[router]}" back0
}

# forget: what client and director have learned of paths
forget() {
	inside client ip "-$FAMILY" route flush cache
	ip "-$OUTER" route flush cache
}

# big SPORT SIZE: a packet that may not be fragmented
big() {
	packet send client front udp src="$CLIENT" sport="$1" dst="$VIP" dport=53 df \
		payload=$(($2 - HEADER - 8))
}

# is_told SPORT WORD...: the client, of a packet it sent from there
is_told() {
	arrives client icmp dst="$CLIENT" "${@:2}" sums=ok quoted=udp qsrc="$CLIENT" qsport="$1" \
		qdst="$VIP" qdport=53
}

# words WORD...: a tunnel; what its packets leave is in INNER
words() {
	shim_of "$@"
	INNER=$((MTU - OUTER_HEADER - SHIM))
	WHAT="IPv$OUTER, $*"
}

# services SERVER WORD...: of both protocols
services() {
	service udp 53
	tunneled udp 53 "$1" tunnel "${@:2}"
	service tcp 80
	tunneled tcp 80 "$1" tunnel "${@:2}"
}

# The director's own route.
route() { # WORD...
	words "$@"
	services s1 "$@"
	ip route add "${SERVER[s1]}" dev back0 mtu "$MTU"
	packet clear
	drops_mark
	big 40000 $((INNER + 1))
	# shellcheck disable=SC2086
	check "$WHAT: a packet of $((INNER + 1)) bytes is answered by an error that tells the MTU $INNER" \
		is_told 40000 $TOO_BIG rest="$INNER"
	check "$WHAT: and counted as too-big" drops_grow too-big 1
	big 40000 "$INNER"
	check "$WHAT: one of $INNER bytes passes" busywait 5 counted_by s1 in 1
	forget
	load tcp 80 --size "$SIZE" --reply 2000
	check "$WHAT: $SIZE bytes to the server arrive, all of them intact, once the client has learned the MTU" all_served 1
	packet biggest s1
	check "$WHAT: nothing larger than the path's MTU was sent" atmost "$SAID" "$MTU"
	fragments "$@"
	ip route del "${SERVER[s1]}" dev back0
	forget
	weir flush
}

# counted_by NAME in COUNT: packets that the director has counted for a server
counted_by() { is "$(of_server udp 53 "$1" "stats.packets_$2")" "$3"; }

# What may be fragmented is, outside.
fragments() {
	[[ $FAMILY == 6 ]] || inside client bash -c 'echo 1 >/proc/sys/net/ipv4/ip_no_pmtu_disc'
	load udp 53 --conns 2 --exchanges 2 --size 1440 --reply 100
	check "$WHAT: datagrams that may be fragmented arrive intact" all_served 2
	load udp 53 --conns 2 --exchanges 2 --size 4000 --reply 100
	check "$WHAT: and so do those that the client has fragmented" all_served 2
	[[ $FAMILY == 6 ]] || inside client bash -c 'echo 0 >/proc/sys/net/ipv4/ip_no_pmtu_disc'
}

# A router that tells the director.
router() { # WORD...
	words "$@"
	services s4 "$@"
	load udp 53 --exchanges 3 --sport 40000
	check "$WHAT: a server behind a router is reached" all_served 1
	packet clear
	drops_mark
	big 40000 1440
	# shellcheck disable=SC2086
	check "$WHAT: what a router says of an outer packet, the client is told of the inner one, MTU $INNER" \
		is_told 40000 $TOO_BIG rest="$INNER"
	check "$WHAT: no packet was dropped by the director for that" drops_grow too-big 0
	packet clear
	big 40000 $((INNER + 1))
	# shellcheck disable=SC2086
	check "$WHAT: the next one the director itself answers" is_told 40000 $TOO_BIG rest="$INNER"
	check "$WHAT: since it has learned the path's MTU" drops_grow too-big 1
	check "$WHAT: no router sees it" arrived 0 router src="$OUTER_DIRECTOR" '!icmp'
	forget
	load tcp 80 --size "$SIZE" --reply 2000
	check "$WHAT: $SIZE bytes to the server arrive, all of them intact" all_served 1
	forget
	unreachable
	weir flush
}

# comes_to_hear PORT WORD...: is_told, for one of three packets: a host does its best to
# tell, and leaves it at that while it tells somebody else
comes_to_hear() {
	local i
	for i in 1 2 3; do
		big "$1" 100
		if is_told "$@"; then return; fi
	done
	echo "of $i packets none was answered"
	return 1
}

# A router that has no way, or thinks that packets go in circles.
unreachable() {
	local at=${SERVER[s4]} bits=32 via=198.51.100.50
	[[ $OUTER == 4 ]] || bits=128 via=2001:db8:1::50
	packet clear
	inside router ip route add unreachable "$at/$bits"
	# shellcheck disable=SC2086
	check "$WHAT: that a router has no way is told the client" comes_to_hear 40000 $UNREACHABLE
	inside router ip route del unreachable "$at/$bits"
	packet clear
	ip route add "$at/$bits" via "$via" hoplimit 1
	big 40000 100
	# shellcheck disable=SC2086
	check "$WHAT: that the outer TTL ran out is told the client as unreachable" is_told 40000 $UNREACHABLE
	ip route del "$at/$bits" via "$via"
	packet clear
	load udp 53 --exchanges 3 --sport 40000
	check "$WHAT: then packets arrive again" all_served 1
}

# Errors that are none of ours, or damaged, do no harm.
strangers() {
	outer "$FAMILY"
	words ipip
	services s4 ipip
	drops_mark
	packet clear
	# shellcheck disable=SC2086
	packet send router back icmp src="$OUTER_ROUTER" dst="$OUTER_DIRECTOR" $TOO_BIG rest=1300 \
		quote udp src="$OUTER_DIRECTOR" sport=40000 dst="${SERVER[s4]}" dport=6080 payload=100
	load udp 53 --exchanges 3
	check "an error about a packet that no connection has sent tells no client" \
		arrived 0 client icmp '!type=135' '!type=136'
	weir flush
}

# What IPv6 senders cannot make smaller is fragmented outside.
smallest() {
	[[ $FAMILY == 6 ]] || return 0
	outer 6
	service udp 53
	tunneled udp 53 s1 tunnel gue
	ip route add "${SERVER[s1]}" dev back0 mtu 1280
	packet clear
	drops_mark
	load udp 53 --conns 2 --exchanges 3 --size 1200 --reply 100
	check "packets of 1280 bytes pass where tunnel and path leave less" all_served 2
	check "because the outer ones are fragmented" arrived 6 s1 fragment=0
	big 40000 1281
	check "larger ones are refused with the least MTU that there is" is_told 40000 type=2 code=0 rest=1280
	ip route del "${SERVER[s1]}" dev back0
	weir flush
}

body() {
	local number
	words_of_family
	SIZE=$(scaled 100000)
	for number in 4 6; do
		outer "$number"
		route ipip
		route gue
		route gre
		router ipip
		router gue tunnel-checksum remote
		router gre
	done
	strangers
	smallest
}

tunnels_need
taps client front back s1
router_up
unwrap s1 s4
packet offload "$DIRECTOR_NS" back0 tso off
packet offload "$DIRECTOR_NS" back0 gso off
for_each_family body
