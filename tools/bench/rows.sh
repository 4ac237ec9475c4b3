# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The rows of the table.

# The bases of all rows but established's, before any of them has left a trace.
bases() {
	local flows
	for flows in 1000 100000 1000000; do base request udp $flows pktgen "$COUNT"; done
	base request udp new:0 pktgen "$NEW"
	base request udp new:0 send "$NEW"
}

# --- established flows ---------------------------------------------------------

# generators PROTOCOL: pktgen knows no TCP; the witness wants many short runs, and
# pktgen takes an eighth of a second to start
generators() { if [[ $1 == udp && $WHAT != witness ]]; then echo pktgen send; else echo send; fi; }

# established_subject SUBJECT METHOD PROTOCOL: its cells. What knows no method is
# measured once, under the name of nat.
established_subject() {
	local generator way ways=(request) row opened=yes
	[[ $2 != *nat ]] || ways=(request reply)
	if ! up "$1" "$2" "$3"; then
		for way in "${ways[@]}"; do
			for generator in $(generators "$3"); do
				missing "established/$3/$FAMILY/$2/$way/$generator" "$1" "$WHY"
			done
		done
		return
	fi
	case $2-$1 in
	direct-* | ipip-* | gue-* | gre-*) open_flows one "$3" || opened='' ;;
	fullnat-ip_vs | nat-*) open_flows both "$3" || opened='' ;;
	fullnat-*) open_flows masked "$3" || opened='' ;;
	esac
	for way in "${ways[@]}"; do
		for generator in $(generators "$3"); do
			row=established/$3/$FAMILY/$2/$way/$generator
			if [[ -n $opened ]]; then
				measure "$row" "$1" "$way" "$3" 1000 "$generator"
			else
				missing "$row" "$1" "$WHY"
			fi
		done
	done
	down "$1"
}

established() {
	local number protocol subject generator method
	for number in 4 6; do
		family $number
		for protocol in udp tcp; do
			for generator in $(generators $protocol); do
				base request $protocol 1000 "$generator" "$COUNT"
				base reply $protocol 1000 "$generator" "$COUNT"
			done
			for subject in fast slow ip_vs; do
				established_subject $subject direct $protocol
				established_subject $subject nat $protocol
				[[ $protocol == udp ]] || continue
				for method in fullnat ipip gue gre; do
					established_subject $subject $method $protocol
				done
			done
			for subject in flowtable forward fwd; do
				established_subject $subject nat $protocol
			done
		done
	done
}

# --- new connections -----------------------------------------------------------

# new_cell ROW SUBJECT GENERATOR [SCHEDULER]: in a fresh set-up
new_cell() {
	if up "$2" direct udp "${4-rr}"; then
		measure_new "$1" "$2" "$3"
		down "$2"
	else
		missing "$1" "$2" "$WHY"
	fi
}

new() {
	local generator subject
	for generator in pktgen send; do
		for subject in fast slow ingress ip_vs flowtable; do
			new_cell "new/udp/$FAMILY/direct/$generator" $subject $generator
		done
	done
}

# --- many connections ----------------------------------------------------------

# The kernel's memory, in KiB: slabs, vmalloc's pages and what is per processor, in
# MEMORY; slabs alone in SLABS.
kernel_memory() {
	local name value rest
	# Twice, because dropping one thing frees another.
	echo 2 >/proc/sys/vm/drop_caches
	sleep 1
	echo 2 >/proc/sys/vm/drop_caches
	MEMORY=0
	while read -r name value rest; do
		[[ $name != Slab: ]] || SLABS=$value
		case $name in Slab: | VmallocUsed: | Percpu:) MEMORY=$((MEMORY + value)) ;; esac
	done </proc/meminfo
	: "$rest"
}

# flows_of N: how many the ranges for N really give
flows_of() {
	case $1 in 1000) echo 1000 ;; 100000) echo 100016 ;; 1000000) echo 1000016 ;; esac
}

# scale_subject SUBJECT N: cost of a packet among N flows; and of many the memory
scale_subject() {
	local count before row=conns/$2
	count=$(flows_of "$2")
	kernel_memory
	before=$MEMORY
	if ! up "$1" direct udp; then
		missing "$row" "$1" "$WHY"
		return
	fi
	if ! send request udp "$2" "$count"; then
		missing "$row" "$1" "$WHY"
		down "$1"
		return
	fi
	kernel_memory
	[[ $2 == 1000 ]] || result "memory/direct/$2" "$1" $(((MEMORY - before) * 1024000 / count)) 0
	measure "$row" "$1" request udp "$2" pktgen
	if [[ $1 == fast ]]; then
		weir service set "udp:$VIP:$PORT" fast off
		# What a flow's first packet on the slow path costs is no part of this row.
		send request udp "$2" "$count" || { missing "$row" slow "$WHY"; down fast; return; }
		measure "$row" slow request udp "$2" pktgen
	fi
	down "$1"
}

scale() {
	local n subject
	for n in 1000 100000 1000000; do
		for subject in fast ip_vs; do scale_subject $subject $n; done
	done
}

memory_nat() {
	local n subject before slabs count row
	for n in 100000 1000000; do
		count=$(flows_of $n) row=memory/nat/$n
		for subject in fast ip_vs; do
			kernel_memory
			before=$MEMORY slabs=$SLABS
			up $subject nat udp || { missing $row $subject "$WHY"; continue; }
			if send request udp $n "$count"; then
				kernel_memory
				result $row $subject $(((MEMORY - before) * 1024000 / count)) 0
				result slabs/nat/$n $subject $(((SLABS - slabs) * 1024000 / count)) 0
			else
				missing $row $subject "$WHY"
			fi
			down $subject
		done
	done
}

# --- schedulers ----------------------------------------------------------------

# more_servers SUBJECT SCHEDULER FROM TO: servers besides the first
more_servers() {
	local i words=()
	for ((i = $3; i <= $4; i++)); do
		if [[ $1 == ip_vs ]]; then
			echo "-a -u $VIP:$PORT -r 10.0.$((i >> 8)).$((i & 255)):$PORT -g -w $WEIGHT"
		else
			words+=(server "10.0.$((i >> 8)).$((i & 255)):$PORT" method direct weight "$WEIGHT")
		fi
	done >"$SCRATCH"
	if [[ $1 == ip_vs ]]; then
		ipvsadm -R <"$SCRATCH"
	else
		weir service replace "udp:$VIP:$PORT" server "$SERVER:$PORT" method direct \
			${words[@]+"${words[@]}"}
	fi
}

# pick SCHEDULER N SUBJECT: the cost of a new connection with N servers
pick() {
	local row=pick/$1/$2 WEIGHT=1 # for up and more_servers
	# It is the number of connections that a server takes.
	[[ $1 != ovf ]] || WEIGHT=65535
	if ! up "$3" direct udp "$1" 2>/dev/null; then
		missing "$row" "$3" "${WHY:-no such scheduler}"
		return
	fi
	(($2 == 1)) || more_servers "$3" "$1" 2 "$2"
	measure_new "$row" "$3" pktgen
	down "$3"
}

picks() {
	local scheduler n subject
	for scheduler in rr wrr lc wlc sed nq twos fo ovf sh dh mh lblc lblcr; do
		for n in 1 100 1000; do
			for subject in slow ip_vs; do pick $scheduler $n $subject; done
		done
	done
}

# --- services ------------------------------------------------------------------

# Services on ports from 20000 of the VIP; the one measured comes in the middle.
services_row() { # N SUBJECT
	local half=$(($1 / 2)) i
	[[ $2 == ip_vs ]] || "$PROGRAM" services "$VIP" 20000 $half 1
	if [[ $2 == ip_vs ]]; then
		modprobe ip_vs
		ipvs_services 20000 $half 1 | ipvsadm -R
	fi
	if up "$2" direct udp; then
		i=$((20000 + half))
		if [[ $2 == ip_vs ]]; then
			ipvs_services $i $(($1 - half - 1)) 1 | ipvsadm -R
		else
			"$PROGRAM" services "$VIP" $i $(($1 - half - 1)) 1
		fi
		measure_new "services/$1" "$2" pktgen
	else
		missing "services/$1" "$2" "$WHY"
	fi
	down "$2"
}

# ipvs_services PORT COUNT SERVERS: what program does, as lines for ipvsadm -R
ipvs_services() {
	local i j
	for ((i = $1; i < $1 + $2; i++)); do
		echo "-A -u $VIP:$i -s rr"
		for ((j = 1; j <= $3; j++)); do
			echo "-a -u $VIP:$i -r 10.0.$((j >> 8)).$((j & 255)):$i -g"
		done
	done
}

services() {
	local n subject
	for n in 1 1000 10000; do
		for subject in slow ip_vs; do services_row $n $subject; done
	done
}

# --- programming ---------------------------------------------------------------

# clocked ROW SUBJECT COMMAND...: how long a command takes, in microseconds
clocked() {
	local start=${EPOCHREALTIME/./}
	if "${@:3}" >/dev/null; then
		result "$1" "$2" $(((${EPOCHREALTIME/./} - start) * 1000)) 0
	else
		missing "$1" "$2" "${3##*/} failed"
	fi
}

# clocked_often ROW SUBJECT COMMAND...: the least of several times, of a command that
# changes nothing
clocked_often() {
	local n start times=()
	for ((n = 0; n < 5; n++)); do
		start=${EPOCHREALTIME/./}
		"${@:3}" >/dev/null || { missing "$1" "$2" "${3##*/} failed"; return; }
		times+=($(((${EPOCHREALTIME/./} - start) * 1000)))
	done
	summarize "${times[@]}"
	result "$1" "$2" "$TIME" "$SPREAD"
}

restore() { ipvsadm -R <"$SCRATCH"; }

server_words() { # FIRST COUNT
	local i
	for ((i = $1; i < $1 + $2; i++)); do
		WORDS+=(server "10.0.$((i >> 8)).$((i & 255)):$PORT" method direct)
	done
}

# One pass over the rows.
program_all() {
	local i
	modprobe ip_vs
	ports direct
	ipvs_services 20000 1000 10 >"$SCRATCH"
	clocked program/1000x10 ip_vs restore
	ipvs_down
	clocked program/1000x10 slow "$PROGRAM" services "$VIP" 20000 1000 10
	weir flush
	up slow direct udp
	WORDS=() && server_words 1 1000
	weir service replace "udp:$VIP:$PORT" "${WORDS[@]}"
	WORDS=() && server_words 2001 1000
	clocked program/replace-1000 slow weir service replace "udp:$VIP:$PORT" "${WORDS[@]}"
	down slow
	up ip_vs direct udp
	more_servers ip_vs rr 1 1000
	# It has no such thing: servers come one by one, and go one by one.
	{
		for ((i = 2001; i <= 3000; i++)); do
			echo "-a -u $VIP:$PORT -r 10.0.$((i >> 8)).$((i & 255)):$PORT -g"
		done
		for ((i = 1; i <= 1000; i++)); do
			echo "-d -u $VIP:$PORT -r 10.0.$((i >> 8)).$((i & 255)):$PORT"
		done
	} >"$SCRATCH"
	clocked program/replace-1000 ip_vs restore
	down ip_vs
}

# The first pass warms the page cache up. Of the others the least time of each command
# counts: the clock goes on while a processor waits.
programming() {
	RESULTS=/dev/null program_all >/dev/null
	for _ in 1 2 3; do program_all; settle; done
}

# --- the interfaces of ip_vs ------------------------------------------------------

# Both answer to the same commands: one is IPVS, then the other.
ipvs_is() { # SUBJECT
	if [[ $1 == ip_vs ]]; then modprobe ip_vs; else insmod "${WEIR_KO/weir-/weir_ipvs-}"; fi
}

ipvs_is_not() { # SUBJECT
	if [[ $1 == ip_vs ]]; then ipvs_down; else weir flush; rmmod weir_ipvs; fi
}

# through_ipvsadm SUBJECT: 1 000 services of 10 servers come, are listed, and go
through_ipvsadm() {
	ipvs_is "$1"
	ipvs_services 20000 1000 10 >"$SCRATCH"
	clocked ipvs/program-1000x10 "$1" restore
	settle
	clocked_often ipvs/list-1000x10 "$1" ipvsadm -Ln
	ipvs_is_not "$1"
}

# read_conns SUBJECT N: what each of N connections costs whoever reads them all
read_conns() {
	local row=ipvs/read-conns-$2 subject=fast count start
	[[ $1 != ip_vs ]] || subject=ip_vs
	count=$(flows_of "$2")
	[[ $1 == ip_vs ]] || ipvs_is "$1"
	up $subject direct udp
	if send request udp "$2" "$count"; then
		start=${EPOCHREALTIME/./}
		cat /proc/net/ip_vs_conn >/dev/null
		result "$row" "$1" $(((${EPOCHREALTIME/./} - start) * 1000000 / count)) 0
	else
		missing "$row" "$1" "$WHY"
	fi
	if [[ $1 == ip_vs ]]; then down ip_vs; else ipvs_is_not "$1"; fi
}

ipvs_interfaces() {
	local pass saved subject n
	ports direct
	# The first pass warms the page cache up.
	for pass in warm real; do
		[[ $pass == real ]] || exec {saved}>&1 >/dev/null
		for subject in slow ip_vs; do through_ipvsadm $subject; done
		[[ $pass == real ]] || exec >&"$saved" {saved}>&-
	done
	# ip_vs begins anew with its table for every page that is read.
	for subject in slow ip_vs; do
		for n in 1000 100000; do read_conns $subject $n; done
	done
	read_conns slow 1000000
}
