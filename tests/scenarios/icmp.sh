#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ICMP errors about connections of ours find whoever must hear of them, and speak
# of the packet as that one knows it: a server of its own address and port, a
# client of the VIP. Made by hand, as routers between client and director and
# behind the director would send them, and quoting more or less of the packet.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

PORT=40000	# of the client

# Numbers of the family, and two routers that exist only as senders of errors.
words_of_family() {
	if [[ $FAMILY == 4 ]]; then
		UNREACHABLE="type=3 code=1" EXCEEDED="type=11 code=0" ODD="options=8"
		ROUTER=192.0.2.77 MARKER=192.0.2.78
	else
		UNREACHABLE="type=1 code=3" EXCEEDED="type=3 code=0" ODD="ext=dst,dst"
		ROUTER=2001:db8::77 MARKER=2001:db8::78
	fi
}

# host_heard: unreachable errors that the director's own stack was given
host_heard() {
	local line
	local -a names=() values=()
	while read -r line; do
		case $FAMILY:$line in
		4:Icmp:\ *) names=("${values[@]}"); read -ra values <<<"$line" ;;
		6:Icmp6InDestUnreachs*) echo "${line##*[[:space:]]}"; return ;;
		esac
	done < <(cat /proc/net/snmp /proc/net/snmp6)
	for line in "${!names[@]}"; do
		[[ ${names[line]} != InDestUnreachs ]] || echo "${values[line]}"
	done
}

# about_reply FROM KEEP WORD...: an error about what the VIP sent to the client
about_reply() {
	local keep=${2:+keep=$2}
	# shellcheck disable=SC2086
	packet send client front icmp src="$1" dst="$VIP" $UNREACHABLE ${SUM-} quote $keep "$protocol" \
		src="$VIP" sport=443 dst="$CLIENT" dport="$PORT" flags=PA payload=64 "${@:3}"
}

# about_request FROM KEEP WORD...: one about what the director sent to s1
about_request() {
	local keep=${2:+keep=$2}
	# shellcheck disable=SC2086
	packet send s1 back icmp src="$1" dst="$CLIENT" $UNREACHABLE ${SUM-} quote $keep "$protocol" \
		src="$CLIENT" sport="$PORT" dst="${SERVER[s1]}" dport="$port" flags=PA payload=64 "${@:3}"
}

# What s1 must get of about_reply, and the client of about_request.
at_server() { arrives s1 icmp src="$1" dst="${SERVER[s1]}" ttl=63 "$protocol_quoted" qsrc="${SERVER[s1]}" \
	qsport="$port" qdst="$CLIENT" qdport="$PORT" sums=ok "${@:2}"; }
at_client() { arrives client icmp src="$VIP" dst="$CLIENT" "$protocol_quoted" qsrc="$CLIENT" qsport="$PORT" \
	qdst="$VIP" qdport=443 sums=ok "${@:1}"; }

# in_pieces WHOM SEND GET: quotes of every kind, in one direction
in_pieces() {
	local keep
	"$2" "$ROUTER" ''
	check "$protocol: an error that quotes the whole packet reaches $1, the quoted checksums right" "$3" qbytes="$whole" qsums=ok
	"$2" "$ROUTER" '' "$ODD"
	check "$protocol: one that quotes options or extension headers reaches $1" "$3" "q$odd_seen" qbytes="$whole" qsums=ok
	for keep in 8 12 19 20; do
		"$2" "$ROUTER" "$keep"
		check "$protocol: one that quotes $keep bytes behind the network header reaches $1" "$3" qbytes="$keep"
	done
	packet clear
	drops_mark
	for keep in 0 1 2 3 4 5 6 7; do
		"$2" "$MARKER" "$keep"
	done
	"$2" "$ROUTER" 8
	check "$protocol: after those that quote less than 8 bytes the next still reaches $1" "$3" qbytes=8
	check "$protocol: those that quote less count as no drop for lack of memory" drops_grow no-memory 0
	packet clear
	SUM=sum=bad "$2" "$MARKER" 20
	"$2" "$ROUTER" 20
	check "$protocol: the error after one with a wrong checksum reaches $1" "$3" qbytes=20
	check "$protocol: the one with a wrong checksum is counted as icmp-checksum" drops_grow icmp-checksum 1
}

about_replies() {
	local before
	before=$(host_heard)
	in_pieces "the server" about_reply to_server
	check "$protocol: no error with a wrong checksum, or about less, reached the server from the client's side" \
		arrived 0 s1 icmp src="$MARKER"
	packet clear
	if [[ $protocol$FAMILY == udp4 ]]; then
		about_reply "$ROUTER" '' sum=zero
		check "udp: an error about a datagram without a checksum quotes none" to_server qsums=zero
	fi
	before=$(host_heard)
	about_reply "$ROUTER" ''
	check "$protocol: an error about a connection is not given to the host as well" is "$(host_heard)" "$before"
	PORT=40001 about_reply "$ROUTER" ''
	check "$protocol: an error about no connection of ours is the host's" is "$(host_heard)" $((before + 1))
}

about_requests() {
	in_pieces "the client" about_request to_client
	check "$protocol: no error with a wrong checksum reached the client from the servers' side" \
		arrived 1 client icmp qbytes=20
}

to_server() { at_server "$ROUTER" "$@"; }
to_client() { at_client "$@"; }

nat() {
	local protocol port protocol_quoted whole odd_seen=${ODD/ext=dst,dst/ext=2}
	for protocol in tcp udp; do
		protocol_quoted=quoted=$protocol
		set_backend nat "$protocol" 443
		port=$BACKEND
		[[ $protocol == tcp ]] && whole=84 || whole=72
		service "$protocol" 443
		servers nat "$protocol" 443 s1
		load_start held "$protocol" 443 --hold --from "$CLIENT" --sport "$PORT"
		about_replies
		about_requests
		load_say held go
		check "$protocol: the connection goes on through all of it" all_served 1
		load_end held
		weir flush
	done
}

direct() {
	local protocol
	for protocol in tcp udp; do
		service "$protocol" 443 scheduler rr
		servers direct "$protocol" 443 s1
		# Nobody listens there: what counts is that the director knows the flow.
		packet send client front "$protocol" src="$CLIENT" sport="$PORT" dst="$VIP" dport=443 flags=S
		arrives s1 "$protocol" dst="$VIP" dport=443 || :
		about_reply "$ROUTER" 20
		check "$protocol, direct: an error about what the server sent reaches the server unchanged" \
			arrives s1 icmp src="$ROUTER" dst="$VIP" ttl=63 sums=ok quoted="$protocol" \
			qsrc="$VIP" qsport=443 qdst="$CLIENT" qdport="$PORT" qbytes=20
		packet clear
		drops_mark
		SUM=sum=bad about_reply "$MARKER" 20
		about_reply "$ROUTER" 8
		check "$protocol, direct: one that quotes 8 bytes does too" arrives s1 icmp src="$ROUTER" dst="$VIP" qbytes=8
		check "$protocol, direct: one with a wrong checksum is counted as icmp-checksum" drops_grow icmp-checksum 1
		check "$protocol, direct: and does not reach the server" arrived 0 s1 icmp src="$MARKER"
		packet clear
		weir flush
	done
}

refused() {
	service udp 444
	weir server add "$(key udp 444)" "$(addr s1 9)" method nat
	load udp 444 --conns 2 --sport 41000
	check "udp: a client of a server that does not listen is told that its port is refused" \
		is "refused=${R[refused]} conns=${R[conns]}" "refused=2 conns=0"
}

# hops PROTOCOL: what traceroute does
hops() {
	service "$1" 443
	servers nat "$1" 443 s1
	packet clear
	drops_mark
	packet send client front "$1" src="$CLIENT" sport=41001 dst="$VIP" dport=443 flags=S ttl=1
	# shellcheck disable=SC2086
	check "$1: a packet whose TTL ends at the director is answered by time exceeded about it" \
		arrives client icmp dst="$CLIENT" $EXCEEDED sums=ok quoted="$1" qsrc="$CLIENT" qsport=41001 qdst="$VIP" qdport=443 qttl=1
	check "$1: and counted as ttl" drops_grow ttl 1
	packet send client front "$1" src="$CLIENT" sport=41002 dst="$VIP" dport=443 flags=S ttl=2
	check "$1: one whose TTL does not reaches the server, less one hop" \
		arrives s1 "$1" dst="${SERVER[s1]}" sport=41002 ttl=1
	check "$1: the first one did not" arrived 0 s1 "$1" sport=41001
	weir flush
}

body() {
	words_of_family
	nat
	direct
	refused
	hops tcp
	hops udp
}

taps client front back s1
for_each_family body
