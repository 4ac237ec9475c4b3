#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What may stand between the network header and the ports: IPv4 options, IPv6
# extension headers up to the bound of 8; datagrams that come in fragments; and
# packets that are not in one piece in memory, or are shared with a tap. All are
# balanced like any other, and what is rewritten is found where it is.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# passes PROTOCOL PORT SPORT SEEN WORD...: such a packet gets to s1 with right
# sums, and SEEN is what there is of its headers
passes() {
	local protocol=$1 port=$2 sport=$3 seen=$4
	shift 4
	packet send client front "$protocol" src="$CLIENT" sport="$sport" dst="$VIP" dport="$port" \
		flags=S payload=100 "$@"
	set_backend nat "$protocol" "$port"
	# shellcheck disable=SC2086
	arrives s1 "$protocol" src="$CLIENT" sport="$sport" dst="${SERVER[s1]}" dport="$BACKEND" \
		payload=100 sums=ok $seen
}

options() {
	local protocol count
	for protocol in tcp udp; do
		for count in 4 8 20 40; do
			check "$protocol: a packet with $count bytes of IPv4 options is balanced, the options kept" \
				passes "$protocol" 443 $((42000 + count)) options="$count" options="$count"
		done
	done
}

extensions() {
	local protocol list
	for protocol in tcp udp; do
		for list in hop dst routing hop,dst hop,dst,routing dst,routing,dst \
			hop,dst,dst,dst,dst,dst,routing,dst; do
			check "$protocol: a packet with the extension headers $list is balanced, the headers kept" \
				passes "$protocol" 443 $((43000 + ${#list})) "ext=$(commas "$list")" ext="$list"
		done
		beyond "$protocol" hop,dst,dst,dst,dst,dst,dst,routing,dst
	done
}

commas() {
	local without=${1//,/}
	echo $((${#1} - ${#without} + 1))
}

# More extension headers than are walked: the packet is the host's, which has
# nobody listening there.
beyond() { # PROTOCOL LIST
	local before
	before=$(conns_held)
	packet clear
	packet send client front "$1" src="$CLIENT" sport=44000 dst="$VIP" dport=443 flags=S payload=100 ext="$2"
	if [[ $1 == udp ]]; then
		check "$1: a packet with 9 extension headers is the host's, who answers that nobody is there" \
			arrives client icmp src="$VIP" type=1 code=4 quoted=udp qsport=44000
	else
		check "$1: a packet with 9 extension headers is the host's, who answers that nobody is there" \
			arrives client tcp src="$VIP" sport=443 dport=44000 flags=AR
	fi
	check "$1: it does not reach a server" arrived 0 s1 "$1" sport=44000
	check "$1: and begins no connection" is "$(conns_held)" "$before"
}

# The state of TCP is read behind the headers too, and not at a fixed place.
state_behind() { # WORD: options=N or ext=LIST
	weir service add "$(key tcp 444)"
	servers nat tcp 444 s2
	packet send client front tcp src="$CLIENT" sport=45000 dst="$VIP" dport=444 flags=A "$1"
	packet send client front tcp src="$CLIENT" sport=45001 dst="$VIP" dport=444 flags=S "$1"
	check "tcp: SYN is told from ACK behind $1" arrives s2 tcp sport=45001 flags=S
	check "tcp: an ACK without a connection is passed to the host behind $1" arrived 0 s2 tcp sport=45000
	packet send client front tcp src="$CLIENT" sport=45001 dst="$VIP" dport=444 flags=R "$1"
	arrives s2 tcp sport=45001 flags=R || :
	check "tcp: a RST behind $1 ends the connection" matches \
		"$(weir conn list service "$(key tcp 444)")" closed
	weir service remove "$(key tcp 444)"
}

# What the skb carries besides the packet: as ip_forward() leaves it, on both paths.
metadata() { # METHOD
	local protocol=udp port=53
	service udp 53
	servers "$1" udp 53 s1
	load udp 53 --conns 1 --exchanges 3 --from "$CLIENT"
	nft -f - <<END
table netdev meta {
	counter mark { }
	counter priority { }
	counter all { }
	chain in {
		type filter hook ingress devices = { front0, back0 } priority -10
		meta l4proto udp meta mark set 9
	}
	chain request {
		type filter hook egress device back0 priority 0
		meta l4proto udp counter name all
		meta l4proto udp meta mark 9 counter name mark
		meta l4proto udp meta priority 0:0 counter name priority
	}
}
END
	load udp 53 --conns 1 --exchanges 20 --from "$CLIENT"
	check "udp, $1: requests leave with the mark and the priority they came with" is \
		"$(metadata_of mark) $(metadata_of priority) $(metadata_of all)" "20 20 20"
	nft delete table netdev meta
	[[ $1 == direct ]] || replies_priority
	weir flush
}

metadata_of() { [[ $(nft list counter netdev meta "$1") =~ packets\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}"; }

# Forwarding gives IPv4 packets the priority of their TOS: interactive for 0x10.
replies_priority() {
	local wanted=0:0
	[[ $FAMILY == 6 ]] || wanted=0:6
	nft -f - <<END
table netdev meta {
	counter all { }
	counter priority { }
	chain in {
		type filter hook ingress device back0 priority -10
		ip dscp set 4
	}
	chain reply {
		type filter hook egress device front0 priority 0
		meta l4proto udp counter name all
		meta l4proto udp meta priority $wanted counter name priority
	}
}
END
	load udp 53 --conns 1 --exchanges 20 --from "$CLIENT"
	check "udp, nat: replies leave with the priority that forwarding gives" is \
		"$(metadata_of priority) $(metadata_of all)" "20 20"
	nft delete table netdev meta
}

headers() {
	service tcp 443
	servers nat tcp 443 s1
	service udp 443
	servers nat udp 443 s1
	if [[ $FAMILY == 4 ]]; then
		options
		state_behind options=40
	else
		extensions
		state_behind ext=hop,dst,routing,dst
	fi
	weir flush
}

# loads METHOD WHAT: datagrams of 8 KB in fragments, and streams
loads() {
	packet clear
	load udp 53 --conns 3 --exchanges 3 --size 8000 --reply 8000
	check "udp, $1, $2: datagrams of 8 KB in fragments arrive intact in each direction" all_served 3
	check "udp, $1, $2: they came in fragments" arrived 9 front udp fragment=0 more
	check "udp, $1, $2: and leave in fragments" arrived 9 s1 udp fragment=0 more
	load tcp 80 --conns 2 --exchanges 2 --size 20000 --reply 20000
	check "tcp, $1, $2: streams arrive intact in each direction" all_served 2
}

fragments() { # METHOD WHAT
	service tcp 80
	servers "$1" tcp 80 s1
	service udp 53
	servers "$1" udp 53 s1
	loads "$1" "$2"
	weir flush
}

fragments_and_headers() {
	headers
	if nft -f - <<<'table netdev meta { chain c { type filter hook egress device back0 priority 0; } }' 2>/dev/null; then
		nft delete table netdev meta
		metadata nat
		metadata direct
	else
		skip "what the skb carries" "no egress hook here"
	fi
	fragments nat "packets of its own"
	fragments direct "packets of its own"
}

shared() {
	fragments nat "packets shared with taps everywhere"
	fragments direct "packets shared with taps everywhere"
}

taps client front s1 s2
for_each_family fragments_and_headers
packet tap front-both "$DIRECTOR_NS" front0 both
packet tap back-both "$DIRECTOR_NS" back0 both
packet tap client-both "$CLIENT_NS" front0 both
packet tap s1-both "${NS[s1]}" back0 both
for_each_family shared
