#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checksums of what leaves the director, verified where it arrives, whoever
# computes them: each of client, director and server does so in software, or
# leaves it to its device.
#
#	client's device sums    a sum arrives that is not complete yet, and is to be
#	                        kept so (CHECKSUM_PARTIAL)
#	client sums itself      a sum arrives that has to be changed (CHECKSUM_NONE)
#	director's device sums  what was not complete stays so up to the server
#	director sums itself    it is completed on the way out, and is then on the wire
#
# A tap tells the two kinds apart and verifies both: a sum that is not complete
# must be that of the pseudo header with the server's address. A device that
# sums up what it receives (CHECKSUM_COMPLETE) is not to be had with veth; the
# kernel makes such packets itself where conntrack verifies a sum, so services
# are tried with conntrack too.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# offload WHO tx|gro on|off: at all interfaces of client, director or s1
offload() {
	local interface
	for interface in front0 back0; do
		[[ $1 != s1 || $interface == back0 ]] || continue
		packet offload "${NS[$1]}" "$interface" "$2" "$3"
	done
}

# no_bad TAP PROTOCOL: everything there has right sums
no_bad() {
	packet_is count "$1" "$2" '!sums=ok' '!sums=partial' '!sums=zero' = 0 || return
	packet count "$1" "$2"
	atleast "$SAID" 4
}

# are_summed TAP PROTOCOL on|off: what the sender before the tap did about sums
are_summed() {
	local kind=ok
	[[ $3 == off ]] || kind=partial
	packet count "$1" "$2" "sums=$kind"
	atleast "$SAID" 4
}

# exchange PROTOCOL METHOD WHAT
exchange() {
	local port=80 size=3000
	[[ $1 == tcp ]] || port=53 size=1000
	packet clear
	load "$1" "$port" --conns 3 --exchanges 2 --size "$size" --reply "$size"
	check "$1, $2, $3: payload is intact in each direction" all_served 3
	check "$1, $2, $3: every sum that s1 gets is right" no_bad s1 "$1"
	[[ $2 == direct ]] || check "$1, $2, $3: every sum that the client gets is right" no_bad client "$1"
}

both_protocols() { # METHOD WHAT
	exchange udp "$1" "$2"
	exchange tcp "$1" "$2"
}

# Who sums, and whether packets are put together on the way in.
combinations() { # METHOD
	local client director gro
	for client in on off; do
		for director in on off; do
			offload client tx "$client"
			offload s1 tx "$client"
			offload director tx "$director"
			for gro in off on; do
				[[ $gro == off || $1 == nat ]] || continue
				offload director gro "$gro"
				both_protocols "$1" "ends' offload $client, director's $director, gro $gro"
			done
			[[ $client == on ]] || continue
			check "tcp, $1: with the ends' offload on and the director's $director the sums at s1 are of that kind" \
				are_summed s1 tcp "$director"
		done
	done
	offload director gro off
}

# Sums that are absent stay absent, those that are wrong stay wrong.
kept() { # METHOD
	local to=$VIP port
	set_backend "$1" udp 53
	port=$BACKEND
	[[ $1 == direct ]] || to=${SERVER[s1]}
	packet clear
	if [[ $FAMILY == 4 ]]; then
		packet send client front udp src="$CLIENT" sport=40000 dst="$VIP" dport=53 payload=100 sum=zero
		check "udp, $1: a datagram without a checksum arrives without one" \
			arrives s1 udp dst="$to" sport=40000 dport="$port" payload=100 sums=zero
	fi
	if [[ $1$FAMILY == nat4 ]]; then
		packet send s1 back udp src="$to" sport="$port" dst="$CLIENT" dport=40000 payload=100 sum=zero
		check "udp, $1: so does one in the other direction" \
			arrives client udp src="$VIP" sport=53 dport=40000 payload=100 sums=zero
	fi
	packet send client front udp src="$CLIENT" sport=40001 dst="$VIP" dport=53 payload=100 sum=bad
	check "udp, $1: a wrong checksum is still wrong at the server" \
		arrives s1 udp dst="$to" sport=40001 sums=bad-l4
	packet send client front tcp src="$CLIENT" sport=40001 dst="$VIP" dport=80 flags=S sum=bad
	check "tcp, $1: a wrong checksum is still wrong at the server" \
		arrives s1 tcp dst="$to" sport=40001 sums=bad-l4
}

# With connection tracking, which verifies what comes in before weir sees it.
tracked() { # METHOD
	weir service set "$(key tcp 80)" conntrack on
	weir service set "$(key udp 53)" conntrack on
	offload client tx off
	offload s1 tx off
	offload director tx off
	both_protocols "$1" "sums verified by conntrack"
}

body() {
	local method
	for method in nat direct; do
		service tcp 80
		servers "$method" tcp 80 s1
		service udp 53
		servers "$method" udp 53 s1
		combinations "$method"
		kept "$method"
		tracked "$method"
		weir flush
	done
}

nft add table inet conntrack
nft add chain inet conntrack in '{ type filter hook prerouting priority 0; }'
nft add rule inet conntrack in ct state invalid counter
taps client front back s1
for_each_family body
