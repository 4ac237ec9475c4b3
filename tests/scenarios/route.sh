#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ways to a server that change, end or never were: flows follow the routes and
# the neighbours that the director's kernel has at the time, and a client whose
# packet cannot go on is told by ICMP.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		UNREACHABLE=(type=3 code=1) NOROUTE=(type=3 code=1)
		NOBODY=198.51.100.99 NOBODY_KEY=198.51.100.99 OWN_KEY=$DIRECTOR_BACK
	else
		UNREACHABLE=(type=1 code=3) NOROUTE=(type=1 code=0)
		NOBODY=2001:db8:1::99 NOBODY_KEY=[$NOBODY] OWN_KEY=[$DIRECTOR_BACK]
	fi
}

# A second way from the director to the switch.
second_way() {
	"$LAB" <<END
@$DIRECTOR_NS
link add back1 index 61 type veth peer name director1 index 62 netns $SWITCH_NS
link set back1 up
addr add 198.51.100.2/32 dev back1
addr add 2001:db8:1::2/128 dev back1 nodad
@$SWITCH_NS
link set director1 master br0
link set director1 up
@${NS[s1]}
= net/ipv4/conf/all/arp_notify 1
= net/ipv6/conf/all/ndisc_notify 1
@$DIRECTOR_NS
= net/ipv4/neigh/back0/retrans_time_ms 200
= net/ipv6/neigh/back0/retrans_time_ms 200
END
	packet tap way1 "$SWITCH_NS" director1
	packet tap way0 "$SWITCH_NS" director
}

# both METHOD: a service of each protocol, s1 its server, and a flow of each, held
both() {
	local protocol port
	for protocol in tcp udp; do
		[[ $protocol == tcp ]] && port=80 || port=53
		service "$protocol" "$port"
		servers "$1" "$protocol" "$port" s1
		load_start "$protocol" "$protocol" "$port" --hold --timeout 3000
	done
}

both_end() {
	load_end tcp
	load_end udp
	weir flush
}

# go_on METHOD WHEN: the flows do
go_on() {
	local protocol
	for protocol in tcp udp; do
		load_say "$protocol" "go 2"
		check "$protocol, $1: a flow goes on $2" all_served 1
	done
}

goes() { load_say "$1" go; all_served 1; }

moved() { # METHOD
	both "$1"
	ip route add "${SERVER[s1]}" dev back1
	packet clear
	go_on "$1" "when the route to its server changes"
	packet count way0 dst="${SERVER[s1]}"
	check "$1: its packets take the new way" arrives way1 tcp "$(towards "$1")"
	check "$1: none takes the old one" arrived 0 way0 tcp "$(towards "$1")"
	ip route del "${SERVER[s1]}" dev back1
	packet clear
	go_on "$1" "when the route changes back"
	check "$1: its packets take the old way again" arrives way0 tcp "$(towards "$1")"
	inside s1 ip link set back0 address "02:00:00:00:0$FAMILY:0${#1}"
	go_on "$1" "when its server has a new MAC address"
	both_end
}

# towards METHOD: destination of requests behind the director
towards() { if [[ $1 == nat ]]; then echo "dst=${SERVER[s1]}"; else echo "dst=$VIP"; fi; }

no_route() { # METHOD
	local protocol
	both "$1"
	drops_mark
	packet clear
	ip route add unreachable "${SERVER[s1]}"
	load tcp 80 --sport 47000
	check "tcp, $1: a new connection is told that there is no route to its server" \
		is "unreachable=${R[unreachable]} conns=${R[conns]}" "unreachable=1 conns=0"
	check "tcp, $1: its packet is counted as no-route" has_grown no-route
	packet send client front udp src="$CLIENT" sport=47001 dst="$VIP" dport=53
	check "udp, $1: a datagram is answered by an error about it" \
		arrives client icmp dst="$CLIENT" "${NOROUTE[@]}" sums=ok quoted=udp \
		qsrc="$CLIENT" qsport=47001 qdst="$VIP" qdport=53
	ip route del unreachable "${SERVER[s1]}"
	for protocol in tcp udp; do
		check "$protocol, $1: a flow goes on when the route is back" busywait 5 goes "$protocol"
	done
	both_end
}

has_grown() {
	drops_grown "$1"
	atleast "$GROWN" 1
}

# A server that nobody has the address of.
nobody() { # METHOD
	local port=8080
	[[ $1 == nat ]] || port=80
	service tcp 80
	weir server add "$(key tcp 80)" "$NOBODY_KEY:$port" method "$1"
	ip "-$FAMILY" neigh flush to "$NOBODY" dev back0
	packet clear
	load tcp 80 --sport 47002
	check "tcp, $1: a connection to a server that does not answer ARP or ND is told so" \
		is "unreachable=${R[unreachable]} conns=${R[conns]}" "unreachable=1 conns=0"
	check "tcp, $1: by an error about the packet as the client sent it" \
		arrives client icmp dst="$CLIENT" "${UNREACHABLE[@]}" sums=ok quoted=tcp \
		qsrc="$CLIENT" qsport=47002 qdst="$VIP" qdport=80
	inside s1 ip addr add "$NOBODY/$((FAMILY == 4 ? 32 : 128))" dev back0
	check "tcp, $1: when the server is there connections are served" busywait 10 served
	inside s1 ip addr del "$NOBODY/$((FAMILY == 4 ? 32 : 128))" dev back0
	weir flush
}

# More packets than may wait for a neighbour that does not answer.
overrun() { # METHOD
	local i queue=/proc/sys/net/ipv$FAMILY/neigh/back0/unres_qlen_bytes usual
	service udp 53
	weir server add "$(key udp 53)" "$NOBODY_KEY:53" method "$1"
	ip "-$FAMILY" neigh flush to "$NOBODY" dev back0
	usual=$(<"$queue")
	echo 4096 >"$queue"
	drops_mark
	for ((i = 0; i < 12; i++)); do
		packet send client front udp src="$CLIENT" sport=40500 dst="$VIP" dport=53 payload=1000
	done
	check "udp, $1: those that would only push others out of a neighbour's queue are dropped by name" \
		grown_by neighbour 6
	drops_mark
	CLIENT_NS=$DIRECTOR_NS load udp 53 --conns 12 --parallel 12 --size 1000 --timeout 300 --from "$DIRECTOR_BACK"
	check "udp, $1: so are those of the director's own programs" grown_by neighbour 6
	echo "$usual" >"$queue"
	weir flush
}

grown_by() { drops_grown "$1"; atleast "$GROWN" "$2"; }

served() {
	load tcp 80
	all_served 1
}

# A direct server's address that is the director's own, of a service whose address
# need not be: nobody knows whether the director would take the packet in.
own() {
	service tcp 80 hook ingress
	weir server add "$(key tcp 80)" "$OWN_KEY:80" method direct
	drops_mark
	load tcp 80
	check "tcp, direct, hook ingress: a connection to a server that is the director itself is told so" \
		is "unreachable=${R[unreachable]} conns=${R[conns]}" "unreachable=1 conns=0"
	check "tcp, direct, hook ingress: and counted as local-server" has_grown local-server
	weir flush
}

# The director as a client: its packets have no device yet when weir meets them.
own_client() {
	both nat
	CLIENT_NS=$DIRECTOR_NS load tcp 80 --conns 2 --exchanges 2 --size 3000 --reply 3000 --from "$DIRECTOR_BACK"
	check "tcp, nat: the director itself is served too" all_served 2
	CLIENT_NS=$DIRECTOR_NS load udp 53 --conns 2 --exchanges 2 --from "$DIRECTOR_BACK"
	check "udp, nat: the director itself is served too" all_served 2
	drops_mark
	ip route add unreachable "${SERVER[s1]}"
	CLIENT_NS=$DIRECTOR_NS load tcp 80 --from "$DIRECTOR_BACK" --timeout 1000
	check "tcp, nat: and without a route to the server it is not" is "${R[conns]}" 0
	check "tcp, nat: its packet is counted as no-route" has_grown no-route
	ip route del unreachable "${SERVER[s1]}"
	both_end
}

body() {
	local method
	words_of_family
	for method in nat direct; do
		moved "$method"
		no_route "$method"
		nobody "$method"
		overrun "$method"
	done
	own
	own_client
}

second_way
taps client front s1
for_each_family body
