#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Namespaces that end: four directors beside the first, each with services, open
# connections and traffic, are deleted at once. They are gone within seconds, and
# the first director serves on. One holds whatever a conn can hold: a local port, an
# entry of affinity, the way through a tunnel, an entry of conntrack with its helper.
#
#	client --- switch --+-- x1   .31 ::31, VIP .21 ::21   x2, x3, x4 alike
#	                    '-- s1   has those VIPs too (direct)
#
# Needs two processors: packets pass while namespaces go.
#
# Takes long, and its processors are busy.

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

extra_own() { if [[ $FAMILY == 4 ]]; then echo "198.51.100.3$1"; else echo "2001:db8:1::3$1"; fi; }

# conns_by_port NUMBER: of the services of holdings
conns_by_port() {
	inside "x$1" "$WEIR" -j show interval 0 |
		gojq -r '[.services[] | select(.port == 21 or .port >= 5354) |
			"\(.port)=\(.active + .inactive)"] | sort | join(" ")'
}

# Conns that have more than their own memory to give back. Nobody unpacks what the
# tunnel carries, and nobody's answers go back to be translated.
holdings() { # NUMBER
	local VIP
	VIP=$(extra_vip "$1")
	inside "x$1" "$WEIR" service add "$(key udp 5354)" timeout udp 1h affinity 1h \
		local-addresses "$(extra_own "$1")"
	inside "x$1" "$WEIR" server add "$(key udp 5354)" "$(addr s1 5353)" method fullnat
	load udp 5354 --masked --conns 5
	check "director $1: connections of the method fullnat are served" all_served 5
	inside "x$1" "$WEIR" service add "$(key udp 5355)" timeout udp 1h
	inside "x$1" "$WEIR" server add "$(key udp 5355)" "$(addr s1 5355)" method tunnel
	load udp 5355 --conns 3 --timeout 100
	inside "x$1" "$WEIR" service add "$(key tcp 21)" conntrack on helper ftp
	inside "x$1" "$WEIR" server add "$(key tcp 21)" "$(addr s1 80)" method nat
	load tcp 21 --timeout 100
	check "director $1: it holds conns of fullnat, of a tunnel and tracked ones" \
		is "$(conns_by_port "$1")" "21=1 5354=5 5355=3"
	check "director $1: it holds an entry of affinity" \
		is "$(inside "x$1" "$WEIR" -j affinity list | gojq '.affinity | length')" 1
	check "director $1: conntrack knows the one that asks for it" \
		matches "$(inside "x$1" conntrack -L -p tcp --dport 21 2>/dev/null)" "dport=21"
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
	load_start "tcp$1" tcp 80 --forever --parallel 2 --pause 60 --timeout 1000
	load_start "udp$1" udp 53 --forever --parallel 2 --pause 60 --timeout 500
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
	holdings 1
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
	check "four namespaces under traffic are gone within 20 s" busywait 20 dismantled
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
	local said
	said=$(inside x1 "$WEIR" -j show "$(VIP=$(extra_vip 1) key udp 9)" interval 0)
	[[ $said =~ \"packets_in\":\ *([0-9]+) ]] && ((BASH_REMATCH[1] > 500))
}

flows() {
	load_say "udp$1" report
	((R[s1] > 5))
}

extra_vips | "$LAB"
for_each_family body
