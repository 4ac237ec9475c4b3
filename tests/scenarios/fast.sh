#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The fast path: packets of known flows are forwarded as they enter a device and
# seen by no rule of the firewall. Where it is switched off, for a service or for
# the namespace, they are forwarded just so, but seen: one body tries all three.
#
# Runs once: it switches the fast path itself.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/fast.sh
. "${0%/*}/../lib/fast.sh"

ROUNDS=30	# exchanges with a held flow

watch || skip_all "no nf_tables here"

# switch MODE PROTOCOL PORT: puts the service into the mode of a body
switch() {
	case $1 in
	"fast on") ;;
	"fast off") weir service set "$(key "$2" "$3")" fast off ;;
	"config fast off") weir config set fast off ;;
	esac
}

# A held flow, what rules see of its beginning, its middle and its end.
flow() { # METHOD MODE PROTOCOL PORT
	local method=$1 mode=$2 protocol=$3 port=$4 what="$3, $1, $2" word
	service "$protocol" "$port"
	servers "$method" "$protocol" "$port" s1
	switch "$mode" "$protocol" "$port"
	rules_saw
	load_start held "$protocol" "$port" --hold --exchanges 2 --from "$CLIENT"
	check "$what: a flow is answered" all_served 1
	rules_saw
	check "$what: the chain input sees its first packet" atleast "$INPUT" 1
	if [[ $method == nat ]]; then
		check "$what: the chain forward sees the first reply" atleast "$FORWARD" 1
	else
		check "$what: the chain forward sees nothing of it" is "$FORWARD" 0
	fi
	counted "$protocol" "$port"
	load_say held "go $ROUNDS"
	check "$what: $ROUNDS exchanges more are answered" all_served 1
	rules_saw
	counted "$protocol" "$port"
	check "$what: all of them are counted" atleast "$IN" "$ROUNDS"
	if [[ $mode == "fast on" ]]; then
		check "$what: all their packets are fast" is "fast $FAST slow $SLOW" "fast $((IN + OUT)) slow 0"
		check "$what: no rule sees them" is "$INPUT $FORWARD" "0 0"
		[[ $method == nat ]] && word=both || word=request
		check "$what: conn list says in which directions it is fast" is "$(fast_word)" "$word"
	else
		check "$what: none of their packets is fast" is "$FAST" 0
		# What TCP repeats may come between one reading and the other.
		check "$what: the chain input sees all from the client" within "$INPUT" $((IN - 3)) $((IN + 3))
		check "$what: the chain forward sees all from the server" within "$FORWARD" $((OUT ? OUT - 3 : 0)) $((OUT ? OUT + 3 : 0))
	fi
	weir service set "$(key "$protocol" "$port")" timeout tcp-closed 4s timeout tcp-fin 4s timeout udp 1s
	if [[ $protocol == tcp ]]; then fin "$what"; else load_say held go; fi
	load_end held
	# timeouts.sh sees to the slow path's.
	[[ $mode != "fast on" ]] || check "$what: it ends, and its connection is collected" busywait 8 conns_are 0
	weir config set fast on
	forget_all
}

fin() { # WHAT
	load_say held half
	check "$1: a flow that has seen a FIN is fast no more" is "$(fast_word)" no
	rules_saw
	check "$1: the chain input sees the FIN" atleast "$INPUT" 1
}

# Ends of all kinds, many times over the same port.
reuse() { # METHOD
	local how count=15
	service tcp 80 scheduler rr
	servers "$1" tcp 80
	for how in rst server; do
		load tcp 80 --conns "$count" --exchanges 8 --parallel 1 --sport 33333 --from "$CLIENT" --close "$how"
		check "tcp, $1: $count connections from one port, one after the other, all served (--close $how)" \
			all_served "$count"
		counted tcp 80
		check "tcp, $1: only their beginnings and ends are slow (--close $how)" \
			within "$SLOW" $((count * 2)) $((count * 8))
		check "tcp, $1: all else is fast (--close $how)" atleast "$FAST" $((count * 7))
	done
	forget_all
}

# The switches hold for flows that are fast already.
switched() { # METHOD PROTOCOL PORT
	local what="$2, $1" n=20
	service "$2" "$3"
	servers "$1" "$2" "$3" s1
	load_start held "$2" "$3" --hold --exchanges 2
	counted "$2" "$3"
	weir config set fast off
	load_say held "go $n"
	counted "$2" "$3"
	check "$what: config set fast off puts a fast flow on the slow path" is "conns ${R[conns]} fast $((FAST / 4))" "conns 1 fast 0"
	check "$what: conn list keeps its word, and weir stats says off" matches "$(weir stats)" "fast +off"
	weir config set fast on
	load_say held "go $n"
	counted "$2" "$3"
	check "$what: config set fast on puts it back" is "conns ${R[conns]} slow $((SLOW / 4))" "conns 1 slow 0"
	weir service set "$(key "$2" "$3")" fast off
	load_say held "go $n"
	counted "$2" "$3"
	check "$what: service set fast off does too" is "conns ${R[conns]} fast $((FAST / 4))" "conns 1 fast 0"
	check "$what: conn list says so" is "$(fast_word)" no
	weir service set "$(key "$2" "$3")" fast on
	load_say held "go $n"
	counted "$2" "$3"
	check "$what: and service set fast on" is "conns ${R[conns]} slow $((SLOW / 4))" "conns 1 slow 0"
	weir service set "$(key "$2" "$3")" fast on conntrack on
	load_say held "go $n"
	counted "$2" "$3"
	check "$what: conntrack on keeps a flow off the fast path" is "conns ${R[conns]} fast $((FAST / 4))" "conns 1 fast 0"
	load "$2" "$3" --conns 3 --exchanges 5
	counted "$2" "$3"
	check "$what: and new ones never get there" is "conns ${R[conns]} fast $FAST" "conns 3 fast 0"
	load_end held
	forget_all
}

# What a firewall does to flows, before and after they are fast.
rules() { # METHOD
	service udp 53
	servers "$1" udp 53 s1
	load_start held udp 53 --hold --exchanges 2 --timeout 1500
	nft insert rule inet watch in udp dport 53 drop
	load_say held "go 3"
	check "udp, $1: a rule added later does not end a flow that is fast" all_served 1
	load udp 53 --timeout 300
	check "udp, $1: but lets no new one begin" is "conns ${R[conns]} timeout ${R[timeout]}" "conns 0 timeout 1"
	weir config set fast off
	load_say held go
	check "udp, $1: with the fast path off it ends that flow too" is "timeout ${R[timeout]}" "timeout 1"
	weir config set fast on
	nft flush chain inet watch in
	nft add rule inet watch in meta l4proto '{ tcp, udp }' counter name input
	load_end held
	forget_all
}

# Replies that the firewall keeps are never fast.
rules_replies() {
	service udp 53
	servers nat udp 53 s1
	nft insert rule inet watch through udp sport 5353 drop
	load udp 53 --conns 1 --exchanges 1 --timeout 300 --from "$CLIENT" --sport 40100
	load udp 53 --conns 1 --exchanges 1 --timeout 300 --from "$CLIENT" --sport 40100
	check "udp, nat: replies that a rule drops do not become fast" is "timeout ${R[timeout]} $(fast_word)" "timeout 1 request"
	nft flush chain inet watch through
	nft add rule inet watch through meta l4proto '{ tcp, udp }' counter name forward
	load udp 53 --exchanges 3 --from "$CLIENT" --sport 40100
	check "udp, nat: and do when none drops them any more" is "conns ${R[conns]} $(fast_word)" "conns 1 both"
	forget_all
}

body() {
	local method mode
	for method in nat direct; do
		for mode in "fast on" "fast off" "config fast off"; do
			flow "$method" "$mode" tcp 80
			flow "$method" "$mode" udp 53
		done
		reuse "$method"
		switched "$method" tcp 80
		switched "$method" udp 53
		rules "$method"
	done
	rules_replies
}

for_each_family body
