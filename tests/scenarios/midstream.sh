#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP from the middle of a connection nobody knows gets what its service says: on
# to the host's own stack (which resets it), a RST from Weir, or nothing.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# Connections whose entries are killed get one packet more each. What came of it:
# FATE (reset and timeout as the client sees it), COUNTED (drops, as counted).
orphans() { # METHOD MIDSTREAM
	local dropped reset
	service tcp 80 scheduler rr midstream "$2"
	servers "$1" tcp 80
	load_start orphans tcp 80 --hold --conns 6 --exchanges 2 --timeout 400
	dropped=$(drops midstream)
	reset=$(drops midstream-reset)
	weir conn kill service "$(key tcp 80)" >/dev/null
	load_say orphans go
	FATE="reset=${R[reset]} timeout=${R[timeout]}"
	DROPPED=$(($(drops midstream) - dropped))
	RESET=$(($(drops midstream-reset) - reset))
	load_end orphans
	load tcp 80 --conns 3 --exchanges 2
	check "$1: $2: new connections are served as before" all_served 3
	weir flush
}

body() {
	local method
	for method in nat direct; do
		orphans "$method" pass
		check "$method: pass: the host's own stack resets them" is "$FATE" "reset=6 timeout=0"
		check "$method: pass: nothing is dropped" is "$DROPPED $RESET" "0 0"
		orphans "$method" reset
		check "$method: reset: each gets a RST" is "$FATE" "reset=6 timeout=0"
		check "$method: reset: each is counted as midstream-reset" is "$DROPPED $RESET" "0 6"
		orphans "$method" drop
		check "$method: drop: they get no answer" is "$FATE" "reset=0 timeout=6"
		check "$method: drop: each packet is counted as midstream" atleast "$DROPPED" 6
		check "$method: drop: none is counted as midstream-reset" is "$RESET" 0
	done
}

for_each_family body
