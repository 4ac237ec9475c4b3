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

# hex TEXT: its bytes, with \r and \n as printf has them
hex() {
	# shellcheck disable=SC2059
	printf "$1" | od -An -v -tx1 | tr -d ' \n'
}

# hex_address ADDRESS
hex_address() {
	local part head tail fill=''
	if [[ $1 != *:* ]]; then
		IFS=. read -ra part <<<"$1"
		printf '%02x' "${part[@]}"
		return
	fi
	head=$(hex_groups "${1%%::*}")
	tail=$(hex_groups "${1##*::}")
	while ((${#head} + ${#tail} + ${#fill} < 32)); do fill+=0; done
	printf '%s' "$head$fill$tail"
}

hex_groups() {
	local part
	IFS=: read -ra part <<<"$1"
	for part in "${part[@]}"; do printf '%04x' "0x$part"; done
}

# hex_inner PORT: a SYN of the client from port 40000 to the VIP; no sums, which nobody
# reads of what is quoted
hex_inner() {
	if [[ $FAMILY == 4 ]]; then
		printf '450000280000400040060000'
	else
		# One that its sender could make smaller: RFC 8200 lets nobody go below 1280.
		printf '600000000578067f'
	fi
	hex_address "$CLIENT"
	hex_address "$VIP"
	printf '%04x%04x%08x%08x5002ffff00000000' 40000 "$1" 1 0
}

# deep WHAT FROM TO WORD...: a storm, then the packet as it was
deep() {
	storm "$@"
	packet clear
	packet send "${@:2}"
}

sctp() {
	service sctp 443
	servers nat sctp 443 s1
	packet send client front sctp src="$CLIENT" sport=40000 dst="$VIP" dport=443 chunks=init seq=7
	check "sctp: an association for errors to be about has begun" arrives s1 sctp sport=40000
	deep "sctp that opens" client front sctp src="$CLIENT" sport=20000 dst="$VIP" dport=443 \
		chunks=init seq=9
	check "sctp: such a packet still gets to s1" arrives s1 sctp sport=20000 sums=ok
	check "sctp: connections have begun in it" atleast "$(of_service sctp 443 stats.conns)" 100
	storm "sctp of several chunks" client front sctp src="$CLIENT" sport=40000 dst="$VIP" \
		dport=443 vtag=9 chunks=cookie-echo+sack+shutdown+data payload=8
	deep "errors about what s1 was sent by sctp" s1 back icmp src="${SERVER[s1]}" dst="$CLIENT" \
		"${UNREACHABLE[@]}" quote sctp src="$CLIENT" sport=40000 dst="${SERVER[s1]}" dport=8080 \
		vtag=9 chunks=data payload=8
	check "sctp: such an error still gets to the client" \
		arrives client icmp src="$VIP" quoted=sctp qdst="$VIP"
}

ipsec() {
	weir service add "$(key udp 500)"
	weir server add "$(key udp 500)" "$(addr s1 500)" method nat
	packet send client front udp src="$CLIENT" sport=500 dst="$VIP" dport=500 payload=8
	check "ipsec: a flow of IKE has begun" arrives s1 udp dport=500
	deep esp client front esp src="$CLIENT" dst="$VIP" seq=77 payload=12
	check "ipsec: ESP still gets to s1" arrives s1 esp src="$CLIENT" spi=77
	deep "errors about esp" s1 back icmp src="${SERVER[s1]}" dst="$CLIENT" "${UNREACHABLE[@]}" \
		quote esp src="$CLIENT" dst="${SERVER[s1]}" seq=77 payload=12
	check "ipsec: such an error still gets to the client" \
		arrives client icmp src="$VIP" quoted=esp qdst="$VIP"
	drops_mark
	storm ah client front ah src="$CLIENT" dst="$VIP" seq=77 payload=12
	drops_grown ah-nat
	check "ipsec: AH is dropped for what it is" atleast "$GROWN" 100
}

# Errors that the host gets about its tunnel's packets, which clients are told of.
tunnels() {
	local inner number=04 ethertype=0800 plain=ip4
	local -a too_big=(type=3 code=4 rest=1300)
	[[ $FAMILY == 4 ]] || number=29 ethertype=86dd plain=ip6 too_big=(type=2 code=0 rest=1300)
	weir service add "$(key tcp 444)" timeout tcp-syn 1h
	weir server add "$(key tcp 444)" "$(addr s1 444)" method tunnel
	packet send client front tcp src="$CLIENT" sport=40000 dst="$VIP" dport=444 flags=S
	check "tunnel: a connection for errors to be about has begun" busywait 3 has_conn tcp 444
	inner=$(hex_inner 444)
	tunnel_errors GUE udp sport=40001 dport=6080 hex="00${number}0000$inner"
	tunnel_errors "GUE with options" udp sport=40001 dport=6080 hex="02${number}01008000000000140024$inner"
	tunnel_errors GRE gre hex="0000$ethertype$inner"
	tunnel_errors "GRE with a checksum" gre hex="8000${ethertype}00000000$inner"
	tunnel_errors IPIP "$plain" hex="$inner"
}

has_conn() { is "$(of_service "$1" "$2" stats.conns)" 1; }

tunnel_errors() { # WHAT PACKET
	deep "errors about $1" s1 back icmp src="${SERVER[s1]}" dst="$DIRECTOR_BACK" "${too_big[@]}" \
		quote "$2" src="$DIRECTOR_BACK" dst="${SERVER[s1]}" "${@:3}"
	check "tunnel: the client is still told of one about $1" \
		arrives client icmp "${too_big[@]:0:2}" quoted=tcp qsport=40000 qdport=444
}

# Messages of one call, and of what their bytes make of it.
sip() {
	weir service add "$(key udp 5060)" one-packet on affinity 1h affinity-by call-id
	weir server add "$(key udp 5060)" "$(addr s1 5060)"
	deep SIP client front udp src="$CLIENT" sport=20000 dst="$VIP" dport=5060 \
		hex="$(hex 'INVITE x SIP/2.0\r\nVia: y\r\ni: call\r\nl: 0\r\n\r\n')"
	check "SIP: its call is remembered" matches "$(weir affinity list)" $' call(\n|$)'
	check "SIP: so are others that it made" atleast "$(json '.affinity | length' affinity list)" 10
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
	sctp
	ipsec
	tunnels
	sip
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
