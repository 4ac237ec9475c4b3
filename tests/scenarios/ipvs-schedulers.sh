#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who gets the next connection, beside ip_vs: the same servers, added in the same order,
# and the same connections, opened and ended in the same order while weights and
# thresholds change, are given to ip_vs and then to weir_ipvs. The sequences of the
# servers that answer are compared: the same where a scheduler leaves nothing to chance,
# turned where it starts at random (rr, wrr), and for those that hash what they promise.
# These are tried in one family: what refuses connections takes its time. Debian's ip_vs
# has no twos.
#
#	client ---- director ---- s1, s4   (ports 8080, 8081)
#	                     '--- s2, s5
#	                     '--- s3
#
# Runs once: the choice is made before a packet can take the fast path.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}
declare -A WORDS_OF=()

modinfo ip_vs >/dev/null 2>&1 || skip_all "no ip_vs here"
nft list ruleset >/dev/null || skip_all "no nf_tables here"

# --- servers and connections, by ipvsadm and peer story -----------------------

# set_words: the servers of this family, as ipvsadm spells them; two hosts have two
set_words() {
	local name host port
	for name in s1:s1:8080 s2:s2:8080 s3:s3:8080 s4:s1:8081 s5:s2:8081; do
		IFS=: read -r name host port <<<"$name"
		set_addr "$host" "$port"
		WORDS_OF[$name]=$ADDR
	done
}

# ipvs LETTER NAME=WEIGHT [WORD...]: a line for ipvsadm -R about a server of SERVICE
ipvs() { echo "-$1 ${SERVICE[*]} -r ${WORDS_OF[${2%=*}]} -m -w ${2#*=} ${*:3}"; }

# begin SCHEDULER NAME=WEIGHT...: a service on PORT, and its servers in this order
begin() {
	set_key tcp "$PORT"
	SERVICE=(-t "${KEY#tcp:}")
	begin_service "$@"
}

# begin_marked SCHEDULER NAME=WEIGHT...: one of what comes to PORT of any address
begin_marked() {
	SERVICE=(-f "$PORT")
	[[ $FAMILY == 4 ]] || SERVICE+=(-6)
	begin_service "$@"
}

begin_service() {
	local server
	{
		echo "-A ${SERVICE[*]} -s $1"
		for server in "${@:2}"; do ipvs a "$server"; done
	} | ipvsadm -R
}

end() {
	tell leave
	ipvsadm -D "${SERVICE[@]}"
}

# weigh NAME=WEIGHT [WORD...]
weigh() { ipvs e "$@" | ipvsadm -R; }

# tell WORD...: gives the client a line of the story; its answer is added to TOLD
tell() {
	local line
	echo "$*" >&"${STORY[1]}"
	read -rt $((60 * WEIR_TIME_SCALE)) -u "${STORY[0]}" line || {
		note "no answer from the story at '$*'"
		return 1
	}
	TOLD+=${line:+ ${line% }}
}

# --- what is tried with both ---------------------------------------------------

# A turn of each pass, at least two: as they are, with s4 out, then with s3 full too.
turns() { # SCHEDULER COUNT COUNT COUNT
	begin "$1" s1=2 s2=1 s3=3 s4=2 s5=1
	tell open "$VIP" "$PORT" "$2"
	TOLD+=" /"
	weigh s4=0
	tell open "$VIP" "$PORT" "$3"
	TOLD+=" /"
	weigh s3=3 -x 1
	tell open "$VIP" "$PORT" "$4"
	end
}

# Loads that tie, connections that end, weights that change, and a server that is full
# and has room again. All weights are multiplied by a factor.
loads() { # SCHEDULER FACTOR
	local f=$2
	begin "$1" s1=$((2 * f)) s2="$f" s3=$((3 * f)) s4=$((2 * f)) s5="$f"
	tell open "$VIP" "$PORT" 14
	tell end 2 3 7 8 9
	tell open "$VIP" "$PORT" 8
	{ ipvs e s2=$((4 * f)); ipvs e s4=0; } | ipvsadm -R
	tell open "$VIP" "$PORT" 9
	{ ipvs e s4=$((2 * f)); ipvs e s3=$((3 * f)) -x 4 -y 3; ipvs e s2="$f"; } | ipvsadm -R
	tell end 1 4 5 6 10 11 12 13 14 15
	tell open "$VIP" "$PORT" 12
	tell end 16 17 18 19 20 21 22 23
	tell open "$VIP" "$PORT" 6
	end
}

# Three addresses of one service: each has servers of its own.
localities() { # SCHEDULER
	local all=$VIP,$NEXT,$LAST
	begin_marked "$1" s1=2 s2=2 s3=4 s4=2 s5=3
	tell open "$all" "$PORT" 6
	tell open "$VIP" "$PORT" 9
	tell open "$all" "$PORT" 6
	tell end 1 2 3 7 8 9 10
	tell open "$LAST" "$PORT" 6
	{ ipvs e s3=0; ipvs e s5=9; } | ipvsadm -R
	tell open "$all" "$PORT" 9
	{ ipvs e s3=4; ipvs e s1=5; } | ipvsadm -R
	tell end 11 12 13 14 15 16 17 18 19 20
	tell open "$all" "$PORT" 12
	end
}

# clients: a connection each from forty; their servers in MAP
clients() {
	load tcp "$PORT" --conns 40 --from "$CLIENTS" --sources 40 --map "$TMP/map"
	mapfile -t MAP <"$TMP/map"
}

# Who has the clients of s3 now, and whether the others stayed.
lost() { # MAP-BEFORE
	local -a old=("$@")
	local i what=''
	for i in "${!old[@]}"; do
		if [[ ${old[i]} != s3 ]]; then
			[[ ${old[i]} == "${MAP[i]}" ]] || what+="${old[i]}-moved "
		elif [[ ${MAP[i]} == - ]]; then
			what+="refused "
		elif [[ ${MAP[i]} != s3 ]]; then
			what+="elsewhere "
		fi
	done
	tr ' ' '\n' <<<"$what" | sort -u | xargs
}

# spread: over how many servers the connections of one client are
spread() {
	load tcp "$PORT" --conns 60
	echo $(((R[s1] > 0) + (R[s2] > 0) + (R[s3] > 0)))
}

hashes() { # SCHEDULER
	local -a first
	begin "$1" s1=1 s2=1 s3=1
	clients
	first=("${MAP[@]}")
	clients
	[[ "${first[*]}" != "${MAP[*]}" ]] || TOLD+="each client has its server"
	TOLD+=", a client's ports: $(spread)"
	weigh s3=0
	clients
	TOLD+=", of s3: $(lost "${first[@]}")"
	ipvsadm -E "${SERVICE[@]}" -s "$1" -b "$1-fallback"
	clients
	TOLD+=", with fallback: $(lost "${first[@]}")"
	weigh s3=1
	ipvsadm -E "${SERVICE[@]}" -s "$1" -b "$1-port"
	TOLD+=", with port: $(spread)"
	end
}

# The one address of a service has one server; then that takes none.
addresses() { # SCHEDULER
	local owner
	begin "$1" s1=1 s2=1 s3=1
	clients
	owner=${MAP[0]}
	TOLD+="servers: $(printf '%s\n' "${MAP[@]}" | sort -u | wc -l)"
	weigh "$owner=0"
	clients
	TOLD+=", then: $(printf '%s\n' "${MAP[@]}" | sort -u | xargs)"
	end
}

# --- the comparison -------------------------------------------------------------

declare -A TOLD_BY=()
# told WHO PORT SCHEDULER FUNCTION [ARG...]: what comes of it. No two have a port in common:
# ip_vs would give a server that is added again the connections it had before.
told() {
	TOLD=''
	PORT=$2
	"$4" "$3" "${@:5}"
	TOLD_BY[$1 $FAMILY $3]=$TOLD
}

tell_all() { # WHO
	local name port=1003
	set_words
	told "$1" 1001 rr turns 10 8 6
	told "$1" 1002 wrr turns 18 14 8
	for name in lc wlc sed nq fo; do told "$1" $((port++)) "$name" loads 1; done
	told "$1" 1008 ovf loads 2
	told "$1" 7001 lblc localities
	told "$1" 7002 lblcr localities
	[[ $FAMILY == 4 ]] || return 0
	told "$1" 1009 sh hashes
	told "$1" 1010 mh hashes
	told "$1" 1011 dh addresses
}

# served KEY COUNT: that many connections were opened, and not all by one server
served() {
	local words
	read -ra words <<<"${TOLD_BY[$1]//\/}"
	is "${#words[@]}" "$2" && atleast "$(printf '%s\n' "${words[@]}" | sort -u | wc -l)" 3
}

same() { # SCHEDULER CONNS
	served "ip_vs $FAMILY $1" "$2" || return 1
	is "${TOLD_BY[weir $FAMILY $1]}" "${TOLD_BY[ip_vs $FAMILY $1]}"
}

# Each part is a whole number of turns, so that one turned is found in two of the other.
turned() { # SCHEDULER CONNS
	local -a theirs ours their_part our_part
	local i
	served "ip_vs $FAMILY $1" "$2" || return 1
	IFS=/ read -ra theirs <<<"${TOLD_BY[ip_vs $FAMILY $1]}"
	IFS=/ read -ra ours <<<"${TOLD_BY[weir $FAMILY $1]}"
	for i in 0 1 2; do
		read -ra their_part <<<"${theirs[i]}"
		read -ra our_part <<<"${ours[i]}"
		[[ "${their_part[*]} ${their_part[*]}" == *"${our_part[*]}"* &&
			${#our_part[@]} == "${#their_part[@]}" ]] && continue
		echo "part $((i + 1)): got '${our_part[*]}', wanted a rotation of '${their_part[*]}'"
		return 1
	done
}

compare_all() {
	local name
	check "rr: the cycle is ip_vs's, with a server out and with one full" turned rr 24
	check "wrr: the cycle is ip_vs's, with a server out and with one full" turned wrr 40
	for name in lc wlc sed nq fo ovf; do
		check "$name: the sequence of servers is ip_vs's" same "$name" 49
	done
	for name in lblc lblcr; do
		check "$name: the sequence of servers of three addresses is ip_vs's" same "$name" 48
	done
	[[ $FAMILY == 4 ]] || return 0
	for name in sh mh; do
		check "$name: a client keeps its server, the flags do what they do in ip_vs" \
			both "$name" "each client has its server, a client's ports: 1, of s3: refused, with fallback: elsewhere, with port: 3"
	done
	check "dh: an address has one server, or none, as in ip_vs" both dh "servers: 1, then: -"
}

both() { # SCHEDULER TOLD
	is "${TOLD_BY[ip_vs $FAMILY $1]}" "$2" && is "${TOLD_BY[weir $FAMILY $1]}" "$2"
}

each_family() { # COMMAND...
	NEXT=192.0.2.20 LAST=192.0.2.21
	family 4
	IN_FAMILY=' (IPv4)'
	"$@"
	NEXT=2001:db8::20 LAST=2001:db8::21
	family 6
	IN_FAMILY=' (IPv6)'
	"$@"
	IN_FAMILY=''
}

unload_ip_vs() { modprobe -r ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs_mh ip_vs_lblc \
	ip_vs_lblcr ip_vs_dh ip_vs_sed ip_vs_nq ip_vs_fo ip_vs_ovf ip_vs; }

"$LAB" <<END
@$DIRECTOR_NS
addr add 192.0.2.20/32 dev front0
addr add 192.0.2.21/32 dev front0
addr add 2001:db8::20/128 dev front0 nodad
addr add 2001:db8::21/128 dev front0 nodad
END
nft -f - <<END
table inet marks {
	chain before {
		type filter hook prerouting priority mangle
		iifname front0 tcp dport 7001 meta mark set 7001
		iifname front0 tcp dport 7002 meta mark set 7002
	}
}
END
for word in $("$PEER" serve --tcp 8081 "s4@${NS[s1]}" "s5@${NS[s2]}"); do
	SERVER_PID[${word%%=*}]=${word#*=}
done
coproc STORY { exec "$PEER" story --netns "$CLIENT_NS" {PAUSE_FD}>&-; }
# shellcheck disable=SC2034 # for lab_down
LOAD_PID[story]=$STORY_PID

modprobe ip_vs
each_family tell_all ip_vs
unload_ip_vs 2>/dev/null || busywait 5 unload_ip_vs
modprobe x_tables
insmod "$IPVS_KO"
defer rmmod weir_ipvs
each_family tell_all weir
each_family compare_all
