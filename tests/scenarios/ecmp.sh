#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# icmp-schedule on: an ICMP error may come to a director that does not know the flow it
# is about, for routers that spread packets over several directors spread errors by
# other addresses. Scheduled by what it quotes, it finds the server that the flow's own
# packets are sent to, if all directors schedule alike.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

PORT=40000

words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		TOO_BIG="type=3 code=4" ROUTER=192.0.2.77 MARKER=192.0.2.78 FROM=203.0.113.
	else
		TOO_BIG="type=2 code=0" ROUTER=2001:db8::77 MARKER=2001:db8::78 FROM=2001:db8:2::
	fi
}

# about ADDR WORD...: an error about what the VIP has sent to that client
about() {
	# shellcheck disable=SC2086
	packet send client front icmp src="$ROUTER" dst="$VIP" $TOO_BIG rest=1300 ${SUM-} quote keep=20 "$PROTOCOL" \
		src="$VIP" sport=443 dst="$1" dport="$PORT" payload=64
}

# What a server must get of it: with nat, as if it had spoken for itself.
at_server() { # NAME ADDR
	local to=$VIP port=443
	[[ $METHOD == direct ]] || to=${SERVER[$1]} port=$BACKEND
	arrives "$1" icmp src="$ROUTER" dst="$to" ttl=63 sums=ok quoted="$PROTOCOL" qsrc="$to" qsport="$port" \
		qdst="$2" qdport="$PORT"
}

# server_of ADDR: the server that the client's own packets are sent to
server_of() {
	local list name
	packet send client front "$PROTOCOL" src="$1" sport="$PORT" dst="$VIP" dport=443 flags=S
	busywait 3 conns_are 1
	list=$(weir conn list)
	weir conn kill all >/dev/null
	for name in s1 s2 s3; do
		[[ $list != *"${SERVER[$name]}"* ]] || PICKED=$name
	done
}

# Each client has its own server.
finds() {
	local number client wrong=0
	for number in 1 2 3 4; do
		client=$FROM$number
		server_of "$client"
		ALL_PICKED+=" $PICKED"
		packet clear
		about "$client"
		at_server "$PICKED" "$client" || wrong=$((wrong + 1))
	done
	check "$WHAT: an error goes to the server that the client's packets are sent to" is "$wrong" 0
	check "$WHAT: no connection is made of it" conns_are 0
}

bounds() {
	packet clear
	drops_mark
	SUM=sum=bad about "$CLIENT"
	check "$WHAT: one with a wrong checksum is dropped as icmp-checksum" busywait 3 drops_grow icmp-checksum 1
	weir service set "$KEY" icmp-schedule off
	ROUTER=$MARKER about "$CLIENT"
	weir service set "$KEY" icmp-schedule on
	about "$CLIENT"
	server_of "$CLIENT"
	check "$WHAT: switched on, an error gets through" at_server "$PICKED" "$CLIENT"
	check "$WHAT: the one before, switched off, did not" arrived 0 "$PICKED" icmp src="$MARKER"
	weir service replace "$KEY"
	drops_mark
	packet clear
	about "$CLIENT"
	check "$WHAT: without a server it is dropped as no-server" busywait 3 drops_grow no-server 1
	check "$WHAT: and nobody is told of that" arrived 0 client icmp quoted="$PROTOCOL"
}

tried() { # PROTOCOL METHOD SCHEDULER
	PROTOCOL=$1 METHOD=$2 WHAT="$1, $2, $3"
	service "$1" 443 scheduler "$3" icmp-schedule on
	servers "$2" "$1" 443
	set_key "$1" 443
	check "$WHAT: show says that errors are scheduled" matches "$(weir show "$KEY" interval 0)" " icmp-schedule on"
	finds
	bounds
	weir flush
}

# With hook ingress the host never meets the error.
ingress() {
	for METHOD in direct nat; do
		PROTOCOL=udp WHAT="udp, $METHOD, hook ingress"
		service udp 443 icmp-schedule on hook ingress
		servers "$METHOD" udp 443 s2
		packet clear
		about "$CLIENT"
		check "$WHAT: an error goes to the server" at_server s2 "$CLIENT"
		check "$WHAT: no connection is made of it" conns_are 0
		weir flush
	done
}

# What is forwarded besides, on the path of the run.
along() {
	service udp 53 icmp-schedule on
	servers direct udp 53
	load udp 53 --conns 6 --exchanges 4
	check "connections are served as ever" all_served 6
	weir flush
}

body() {
	words_of_family
	ALL_PICKED=
	tried udp direct sh
	tried tcp direct mh
	tried udp nat mh
	tried tcp nat sh
	! on_fast_path || ingress
	check "not all of them went to one server" isnt "${ALL_PICKED// ${PICKED}/}" ''
	along
}

taps client front s1 s2 s3
for_each_family body
