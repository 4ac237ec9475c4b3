#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SCTP: associations of the kernel's own endpoints by both methods, with another
# port behind nat; checksums, which only the two ends sum up; the states that chunks
# lead to, wherever in a packet they stand; and what belongs to no association.
#
# Each end has one address, given by hand: an association with several would talk
# past the director.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

modprobe sctp || skip_all "the kernel has no SCTP"

# start_servers: on port 80 of the VIP, and on 8080 of their own address
start_servers() {
	local name number line words
	for name in s1 s2 s3; do
		words=()
		for number in 4 6; do
			family "$number"
			words+=(--sctp "80@$VIP" --sctp "8080@${SERVER[$name]}")
		done
		line=$("$PEER" serve "${words[@]}" "$name@${NS[$name]}")
		SERVER_PID[sctp-$name]=${line#*=}
	done
}

# assoc PORT OPTION...: a load of associations from one address
assoc() { load sctp "$1" --from "$CLIENT" "${@:2}"; }

# port_of METHOD: what its service listens on; servers of the method nat do not
port_of() { if [[ $1 == direct ]]; then PORT=80; else PORT=443; fi; }

# state_is WORD: what `weir conn list` says of the only connection
state_is() {
	local head line i
	{
		read -ra head
		read -ra line
	} < <(weir conn list)
	for i in "${!head[@]}"; do
		[[ ${head[i]} != STATE ]] || is "${line[i]-}" "$1"
	done
}

exchanges() { # METHOD
	assoc "$PORT" --conns 30 --exchanges 10 --size 100 --reply 200
	check "$1: all of 30 associations with 10 exchanges are answered, intact, and servers see the client" \
		all_served 30
	check "$1: every server gets its third" is "${R[s1]} ${R[s2]} ${R[s3]}" "10 10 10"
	check "$1: the service counts exactly the associations made" \
		is "$(of_service sctp "$PORT" stats.conns)" 30
	assoc "$PORT" --conns 3 --exchanges 2 --size 60000 --reply 60000
	check "$1: messages of 60 kB arrive intact in each direction" all_served 3
	assoc "$PORT" --conns 6 --exchanges 3 --close rst
	check "$1: associations that clients abort end without disturbing others" all_served 6
	assoc "$PORT" --conns 6 --exchanges 3 --close server
	check "$1: associations that servers shut down end cleanly" all_served 6
}

# all_are TAP KIND: all there is has such sums, but for ABORTs that give a tag back. An
# association that a server alone remembers is ended by the client so, past the director.
all_are() {
	packet expect "$1" 0 sctp "!sums=$2" "!chunks=abort-t"
	is "other than $2: $SAID" "other than $2: none" || return
	packet count "$1" sctp "sums=$2"
	atleast "$SAID" 10
}

offload() { # ENDS DIRECTOR: each on|off
	local name
	for name in client s1; do packet offload "${NS[$name]}" back0 tx "$1"; done
	packet offload "$CLIENT_NS" front0 tx "$1"
	packet offload "$DIRECTOR_NS" front0 tx "$2"
	packet offload "$DIRECTOR_NS" back0 tx "$2"
}

# Summed by software, the receiver's kernel verifies each; else it is left undone
# all the way, and stays so, or is done as the packet leaves the director.
checksums() { # METHOD
	service sctp "$PORT"
	servers "$1" sctp "$PORT" s1
	offload off off
	packet clear
	assoc "$PORT" --conns 2 --exchanges 5 --size 5000 --reply 5000
	check "$1: software sums: everything arrives" all_served 2
	check "$1: software sums: the server gets nothing but right ones" all_are s1 ok
	[[ $1 == direct ]] || check "$1: software sums: the client gets nothing but right ones" all_are client ok
	offload on off
	packet clear
	assoc "$PORT" --conns 2 --exchanges 5 --size 5000 --reply 5000
	check "$1: the director sums: everything arrives" all_served 2
	check "$1: the director sums: the server gets nothing but right ones" all_are s1 ok
	offload on on
	packet clear
	assoc "$PORT" --conns 2 --exchanges 5 --size 5000 --reply 5000
	check "$1: device sums: everything arrives" all_served 2
	check "$1: device sums: they are left to the last device" all_are s1 partial
	weir service remove "$(key sctp "$PORT")"
}

# The state that an association of one server has at its end, closed by either side.
states() { # METHOD
	service sctp "$PORT"
	servers "$1" sctp "$PORT" s1
	load_start held sctp "$PORT" --from "$CLIENT" --hold --exchanges 4
	check "$1: an association is established" state_is established
	check "$1: and active" is "$(of_service sctp "$PORT" active inactive)" "1 0"
	load_end held
	check "$1: it is closed once the client has shut it down" busywait 3 state_is closed
	check "$1: and inactive" is "$(of_service sctp "$PORT" active inactive)" "0 1"
	weir conn kill all >/dev/null
	assoc "$PORT" --close rst
	check "$1: an ABORT of the client closes it" busywait 3 state_is closed
	weir conn kill all >/dev/null
	assoc "$PORT" --close server
	if [[ $1 == nat ]]; then
		check "$1: it is closed once the server has shut it down" busywait 3 state_is closed
	else
		check "$1: of the server's shutdown the client's answer is seen" \
			busywait 3 state_is shutdown-ack-sent
	fi
	weir service remove "$(key sctp "$PORT")"
}

reuse() { # METHOD CLOSE
	assoc "$PORT" --conns 15 --exchanges 2 --parallel 1 --sport 33333 --close "$2"
	check "$1: 15 associations from one port, one after the other, all served; --close $2" all_served 15
	# Another one is sent after 3 s.
	check "$1: the first INIT is answered each time; --close $2" atmost "${R[connect_ms]}" 2900
	check "$1: each is scheduled anew; --close $2" is "${R[s1]} ${R[s2]} ${R[s3]}" "5 5 5"
	check "$1: a port used again takes no more room than once; --close $2" is "$(conns_held)" 1
	weir conn kill all >/dev/null
}

# A server goes: its associations are aborted at their next packet.
reset() { # METHOD
	weir conn kill all >/dev/null
	load_start old sctp "$PORT" --from "$CLIENT" --hold --conns 9 --exchanges 2
	server set "$1" sctp "$PORT" s1 state down policy reset
	load_say old go
	check "$1: policy reset: each association of the server gets an ABORT at its next packet" \
		is "reset=${R[reset]} timeout=${R[timeout]}" "reset=3 timeout=0"
	check "$1: policy reset: those of others go on" is "s2=${R[s2]} s3=${R[s3]}" "s2=3 s3=3"
	check "$1: policy reset: it is counted as server-reset" atleast "$(drops server-reset)" 3
	load_end old
}

methods() {
	local method
	for method in nat direct; do
		port_of "$method"
		service sctp "$PORT" scheduler rr
		servers "$method" sctp "$PORT"
		exchanges "$method"
		weir conn kill all >/dev/null
		reuse "$method" fin
		reuse "$method" rst
		reset "$method"
		weir service remove "$(key sctp "$PORT")"
		states "$method"
		checksums "$method"
	done
}

# mute, unmute: keeps the kernels of both ends from answering what is made by hand
mute() {
	local name
	for name in client s1; do
		inside "$name" nft -f - <<'END'
table inet mute {
	chain in {
		type filter hook input priority 0
		meta l4proto sctp drop
	}
}
END
	done
}
unmute() {
	local name
	for name in client s1; do inside "$name" nft delete table inet mute; done
}

# sends WORD...: a packet made by hand, from the client's port 5000 unless told
sends() {
	packet send client front sctp src="$CLIENT" dst="$VIP" dport=443 "$@"
}

begin() { # SPORT
	sends sport="$1" chunks=init seq=77
	arrives s1 sctp sport="$1" dport=8080 chunks=init sums=ok
	sends sport="$1" vtag=9 chunks=cookie-echo
	arrives s1 sctp sport="$1" dport=8080 chunks=cookie-echo sums=ok
}

answers() { # SPORT CHUNK
	packet send s1 back sctp src="${SERVER[s1]}" sport=8080 dst="$CLIENT" dport="$1" vtag=77 chunks="$2"
	arrives client sctp src="$VIP" sport=443 dport="$1" chunks="$2" sums=ok
}

# Chunks behind the first count, those that lie do not, and damage stays.
by_hand() {
	service sctp 443 timeout sctp-init 4s
	servers nat sctp 443 s1
	packet clear
	check "an INIT gets to the server" begin 41001
	check "the client's cookie alone establishes nothing" state_is cookie-echoed
	check "the server's COOKIE ACK gets to the client" answers 41001 cookie-ack
	check "and establishes the association" state_is established
	sends sport=41001 vtag=9 chunks=init
	sends sport=41001 vtag=9 chunks=sack+shutdown
	check "a SHUTDOWN behind a SACK counts" busywait 3 state_is shutdown-sent
	check "a SHUTDOWN ACK of the server gets to the client" answers 41001 shutdown-ack
	check "and is seen" state_is shutdown-ack-sent
	sends sport=41001 vtag=9 chunks=data+abort
	check "an ABORT behind DATA counts" busywait 3 state_is closed
	sends sport=41001 chunks=init seq=77
	check "an INIT on what is closed begins anew" busywait 3 state_is cookie-wait
	check "which ends after the timeout sctp-init" busywait 8 conns_are 0
	damage
	unreachable
	weir service remove "$(key sctp 443)"
}

damage() {
	packet clear
	sends sport=41002 chunks=init seq=77 sum=bad
	check "a wrong checksum is still wrong at the server" \
		arrives s1 sctp sport=41002 dport=8080 chunks=init sums=bad-l4
	weir conn kill all >/dev/null
}

# 8 bytes of the transport header are quoted, which for SCTP is no checksum.
unreachable() {
	local type=3 code=1
	[[ $FAMILY == 4 ]] || type=1 code=3
	begin 41003 || :
	packet send s1 back icmp src="${SERVER[s1]}" dst="$CLIENT" type=$type code=$code \
		quote keep=8 sctp src="$CLIENT" sport=41003 dst="${SERVER[s1]}" dport=8080 vtag=9 chunks=data payload=64
	check "an ICMP error about an association comes from the VIP and quotes the VIP" \
		arrives client icmp src="$VIP" type=$type code=$code sums=ok \
		quoted=sctp qsrc="$CLIENT" qsport=41003 qdst="$VIP" qdport=443
	weir conn kill all >/dev/null
}

# refused SPORT ANSWER CHUNKS...: what a packet without an association gets
refused() {
	sends sport="$1" "${@:3}"
	arrives client sctp src="$VIP" sport=443 dport="$1" chunks="$2" vtag=4711 sums=ok
}

midstream() {
	service sctp 443 midstream reset
	servers nat sctp 443 s1
	packet clear
	drops_mark
	check "midstream reset: DATA is answered by ABORT, its tag reflected" \
		refused 42001 abort-t vtag=4711 chunks=data payload=64
	check "midstream reset: so is a cookie" refused 42002 abort-t vtag=4711 chunks=cookie-echo
	check "midstream reset: a SHUTDOWN ACK is answered by SHUTDOWN COMPLETE" \
		refused 42003 shutdown-complete-t vtag=4711 chunks=shutdown-ack
	check "midstream reset: an INIT under a tag begins nothing" \
		refused 42004 abort-t vtag=4711 chunks=init
	check "midstream reset: nor does one that is not alone" \
		refused 42005 abort-t vtag=4711 chunks=init+data
	sends sport=42006 vtag=4711 chunks=abort
	sends sport=42006 vtag=4711 chunks=shutdown-complete
	check "midstream reset: each is counted" busywait 3 drops_grow midstream-reset 7
	check "midstream reset: an end is not answered" arrived 0 client sctp dport=42006
	weir service set "$(key sctp 443)" midstream drop
	drops_mark
	sends sport=42007 vtag=4711 chunks=data payload=64
	check "midstream drop: it is counted" busywait 3 drops_grow midstream 1
	check "midstream drop: there is no answer" arrived 0 client sctp dport=42007
	check "nothing of all that reached a server" arrived 0 s1 sctp
	check "nor began an association" is "$(conns_held)" 0
	weir service remove "$(key sctp 443)"
}

body() {
	methods
	mute
	by_hand
	midstream
	unmute
}

start_servers
taps client front back s1
for_each_family body
