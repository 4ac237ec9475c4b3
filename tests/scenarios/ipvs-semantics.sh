#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What clients see of ip_vs, and of weir_ipvs in its place: the same story of servers
# that leave, return and lose their weight, under each value of every sysctl that
# takes effect, is played to both. Step by step clients see the same, but for what
# ipvs-semantics.differences lists with a reason; and what it lists they do see.
#
#	           .--> ip_vs ----> what clients saw --.
#	story -----+                                   +--> compared
#	           '--> weir_ipvs > what clients saw --'
#
# Runs once: ip_vs has one path.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

HERE=$(cd "${0%/*}" && pwd)
IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}

modinfo ip_vs >/dev/null 2>&1 || skip_all "no ip_vs here"

# --- the words of the story ------------------------------------------------------

# sysctl_set NAME VALUE: of the director
sysctl_set() { echo "$2" >"/proc/sys/net/ipv4/vs/$1"; }

# saw STEP WORD...: notes what was seen at a step
saw() { echo "IPv$FAMILY $1 | ${*:2}" >>"$TMP/saw.$ENGINE"; }

# client_saw STEP: what came of the last load, without what did not happen
client_saw() {
	local key text=''
	for key in s1 s2 s3 reset timeout refused unreachable closed other moved wrong; do
		[[ ${R[$key]:-0} == 0 ]] || text+=" $key=${R[$key]}"
	done
	saw "$1" "${text# }"
}

# rules: commands of ipvsadm, a line each, by one process
rules() { ipvsadm -R; }

# serve_by PROTOCOL: which service is meant from now on, in SERVICE, and what its
# servers are as ipvsadm has them, in S1 and S2
serve_by() {
	PROTOCOL=$1
	case $1 in
	tcp) SERVICE=-t PORT=80 BACKEND=8080 ;;
	udp) SERVICE=-u PORT=53 BACKEND=5353 ;;
	sctp) SERVICE=--sctp-service PORT=443 BACKEND=8080 ;;
	esac
	set_key "$1" "$PORT"
	SERVICE+=" ${KEY#*:}"
	set_addr s1 "$BACKEND"
	S1="$SERVICE -r $ADDR"
	set_addr s2 "$BACKEND"
	S2="$SERVICE -r $ADDR"
}

# talk [OPTION...]: a load that ends; one that gets no answer soon gets none
talk() { load "$PROTOCOL" "$PORT" --timeout 1500 "$@"; }

# open_old COUNT [OPTION...]: connections that stay open, spread in turn
open_old() { load_start old "$PROTOCOL" "$PORT" --timeout 1500 --hold --conns "$@"; }

# two PROTOCOL: a service with two servers and two connections at each
two() {
	serve_by "$1"
	rules <<-END
		-A $SERVICE -s rr
		-a $S1 -m
		-a $S2 -m
	END
	open_old 4
}

# old_speak STEP: what the old connections see now
old_speak() {
	load_say old "go 1"
	client_saw "$1"
	load_end old
	clean
}

# holds_none_of WORD: no connection has it in its line
holds_none_of() {
	local lines
	mapfile -t lines </proc/net/ip_vs_conn
	[[ "${lines[*]:1}" != *$1* ]]
}

# Nothing may be left for the next step: ip_vs takes servers out of its trash again.
clean() {
	sysctl_set expire_nodest_conn 1
	ipvsadm -C
	busywait 10 holds_none_of " "
	sysctl_set expire_nodest_conn 0
}

# --- the story ---------------------------------------------------------------------

deleted() { # PROTOCOL
	local value
	for value in 0 1; do
		two "$1"
		sysctl_set expire_nodest_conn "$value"
		rules <<<"-d $S1"
		old_speak "$1: a server is deleted, expire_nodest_conn=$value"
	done
	two "$1"
	rules <<<"-d $S1"
	sysctl_set expire_nodest_conn 1
	old_speak "$1: a server is deleted, then expire_nodest_conn=1"
}

# /proc/net/ip_vs_conn spells addresses its own way.
set_spelled() { # NAME
	local -a bytes
	IFS=. read -ra bytes <<<"${SERVER[$1]}"
	if [[ $FAMILY == 4 ]]; then printf -v SPELLED %02X "${bytes[@]}"; else SPELLED=00${SERVER[$1]##*::}; fi
}

# It comes back before its clients speak, and when ip_vs has thrown away what it may.
added_again() { # PROTOCOL
	two "$1"
	rules <<-END
		-d $S1
		-a $S1 -m
	END
	old_speak "$1: a server is deleted and added again, expire_nodest_conn=0"
	# Who gets a flow that moves is the scheduler's business.
	[[ $1 != udp ]] || return 0
	two "$1"
	sysctl_set expire_nodest_conn 1
	rules <<<"-d $S1"
	set_spelled s1
	[[ $ENGINE != ip_vs ]] || busywait 10 holds_none_of "$SPELLED"
	rules <<<"-a $S1 -m"
	old_speak "$1: a server is deleted and added again, expire_nodest_conn=1"
}

quiesced() { # PROTOCOL
	two "$1"
	rules <<<"-e $S1 -m -w 0"
	talk --conns 4
	client_saw "$1: a server has weight 0, new connections"
	old_speak "$1: a server has weight 0, old connections"
}

restored() {
	two tcp
	ipvsadm -Sn >"$TMP/saved"
	ipvsadm -C
	rules <"$TMP/saved"
	old_speak "tcp: all services are cleared and restored"
}

# The server does not answer, and gets weight 0 for it, before the client asks again.
syn_repeated() {
	local value
	serve_by tcp
	inside s1 nft 'add table inet deaf; add chain inet deaf in { type filter hook input priority 0; }; add rule inet deaf in meta l4proto tcp drop'
	for value in 0 1; do
		rules <<-END
			-A $SERVICE -s rr
			-a $S1 -m
		END
		sysctl_set expire_nodest_conn "$value"
		load_words tcp 80 --timeout 2500
		"${WORDS[@]}" >"$TMP/syn" {PAUSE_FD}>&- &
		busywait 5 fails holds_none_of SYN_RECV
		rules <<-END
			-a $S2 -m
			-e $S1 -m -w 0
		END
		wait $!
		report "$(<"$TMP/syn")"
		client_saw "tcp: a SYN is repeated, its server has weight 0, expire_nodest_conn=$value"
		clean
	done
	inside s1 nft 'delete table inet deaf'
}

# One client: fo gives it s1 first, and would give it s2 afterwards.
begin_with_s1() { # [OPTION...], of the service
	serve_by tcp
	rules <<-END
		-A $SERVICE -s fo $*
		-a $S1 -m -w 9
	END
}

# A client that is held by s1, which gets the weight 0.
hold_by_weightless() {
	begin_with_s1 -p 300
	talk
	rules <<-END
		-a $S2 -m -w 5
		-e $S1 -m -w 0
	END
}

persistent() {
	local value
	for value in 0 1; do
		hold_by_weightless
		sysctl_set expire_quiescent_template "$value"
		talk
		client_saw "tcp: a persistent client's server has weight 0, then expire_quiescent_template=$value"
		clean
	done
	hold_by_weightless
	talk
	client_saw "tcp: a persistent client's server has weight 0, expire_quiescent_template=1 all the time"
	sysctl_set expire_quiescent_template 0
	clean
}

persistent_and_deleted() {
	begin_with_s1 -p 300
	talk
	rules <<<"-a $S2 -m -w 20"
	talk
	client_saw "tcp: a persistent client comes again"
	rules <<<"-d $S1"
	talk
	client_saw "tcp: a persistent client's server is deleted"
	rules <<<"-a $S1 -m -w 30"
	talk
	client_saw "tcp: it is added again when the client has another"
	clean
	begin_with_s1 -p 300
	talk
	rules <<-END
		-a $S2 -m -w 20
		-d $S1
		-a $S1 -m -w 9
	END
	talk
	client_saw "tcp: it is added again before the client came"
	clean
}

# What is known of clients, where a program can read it.
listed() {
	local client
	serve_by tcp
	rules <<-END
		-A $SERVICE -s rr -p 300
		-a $S1 -m
		-a $S2 -m
	END
	talk --conns 6 --sources 6 --from "$CLIENTS" --parallel 1
	saw "tcp: clients that each server holds" \
		"$(ipvsadm -Ln --persistent-conn | awk '/->.*:8080/ { print $4 }' | xargs)"
	rules <<<"-d $S2"
	talk --from "$CLIENT"
	[[ $FAMILY == 4 ]] && client=$CLIENT:0 || client="[$CLIENT]:0"
	saw "tcp: a client in the list of connections" \
		"$(ipvsadm -Lnc | awk -v client="$client" '$4 == client { print $1, $3, $4, $5, $6 }')"
	clean
}

# A client that uses its port again while the old connection is remembered as closed.
again() { talk --sport "$1" --from "$CLIENT" --close rst; }

reused() {
	local value
	for value in 0 1; do
		sysctl_set conn_reuse_mode "$value"
		begin_with_s1
		again 33333
		rules <<<"-a $S2 -m -w 20"
		again 33333
		client_saw "tcp: a port is used again, conn_reuse_mode=$value"
		clean
		begin_with_s1
		again 33334
		rules <<-END
			-a $S2 -m -w 5
			-d $S1
		END
		again 33334
		client_saw "tcp: a port is used again, its server is deleted, conn_reuse_mode=$value"
		clean
	done
}

begin_with_one() { # PROTOCOL SCHEDULER
	serve_by "$1"
	rules <<-END
		-A $SERVICE -s $2
		-a $S1 -m
	END
}

# The connections go on at both ends, and are not known any more.
sloppy() { # PROTOCOL [OPTION...]
	local value
	for value in 0 1; do
		begin_with_one "$1" rr
		open_old 2 "${@:2}"
		clean
		begin_with_one "$1" rr
		sysctl_set "sloppy_$1" "$value"
		old_speak "$1: connections are not known, sloppy_$1=$value"
	done
	sysctl_set "sloppy_$1" 0
}

scheduler_none() {
	begin_with_one tcp none
	talk
	client_saw "tcp: a service with the scheduler none"
	saw "tcp: the scheduler none is listed" "$(ipvsadm -Ln | awk '/^TCP/ { print $3 }')"
	rules <<<"-E $SERVICE -s rr"
	talk
	client_saw "tcp: it gets another one"
	rules <<<"-E $SERVICE -s none"
	talk
	client_saw "tcp: and loses it again"
	clean
}

no_server() { # PROTOCOL
	serve_by "$1"
	rules <<<"-A $SERVICE -s rr"
	talk
	client_saw "$1: a service without a server"
	clean
}

conns_counted() { ipvsadm -Ln --stats --exact | awk '/^TCP/ { print $3 }'; }
has_counted() { is "$(conns_counted)" "$1"; }

# ip_vs counts every other second, so that what it says lags behind. The client's address
# is not the usual one: servers have halves of connections from that which nobody else
# knows any more, and a connection that meets one is begun, and counted, twice.
estimation() {
	begin_with_one tcp rr
	talk --conns 3 --from "$CLIENTS"
	busywait 10 has_counted 3
	sysctl_set run_estimation 0
	talk --conns 2 --from "$CLIENTS"
	saw "tcp: connections counted, run_estimation=0" "$(conns_counted)"
	sysctl_set run_estimation 1
	busywait 10 has_counted 5 || :
	saw "tcp: connections counted, run_estimation=1" "$(conns_counted)"
	clean
}

# On port 8080 of the servers' own addresses.
sctp_servers_start() {
	local number line words=()
	for number in 4 6; do
		family "$number"
		words+=(--sctp "8080@${SERVER[s1]}")
	done
	line=$("$PEER" serve "${words[@]}" "s1@${NS[s1]}")
	SERVER_PID[sctp-s1]=${line#*=}
}

story() {
	local protocol
	for protocol in tcp udp; do
		deleted "$protocol"
		added_again "$protocol"
		quiesced "$protocol"
		no_server "$protocol"
	done
	scheduler_none
	restored
	syn_repeated
	persistent
	persistent_and_deleted
	listed
	reused
	sloppy tcp
	! $HAS_SCTP || sloppy sctp --from "$CLIENT"
	estimation
}

# --- the comparison ------------------------------------------------------------------

declare -A MET=()
# What the list says of STEP, in THEIRS and OURS; nothing if it says nothing.
difference_of() {
	local pattern theirs ours reason
	THEIRS='' OURS=''
	while IFS='|' read -r pattern theirs ours reason; do
		[[ $pattern && $pattern != '#'* && $reason ]] || continue
		# shellcheck disable=SC2053 # a pattern
		[[ $1 == ${pattern% } ]] || continue
		MET[$pattern]=yes
		THEIRS=${theirs# } OURS=${ours# }
		THEIRS=${THEIRS% } OURS=${OURS% }
		return
	done <"$HERE/ipvs-semantics.differences"
}

compared() { # STEP IP_VS WEIR
	difference_of "$1"
	if [[ $THEIRS ]]; then
		is "ip_vs: $2, weir_ipvs: $3" "ip_vs: $THEIRS, weir_ipvs: $OURS"
	else
		is "$3" "$2"
	fi
}

# Each difference that is listed belongs to a step.
all_are_met() {
	local pattern rest
	while IFS='|' read -r pattern rest; do
		[[ ! $rest || $pattern == '#'* || ${MET[$pattern]-} ]] || { echo "no such step: $pattern"; return 1; }
	done <"$HERE/ipvs-semantics.differences"
}

compare() {
	local -a theirs ours
	local i step
	mapfile -t theirs <"$TMP/saw.ip_vs"
	mapfile -t ours <"$TMP/saw.weir_ipvs"
	check "both stories have the same steps" is "${#ours[@]}" "${#theirs[@]}"
	for i in "${!theirs[@]}"; do
		step=${theirs[i]% | *}
		check "${step#IPv? } (${step%% *})" compared "${step#IPv? }" "${theirs[i]##* | }" "${ours[i]##* | }"
	done
}

# Each sysctl has its row in the page of differences.
all_are_told() {
	local file status=0
	for file in /proc/sys/net/ipv4/vs/*; do
		grep -q "^| \`${file##*/}\` |" "$ROOT/doc/ipvs-parity.md" || { echo "not told: ${file##*/}"; status=1; }
	done
	return "$status"
}

# --- all of it ------------------------------------------------------------------------------

unload_ip_vs() { modprobe -r ip_vs_rr ip_vs_fo ip_vs; }

HAS_SCTP=false
! modprobe sctp 2>/dev/null || HAS_SCTP=true
! $HAS_SCTP || sctp_servers_start

play() { # ENGINE
	local number
	ENGINE=$1
	for number in 4 6; do
		family "$number"
		story
	done
}

modprobe ip_vs
play ip_vs
unload_ip_vs 2>/dev/null || busywait 5 unload_ip_vs
modprobe x_tables
insmod "$IPVS_KO"
play weir_ipvs
compare
check "each difference that is listed is met" all_are_met
check "doc/ipvs-parity.md tells of each sysctl what it does" all_are_told
rmmod weir_ipvs
