#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Port reuse: a client that uses the same port again right after a connection
# ended must be served at once. Were its SYN lost or taken for the old connection,
# the next would come a second later.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# syns_repeated: SYNs that the client has sent again since it began
syns_repeated() { inside client nstat -asz TcpExtTCPSynRetrans | awk '$1 == "TcpExtTCPSynRetrans" { print $2 }'; }

no_syn_repeated() { is "$(syns_repeated)" "${REPEATED:?}"; }

again() { # METHOD CLOSE CONNS
	REPEATED=$(syns_repeated)
	load tcp 80 --conns "$3" --exchanges 2 --parallel 1 --sport 33333 --from "$CLIENT" --close "$2"
}

reuse() { # METHOD CLOSE WHO
	again "$1" "$2" 30
	check "$1: 30 connections from one port, one after the other, all served; $3 closes" all_served 30
	check "$1: each SYN is answered at once; $3 closes" no_syn_repeated
	check "$1: each is scheduled anew; $3 closes" is "${R[s1]} ${R[s2]} ${R[s3]}" "10 10 10"
}

body() {
	local method=$1
	service tcp 80 scheduler rr
	servers "$method" tcp 80
	reuse "$method" rst "the client resets"
	reuse "$method" server "the server"

	# The old server may not be asked again once it takes no new connections.
	server set "$method" tcp 80 s1 weight 0
	again "$method" server 10
	check "$method: reuse never returns to a server whose weight is 0" \
		is "s1=${R[s1]} conns=${R[conns]} failed=${R[failed]}" "s1=0 conns=10 failed=0"
	check "$method: nor is a SYN lost to it" no_syn_repeated
	server remove "$method" tcp 80 s2
	again "$method" server 10
	check "$method: reuse never returns to a server that was removed" \
		is "s3=${R[s3]} conns=${R[conns]} failed=${R[failed]}" "s3=10 conns=10 failed=0"
	check "$method: nor is a SYN lost to that" no_syn_repeated
	check "$method: a port used again takes no more room than once" atmost "$(conns_held)" 1
	weir flush
}

for_each_family body nat
for_each_family body direct
