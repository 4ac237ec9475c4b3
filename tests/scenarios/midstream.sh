#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP from the middle of a connection nobody knows gets what its service says: on
# to the host's own stack (which resets it), a RST from Weir, nothing, or a connection of
# its own: then it goes on as if nothing had happened, if the scheduler picks as before.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"

# Connections whose entries are killed get one packet more each. What came of it:
# FATE (reset and timeout as the client sees it), DROPPED and RESET (drops, as counted)
# and RSTS (what reached the clients; one who sends twice may get two).
orphans() { # METHOD MIDSTREAM
	local dropped reset
	service tcp 80 scheduler rr midstream "$2"
	servers "$1" tcp 80
	load_start orphans tcp 80 --hold --conns 6 --exchanges 2 --timeout 1000
	packet clear client
	dropped=$(drops midstream)
	reset=$(drops midstream-reset)
	weir conn kill service "$(key tcp 80)" >/dev/null
	load_say orphans go
	FATE="reset=${R[reset]} timeout=${R[timeout]}"
	DROPPED=$(($(drops midstream) - dropped))
	RESET=$(($(drops midstream-reset) - reset))
	packet count client tcp sport=80 flags=R
	RSTS=$SAID
	load_end orphans
	load tcp 80 --conns 3 --exchanges 2
	check "$1: $2: new connections are served as before" all_served 3
	weir flush
}

# What the director has forgotten goes on with the servers that the scheduler picks again.
# (With the method direct the director sees nothing of what a server sends.)
scheduled() { # METHOD
	service tcp 80 scheduler sh midstream schedule
	servers "$1" tcp 80
	load_start kept tcp 80 --hold --conns 6 --sources 20 --exchanges 2 --close rst
	weir conn kill service "$(key tcp 80)" >/dev/null
	check "$1: schedule: the director has forgotten its connections" conns_are 0
	load_say kept go
	check "$1: schedule: they go on, each with its server" all_served 6
	check "$1: schedule: the director knows them again, as established" \
		is "$(json '[.conns[].state] | unique | join(" ")' conn list) $(conns_held)" "established 6"
	check "$1: schedule: counted as connections of their own" is "$(of_service tcp 80 stats.conns)" 12
	load_end kept
	weir conn kill all >/dev/null
	# What can be of no connection past its handshake begins none.
	for flags in R RA SA P ''; do
		packet send client front tcp src="$CLIENT" sport=40000 dst="$VIP" dport=80 flags="$flags" seq=1 ack=1
	done
	packet send client front tcp src="$CLIENT" sport=40001 dst="$VIP" dport=80 flags=FA seq=1 ack=1
	check "$1: schedule: a FIN is scheduled" busywait 3 conns_are 1
	check "$1: schedule: no RST, no SYN+ACK and nothing without ACK is" \
		is "$(json '[.conns[].client_port] | join(" ")' conn list)" 40001
	weir flush
}

body() {
	local method
	# First: clients that get no answer go on asking for a while.
	for method in nat direct; do scheduled "$method"; done
	for method in nat direct; do
		orphans "$method" pass
		check "$method: pass: the host's own stack resets them" is "$FATE" "reset=6 timeout=0"
		check "$method: pass: nothing is dropped" is "$DROPPED $RESET" "0 0"
		orphans "$method" reset
		check "$method: reset: each gets a RST" is "$FATE" "reset=6 timeout=0"
		check "$method: reset: each is counted as midstream-reset" within "$RESET" 6 "$RSTS"
		check "$method: reset: none is counted as dropped without an answer" is "$DROPPED" 0
		orphans "$method" drop
		check "$method: drop: they get no answer" is "$FATE" "reset=0 timeout=6"
		check "$method: drop: each packet is counted as midstream" atleast "$DROPPED" 6
		check "$method: drop: none is counted as midstream-reset" is "$RESET" 0
	done
}

taps client front
for_each_family body
