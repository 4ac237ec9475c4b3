#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# affinity-by call-id: the SIP messages of a call go to one server, from whatever
# port and address they come; a datagram that names no call goes by its client.
#
# Runs once: its flows are of one packet, which is slow in any case.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# say LINE...: a message of these lines from a port of its own, in one datagram
say() {
	local line text=''
	for line; do text+=$line$'\r\n'; done
	# shellcheck disable=SC2016 # for the inner shell
	inside client bash -c 'exec 3>"/dev/udp/$1/53"; dd bs=65536 status=none >&3' - "$VIP" <<<"$text"
}

# counts: connections of each server so far
counts() {
	set_key udp 53
	of_servers "$KEY" stats.conns
}

# went LINE...: sends that; the number of the server that got it, in WENT
went() {
	local -a before after
	local i
	# The kernel may choose a port again: each message is to begin a connection.
	weir conn kill all >/dev/null
	read -ra before <<<"$(counts)"
	say "$@"
	busywait 5 has_come "${before[*]}"
	read -ra after <<<"$(counts)"
	WENT=
	for i in 0 1 2; do ((after[i] == before[i])) || WENT+=s$((i + 1)); done
}
has_come() { isnt "$(counts)" "$1"; }

# goes SERVER LINE...: that message goes there
goes() {
	went "${@:2}"
	is "$WENT" "$1"
}

# client_calls ADDRESS: whether there is a connection of that client
client_calls() { matches "$(weir conn list)" "${1//./\\.}"; }

INVITE="INVITE sip:bob@example.org SIP/2.0"
VIA="Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8"

entries() { json '.affinity | length' affinity list "$@"; }
entries_are() { is "$(entries "${@:2}")" "$1"; }

prepare() { # METHOD
	service udp 53 scheduler rr affinity 1h affinity-by call-id
	servers "$1" udp 53
}

calls() { # METHOD
	local first second third i long=() bits=32
	[[ $FAMILY == 4 ]] || bits=128
	prepare "$1"
	went "$INVITE" "$VIA" "Call-ID: first@192.0.2.1" "CSeq: 1 INVITE" ""
	first=$WENT
	went "$INVITE" "$VIA" "Call-ID: second@192.0.2.1" ""
	second=$WENT
	went "$INVITE" "$VIA" "Call-ID: third@192.0.2.1" ""
	third=$WENT
	check "$1: each call has its server" is "$(sort <<<"$first"$'\n'"$second"$'\n'"$third" | tr '\n' ' ')" "s1 s2 s3 "
	check "$1: the same client's next message of a call goes to its server" \
		goes "$second" "BYE sip:bob@example.org SIP/2.0" "Call-ID: second@192.0.2.1" ""
	check "$1: the compact form of the header is the same" goes "$first" "$INVITE" "i: first@192.0.2.1" ""
	check "$1: so is its name in capitals" goes "$third" "$INVITE" "CALL-ID:third@192.0.2.1" ""
	check "$1: and an answer" goes "$first" "SIP/2.0 200 OK" "Call-ID: first@192.0.2.1" ""
	for ((i = 0; i < 50; i++)); do long+=("Via: SIP/2.0/UDP proxy$i.example.org:5060;branch=z9hG4bK$i"); done
	check "$1: and a message in several fragments" goes "$second" "$INVITE" "${long[@]}" "Call-ID: second@192.0.2.1" ""
	inside client ip addr add "$CLIENTS/$bits" dev lo
	inside client ip route add "$VIP" dev front0 src "$CLIENTS"
	check "$1: a call goes to its server whoever calls" goes "$third" "$INVITE" "Call-ID: third@192.0.2.1" ""
	check "$1: this time another client does" client_calls "$CLIENTS"
	inside client ip route del "$VIP" dev front0
	inside client ip addr del "$CLIENTS/$bits" dev lo
	check "$1: there is an entry for each call" entries_are 3
	check "$1: it tells the call" is "$(json '[.affinity[].call_id] | sort | join(" ")' affinity list)" \
		"first@192.0.2.1 second@192.0.2.1 third@192.0.2.1"
	check "$1: and who began it" entries_are 3 client "$(if [[ $FAMILY == 4 ]]; then echo "$CLIENT"; else echo "[$CLIENT]"; fi)"
	check "$1: so it is without JSON" matches "$(weir affinity list)" "CALL-ID.* first@192.0.2.1"
	server drain "$1" udp 53 "$first"
	went "$INVITE" "Call-ID: first@192.0.2.1" ""
	check "$1: a call whose server drains gets another" isnt "$WENT" "$first"
	check "$1: and stays with that" goes "$WENT" "$INVITE" "Call-ID: first@192.0.2.1" ""
	weir flush
}

# What names no call goes by its client: there is one, so to one server.
others() { # METHOD
	local server long
	printf -v long '%0256d' 1
	prepare "$1"
	went "no SIP at all"
	server=$WENT
	check "$1: a message without a Call-ID goes by its client" goes "$server" "$INVITE" "$VIA" "CSeq: 1 INVITE" ""
	check "$1: so does one with an empty Call-ID" goes "$server" "$INVITE" "Call-ID:" ""
	check "$1: one of two words" goes "$server" "$INVITE" "Call-ID: two words" ""
	check "$1: one that is too long" goes "$server" "$INVITE" "Call-ID: $long" ""
	check "$1: one behind the headers" goes "$server" "$INVITE" "$VIA" "" "Call-ID: of the body"
	check "$1: one that comes too late" goes "$server" "$INVITE" "Subject: $(printf '%04096d' 1)" "Call-ID: late" ""
	check "$1: an empty line" goes "$server" ""
	check "$1: and there is one entry for all of them" \
		is "$(json '.affinity[] | "\(.client_address) \(.call_id)"' affinity list)" "$CLIENT null"
	went "$INVITE" "Call-ID: ${long#0}" ""
	check "$1: the longest Call-ID makes an entry" is "$(json '[.affinity[].call_id | length] | max' affinity list)" 255
	weir service set "$(key udp 53)" affinity-by client
	check "$1: entries of another kind are forgotten" entries_are 0
	went "$INVITE" "Call-ID: one" ""
	check "$1: by client the Call-ID makes no difference" goes "$WENT" "$INVITE" "Call-ID: two" ""
	weir flush
}

body() {
	calls nat
	others direct
}

for_each_family body
