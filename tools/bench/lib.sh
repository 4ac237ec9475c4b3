# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The benchmark's topology, and how one figure is taken. tools/bench/guest
# sources it, inside the director's namespace:
#
#	.--------.  192.0.2.0/24  .----------.  198.51.100.0/24  .--------.
#	| source |.1            .2| director |.1              .11|  sink  |
#	|        |c0 -------- front   VIP .10  back --------- s0 |        |
#	'--------'  2001:db8::/64 '----------'  2001:db8:1::/64  '--------'
#
# Clients are 203.0.113.0/24, behind source; servers are .11 and 10.0.0.0/16,
# behind sink. Packets are dropped at netdev ingress where they arrive. A figure
# is the time of a packet dropped in sink less that of one dropped at front
# (replies: in source, and at back): what the director does, and one hop.

# Fixed, so that no hash of an address differs between runs.
mac_c0=02:00:00:00:00:01 mac_front=02:00:00:00:00:02
mac_back=02:00:00:00:00:03 mac_s0=02:00:00:00:00:04

SOURCE=bench-source DIRECTOR=bench-director SINK=bench-sink

in_source() { nsenter --net=/run/netns/$SOURCE "$@"; }
in_sink() { nsenter --net=/run/netns/$SINK "$@"; }

# family 4|6: sets the addresses
family() {
	FAMILY=$1
	if [[ $1 == 4 ]]; then
		VIP=192.0.2.10 SERVER=198.51.100.11 CLIENT=203.0.113.16 LOCAL=198.51.100.1
	else
		VIP=2001:db8::10 SERVER=2001:db8:1::11 CLIENT=2001:db8:2::16 LOCAL=2001:db8:1::1
	fi
}

bracket() { if [[ $1 == *:* ]]; then echo "[$1]"; else echo "$1"; fi; }

quiet_ipv6() { # DEV...: nothing may be sent that nobody asked for
	local dev
	for dev; do
		echo 0 >"/proc/sys/net/ipv6/conf/$dev/accept_dad"
		echo 0 >"/proc/sys/net/ipv6/conf/$dev/router_solicitations"
		echo 1 >"/proc/sys/net/ipv6/conf/$dev/addr_gen_mode"
	done
}

topology_up() {
	local dev
	ip netns add $SOURCE
	ip netns add $SINK
	ip -batch - <<-END
		link set lo up
		link add front address $mac_front type veth peer name c0 address $mac_c0 netns $SOURCE
		link add back address $mac_back type veth peer name s0 address $mac_s0 netns $SINK
	END
	quiet_ipv6 front back
	for dev in all front back; do
		echo 1 >"/proc/sys/net/ipv4/conf/$dev/forwarding"
		echo 1 >"/proc/sys/net/ipv6/conf/$dev/forwarding"
		echo 0 >"/proc/sys/net/ipv4/conf/$dev/rp_filter"
		echo 0 >"/proc/sys/net/ipv4/conf/$dev/send_redirects"
	done
	ip -batch - <<-END
		link set front up
		link set back up
		addr add 192.0.2.2/24 dev front
		addr add 198.51.100.1/24 dev back
		addr add 2001:db8::2/64 dev front nodad
		addr add 2001:db8:1::1/64 dev back nodad
		neigh replace 192.0.2.1 lladdr $mac_c0 nud permanent dev front
		neigh replace 2001:db8::1 lladdr $mac_c0 nud permanent dev front
		neigh replace 198.51.100.11 lladdr $mac_s0 nud permanent dev back
		neigh replace 2001:db8:1::11 lladdr $mac_s0 nud permanent dev back
		route add 203.0.113.0/24 via 192.0.2.1
		route add 2001:db8:2::/64 via 2001:db8::1
		route add 10.0.0.0/16 via 198.51.100.11
	END
	in_source ip link set c0 up
	in_sink ip link set s0 up
	in_source nft "$(drop_at c0)"
	in_sink nft "$(drop_at s0)"
	vip_local
}

topology_down() { ip netns del $SOURCE; ip netns del $SINK; }

# The drop that every packet ends with, wherever that is.
drop_at() {
	echo "table netdev bench { chain drop_$1 { type filter hook ingress device $1 priority 0; policy drop; }; }"
}

# The VIP is the director's own, or (for what does not balance) a host behind it.
vip_local() {
	ip -batch - <<-END
		addr add 192.0.2.10/32 dev lo
		addr add 2001:db8::10/128 dev lo nodad
	END
}

vip_routed() {
	ip -batch - <<-END
		addr del 192.0.2.10/32 dev lo
		addr del 2001:db8::10/128 dev lo
		route add 192.0.2.10/32 via 198.51.100.11
		route add 2001:db8::10/128 via 2001:db8:1::11
	END
}

vip_unrouted() {
	ip -batch - <<-END
		route del 192.0.2.10/32
		route del 2001:db8::10/128
	END
	vip_local
}

# --- packets -------------------------------------------------------------------

# Whom a server answers that does not see the client (fullnat), and at what ports.
MASK='' MASK_PORTS=''

# packets WAY PROTOCOL FLOWS: the words for traffic, in WORDS. WAY is request or
# reply; FLOWS is how many, or new:N for the Nth NEW clients, not seen before.
packets() {
	local ports source=$CLIENT n=${3#new:}
	case $3 in
	1000) ports=10001-11000 ;;
	# Coprime lengths: 16 addresses times the ports.
	100000) source=203.0.113.16-203.0.113.31 ports=1001-7251 ;;
	1000000) source=203.0.113.16-203.0.113.31 ports=1001-63501 ;;
	new:*) ports=$((12001 + NEW * n))-$((12000 + NEW * (n + 1))) ;;
	esac
	if [[ $1 == request ]]; then
		WORDS=("from=$SOURCE/c0" "to=$SINK/s0" "smac=$mac_c0" "dmac=$mac_front"
			"src=$source" "sport=$ports" "dst=$VIP" dport="$PORT")
	else
		WORDS=("from=$SINK/s0" "to=$SOURCE/c0" "smac=$mac_s0" "dmac=$mac_back"
			"src=$SERVER" sport="$BACKEND" "dst=${MASK:-$source}" "dport=${MASK_PORTS:-$ports}")
	fi
	WORDS+=("proto=$2")
}

# The same processor for everything, where there is more than one.
traffic() { taskset -c 0 "$TRAFFIC" "$@"; }

# send WAY PROTOCOL FLOWS COUNT [FLAGS]: packets that open flows; a failure if
# they do not arrive, with the reason in WHY
send() {
	local ns sent arrived generator=pktgen
	[[ $2 == udp ]] || generator=send
	packets "$1" "$2" "$3"
	read -r ns sent arrived < <(traffic $generator "${WORDS[@]}" "count=$4" "flags=${5-A}")
	WHY="$arrived of $sent packets of new flows arrived"
	((arrived >= sent))
}

# take_times GENERATOR COUNT RUNS: the packets of WORDS, a first time to warm up,
# then RUNS times; times a packet in TIMES, in thousandths of a nanosecond. None
# if packets went missing, and WHY says so.
take_times() {
	local line ns sent arrived lines
	TIMES=() WHY="nothing was measured"
	mapfile -t lines < <(traffic "$1" "${WORDS[@]}" "count=$2" flags=A "runs=$(($3 + 1))")
	for line in "${lines[@]:1}"; do
		read -r ns sent arrived <<<"$line"
		if ((arrived < sent)); then
			TIMES=() WHY="$arrived of $sent packets arrived"
			return
		fi
		TIMES+=($((ns * 1000 / sent)))
	done
}

# summarize TIME...: the least in TIME, what the greatest is above it in SPREAD
summarize() {
	local time high=0
	TIME=''
	for time; do
		[[ -n $TIME ]] && ((TIME <= time)) || TIME=$time
		((high >= time)) || high=$time
	done
	SPREAD=$((high - ${TIME:-0}))
}

# RCU frees what is gone in small portions, after packets as after anything else.
settle() { sleep 0.5; }

declare -A BASE=()

# base WAY PROTOCOL FLOWS GENERATOR COUNT: what these packets cost when dropped at
# the director's ingress, in BASE_COST; taken once, before anything is set up
base() {
	local flows=${3/new:*/new:0} dev=front key
	key="$FAMILY $1 $2 $flows $4"
	if [[ -z ${BASE[$key]-} ]]; then
		[[ $1 == request ]] || dev=back
		settle
		nft "$(drop_at $dev)"
		packets "$1" "$2" "$flows"
		WORDS=("${WORDS[@]/#to=*/to=$DIRECTOR/$dev}")
		take_times "$4" "$5" "$RUNS"
		nft delete table netdev bench
		summarize "${TIMES[@]}"
		[[ -n $TIME ]] || die "no base for '$key': $WHY"
		BASE[$key]=$TIME
		result "base/$key" drop "$TIME" "$SPREAD" "$TIME"
	fi
	BASE_COST=${BASE[$key]}
}

# --- results -------------------------------------------------------------------

# result ROW SUBJECT VALUE SPREAD [RAW]: VALUE in thousandths of the row's unit, RAW
# before the base was taken off. An empty VALUE: SPREAD says why there is none.
result() {
	printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "${5-}" >>"$RESULTS"
	if [[ -n $3 ]]; then
		printf '%-42s %-10s %9d\n' "$1" "$2" $((($3 + 500) / 1000))
	else
		printf '%-42s %-10s %9s  %s\n' "$1" "$2" - "$4"
	fi
}

missing() { result "$1" "$2" '' "$3"; }

# conclude ROW SUBJECT TIME...: a result out of times, the base taken off
conclude() {
	summarize "${@:3}"
	if [[ -n $TIME ]]; then
		result "$1" "$2" $((TIME - BASE_COST)) "$SPREAD" "$TIME"
	else
		missing "$1" "$2" "$WHY"
	fi
}

# measure ROW SUBJECT WAY PROTOCOL FLOWS GENERATOR: flows that are established
measure() {
	base "$3" "$4" "$5" "$6" "$COUNT"
	packets "$3" "$4" "$5"
	take_times "$6" "$COUNT" "$RUNS"
	conclude "$1" "$2" ${TIMES[@]+"${TIMES[@]}"}
}

# measure_new ROW SUBJECT GENERATOR: every packet opens a flow. What holds 4 000 of them
# to begin with makes its table larger at 6 144 and at 12 288, if it is weir: that is in
# the first and in the third run, and two more leave three without.
measure_new() {
	local n runs=$((RUNS + 2)) times=()
	base request udp new:0 "$3" "$NEW"
	for ((n = 0; n <= runs; n++)); do
		packets request udp "new:$n"
		take_times_new "$3" || break
		# The first clients warm up.
		((n == 0)) || times+=("$TIME")
	done
	((n > runs)) || times=()
	conclude "$1" "$2" ${times[@]+"${times[@]}"}
}

take_times_new() { # GENERATOR
	local ns sent arrived
	read -r ns sent arrived < <(traffic "$1" "${WORDS[@]}" "count=$NEW")
	WHY="$arrived of $sent packets arrived" TIME=$((ns * 1000 / sent))
	((arrived >= sent))
}
