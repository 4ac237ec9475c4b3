#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Affinity: a client's new connections go to the server it had, until the timeout
# has passed since the last of them, whatever becomes of those that are open. It
# follows servers that leave, and the mask tells which clients are one.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

# reached: the servers of the last load's connections
reached() {
	local name found=''
	for name in s1 s2 s3; do ((R[$name] == 0)) || found+=" $name"; done
	echo "${found# }"
}

shares() { echo "${R[s1]} ${R[s2]} ${R[s3]}"; }

# entries [WORD...]: how many entries a filter finds; entries_are COUNT [WORD...]
entries() { json '.affinity | length' affinity list "$@"; }
entries_are() { is "$(entries "${@:2}")" "$1"; }

# goes_to SERVER COUNT: the last load's connections went there, all of them
goes_to() { is "$(reached) ${R[conns]} ${R[failed]}" "$1 $2 0"; }

# clients COUNT PROTOCOL PORT [OPTION...]: a connection from each of so many clients
clients() { load "$2" "$3" --from "$CLIENTS" --sources "$1" --conns "$1" --parallel 1 "${@:4}"; }

begin() { # METHOD PROTOCOL PORT [OPTION...]
	service "$2" "$3" scheduler rr "${@:4}"
	servers "$1" "$2" "$3"
	WAY="$2, $1"
}

# had PROTOCOL PORT: has the client come for the first time; its server is in HAD
had() {
	load "$1" "$2"
	HAD=$(reached)
}

sticks() { # METHOD PROTOCOL PORT
	begin "$@" affinity 1h
	had "$2" "$3"
	load "$2" "$3" --conns 9 --exchanges 3
	check "$WAY: a client's connections all go to the server it had" goes_to "$HAD" 9
	clients 30 "$2" "$3" --map "$TMP/first"
	check "$WAY: clients are spread as the scheduler has it" is "$(shares)" "10 10 10"
	clients 30 "$2" "$3" --map "$TMP/second"
	check "$WAY: and each comes back to its own server" cmp "$TMP/first" "$TMP/second"
	check "$WAY: there is an entry for each client" entries_are 31
	check "$WAY: packets of a connection do not make more" is "$(of_service "$2" "$3" affinity.count)" 31
	weir service set "$(key "$2" "$3")" affinity off
	check "$WAY: with affinity off they are all forgotten" entries_are 0
	load "$2" "$3" --conns 9 --parallel 1
	check "$WAY: and the scheduler picks for each connection" is "$(shares)" "3 3 3"
	weir flush
}

# Many first packets at once: the race is to end with one server each time.
at_once() { # METHOD PROTOCOL PORT
	local round servers=''
	begin "$@" affinity 1h
	for round in 1 2 3 4 5; do
		weir affinity remove all >/dev/null
		load "$2" "$3" --conns 24 --parallel 24
		servers+=" $(reached | wc -w)"
	done
	check "$WAY: a client that begins with many connections at once has one server" \
		is "$servers" " 1 1 1 1 1"
	weir flush
}

mask() { # METHOD PROTOCOL PORT
	local length=24 network=203.0.113.0 text
	[[ $FAMILY == 4 ]] || length=64 network=2001:db8:2::
	begin "$@" affinity 1h
	clients 6 "$2" "$3"
	weir service set "$(key "$2" "$3")" affinity-mask "$length"
	check "$WAY: entries of another mask are forgotten" entries_are 0
	clients 12 "$2" "$3"
	check "$WAY: clients that share the bits of the mask share a server" is "$(reached | wc -w) ${R[conns]}" "1 12"
	text=$(json '.affinity[] | "\(.client_address) \(.mask)"' affinity list)
	check "$WAY: there is one entry, for the network" is "$text" "$network $length"
	had "$2" "$3"
	check "$WAY: a client of another network has its own" entries_are 2
	check "$WAY: show tells the mask" matches "$(weir show "$KEY" interval 0)" "affinity 1h affinity-mask $length"
	weir service set "$KEY" affinity-mask 0
	clients 3 "$2" "$3"
	had "$2" "$3"
	check "$WAY: with the mask 0 everybody has one server" entries_are 1
	weir flush
}

# The client comes again and again for longer than the timeout; then it does not.
ends() { # METHOD PROTOCOL PORT
	local end=$((${EPOCHREALTIME/./} + 6000000)) rounds=0
	begin "$@" affinity 4s timeout udp 1h
	load_start old "$2" "$3" --hold --exchanges 2
	HAD=$(reached)
	while ((${EPOCHREALTIME/./} < end)); do
		load "$2" "$3"
		[[ $(reached) == "$HAD" ]] || break
		rounds=$((rounds + 1))
		pause 0.2
	done
	check "$WAY: each new connection puts the end off ($rounds)" goes_to "$HAD" 1
	check "$WAY: without a new one it ends after the timeout" busywait 8 entries_are 0
	load_say old "go 3"
	check "$WAY: the connection that is open goes on where it was" goes_to "$HAD" 1
	check "$WAY: and makes no entry" entries_are 0
	had "$2" "$3"
	load_say old "go 2"
	check "$WAY: while that one goes on, the next one is the scheduler's to place" \
		isnt "$HAD" "$(reached)"
	weir service set "$(key "$2" "$3")" affinity 1h
	check "$WAY: a longer timeout holds for entries that are there" \
		atleast "$(json '.affinity[0].expires // 0' affinity list)" 3000000
	weir service set "$KEY" affinity 1s
	check "$WAY: so does a shorter one" busywait 5 entries_are 0
	load_end old
	weir flush
}

# leaves WAY METHOD PROTOCOL PORT: the server that the client has leaves in some way
leaves() {
	local old before
	begin "${@:2}" affinity 1h
	load_start old "$3" "$4" --hold --exchanges 2
	old=$(reached)
	clients 6 "$3" "$4"
	before=$(entries)
	case $1 in
	down) server set "$2" "$3" "$4" "$old" state down policy keep ;;
	*) server "$1" "$2" "$3" "$4" "$old" ;;
	esac
	if [[ $1 == remove ]]; then
		check "$WAY: entries of a removed server are gone at once" \
			is "$(entries server "$ADDR") $(entries)" "0 $((before - 3))"
	fi
	had "$3" "$4"
	check "$WAY: after $1 of its server a client gets another" isnt "$HAD" "$old"
	load "$3" "$4" --conns 6
	check "$WAY: after $1 it stays with that" goes_to "$HAD" 6
	clients 6 "$3" "$4"
	check "$WAY: after $1 all clients of the server move" is "${R[$old]} ${R[conns]}" "0 6"
	if [[ $1 != remove || $3 == tcp ]]; then
		load_say old "go 3"
		check "$WAY: the connection that was open goes on after $1" goes_to "$old" 1
	fi
	load_end old
	if [[ $1 == remove ]]; then
		weir conn kill all >/dev/null
		check "$WAY: a removed server is let go when its connections end" \
			busywait 5 not_listed "$3" "$4" "$old"
		server add "$2" "$3" "$4" "$old"
	else
		server set "$2" "$3" "$4" "$old" state up
	fi
	load "$3" "$4" --conns 3
	check "$WAY: a server that is back after $1 does not get its old client back" goes_to "$HAD" 3
	weir flush
}

weights() { # METHOD PROTOCOL PORT
	local old
	begin "$@" affinity 1h
	had "$2" "$3"
	server set "$1" "$2" "$3" "$HAD" weight 7
	load "$2" "$3" --conns 6
	check "$WAY: a change of weight moves nobody" goes_to "$HAD" 6
	old=$HAD
	server set "$1" "$2" "$3" "$old" weight 0
	had "$2" "$3"
	check "$WAY: a server of weight 0 gets no new connection of its clients" isnt "$HAD" "$old"
	weir service set "$(key "$2" "$3")" affinity-weightless keep
	old=$HAD
	server set "$1" "$2" "$3" "$old" weight 0
	load "$2" "$3" --conns 3
	check "$WAY: unless it is to keep them" goes_to "$old" 3
	clients 6 "$2" "$3"
	check "$WAY: then it gets no other clients" is "${R[$old]} ${R[conns]}" "0 6"
	weir flush
}

# Services come and go while packets make entries.
under_load() { # METHOD PROTOCOL PORT
	local round
	begin "$@" affinity 1h affinity-limit 20
	load_start all "$2" "$3" --forever --parallel 8 --pause 5 --from "$CLIENTS" --sources 100 --timeout 300
	for round in 1 2 3 4; do
		check "$WAY: clients come while services go ($round)" busywait 10 entries_are 20
		if ((round % 2)); then weir flush; else weir service remove "$(key "$2" "$3")"; fi
		check "$WAY: a service that goes takes its entries with it ($round)" entries_are 0
		begin "$@" affinity 1h affinity-limit 20
	done
	check "$WAY: clients come" busywait 10 entries_are 20
	for round in s1 s2 s1 s3; do
		server remove "$1" "$2" "$3" "$round" policy reset
		server add "$1" "$2" "$3" "$round"
	done
	load_end all
	load "$2" "$3" --conns 3
	check "$WAY: after it all a client has one server" is "$(reached | wc -w) ${R[conns]}" "1 3"
	weir flush
}

body() {
	sticks nat tcp 80
	sticks direct udp 53
	at_once direct tcp 80
	at_once nat udp 53
	mask direct tcp 80
	ends nat tcp 80
	ends direct udp 53
	leaves drain nat tcp 80
	leaves remove direct tcp 80
	leaves down direct tcp 80
	leaves drain direct udp 53
	leaves remove nat udp 53
	weights nat tcp 80
	under_load nat udp 53
}

for_each_family body
