# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packets without pause, sourced after lib.sh: the kernel's own generator (pktgen)
# sends datagrams of 100 flows from the client, whatever becomes of them: one each half
# millisecond, for which it sleeps. For less it would keep its processor from all others;
# where a packet takes longer, it sleeps longer.

# pktgen FILE WORD...: a command for the generator in the client's namespace
pktgen() {
	inside client bash -c 'echo "${*:2}" >"/proc/net/pktgen/$1"' - "$@"
}

# mac_of NAME DEV
mac_of() { inside "$1" ip -j link show dev "$2" | gojq -r '.[0].address'; }

# flood_start DEV MAC ADDRESS PORT: from the client's DEV, at most two million
flood_start() {
	local version='' line
	[[ $3 != *:* ]] || version=6
	modprobe pktgen
	pktgen kpktgend_0 rem_device_all
	pktgen kpktgend_0 add_device "$1"
	while read -r line; do
		# shellcheck disable=SC2086
		pktgen "$1" $line
	done <<-END
		count 2000000
		delay $((500000 * WEIR_LOAD_SCALE))
		pkt_size $([[ -z $version ]] && echo 60 || echo 78)
		dst_mac $2
		dst$version $3
		udp_dst_min $4
		udp_dst_max $4
		udp_src_min 20000
		udp_src_max 20099
		flag UDPSRC_RND
	END
	pktgen pgctrl start &
	FLOOD=$!
}

flood_stop() {
	pktgen pgctrl stop
	wait "$FLOOD"
	pktgen kpktgend_0 rem_device_all
}
