#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A storm of packets that are cut short or lie about themselves, at the VIP and
# about a connection of ours: every place to cut, every value of every byte that
# says where the next header is, with sums that are right so that they get far.
# Nothing may come of it: service goes on, the kernel says nothing.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# storm WHAT FROM TO WORD...
storm() {
	local what=$1
	shift
	packet storm "$@"
	check "a storm of $what is sent" atleast "$SAID" 500
}

# Of packets that clients send.
from_clients() { # PROTOCOL WORD...
	local protocol=$1 port=443
	shift
	storm "$protocol${*:+ with $*}" client front "$protocol" src="$CLIENT" sport=46000 dst="$VIP" \
		dport="$port" flags=S payload=12 "$@"
}

# Of errors about the connections that are held, from either side.
errors() { # PROTOCOL BACKEND-PORT WORD...
	local protocol=$1 port=$2
	shift 2
	storm "errors about what the VIP sent by $protocol${*:+, with $*}" client front \
		icmp src="$CLIENT" dst="$VIP" "${UNREACHABLE[@]}" quote "$protocol" \
		src="$VIP" sport=443 dst="$CLIENT" dport=40000 flags=PA payload=12 "$@"
	storm "errors about what s1 was sent by $protocol${*:+, with $*}" s1 back \
		icmp src="${SERVER[s1]}" dst="$CLIENT" "${UNREACHABLE[@]}" quote "$protocol" \
		src="$CLIENT" sport=40000 dst="${SERVER[s1]}" dport="$port" flags=PA payload=12 "$@"
}

body() {
	local protocol word
	local -a UNREACHABLE=(type=3 code=1) extra=(options=12 options=40)
	if [[ $FAMILY == 6 ]]; then
		UNREACHABLE=(type=1 code=3)
		extra=("ext=hop,dst,routing,fragment" "ext=dst,auth,dst")
	fi
	drops_mark
	for protocol in tcp udp; do
		service "$protocol" 443
		servers nat "$protocol" 443 s1
		load_start "$protocol" "$protocol" 443 --hold --from "$CLIENT" --sport 41000
		# The connection that errors are about is nobody's, so that they hurt nobody.
		packet send client front "$protocol" src="$CLIENT" sport=40000 dst="$VIP" dport=443 flags=S
		check "$protocol: a connection for errors to be about has begun" \
			arrives s1 "$protocol" sport=40000
	done
	for protocol in tcp udp; do
		set_backend nat "$protocol" 443
		from_clients "$protocol"
		errors "$protocol" "$BACKEND"
		for word in "${extra[@]}"; do
			from_clients "$protocol" "$word"
			errors "$protocol" "$BACKEND" "$word"
		done
	done
	for protocol in tcp udp; do
		load_say "$protocol" "go 2"
		check "$protocol: a connection held through all of it goes on" all_served 1
		load_end "$protocol"
		load "$protocol" 443 --conns 3 --exchanges 3 --size 5000 --reply 5000
		check "$protocol: and new ones are served" all_served 3
	done
	check "none of it counts as a lack of memory" drops_grow no-memory 0
	packet clear
}

taps client front back s1
for_each_family body
