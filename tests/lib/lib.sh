# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every scenario sources first. It builds six network namespaces,
#
#	           front                          back
#	       192.0.2.0/24                 198.51.100.0/24
#	       2001:db8::/64                2001:db8:1::/64
#
#	  .----------.         .----------.                 .-- s1  .11  ::11
#	  |  client  |.1     .2| director |.1    .--------. |
#	  |          |---------|   VIP    |------| switch |-+-- s2  .12  ::12
#	  |  clients |         | .10 ::10 |      '--------' |
#	  '----------'         '----------'           |     '-- s3  .13  ::13
#	        | .100 ::100                          |
#	        '-------------------------------------'
#
# and goes on running inside the director's. `clients` are 203.0.113.0/24 and
# 2001:db8:2::/64, any address of which the client may use. Each server has the
# VIP on lo; what it sends from the VIP (method direct) goes to the client by
# the client's own leg on the back segment, everything else by the director, so
# both methods work at once. The bridge has a namespace of its own, to keep its
# hooks out of the director's. Each server answers on TCP 80 and 8080 and on
# UDP 53 and 5353 with its name.
#
# The shell is inside the director's namespace: `weir`, `nft` and `ip` mean the
# director. Names end in a random suffix: $CLIENT_NS, $DIRECTOR_NS, ${NS[s1]}.

TESTS=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
ROOT=${TESTS%/*}
SCENARIO=${0##*/}
SCENARIO=${SCENARIO%.sh}
: "${WEIR:=$ROOT/userspace/build/weir}" "${WEIR_KO:=$ROOT/weir.ko}"
: "${PEER:=$TESTS/tools/build/peer}" "${LAB:=$TESTS/tools/build/lab}" "${LOOK:=$TESTS/tools/build/look}"
# How much longer things may take, and how much smaller loads are, than on a
# real machine.
: "${WEIR_TIME_SCALE:=1}" "${WEIR_LOAD_SCALE:=1}"
export WEIR_TIME_SCALE WEIR_LOAD_SCALE
KSFT_SKIP=4

# --- names ------------------------------------------------------------------

lab_names() {
	SUFFIX=$1
	CLIENT_NS=client-$SUFFIX
	DIRECTOR_NS=director-$SUFFIX
	SWITCH_NS=switch-$SUFFIX
	declare -gA NS=([client]=$CLIENT_NS [director]=$DIRECTOR_NS [switch]=$SWITCH_NS
		[s1]="s1-$SUFFIX" [s2]="s2-$SUFFIX" [s3]="s3-$SUFFIX")
}

# Sets the addresses of family 4 or 6, under the same names for both.
# shellcheck disable=SC2034 # for scenarios
family() {
	FAMILY=$1
	if [[ $1 == 4 ]]; then
		VIP=192.0.2.10 CLIENT=192.0.2.1 CLIENTS=203.0.113.1 ANY=0.0.0.0
		DIRECTOR_FRONT=192.0.2.2 DIRECTOR_BACK=198.51.100.1 CLIENT_BACK=198.51.100.100
		declare -gA SERVER=([s1]=198.51.100.11 [s2]=198.51.100.12 [s3]=198.51.100.13)
	else
		VIP=2001:db8::10 CLIENT=2001:db8::1 CLIENTS=2001:db8:2::1 ANY=::
		DIRECTOR_FRONT=2001:db8::2 DIRECTOR_BACK=2001:db8:1::1 CLIENT_BACK=2001:db8:1::100
		declare -gA SERVER=([s1]=2001:db8:1::11 [s2]=2001:db8:1::12 [s3]=2001:db8:1::13)
	fi
}

# key PROTOCOL PORT: the service on the VIP, as weir spells it
key() { set_key "$@"; echo "$KEY"; }

# addr SERVER PORT: a server's address and port, as weir spells them
addr() { set_addr "$@"; echo "$ADDR"; }

# The same without a process: the result is in KEY, or ADDR.
set_key() {
	if [[ $FAMILY == 4 ]]; then KEY=$1:$VIP:$2; else KEY="$1:[$VIP]:$2"; fi
}

set_addr() {
	if [[ $FAMILY == 4 ]]; then ADDR=${SERVER[$1]}:$2; else ADDR="[${SERVER[$1]}]:$2"; fi
}

# for_each_family FUNCTION [ARG...]: runs it for IPv4, then for IPv6
for_each_family() {
	local number
	for number in 4 6; do
		family "$number"
		IN_FAMILY=" (IPv$number)"
		"$@"
		IN_FAMILY=
		weir flush
	done
}

# --- TAP --------------------------------------------------------------------

TAP_COUNT=0
TAP_FAILED=0
TAP_ENDED=
IN_FAMILY=

note() { printf '# %s\n' "$@"; }

tap() { # ok|'not ok' TEXT
	TAP_COUNT=$((TAP_COUNT + 1))
	printf '%s %d - %s\n' "$1" "$TAP_COUNT" "$2"
	[[ $1 == ok ]] || TAP_FAILED=$((TAP_FAILED + 1))
}

# check PROMISE COMMAND...: whether the promise is kept; goes on either way
check() {
	local text=$1$IN_FAMILY output
	shift
	# In this shell, so that R and the like reach the next check.
	if "$@" >"$TMP/check" 2>&1; then
		tap ok "$text"
		return
	fi
	output=$(<"$TMP/check")
	tap 'not ok' "$text"
	note "line ${BASH_LINENO[0]}: ${*//$'\n'/ }"
	[[ -z $output ]] || note "${output//$'\n'/$'\n'# }"
	[[ -z ${REPORT-} ]] || note "last load: $REPORT"
	[[ $TAP_FAILED -gt 3 ]] || situation
}

# skip PROMISE REASON: a promise that cannot be tried here
skip() {
	TAP_COUNT=$((TAP_COUNT + 1))
	printf 'ok %d - %s # SKIP %s\n' "$TAP_COUNT" "$1$IN_FAMILY" "$2"
}

skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	TAP_ENDED=yes
	exit "$KSFT_SKIP"
}

# What the director looks like, for whoever reads a failure.
situation() {
	local output
	[[ -d /sys/module/weir ]] || return 0
	output=$(weir show interval 0; weir stats drops | grep -vw 0; weir conn list | head -n 20) 2>&1 || :
	note "${output//$'\n'/$'\n'# }"
}

# Comparisons for check, which say what they saw.
is() { [[ $1 == "$2" ]] || { echo "got '$1', wanted '$2'"; return 1; }; }
isnt() { [[ $1 != "$2" ]] || { echo "got '$1'"; return 1; }; }
within() { [[ $1 -ge $2 && $1 -le $3 ]] || { echo "got $1, wanted $2 to $3"; return 1; }; }
atleast() { [[ $1 -ge $2 ]] || { echo "got $1, wanted at least $2"; return 1; }; }
atmost() { [[ $1 -le $2 ]] || { echo "got $1, wanted at most $2"; return 1; }; }
matches() { [[ $1 =~ $2 ]] || { echo "got '$1', wanted /$2/"; return 1; }; }
fails() { ! "$@"; }

# --- waiting and cleaning up --------------------------------------------------

# A pipe nobody writes to: reading it with a time limit pauses without a process.
exec {PAUSE_FD}<> <(:)
pause() { read -rt "$1" -u "$PAUSE_FD" || :; }

# busywait SECONDS COMMAND...: until the command succeeds; fails after that long. What is
# slow to come is asked for less often, since asking keeps a processor busy.
busywait() {
	local limit=$((${EPOCHREALTIME/./} + $1 * WEIR_TIME_SCALE * 1000000)) tries=0
	shift
	while ! "$@" >/dev/null 2>&1; do
		if ((${EPOCHREALTIME/./} > limit)); then
			echo "still not so at the end: $*"
			return 1
		fi
		if ((tries++ < 4)); then pause 0.05; else pause 0.2; fi
	done
}

DEFERRED=()
# defer COMMAND...: run at the end, the last first
defer() { DEFERRED+=("$(printf '%q ' "$@")"); }

run_deferred() {
	local i
	for ((i = ${#DEFERRED[@]} - 1; i >= 0; i--)); do
		eval "${DEFERRED[i]}" || :
	done
	DEFERRED=()
}

# The line of the scenario itself from which the failing command was reached.
remember_line() {
	local i
	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		[[ ${BASH_SOURCE[i]} != "$0" ]] || { LAST_LINE=${BASH_LINENO[i - 1]}; return; }
	done
}

finish() {
	local status=$?
	trap '' EXIT INT TERM
	set +e
	if [[ -z $TAP_ENDED && $status -ne 0 ]]; then
		tap 'not ok' "the scenario runs to its end"
		note "ended with status $status near line ${LAST_LINE-?}"
		situation
	elif [[ -z $TAP_ENDED ]]; then
		check_path director
	fi
	[[ -n $TAP_ENDED ]] || echo "1..$TAP_COUNT"
	run_deferred
	[[ ! -d /sys/module/weir ]] || weir flush
	lab_down
	rm -rf "$TMP"
	[[ -z $TAP_ENDED ]] || exit "$status"
	exit $((TAP_FAILED > 0))
}

# shellcheck source=tests/lib/path.sh
. "$TESTS/lib/path.sh"

# --- programs -----------------------------------------------------------------

weir() { "$WEIR" "$@"; }
look() { "$LOOK" "$@"; }

# inside NAME COMMAND...: runs it in the namespace of client, s1, switch, ...
inside() {
	local name=$1
	shift
	nsenter --net="/run/netns/${NS[$name]}" "$@"
}

# json FILTER ARG...: what gojq, which starts ten times as fast as jq, makes of `weir -j ARG...`
json() {
	local filter=$1
	shift
	weir -j "$@" | gojq -r "$filter"
}

# of_service PROTOCOL PORT FIELD...: what a service on the VIP has there, e.g. stats.conns
of_service() {
	set_key "$1" "$2"
	look "$KEY" "${@:3}"
}

# of_server PROTOCOL PORT NAME FIELD...: what one of its servers has; nothing if that is
# not listed
of_server() {
	set_key "$1" "$2"
	look "$KEY" at "${SERVER[$3]}" "${@:4}"
}

# of_servers KEY FIELD: what each of the three has there
of_servers() {
	look "$1" at "${SERVER[s1]}" "$2" at "${SERVER[s2]}" "$2" at "${SERVER[s3]}" "$2"
}

# not_listed PROTOCOL PORT NAME: whether a server is gone from the list
not_listed() { is "$(of_server "$1" "$2" "$3" address)" ""; }

# held_by PROTOCOL PORT NAME: connections that a server holds
held_by() { of_server "$@" active+inactive; }

# established_at NAME COUNT, for check: TCP connections that a server itself knows
established_at() { is "$(inside "$1" ss -Htn state established | wc -l)" "$2"; }

# conns_held: connections of the namespace
conns_held() { [[ $(weir stats) =~ conns\ +([0-9]+) ]] && echo "${BASH_REMATCH[1]}"; }

# drops REASON: packets dropped for it
drops() { [[ $(weir stats drops) =~ (^|$'\n')$1\ +([0-9]+) ]] && echo "${BASH_REMATCH[2]}"; }

# conns_are COUNT, drops_are REASON COUNT: for busywait and check
conns_are() { is "$(conns_held)" "$1"; }
drops_are() { is "$(drops "$1")" "$2"; }

# monitor_start: `weir -j monitor` in the background, its events in $TMP/events;
# returns once it is listening, for which it changes the service again and again
monitor_start() { # PROTOCOL PORT
	: >"$TMP/events"
	"$WEIR" -j monitor >"$TMP/events" {PAUSE_FD}>&- &
	LOAD_PID[monitor]=$!
	busywait 10 monitor_hears "$(key "$1" "$2")"
}

monitor_hears() {
	weir service set "$1" midstream pass
	[[ -s $TMP/events ]]
}

monitor_stop() {
	kill "${LOAD_PID[monitor]}"
	wait "${LOAD_PID[monitor]}" || :
	unset "LOAD_PID[monitor]"
}

# heard REGEX: whether an event's line was like that
heard() { grep -Eq "$1" "$TMP/events"; }

# The backend port METHOD uses for a service: its own, or with nat another; in BACKEND.
set_backend() { # METHOD PROTOCOL PORT
	if [[ $1 == direct ]]; then BACKEND=$3; elif [[ $2 == udp ]]; then BACKEND=5353; else BACKEND=8080; fi
}

# service PROTOCOL PORT [WORD...]: adds a service on the VIP
service() {
	set_key "$1" "$2"
	weir service add "$KEY" "${@:3}"
}

# server VERB METHOD PROTOCOL PORT NAME [WORD...]: add, set, drain or remove one
server() {
	set_backend "$2" "$3" "$4"
	set_key "$3" "$4"
	set_addr "$5" "$BACKEND"
	[[ $1 != add ]] || set -- "$@" method "$2"
	weir server "$1" "$KEY" "$ADDR" "${@:6}"
}

# servers METHOD PROTOCOL PORT [NAME[=WEIGHT]...]: makes these (all three by default) the
# servers of a service, in one step
servers() {
	local word words=()
	[[ $# -gt 3 ]] || set -- "$@" s1 s2 s3
	set_backend "$1" "$2" "$3"
	for word in "${@:4}"; do
		set_addr "${word%=*}" "$BACKEND"
		words+=(server "$ADDR" method "$1")
		[[ $word != *=* ]] || words+=(weight "${word#*=}")
	done
	set_key "$2" "$3"
	weir service replace "$KEY" "${words[@]}"
}

# scaled COUNT: a smaller number of things to do where everything is slow; at least 3
scaled() {
	local count=$(($1 / WEIR_LOAD_SCALE))
	echo $((count > 3 ? count : 3))
}

# --- traffic ------------------------------------------------------------------

declare -A R=()
# report LINE: takes a line of `peer load` apart into R
report() {
	local word
	REPORT=$1
	R=([s1]=0 [s2]=0 [s3]=0)
	for word in $1; do R[${word%%=*}]=${word#*=}; done
	[[ -n ${R[conns]-} ]] || { note "no report of a load"; return 1; }
}

# load_words PROTOCOL PORT OPTION...: the command line of a load, in WORDS
load_words() {
	local protocol=$1 port=$2
	shift 2
	WORDS=("$PEER" load --netns "$CLIENT_NS")
	[[ $protocol == tcp ]] || WORDS+=("--$protocol")
	WORDS+=("$@" "$VIP" "$port")
}

# load PROTOCOL PORT OPTION...: traffic from the client to the VIP; see peer_load.c.
# What came of it is in R: ${R[s1]}, ${R[conns]}, ${R[failed]}, ...
load() {
	load_words "$@"
	report "$("${WORDS[@]}")"
}

declare -A LOAD_IN=() LOAD_OUT=() LOAD_PID=()
# load_start NAME PROTOCOL PORT OPTION...: a load in the background. With --hold,
# returns once its connections are open (and R tells how that went).
load_start() {
	local name=$1 in out
	shift
	load_words "$@"
	# Pipes, each opened for both directions, so that opening does not wait.
	exec {in}<> <(:) {out}<> <(:)
	"${WORDS[@]}" <&"$in" >&"$out" {in}>&- {out}>&- &
	LOAD_PID[$name]=$!
	LOAD_IN[$name]=$in
	LOAD_OUT[$name]=$out
	[[ " $* " != *" --hold "* ]] || load_report "$name"
}

load_report() {
	local line
	read -rt $((60 * WEIR_TIME_SCALE)) -u "${LOAD_OUT[$1]}" line || {
		note "no answer from the load '$1'"
		return 1
	}
	report "$line"
}

# load_say NAME LINE: tells a load what to do (go, half, report); the result is in R
load_say() {
	echo "$2" >&"${LOAD_IN[$1]}"
	load_report "$1"
}

# load_end NAME: closes a held load's connections, or stops one that runs forever
load_end() {
	local in=${LOAD_IN[$1]} out=${LOAD_OUT[$1]}
	load_say "$1" stop
	wait "${LOAD_PID[$1]}" || :
	exec {in}>&- {out}>&-
	unset "LOAD_PID[$1]" "LOAD_IN[$1]" "LOAD_OUT[$1]"
}

# all_served COUNT: the last load had that many connections and nothing went wrong
all_served() {
	is "conns=${R[conns]} failed=${R[failed]} moved=${R[moved]} wrong=${R[wrong]}" \
		"conns=$1 failed=0 moved=0 wrong=0"
}

# all_fast KEY: as many of a service's packets are fast as there are of both directions,
# in one reading
all_fast() {
	local fast in out
	read -r fast in out <<<"$(look "$1" stats.packets_fast stats.packets_in stats.packets_out)"
	is "$fast" "$((in + out))" && atleast "$fast" 1
}

# --- the lab ------------------------------------------------------------------

declare -A SERVER_PID=()
# servers_start NAME...: (again) the programs that answer
servers_start() {
	local word line
	local -a names=()
	for word; do names+=("$word@${NS[$word]}"); done
	line=$("$PEER" serve --tcp 80 --tcp 8080 --udp 53 --udp 5353 "${names[@]}")
	for word in $line; do SERVER_PID[${word%%=*}]=${word#*=}; done
}

# server_stop NAME: ends it at once
server_stop() {
	kill -KILL "${SERVER_PID[$1]}"
	unset "SERVER_PID[$1]"
}

# host_sysctls NAME...: what each host gets, in the words of lab. Ports that scenarios name
# are not to be had by who names none; reserving them instead would make the kernel come
# back to those above the gap, while servers still know their last connections.
host_sysctls() {
	local name
	for name; do
		echo "@${NS[$name]}
= net/ipv6/conf/all/accept_dad 0
= net/ipv6/conf/default/accept_dad 0
= net/ipv4/conf/all/rp_filter 0
= net/ipv4/conf/default/rp_filter 0
= net/ipv4/conf/all/arp_ignore 1
= net/ipv4/conf/all/arp_announce 2
= net/ipv4/ip_local_port_range 49000 65535
=? net/ipv4/icmp_ratelimit 0
=? net/ipv6/icmp/ratelimit 0"
	done
}

# router_sysctls NAME...: the same for hosts that forward
router_sysctls() {
	local name
	for name; do
		host_sysctls "$name"
		echo "= net/ipv4/ip_forward 1"
		echo "= net/ipv6/conf/all/forwarding 1"
	done
}

lab_sysctls() {
	host_sysctls client s1 s2 s3
	router_sysctls director
	echo "@$CLIENT_NS
= net/ipv6/ip_nonlocal_bind 1
@$SWITCH_NS
= net/ipv6/conf/default/disable_ipv6 1"
}

# Interface numbers differ: where those of a pair are equal, the kernel takes its
# time to notice the carrier.
lab_links() {
	local name index=31
	echo "link add br0 type bridge forward_delay 0 mcast_snooping 0
link set br0 up
link set lo up
link add front0 index 11 netns $CLIENT_NS type veth peer name front0 index 12 netns $DIRECTOR_NS"
	for name in client director s1 s2 s3; do
		echo "link add $name index $index master br0 type veth peer name back0 index $((index + 10)) netns ${NS[$name]}"
		echo "link set $name up"
		index=$((index + 1))
	done
}

lab_addresses() {
	local name
	echo "@$CLIENT_NS
link set lo up
link set front0 up
link set back0 up
addr add 192.0.2.1/24 dev front0
addr add 198.51.100.100/24 dev back0
addr add 2001:db8::1/64 dev front0 nodad
addr add 2001:db8:1::100/64 dev back0 nodad
route add local 203.0.113.0/24 dev lo
route add local 2001:db8:2::/64 dev lo
@$DIRECTOR_NS
link set lo up
link set front0 up
link set back0 up
addr add 192.0.2.2/24 dev front0
addr add 192.0.2.10/32 dev front0
addr add 198.51.100.1/24 dev back0
addr add 2001:db8::2/64 dev front0 nodad
addr add 2001:db8::10/128 dev front0 nodad
addr add 2001:db8:1::1/64 dev back0 nodad
route add 203.0.113.0/24 via 192.0.2.1
route add 2001:db8:2::/64 via 2001:db8::1"
	for name in s1 s2 s3; do
		echo "@${NS[$name]}
link set lo up
link set back0 up
addr add 198.51.100.1${name#s}/24 dev back0
addr add 2001:db8:1::1${name#s}/64 dev back0 nodad
addr add 192.0.2.10/32 dev lo
addr add 2001:db8::10/128 dev lo nodad
route add default via 198.51.100.1
route add default via 2001:db8:1::1
route add default via 198.51.100.100 table 10
route add default from 2001:db8::10 via 2001:db8:1::100
rule add from 192.0.2.10 lookup 10"
	done
}

# Creates the namespaces and runs the scenario again, inside the director's.
lab_enter() {
	local name
	[[ $EUID == 0 ]] || { echo '1..0 # SKIP needs root'; exit "$KSFT_SKIP"; }
	printf -v SUFFIX '%04x' "$((SRANDOM & 0xffff))"
	lab_names "$SUFFIX"
	for name in "${NS[@]}"; do echo "netns add $name"; done | ip -batch -
	WEIR_LAB=$SUFFIX exec nsenter --net="/run/netns/$DIRECTOR_NS" "$0" "$@"
}

lab_up() {
	{ lab_sysctls; echo "@$SWITCH_NS"; lab_links; lab_addresses; } | "$LAB"
	servers_start s1 s2 s3
}

lab_down() {
	local pids=("${SERVER_PID[@]}" "${LOAD_PID[@]}") name
	[[ ${#pids[@]} == 0 ]] || kill -KILL "${pids[@]}" 2>/dev/null
	wait
	for name in "${NS[@]}"; do
		[[ ! -e /run/netns/$name ]] || echo "netns del $name"
	done | ip -batch -
}

[[ -n ${WEIR_LAB-} ]] || lab_enter "$@"
lab_names "$WEIR_LAB"
unset WEIR_LAB
TMP=$(mktemp -d "${TMPDIR:-/tmp}/weir-$SCENARIO.XXXXXX")
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
set -E
trap 'remember_line' ERR
[[ -d /sys/module/weir || $WEIR != "$ROOT"/* ]] || insmod "$WEIR_KO"
family 4
lab_up
take_path director
