#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Conntrack on: each connection of a NAT service is one entry of conntrack, from the
# client to the VIP and from the server back, with and without chains of NAT in the
# namespace. So rules know the replies by what the client asked for, source NAT makes
# servers answer the director, and a port that is used again, or a server that was
# removed, leaves nothing behind.
#
# Runs once: what conntrack sees never takes the fast path.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

nft -f - <<'END' || skip_all "no nf_tables with conntrack here"
table inet watch {
	counter replies { }
	counter marked { }
	chain in {
		type filter hook input priority 0
		ct state new th dport { 53, 80 } ct mark set 7
	}
	chain through {
		type filter hook forward priority 0
		ct direction reply ct original ip daddr 192.0.2.10 counter name replies
		ct direction reply ct original ip6 daddr 2001:db8::10 counter name replies
		ct mark 7 ct state established counter name marked
	}
}
END
conntrack -L >/dev/null 2>&1 || skip_all "conntrack cannot list its entries here"

# counted NAME: packets since the last time, which it leaves in PACKETS
counted() {
	[[ $(nft reset counter inet watch "$1") =~ packets\ ([0-9]+) ]]
	PACKETS=${BASH_REMATCH[1]}
}

# entries PROTOCOL PORT BACKEND WHO: "N of M": of the M entries of the protocol, N go
# from a client to the VIP's port and from a server's port BACKEND back to WHO
entries() {
	local line matching=0 all=0
	local there="src=([^ ]+) dst=$VIP sport=([0-9]+) dport=$2 "
	local back="src=(${SERVER[s1]}|${SERVER[s2]}|${SERVER[s3]}) dst=$4 sport=$3 dport=([0-9]+) "
	while read -r line; do
		all=$((all + 1))
		[[ $line =~ $there.*$back ]] || continue
		[[ $4 == "$DIRECTOR_BACK" || ${BASH_REMATCH[2]} == "${BASH_REMATCH[4]}" ]] || continue
		matching=$((matching + 1))
	done < <(conntrack -L -f "ipv$FAMILY" -p "$1" 2>/dev/null)
	echo "$matching of $all"
}

# no_entries PROTOCOL: conntrack has none. (An acknowledgement that comes too late makes
# one, until the host has reset it.)
no_entries() { is "$(conntrack -L -f "ipv$FAMILY" -p "$1" 2>/dev/null)" ""; }

# naming NAME: how many entries name a server
naming() { conntrack -L -f "ipv$FAMILY" --reply-src "${SERVER[$1]}" 2>/dev/null | wc -l; }

# begin PROTOCOL PORT: a service with conntrack on and three servers
begin() {
	service "$1" "$2" scheduler rr conntrack on
	servers nat "$1" "$2"
	set_backend nat "$1" "$2"
}

# The last load had COUNT connections of EXCHANGES each, in all of which a server saw
# another client than the one there is.
served_behind() { # COUNT EXCHANGES
	is "conns=${R[conns]} failed=${R[failed]} moved=${R[moved]} wrong=${R[wrong]}" \
		"conns=$1 failed=0 moved=0 wrong=$(($1 * $2))"
}

one_entry() { # WHAT PROTOCOL PORT
	local what="$1, $2" out
	begin "$2" "$3"
	counted replies
	counted marked
	load_start held "$2" "$3" --conns 6 --exchanges 3 --hold
	check "$what: connections of a service with conntrack on are served" all_served 6
	check "$what: each is one entry, from the client to the VIP and from the server back" \
		is "$(entries "$2" "$3" "$BACKEND" "$CLIENT")" "6 of 6"
	out=$(of_service "$2" "$3" stats.packets_out)
	counted replies
	check "$what: rules know every reply by the VIP the client asked for" \
		within "$PACKETS" "$out" "$(of_service "$2" "$3" stats.packets_out)"
	counted marked
	check "$what: and by the mark that a rule gave the request" \
		within "$PACKETS" "$out" "$(of_service "$2" "$3" stats.packets_out)"
	load_end held
	weir conn kill all >/dev/null
	check "$what: the entries end with their connections" busywait 5 no_entries "$2"
	weir flush
}

# The service beside it has no part in it.
others_untracked() {
	begin tcp 80
	service udp 53 scheduler rr
	servers nat udp 53
	load udp 53 --conns 3 --exchanges 3
	check "a service without conntrack is served beside one with it" all_served 3
	check "and has no entry" is "$(entries udp 53 5353 "$CLIENT")" "0 of 0"
	weir flush
}

switched_on() {
	service tcp 80 scheduler rr
	servers nat tcp 80
	load_start held tcp 80 --conns 3 --exchanges 2 --hold
	weir service set "$(key tcp 80)" conntrack on
	load_say held "go 3"
	check "connections go on when conntrack is switched on" all_served 3
	check "and become one entry each" is "$(entries tcp 80 8080 "$CLIENT")" "3 of 3"
	weir service set "$(key tcp 80)" conntrack off
	load_say held "go 3"
	check "connections go on when conntrack is switched off" all_served 3
	load_end held
	weir flush
	conntrack -F 2>/dev/null
}

# As many SYNs of the port that is used again reach servers as have come to the director:
# TCP repeats what is lost, so that it shows nowhere else.
syns_pass() {
	local asked name reached=0
	packet count front tcp sport=33333 flags=S
	asked=$SAID
	for name in s1 s2 s3; do
		packet count "$name" tcp dport=8080 flags=S
		reached=$((reached + SAID))
	done
	is "$reached" "$asked" && atleast "$asked" 1
}

reuse() { # WHAT CLOSE
	packet clear
	load tcp 80 --conns 12 --exchanges 2 --parallel 1 --sport 33333 --from "$CLIENT" --close "$2"
	check "$1: each of 12 connections from one port is served; $2 closes" \
		is "conns=${R[conns]} failed=${R[failed]} moved=${R[moved]}" "conns=12 failed=0 moved=0"
	check "$1: no SYN is lost; $2 closes" busywait 3 syns_pass
	check "$1: no old entry keeps a connection from its server; $2 closes" \
		is "${R[s1]} ${R[s2]} ${R[s3]}" "4 4 4"
	check "$1: a port used again has one entry; $2 closes" \
		is "$(conntrack -L -f "ipv$FAMILY" -p tcp --orig-port-src 33333 2>/dev/null | wc -l)" 1
}

port_reuse() { # WHAT
	begin tcp 80
	reuse "$1" rst
	reuse "$1" server
	weir flush
}

removed() { # WHAT
	begin udp 53
	load_start held udp 53 --conns 6 --exchanges 2 --hold
	server remove nat udp 53 s1 policy reset
	load_say held "go 2"
	check "$1: flows of a removed server go on with the others" \
		is "conns=${R[conns]} failed=${R[failed]} s1=${R[s1]}" "conns=6 failed=0 s1=0"
	check "$1: their entries name those" \
		is "$(entries udp 53 5353 "$CLIENT"), $(naming s1) of s1" "6 of 6, 0 of s1"
	load_end held
	weir flush
	begin tcp 80
	load tcp 80 --conns 3 --exchanges 2 --parallel 1 --sport 33333 --from "$CLIENT" --close rst
	server remove nat tcp 80 s1 policy reset
	server remove nat tcp 80 s2 policy reset
	packet clear
	load tcp 80 --conns 4 --exchanges 2 --parallel 1 --sport 33333 --from "$CLIENT" --close rst
	check "$1: a port used again goes to no removed server" \
		is "conns=${R[conns]} failed=${R[failed]} s3=${R[s3]}" "conns=4 failed=0 s3=4"
	check "$1: at once, so that no SYN is lost" busywait 3 syns_pass
	weir flush
}

# Rules of NAT concern the RST that the server gets like the packet it is made of.
reset_both() { # WHAT
	begin tcp 80
	load_start held tcp 80 --conns 6 --exchanges 2 --hold
	server remove nat tcp 80 s1 policy reset
	load_say held go
	check "$1: clients of a removed server are reset, others go on" \
		is "reset=${R[reset]} failed=${R[failed]} s2=${R[s2]} s3=${R[s3]}" "reset=2 failed=2 s2=2 s3=2"
	check "$1: and the server hears of it" busywait 5 established_at s1 0
	load_end held
	weir flush
}

# A server without a program on the port, which says so.
refused() { # WHAT
	service udp 53 scheduler rr conntrack on
	set_addr s1 9
	weir server add "$(key udp 53)" "$ADDR" method nat
	load udp 53 --conns 2 --timeout 3000
	check "$1: an ICMP error of a server reaches the client" is "${R[conns]} ${R[refused]}" "0 2"
	weir flush
}

from_director() { # WHAT
	begin tcp 80
	report "$("$PEER" load --netns "$DIRECTOR_NS" --from "$DIRECTOR_BACK" --conns 6 \
		--exchanges 3 "$VIP" 80)"
	check "$1: the director's own connections are served" all_served 6
	check "$1: and are one entry each" is "$(entries tcp 80 8080 "$DIRECTOR_BACK")" "6 of 6"
	weir flush
}

with_chains() { # WHAT
	one_entry "$1" tcp 80
	one_entry "$1" udp 53
	port_reuse "$1"
	removed "$1"
	refused "$1"
	from_director "$1"
}

# Takes the servers' way to clients, or gives it back.
default_routes() { # del|add
	local name
	for name in s1 s2 s3; do
		inside "$name" ip "-$FAMILY" route "$1" default via "$DIRECTOR_BACK"
	done
}

source_nat() { # STATEMENT...
	local ip=ip
	[[ $FAMILY == 4 ]] || ip=ip6
	nft add rule inet director_nat post "ct original $ip daddr $VIP counter ${*//ADDRESS/$DIRECTOR_BACK}"
	default_routes del
	begin tcp 80
	load_start held tcp 80 --conns 6 --exchanges 3 --hold
	check "$1: servers without a route to clients are asked by the director, and answer it" \
		served_behind 6 3
	check "$1: each connection is one entry, from the client to the VIP and from the server to the director" \
		is "$(entries tcp 80 8080 "$DIRECTOR_BACK")" "6 of 6"
	load_end held
	load tcp 80 --size "$(scaled 300000)" --reply "$(scaled 300000)" --timeout 20000
	check "$1: much data goes through in both directions" served_behind 1 1
	reuse "$1" rst
	weir flush
	begin udp 53
	load udp 53 --conns 6 --exchanges 3
	check "$1: udp is served too" served_behind 6 3
	weir flush
	reset_both "$1"
	refused "$1"
	nft flush chain inet director_nat post
	begin tcp 80
	load tcp 80 --timeout 500
	check "$1: without the rule there is no way back" is "${R[conns]} ${R[failed]}" "0 1"
	weir flush
	default_routes add
}

body() {
	with_chains "no NAT chains"
	others_untracked
	switched_on
	nft -f - <<'END'
table inet director_nat {
	chain pre { type nat hook prerouting priority dstnat; }
	chain post { type nat hook postrouting priority srcnat; }
}
END
	with_chains "NAT chains"
	source_nat masquerade
	source_nat snat "$([[ $FAMILY == 4 ]] && echo ip || echo ip6)" to ADDRESS
	nft delete table inet director_nat
}

taps front s1 s2 s3
for_each_family body
