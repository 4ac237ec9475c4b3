#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs once: AH and ESP never take the fast path.
#
# IPsec between clients and the VIP: IKE is UDP from port 500 to port 500, of a
# service as any other, and AH and ESP between the same addresses go where it
# went. Here one datagram by hand stands for IKE, and security associations and
# policies, by hand too, for what it would have agreed on.
#
#	client  == ESP or AH, transport mode ==>  director  ==>  the server of IKE
#	   ^                                                           |
#	   '==================== the same, back =======================' (direct)

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

modprobe -a xfrm_user esp4 esp6 ah4 ah6 authenc cbc echainiv || skip_all "the kernel has no IPsec"

AUTH=0x0123456789abcdef0123456789abcdef01234567
CIPHER=0x0123456789abcdef0123456789abcdef

# association FROM TO esp|ah SPI: one direction, for both ends
association() {
	local keys=(auth 'hmac(sha1)' "$AUTH")
	[[ $3 == ah ]] || keys+=(enc 'cbc(aes)' "$CIPHER")
	printf 'xfrm state add src %s dst %s proto %s spi %s mode transport' "$@"
	printf " %s" "${keys[@]}"
	echo
}

# rule FROM TO in|out esp|ah SELECTOR...: what has to be protected
rule() {
	echo "xfrm policy add src $1 dst $2 ${*:5} dir $3 tmpl proto $4 mode transport"
}

# agree NAME esp|ah: what IKE does for the client and a server: TCP, and UDP 53
agree() {
	local at out=out in=in
	for at in client "$1"; do
		[[ $at == client ]] || out=in in=out
		{
			association "$CLIENT" "$VIP" "$2" 0x1000
			association "$VIP" "$CLIENT" "$2" 0x2000
			rule "$CLIENT" "$VIP" $out "$2" proto tcp
			rule "$VIP" "$CLIENT" $in "$2" proto tcp
			rule "$CLIENT" "$VIP" $out "$2" proto udp dport 53
			rule "$VIP" "$CLIENT" $in "$2" proto udp sport 53
		} | inside "$at" ip -batch -
	done
}

forget() {
	local at
	for at in client s1 s2 s3; do
		inside "$at" ip xfrm policy flush
		inside "$at" ip xfrm state flush
	done
}

ike() { packet send client front udp src="$CLIENT" sport=500 dst="$VIP" dport=500 payload=64; }

# holder: which server the only connection of the service has, in HOLDER
holder() {
	local name
	HOLDER=none
	for name in s1 s2 s3; do [[ $(held_by udp 500 "$name") == 0 ]] || HOLDER=$name; done
	isnt "$HOLDER" none
}

# seen PROTOCOL: packets of it that came in at each server
seen() {
	local name counts=''
	for name in s1 s2 s3; do packet count "$name" "$1"; counts+=" $SAID"; done
	echo "${counts# }"
}

# whole PROTOCOL: packets that came in at the director, those in fragments counted once
whole() {
	local all
	packet count front "$1"
	all=$SAID
	packet count front "$1" more
	echo $((all - SAID))
}

# counted_since BEFORE esp|ah: as many packets as have come
counted_since() { is $(($(of_service udp 500 stats.packets_in) - $1)) "$(whole "$2")"; }

# follows esp|ah: to whichever server IKE went, and with it
follows() {
	local before
	packet clear
	ike
	busywait 3 holder
	agree "$HOLDER" "$1"
	before=$(of_service udp 500 stats.packets_in)
	load tcp 80 --from "$CLIENT" --conns 5 --exchanges 3 --size 500 --reply 500
	check "direct: $1, $HOLDER: TCP within is answered by the server that IKE had" \
		is "${R[$HOLDER]} conns=${R[conns]} failed=${R[failed]} wrong=${R[wrong]}" "5 conns=5 failed=0 wrong=0"
	load udp 53 --from "$CLIENT" --conns 3 --size 4000 --reply 4000
	check "direct: $1, $HOLDER: so are datagrams that come in fragments" \
		is "${R[$HOLDER]} conns=${R[conns]} failed=${R[failed]} wrong=${R[wrong]}" "3 conns=3 failed=0 wrong=0"
	check "direct: $1, $HOLDER: three did come so" arrived 3 front "$1" fragment=0 more
	packet count "$HOLDER" "$1"
	check "direct: $1, $HOLDER: it was protected all the way" atleast "$SAID" 20
	check "direct: $1, $HOLDER: each packet is counted with the flow of IKE" \
		busywait 3 counted_since "$before" "$1"
	check "direct: $1, $HOLDER: and is no connection of its own" is "$(conns_held)" 1
	without "$1"
	forget
}

# Once nothing is known of IKE, the host has what it does not know either.
without() { # esp|ah
	local before
	weir conn kill all >/dev/null
	before=$(seen "$1")
	load tcp 80 --from "$CLIENT" --conns 2 --timeout 500
	check "direct: $1: without a flow of IKE there is no answer" is "failed=${R[failed]}" "failed=2"
	packet count front "$1"
	check "direct: $1: though packets come" atleast "$SAID" 2
	check "direct: $1: none gets to a server" is "$(seen "$1")" "$before"
	check "direct: $1: and none begins a connection" is "$(conns_held)" 0
}

direct() {
	service udp 500 scheduler rr
	servers direct udp 500
	follows esp
	follows ah
	follows esp
	weir flush
}

# from_client esp|ah, from_server esp: a packet by hand, as it is in transport mode
from_client() { packet send client front "$1" src="$CLIENT" dst="$VIP" seq=77 payload=64; }
from_server() { packet send s1 back "$1" src="${SERVER[s1]}" dst="$CLIENT" seq=78 payload=64; }

# NAT changes addresses, of which ESP knows nothing and AH everything.
nat() {
	weir service add "$(key udp 500)" timeout udp 60s
	weir server add "$(key udp 500)" "$(addr s1 500)" method nat
	packet clear
	ike
	arrives s1 udp src="$CLIENT" dst="${SERVER[s1]}" dport=500
	from_client esp
	check "nat: ESP of the client gets to the server" \
		arrives s1 esp src="$CLIENT" dst="${SERVER[s1]}" spi=77 ttl=63 sums=ok
	from_server esp
	check "nat: ESP of the server comes from the VIP" \
		arrives client esp src="$VIP" dst="$CLIENT" spi=78 ttl=63 sums=ok
	check "nat: both are counted with the flow of IKE" \
		is "$(of_service udp 500 stats.conns stats.packets_in stats.packets_out)" "1 2 1"
	drops_mark
	from_client ah
	check "nat: AH, which would not survive it, is dropped and counted" drops_grow ah-nat 1
	check "nat: and does not get to the server" arrived 0 s1 ah
	quoted
	leaving
	weir flush
}

# Path MTU discovery of ESP depends on it.
quoted() {
	local type=3 code=1
	[[ $FAMILY == 4 ]] || type=1 code=3
	packet send s1 back icmp src="${SERVER[s1]}" dst="$CLIENT" type=$type code=$code \
		quote esp src="$CLIENT" dst="${SERVER[s1]}" seq=77 payload=64
	check "nat: an ICMP error about ESP comes from the VIP and quotes the VIP" \
		arrives client icmp src="$VIP" type=$type code=$code sums=ok quoted=esp qsrc="$CLIENT" qdst="$VIP"
}

# A server that has left gets nothing more, whoever asks; IKE finds another.
leaving() {
	weir server add "$(key udp 500)" "$(addr s2 500)" method nat
	weir server set "$(key udp 500)" "$(addr s1 500)" state down policy reset
	packet clear
	from_client esp
	check "a server that is down gets no ESP with the policy reset" fails_soon s1 esp
	ike
	check "IKE goes to another server" arrives s2 udp dport=500
	from_client esp
	check "and ESP with it" arrives s2 esp spi=77
	check "the first got none of that" arrived 0 s1 esp
}

# fails_soon TAP WORD...: nothing like that comes, though what was sent after it does
fails_soon() {
	packet send client front udp src="$CLIENT" sport=40404 dst="$VIP" dport=9 payload=8
	arrives client icmp quoted=udp qsport=40404
	arrived 0 "$@"
}

body() {
	direct
	nat
}

taps client front back s1 s2 s3
for_each_family body
