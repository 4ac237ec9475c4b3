#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two directors, both with keepalived and weir_ipvs, and one address of the service
# between them, which VRRP gives to one of them; with it goes the address that is the
# servers' gateway, for the method is NAT.
#
#	                               VIP
#	                    .2  .------------. .2
#	                  .-----|  director  |-----.         .-- s1 nginx
#	.--------.   .-------.  '------------'  .--------.   |
#	| client |---| front |                  | switch |---+-- s2 nginx
#	'--------'   '-------'  .------------.  '--------'   |
#	                  '-----|   second   |-----'         '-- s3 (idle)
#	                    .3  '------------' .3
#	                                     gateway
#
# The first director, of the higher priority, loses its links and returns as a backup;
# told that it may, it becomes master again; its keepalived is killed, and it returns as
# the master; it is stopped. Each time the client goes on being served.
#
# Runs once: keepalived knows nothing of paths.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/keepalived.sh
. "${0%/*}/../lib/keepalived.sh"

# What keepalived has promised by its configuration, in milliseconds of the guest's
# clock: three advertisements and the skew are 3.6 s. A slow guest's programs are late.
LIMIT_MS=$((3000 + WEIR_TIME_SCALE * 1000))
declare -A PRIORITY=([director]=150 [second]=100)

# --- the lab: a segment in front, and the second director ----------------------

second_links() {
	local name index=61
	cat <<-END
		netns add ${NS[second]}
		@$CLIENT_NS
		link del front0
		@$SWITCH_NS
		link add front type bridge forward_delay 0 mcast_snooping 0
		link set front up
		link add back-second index 59 master br0 type veth peer name back0 index 60 netns ${NS[second]}
		link set back-second up
	END
	for name in client director second; do
		echo "link add front-$name index $index master front type veth peer name front0 index $((index + 10)) netns ${NS[$name]}"
		echo "link set front-$name up"
		index=$((index + 1))
	done
}

second_addresses() {
	cat <<-END
		@$CLIENT_NS
		link set front0 up
		addr add 192.0.2.1/24 dev front0
		addr add 2001:db8::1/64 dev front0 nodad
		@$DIRECTOR_NS
		link set front0 up
		addr add 192.0.2.2/24 dev front0
		addr add 2001:db8::2/64 dev front0 nodad
		addr del 198.51.100.1/24 dev back0
		addr del 2001:db8:1::1/64 dev back0
		addr add 198.51.100.2/24 dev back0
		addr add 2001:db8:1::2/64 dev back0 nodad
		$(router_sysctls second)
		link set lo up
		link set front0 up
		link set back0 up
		addr add 192.0.2.3/24 dev front0
		addr add 2001:db8::3/64 dev front0 nodad
		addr add 198.51.100.3/24 dev back0
		addr add 2001:db8:1::3/64 dev back0 nodad
	END
}

second_up() {
	NS[second]=second-$SUFFIX
	{ second_links; second_addresses; } | "$LAB"
	take_path second
}

# ports up|down: of the switches, to which the director is connected. The one in front
# comes last: what VRRP has to notice begins when it is down, and to take it down takes time.
ports() {
	printf 'link set %s '"$1"'\n' director front-director | inside switch ip -batch -
	SINCE=${EPOCHREALTIME/./}
}

# --- keepalived ------------------------------------------------------------------

# configuration DIRECTOR [WORD...]: with these words in its vrrp_instance. What the lab
# gave to its one director as address at the back, the servers' gateway, is the master's.
# Advertisements must not come late because the test itself keeps the machine busy.
configuration() {
	cat >"$TMP/$1.conf" <<-END
		global_defs {
			vrrp_version 3
			vrrp_priority -20
		}
		vrrp_instance service {
			interface front0
			virtual_router_id 51
			advert_int 1
			state BACKUP
			priority ${PRIORITY[$1]}
			${*:2}
			virtual_ipaddress {
				$VIP dev front0
			}
			virtual_ipaddress_excluded {
				$DIRECTOR_BACK dev back0
			}
		}
		virtual_server $VIP 80 {
			delay_loop 1
			lb_algo rr
			lb_kind NAT
			protocol TCP
			$(real_server s1 1)
			$(real_server s2 1)
		}
	END
}

# holds DIRECTOR: whether it has the address of the service
holds() { [[ $(inside "$1" ip -o addr show dev front0) == *" $VIP/"* ]]; }
lost() { ! holds "$1"; }

# at DIRECTOR COMMAND...: a function of lib.sh in a process where weir is that director's
at() (
	director=$1
	# shellcheck disable=SC2317 # lib.sh calls them
	weir() { inside "$director" "$WEIR" "$@"; }
	# shellcheck disable=SC2317
	look() { inside "$director" "$LOOK" "$@"; }
	"${@:2}"
)

# served_by DIRECTOR: the client's requests are answered, and all of them by way of this one
served_by() {
	local before
	before=$(at "$1" of_service tcp 80 stats.conns)
	answered 6 s1 s2 || return 1
	is "$(($(at "$1" of_service tcp 80 stats.conns) - before)) by $1" "6 by $1"
}

# What weir itself says of the services there, whoever brought them.
weir_shows() { # DIRECTOR
	is "$(at "$1" of_server tcp 80 s1 address weight) $(at "$1" of_server tcp 80 s2 address weight)" \
		"${SERVER[s1]} 1 ${SERVER[s2]} 1"
}

shows_nothing() { fails matches "$(at "$1" weir show interval 0)" "$VIP"; } # DIRECTOR

# watch_start DIRECTOR: listens for addresses there; returns once it hears them
watch_start() {
	exec {WATCH_FD}<> <(:)
	nsenter --net="/run/netns/${NS[$1]}" ip -o monitor address >&"$WATCH_FD" {PAUSE_FD}>&- &
	LOAD_PID[watch]=$!
	until read -rt 0.2 -u "$WATCH_FD" _; do
		inside "$1" ip addr replace 127.0.0.2/32 dev lo
	done
}

# watch_end: returns when the address of the service has come, or nothing has for a while
watch_end() {
	local line=''
	until [[ $line == *" $VIP/"* && $line != *Deleted* ]]; do
		read -rt $((20 * WEIR_TIME_SCALE)) -u "$WATCH_FD" line || break
	done
	MOVED=${EPOCHREALTIME/./}
	kill "${LOAD_PID[watch]}"
	wait "${LOAD_PID[watch]}" || :
	unset "LOAD_PID[watch]"
	exec {WATCH_FD}>&-
}

# --- the client, while something happens -------------------------------------------

# A request of the client's, without a process that would take its time to start: notes
# when it was answered.
ask() {
	local line
	exec {SOCKET}<>"/dev/tcp/$1/80" || return 0
	printf 'GET / HTTP/1.0\r\n\r\n' >&"$SOCKET"
	while read -rt 10 line <&"$SOCKET"; do
		[[ $line != s[123] ]] || echo "${EPOCHREALTIME/./}"
	done
}

# One request each 100 ms, none of which waits for another one.
ask_on() {
	while :; do
		ask "$1" &
		read -rt 0.1 -u "$2" || :
	done
}

asking_start() {
	: >"$TMP/answers"
	setsid nsenter --net="/run/netns/$CLIENT_NS" \
		bash -c "$(declare -f ask ask_on); ask_on $VIP $PAUSE_FD" \
		>"$TMP/answers" 2>"$TMP/asking.log" &
	LOAD_PID[asking]=$!
	busywait 20 answers_since 0 5
}

asking_stop() {
	local group=${LOAD_PID[asking]}
	kill -KILL -- "-$group"
	wait "$group" || :
	unset "LOAD_PID[asking]"
	# What is slow to die may send once more.
	busywait 10 fails kill -0 -- "-$group" || :
}

# answers_since MICROSECONDS COUNT: whether there have been so many
answers_since() {
	local answers
	mapfile -t answers <"$TMP/answers"
	[[ ${#answers[@]} -ge $2 && ${answers[${#answers[@]} - $2]} -gt $1 ]]
}

# The longest time without an answer, in GAP_MS.
set_gap() {
	GAP_MS=$(sort -n "$TMP/answers" | awk '
		NR > 1 && $1 - last > gap { gap = $1 - last }
		{ last = $1 }
		END { printf "%d", gap / 1000 }')
}

# moves WHAT DIRECTOR COMMAND...: after this command the address goes to that director,
# in TOOK_MS from SINCE on, and the client is served all along
moves() {
	watch_start "$2"
	asking_start
	SINCE=${EPOCHREALTIME/./}
	"${@:3}"
	watch_end
	TOOK_MS=$(((MOVED - SINCE) / 1000))
	check "$1: the address goes to $2" holds "$2"
	check "$1: the client is answered again" busywait 20 answers_since "$MOVED" 10
	asking_stop
	set_gap
	note "$1$IN_FAMILY: the address moved in $TOOK_MS ms, the longest time without an answer is $GAP_MS ms"
	check "$1: the client never waits longer than $LIMIT_MS ms for an answer" atmost "$GAP_MS" "$LIMIT_MS"
	check "$1: requests go by way of $2" served_by "$2"
}

in_time() { check "$1: that takes no longer than $LIMIT_MS ms" atmost "$TOOK_MS" "$LIMIT_MS"; } # WHAT

# --- the story -----------------------------------------------------------------------

begins() {
	local name
	configuration director nopreempt
	configuration second
	keepalived_start director
	check "the first director takes the address" busywait 30 holds director
	keepalived_start second
	for name in director second; do
		check "ipvsadm lists the servers at the $name" busywait 30 lists_at "$name" "s1:1 s2:1"
		check "weir shows them at the $name" weir_shows "$name"
	done
	check "the second one is a backup" lost second
	check "requests go by way of the first" served_by director
}

# Though of the higher priority it must not take the address back: forty-five requests are
# more time than it would need for that.
returns_as_backup() {
	local what="a director that returns, with nopreempt" from
	asking_start
	ports up
	check "$what: has its servers again" busywait 40 lists_at director "s1:1 s2:1"
	from=${EPOCHREALTIME/./}
	check "$what: the client goes on being answered" busywait 20 answers_since "$from" 45
	asking_stop
	check "$what: stays a backup" lost director
	check "$what: requests go by way of the other" served_by second
}

may_be_master() {
	configuration director
	keepalived_reload director
}

body() {
	local name what
	set_key tcp 80
	for name in s1 s2; do nginx_start "$name"; done
	begins
	what="a director loses its links"
	moves "$what" second ports down
	in_time "$what"
	check "$what: it gives up the address" busywait 10 lost director
	returns_as_backup
	moves "a reload without nopreempt" director may_be_master
	check "the second one is a backup again" busywait 10 lost second
	what="keepalived is killed"
	moves "$what" second keepalived_kill director
	in_time "$what"
	moves "keepalived is started again, without nopreempt" director keepalived_start director
	check "the second one is a backup once more" busywait 10 lost second
	what="keepalived is stopped"
	moves "$what" second keepalived_stop director
	in_time "$what"
	check "$what: it takes its services with it" shows_nothing director
	check "$what: and the address" lost director
	keepalived_stop second
	check "the other one too" shows_nothing second
	check "and nobody has the address" lost second
	for name in s1 s2; do nginx_stop "$name"; done
}

second_up
ipvs_up
for_each_family body
