#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Namespaces that end: four directors beside the first, each with services, open
# connections and traffic, are deleted at once. They are gone within seconds, and
# the first director serves on.
#
#	client --- switch --+-- x1   .31 ::31, VIP .21 ::21   x2, x3, x4 alike
#	                    '-- s1   has those VIPs too (direct)
#
# Needs two processors: packets pass while namespaces go.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/flood.sh
. "${0%/*}/../lib/flood.sh"

EXTRA=(1 2 3 4)

extra_ns() { echo "x$1-$SUFFIX"; }

extra_vip() { if [[ $FAMILY == 4 ]]; then echo "198.51.100.2$1"; else echo "2001:db8:1::2$1"; fi; }

extra_lab() {
	local i
	for i in "${EXTRA[@]}"; do
		cat <<END
@$(extra_ns "$i")
= net/ipv6/conf/all/accept_dad 0
= net/ipv6/conf/default/accept_dad 0
= net/ipv4/conf/all/arp_announce 2
@$SWITCH_NS
link add x$i index $((60 + i)) master br0 type veth peer name back0 index $((70 + i)) netns $(extra_ns "$i")
link set x$i up
@$(extra_ns "$i")
link set lo up
link set back0 up
addr add 198.51.100.3$i/24 dev back0
addr add 198.51.100.2$i/32 dev back0
addr add 2001:db8:1::3$i/64 dev back0 nodad
addr add 2001:db8:1::2$i/128 dev back0 nodad
END
	done
}

extra_vips() {
	local i
	echo "@${NS[s1]}"
	for i in "${EXTRA[@]}"; do
		echo "addr add 198.51.100.2$i/32 dev lo"
		echo "addr add 2001:db8:1::2$i/128 dev lo nodad"
	done
}

extra_up() {
	local i
	for i in "${EXTRA[@]}"; do NS[x$i]=$(extra_ns "$i"); done
	for i in "${EXTRA[@]}"; do echo "netns add ${NS[x$i]}"; done | ip -batch -
	extra_lab | "$LAB"
}

extra_service() { # NUMBER
	local VIP
	VIP=$(extra_vip "$1")
	take_path "x$1"
	inside "x$1" "$WEIR" service add "$(key tcp 80)"
	inside "x$1" "$WEIR" server add "$(key tcp 80)" "$(addr s1 80)"
	inside "x$1" "$WEIR" service add "$(key udp 53)"
	inside "x$1" "$WEIR" server add "$(key udp 53)" "$(addr s1 53)"
	inside "x$1" "$WEIR" service add "$(key udp 9)"
	inside "x$1" "$WEIR" server add "$(key udp 9)" "$(addr s1 9)"
	load_start "held$1" tcp 80 --hold --conns 10
	check "director $1: connections are open" all_served 10
	load_start "tcp$1" tcp 80 --forever --parallel 2 --pause 10 --timeout 1000
	load_start "udp$1" udp 53 --forever --parallel 2 --pause 5 --timeout 500
}

# Namespaces are dismantled one after the other. So when the far end of a link of
# one that was deleted later is gone, those before have ended.
sentinel_delete() {
	ip netns add "last-$SUFFIX"
	"$LAB" <<<"@$SWITCH_NS
link add last type veth peer name back0 netns last-$SUFFIX"
	ip netns del "last-$SUFFIX"
}

dismantled() { fails inside switch test -e /proc/sys/net/ipv4/conf/last; }

body() {
	local i
	extra_up
	service tcp 80 scheduler rr
	servers nat tcp 80
	for i in "${EXTRA[@]}"; do extra_service "$i"; done
	for i in "${EXTRA[@]}"; do
		load_say "udp$i" report
		check "director $i: traffic flows" busywait 5 flows "$i"
		check_path "x$i"
	done
	flood_start back0 "$(mac_of x1 back0)" "$(extra_vip 1)" 9
	check "director 1: datagrams come without pause" busywait 5 flooded
	for i in "${EXTRA[@]}"; do echo "netns del $(extra_ns "$i")"; done | ip -batch -
	sentinel_delete
	check "four namespaces under traffic are gone within 10 s" busywait 10 dismantled
	flood_stop
	for i in "${EXTRA[@]}"; do
		load_end "udp$i"
		load_end "tcp$i"
		kill "${LOAD_PID[held$i]}"
		unset "LOAD_PID[held$i]"
		unset "NS[x$i]"
	done
	load tcp 80 --conns 12 --exchanges 3
	check "the director that remains serves on" all_served 12
}

flooded() {
	(($(inside x1 "$WEIR" -j show "$(VIP=$(extra_vip 1) key udp 9)" | gojq '.. | .packets_in? // empty' |
		sort -n | tail -n 1) > 500))
}

flows() {
	load_say "udp$1" report
	((R[s1] > 5))
}

extra_vips | "$LAB"
for_each_family body
