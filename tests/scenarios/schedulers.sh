#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Schedulers: what each promises about who gets new connections, counted against
# weights, with weight 0, with loads held open, and while weights change.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

shares() { echo "${R[s1]} ${R[s2]} ${R[s3]}"; }

weigh() { # NAME WEIGHT
	server set nat tcp 80 "$1" weight "$2"
}

rr() {
	service tcp 80 scheduler rr
	servers nat tcp 80 s1=1 s2=5 s3=1
	load tcp 80 --conns 30
	check "rr: equal numbers whatever the weights" is "$(shares)" "10 10 10"
	weigh s3 0
	load tcp 80 --conns 20
	check "rr: weight 0 takes no new connection" is "$(shares)" "10 10 0"
}

wrr() {
	service tcp 80 scheduler wrr
	servers nat tcp 80 s1=1 s2=2 s3=3
	load tcp 80 --conns 60
	check "wrr: numbers are as the weights" is "$(shares)" "10 20 30"
	load tcp 80 --conns 6
	check "wrr: the order is mixed within one turn, not one server after the other" is "$(shares)" "1 2 3"
	weigh s3 0
	load tcp 80 --conns 30
	check "wrr: weight 0 takes no new connection" is "$(shares)" "10 20 0"
}

# Connections that are held count; those of the busy server are not added to.
lc() {
	service tcp 80 scheduler lc
	servers nat tcp 80 s1=1 s2=0 s3=0
	load_start busy tcp 80 --hold --conns 12
	check "lc: weight 0 takes no new connection" is "$(shares)" "12 0 0"
	weigh s2 1
	weigh s3 9
	load_start more tcp 80 --hold --conns 18 --parallel 1
	check "lc: the servers with the fewest connections are filled up evenly" is "$(shares)" "0 9 9"
	load_end busy
	load_end more
}

# each_hold ACTIVE: the active connections of every server, in the order of addresses and ports
each_hold() {
	is "$(json '.services[0].servers | sort_by(.address, .port) | map(.active) | join(" ")' \
		show "$(key tcp 80)" interval 0)" "$1"
}

# Two servers a host, so that a choice takes more than one comparison; all but
# those of s1 have the weight given.
six_servers() { # WEIGHT
	local name weight words=()
	for name in s1 s2 s3; do
		weight=$1
		[[ $name != s1 ]] || weight=1
		words+=(server "$(addr "$name" 80)" method nat weight "$weight"
			server "$(addr "$name" 8080)" method nat weight "$weight")
	done
	weir service replace "$(key tcp 80)" "${words[@]}"
}

lc_many() {
	service tcp 80 scheduler lc
	six_servers 0
	load_start busy tcp 80 --hold --conns 12 --parallel 1
	six_servers 1
	load_start more tcp 80 --hold --conns 16 --parallel 1
	check "lc: of six servers, those with the fewest connections are filled up evenly" \
		each_hold "6 6 4 4 4 4"
	load_end busy
	busywait 10 each_hold "0 0 4 4 4 4" || :
	load_start next tcp 80 --hold --conns 8 --parallel 1
	check "lc: servers whose connections have ended get every one of the next" \
		each_hold "4 4 4 4 4 4"
	load_end more
	load_end next
}

wlc() {
	service tcp 80 scheduler wlc
	servers nat tcp 80 s1=1 s2=2 s3=3
	load_start held tcp 80 --hold --conns 60 --parallel 1
	check "wlc: connections held are as the weights (s1)" within "${R[s1]}" 9 11
	check "wlc: connections held are as the weights (s2)" within "${R[s2]}" 19 21
	check "wlc: connections held are as the weights (s3)" within "${R[s3]}" 29 31
	weigh s1 0
	load tcp 80 --conns 20
	check "wlc: weight 0 takes no new connection" is "${R[s1]} ${R[conns]}" "0 20"
	load_end held
}

# (active + 1) / weight of s1, s2, s3: at first 4/4, 2/4, 1/4, and until all are at
# 4/4 that is one connection for s2 and three for s3, however ties end.
sed_() {
	service tcp 80 scheduler sed
	servers nat tcp 80 s1=1 s2=2 s3=4
	load_start held tcp 80 --hold --conns 4 --parallel 1
	check "sed: a slow server stays idle while a fast one is sooner done" is "$(shares)" "0 1 3"
	load_start more tcp 80 --hold --conns 3 --parallel 1
	check "sed: then each gets its part" is "$(shares)" "1 1 1"
	weigh s3 0
	load_start next tcp 80 --hold --conns 1
	check "sed: weight 0 takes no new connection" is "$(shares)" "0 1 0"
	load_end held
	load_end more
	load_end next
}

nq() {
	service tcp 80 scheduler nq
	servers nat tcp 80 s1=1 s2=2 s3=4
	load_start held tcp 80 --hold --conns 3 --parallel 1
	check "nq: idle servers come first, however little they weigh" is "$(shares)" "1 1 1"
	load_start more tcp 80 --hold --conns 4 --parallel 1
	check "nq: when none is idle, the one that is soonest done is next" is "$(shares)" "0 1 3"
	weigh s3 0
	load_start next tcp 80 --hold --conns 1
	check "nq: weight 0 takes no new connection" is "$(shares)" "0 1 0"
	load_end held
	load_end more
	load_end next
}

nq_udp() {
	service udp 53 scheduler nq
	servers nat udp 53 s1=1 s2=2 s3=4
	load_start held udp 53 --hold --conns 3 --parallel 1
	check "nq: a server that has a UDP flow is not idle" is "$(shares)" "1 1 1"
	load_end held
}

# The limits fail a right scheduler less than once in ten thousand runs. A busy
# server is drawn twice one time in nine.
twos() {
	service tcp 80 scheduler twos
	servers nat tcp 80 s1=1 s2=0 s3=0
	load_start busy tcp 80 --hold --conns 24
	servers nat tcp 80 s1=1 s2=1 s3=1
	load tcp 80 --conns 150
	check "twos: a busy server gets a connection only if it is drawn twice" within "${R[s1]}" 1 38
	check "twos: the others share the rest (s2)" within "${R[s2]}" 40 110
	check "twos: the others share the rest (s3)" within "${R[s3]}" 40 110
	load_end busy
	weigh s2 0
	weigh s3 0
	load tcp 80 --conns 10
	check "twos: weight 0 takes no new connection" is "$(shares)" "10 0 0"
}

twos_weights() {
	service tcp 80 scheduler twos
	servers nat tcp 80 s1=1 s2=2 s3=3
	load_start held tcp 80 --hold --conns 60 --parallel 1
	check "twos: connections held are about as the weights (s1)" within "${R[s1]}" 3 17
	check "twos: connections held are about as the weights (s2)" within "${R[s2]}" 13 27
	check "twos: connections held are about as the weights (s3)" within "${R[s3]}" 22 38
	load_end held
}

fo() {
	service tcp 80 scheduler fo
	servers nat tcp 80 s1=2 s2=9 s3=9
	load_start held tcp 80 --hold --conns 20
	check "fo: the largest weight has every connection, of a tie the last" is "$(shares)" "0 0 20"
	weigh s3 0
	load tcp 80 --conns 5
	check "fo: the next takes over from a server of weight 0" is "$(shares)" "0 5 0"
	weigh s2 1
	load tcp 80 --conns 5
	check "fo: a server whose weight falls below another's hands over" is "$(shares)" "5 0 0"
	weigh s3 9
	load tcp 80 --conns 5
	check "fo: the last gets them again when it is back" is "$(shares)" "0 0 5"
	servers nat tcp 80 s3=9 s2=9 s1=9
	load tcp 80 --conns 5
	check "fo: the last is who was added last, in whatever order a replacement names them" \
		is "$(shares)" "0 0 5"
	load_end held
}

s2_holds_none() { is "$(of_server tcp 80 s2 active)" 0; }

# A server takes a connection as long as it has no more than its weight.
ovf() {
	local dropped
	service tcp 80 scheduler ovf
	servers nat tcp 80 s1=3 s2=5 s3=1
	load_start first tcp 80 --hold --conns 6 --parallel 1
	check "ovf: the largest weight is filled first" is "$(shares)" "0 6 0"
	load_start rest tcp 80 --hold --conns 6 --parallel 1
	check "ovf: what it cannot take goes to the next, and on" is "$(shares)" "4 0 2"
	dropped=$(drops no-server)
	load tcp 80
	check "ovf: when all are full a connection is refused" is "refused=${R[refused]} conns=${R[conns]}" "refused=1 conns=0"
	check "ovf: and counted as dropped for no-server" atleast "$(drops no-server)" $((dropped + 1))
	load_end first
	busywait 10 s2_holds_none || :
	load tcp 80
	check "ovf: the largest weight gets connections again when some have ended" is "$(shares)" "0 1 0"
	weigh s2 0
	load tcp 80
	check "ovf: weight 0 takes no new connection" is "refused=${R[refused]} $(shares)" "refused=1 0 0 0"
	load_end rest
}

# Forty clients, one connection each; leaves which server each got in MAP.
map_clients() {
	load tcp 80 --conns 40 --from "$CLIENTS" --sources 40 --map "$TMP/map"
	mapfile -t MAP <"$TMP/map"
}

# moved_from: clients whose server differs between OLD and MAP, the lost server's left out
moved_from() { # LOST
	local i moved=0
	for i in "${!MAP[@]}"; do
		[[ ${OLD[i]} == "$1" || ${OLD[i]} == "${MAP[i]}" ]] || moved=$((moved + 1))
	done
	echo "$moved"
}

all_used() {
	atleast "${R[s1]}" 3 && atleast "${R[s2]}" 3 && atleast "${R[s3]}" 3
}

hashing() { # SCHEDULER
	local name=$1 count OLD
	# The key of a service is random, and with it at times who has hardly a client.
	service tcp 80 scheduler "$name" hash-key 00112233445566778899aabbccddeeff
	servers nat tcp 80
	load tcp 80 --conns 10 --from "$CLIENTS"
	count=$(shares)
	check "$name: connections of one client all go to one server" \
		matches " $count " '^ ((10 0 0)|(0 10 0)|(0 0 10)) $'
	map_clients
	OLD=("${MAP[@]}")
	check "$name: many clients are spread over all servers" \
		all_used
	map_clients
	check "$name: each client gets the same server again" is "${MAP[*]}" "${OLD[*]}"
	weigh s3 0
	map_clients
	check "$name: weight 0 takes no new connection" is "${R[s3]} ${R[conns]}" "0 40"
	if [[ $name == mh ]]; then
		servers nat tcp 80 s1 s2
		map_clients
		check "mh: when a server leaves, clients of the others stay (all but 4 of 40)" \
			atmost "$(moved_from s3)" 4
		servers nat tcp 80
	fi
	weigh s3 1
	map_clients
	check "$name: when it is back, each client gets the server it had" is "${MAP[*]}" "${OLD[*]}"
}

# A service has one address, and so one server, whoever the clients are.
dh() {
	local name owner
	service tcp 80 scheduler dh fallback off
	servers nat tcp 80 s1=1 s2=1 s3=1
	load tcp 80 --conns 40 --from "$CLIENTS" --sources 40
	for name in s1 s2 s3; do [[ ${R[$name]} == 0 ]] || owner=$name; done
	check "dh: one server has every client of an address" is "${R[$owner]} ${R[conns]}" "40 40"
	for name in s1 s2 s3; do [[ $name == "$owner" ]] || weigh "$name" 9; done
	load tcp 80 --conns 5
	check "dh: whatever the weights" is "${R[$owner]}" 5
	for name in s1 s2 s3; do [[ $name == "$owner" ]] || weigh "$name" 0; done
	load tcp 80 --conns 5
	check "dh: and whether the others take new connections or not" is "${R[$owner]}" 5
	for name in s1 s2 s3; do weigh "$name" 1; done
	weigh "$owner" 0
	load tcp 80 --conns 5
	check "dh: when it takes none they are refused, not given to another" \
		is "refused=${R[refused]} conns=${R[conns]}" "refused=5 conns=0"
	weigh "$owner" 1
	load tcp 80 --conns 5
	check "dh: when it is back it has them again" is "${R[$owner]}" 5
	weir service set "$(key tcp 80)" fallback on
	load tcp 80 --conns 5
	check "dh: with fallback on it has them too" is "${R[$owner]}" 5
	weigh "$owner" 0
	load tcp 80 --conns 5
	check "dh: but when it takes none, another has them" is "${R[$owner]} ${R[conns]}" "0 5"
}

# Clients whose server is away: with fallback on others have them, and only them.
fallback() { # SCHEDULER
	local OLD i lost=0
	service tcp 80 scheduler "$1"
	check "$1: fallback is on by default" is "$(of_service tcp 80 fallback)" true
	servers nat tcp 80
	map_clients
	OLD=("${MAP[@]}")
	for i in "${!OLD[@]}"; do [[ ${OLD[i]} != s3 ]] || lost=$((lost + 1)); done
	weigh s3 0
	map_clients
	check "$1: with fallback on, all clients of a server that is away are served by others" \
		is "${R[s3]} ${R[conns]}" "0 40"
	check "$1: and no client of the others moves" is "$(moved_from s3)" 0
	weir service set "$(key tcp 80)" fallback off
	load tcp 80 --conns 40 --from "$CLIENTS" --sources 40
	check "$1: with fallback off, they are refused" \
		is "refused=${R[refused]} conns=${R[conns]} s3=${R[s3]}" "refused=$lost conns=$((40 - lost)) s3=0"
	weigh s3 1
	map_clients
	check "$1: when it is back, all have the server they had" is "${MAP[*]}" "${OLD[*]}"
}

# One client, many ports.
hash_port() { # SCHEDULER
	service tcp 80 scheduler "$1" hash-port on
	servers nat tcp 80
	load tcp 80 --conns 60
	check "$1: with hash-port on, connections of one client are spread" all_used
	weir service set "$(key tcp 80)" hash-port off
	load tcp 80 --conns 20
	check "$1: with hash-port off, they all go to one server" \
		matches " $(shares) " '^ ((20 0 0)|(0 20 0)|(0 0 20)) $'
}

# sorted_shares: from the largest to the least
sorted_shares() { shares | tr ' ' '\n' | sort -nr | tr '\n' ' '; }

# One address, and so one server, until that has more active connections than its
# weight, 4, while another has less than half of its. lblc moves the address then,
# for good once nobody is idle; lblcr adds a server, and in the end has all.
locality() { # SCHEDULER LAST
	service tcp 80 scheduler "$1"
	servers nat tcp 80 s1=4 s2=4 s3=4
	load_start first tcp 80 --hold --conns 5 --parallel 1
	check "$1: connections to an address all go to one server" is "$(sorted_shares)" "5 0 0 "
	load_start second tcp 80 --hold --conns 5 --parallel 1
	check "$1: when that is overloaded, to the next" is "$(sorted_shares)" "5 0 0 "
	load_start third tcp 80 --hold --conns 5 --parallel 1
	check "$1: and to the last" each_hold_five
	load_start rest tcp 80 --hold --conns 6 --parallel 1
	check "$1: $2" is "$(sorted_shares)" "$3"
	load_end first
	load_end second
	load_end third
	load_end rest
}

each_hold_five() {
	is "$(held_by tcp 80 s1) $(held_by tcp 80 s2) $(held_by tcp 80 s3)" "5 5 5"
}

# A change of servers does not make an address forget where it went.
locality_stays() { # SCHEDULER
	local name owner=s1
	service tcp 80 scheduler "$1"
	servers nat tcp 80 s1=9 s2=9 s3=9
	load_start held tcp 80 --hold --conns 3 --parallel 1
	for name in s1 s2 s3; do [[ ${R[$name]} == 0 ]] || owner=$name; done
	for name in s1 s2 s3; do [[ $name == "$owner" ]] || weigh "$name" 900; done
	load tcp 80 --conns 5
	check "$1: the address stays with its server when others gain weight" is "${R[$owner]}" 5
	weigh "$owner" 0
	load tcp 80 --conns 5
	check "$1: but not when that takes no new connections" is "${R[$owner]} ${R[conns]}" "0 5"
	load_end held
}

hash_weights() { # SCHEDULER
	service tcp 80 scheduler "$1"
	servers nat tcp 80 s1=1 s2=1 s3=8
	load tcp 80 --conns 200 --from "$CLIENTS" --sources 200
	check "$1: weights count: 8 of 10 clients go to the server that has 8 of 10" within "${R[s3]}" 130 185
}

# Directors that start alike would all send their first connections to one server.
random_start() { # SCHEDULER
	local i firsts=''
	for i in {1..16}; do
		weir service add "$(key tcp "$((1000 + i))")" scheduler "$1"
		weir service replace "$(key tcp "$((1000 + i))")" server "$(addr s1 8080)" method nat \
			server "$(addr s2 8080)" method nat server "$(addr s3 8080)" method nat
		load tcp "$((1000 + i))"
		firsts+="${R[s1]}${R[s2]}${R[s3]} "
	done
	check "$1: services that are made alike do not all start with the same server" \
		fails matches "$firsts" '^([01]{3} )\1{15}$'
}

changing() {
	local before
	service tcp 80 scheduler wlc
	servers nat tcp 80
	load_start run tcp 80 --forever --parallel 4 --pause 2
	busywait 10 eval 'load_say run report && ((R[s1] > 5))'
	weigh s1 0
	load_say run report
	before=${R[s1]} total=${R[conns]}
	busywait 10 eval "load_say run report && ((R[conns] > $total + 40))"
	check "a weight set to 0 under load holds at once" within $((R[s1] - before)) 0 4
	weigh s1 8
	before=${R[s1]}
	busywait 10 eval "load_say run report && ((R[s1] > $before + 10))" || :
	check "a weight that is raised under load gets connections again" atleast $((R[s1] - before)) 10
	load_end run
	check "no connection fails while weights change" is "failed=${R[failed]} wrong=${R[wrong]}" "failed=0 wrong=0"
}

for_each_family rr
for_each_family wrr
for_each_family lc
for_each_family lc_many
for_each_family wlc
for_each_family sed_
for_each_family nq
for_each_family nq_udp
for_each_family twos
for_each_family twos_weights
for_each_family fo
for_each_family ovf
for_each_family dh
for_each_family hashing sh
for_each_family hashing mh
for_each_family fallback sh
for_each_family fallback mh
for_each_family hash_port sh
for_each_family hash_port mh
for_each_family locality lblc "where it stays when no other is idle" "6 0 0 "
for_each_family locality lblcr "then all have it, the least loaded the next" "2 2 2 "
for_each_family locality_stays lblc
for_each_family locality_stays lblcr
for_each_family hash_weights sh
for_each_family hash_weights mh
family 4
random_start rr
weir flush
random_start wrr
weir flush
changing
