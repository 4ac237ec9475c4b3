#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a new connection gets that no server takes: the service's no-server says
# whether the client is told by ICMP, by RST, not at all, or by the director's own
# stack, which may have a program there.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# shellcheck disable=SC2034 # GROWN and others are for checks
unserved() { # HOOK
	local hook=$1 port_unreachable="type=3 code=3" answer
	[[ $FAMILY == 4 ]] || port_unreachable="type=1 code=4"
	service tcp 80 hook "$hook"
	service udp 53 hook "$hook"
	for answer in refuse reset drop; do
		weir service set "$(key tcp 80)" no-server "$answer"
		weir service set "$(key udp 53)" no-server "$answer"
		packet clear
		drops_mark
		packet send client front tcp src="$CLIENT" sport=40000 dst="$VIP" dport=80 flags=S
		packet send client front udp src="$CLIENT" sport=40000 dst="$VIP" dport=53
		COUNTED=2
		says_"$answer"
		check "$hook, $answer: both are counted as no-server" drops_grow no-server "$COUNTED"
	done
	weir flush
}

says_refuse() {
	# shellcheck disable=SC2086
	check "$hook, tcp: refuse: the client is told that the port is unreachable" arrives client icmp \
		dst="$CLIENT" $port_unreachable sums=ok quoted=tcp qsrc="$CLIENT" qsport=40000 qdst="$VIP" qdport=80
	says_icmp
	check "$hook, tcp: refuse: no RST is sent" arrived 0 client tcp src="$VIP"
}

says_reset() {
	check "$hook, tcp: reset: the client gets a RST" arrives client tcp src="$VIP" sport=80 dst="$CLIENT" \
		dport=40000 flags=AR
	says_icmp
	check "$hook, tcp: reset: no ICMP is sent for it" arrived 0 client icmp quoted=tcp
}

says_icmp() {
	# shellcheck disable=SC2086
	check "$hook, udp: $answer: the client is told that the port is unreachable" arrives client icmp \
		dst="$CLIENT" $port_unreachable sums=ok quoted=udp qsrc="$CLIENT" qsport=40000 qdst="$VIP" qdport=53
}

# Whoever begins an association is answered as by an endpoint that has nobody there.
associations() { # HOOK
	service sctp 443 hook "$1" no-server reset
	packet clear
	drops_mark
	packet send client front sctp src="$CLIENT" sport=40002 dst="$VIP" dport=443 chunks=init seq=77
	check "$1, sctp: reset: the client gets an ABORT" arrives client sctp src="$VIP" sport=443 dst="$CLIENT" \
		dport=40002 chunks=abort vtag=77 sums=ok
	check "$1, sctp: reset: and no ICMP" arrived 0 client icmp qsport=40002
	check "$1, sctp: reset: it is counted as no-server" drops_grow no-server 1
	weir flush
}

# What comes after them is answered: the answer to them that has not come is none.
says_drop() {
	weir service add "$(key udp 54)" hook "$hook"
	packet send client front udp src="$CLIENT" sport=40001 dst="$VIP" dport=54
	check "$hook: drop: the next datagram, to a service that refuses, is answered" \
		arrives client icmp qsport=40001
	check "$hook, tcp: drop: the client gets no answer" arrived 0 client tcp src="$VIP"
	check "$hook, tcp, udp: drop: nor by ICMP" arrived 0 client icmp qsport=40000
	COUNTED=3
}

# A program on the director, behind a service that has servers for a while.
passes() { # PROTOCOL PORT
	local before
	service "$1" "$2" scheduler rr no-server pass
	before=$(drops no-server)
	load "$1" "$2" --conns 4 --exchanges 3
	check "$1: pass: without a server the director's own program answers" \
		is "${R[director]-0} ${R[conns]} ${R[failed]}" "4 4 0"
	check "$1: pass: nothing is counted as dropped" drops_are no-server "$before"
	servers nat "$1" "$2"
	load "$1" "$2" --conns 6 --exchanges 3
	check "$1: pass: with servers, they have the connections" \
		is "${R[s1]} ${R[s2]} ${R[s3]} ${R[director]-0}" "2 2 2 0"
	servers nat "$1" "$2" s1=0
	load "$1" "$2" --conns 2
	check "$1: pass: a server of weight 0 is as none" is "${R[director]-0}" 2
	check "$1: the option is told" is "$(of_service "$1" "$2" no_server)" pass
	weir flush
}

default() {
	service tcp 80
	check "by default it is refuse" is "$(of_service tcp 80 no_server)" refuse
	weir flush
}

taps client front
for_each_family unserved host
for_each_family unserved ingress
for_each_family associations host
for_each_family associations ingress
for_each_family default
packet clear
servers_start director
for_each_family passes tcp 80
for_each_family passes udp 53
