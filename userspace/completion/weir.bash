# SPDX-License-Identifier: GPL-2.0-only
# bash completion for weir(8)

# Keys of the services there are, and addresses of the servers of one of them.
_weir_services() {
	weir show interval 0 2>/dev/null | awk '/^(tcp|udp|sctp):/ { print $1 }'
}

_weir_servers() {
	weir show "$1" interval 0 2>/dev/null |
		awk '/^  [0-9a-f[]/ && $1 !~ /^(timeout|affinity|total)$/ { print $1 }'
}

# What may follow the word $1 as its value.
_weir_value() {
	case $1 in
	scheduler) echo rr wrr lc wlc sed nq twos fo ovf sh dh mh lblc lblcr none ;;
	midstream) echo pass reset drop schedule ;;
	conntrack | fast) echo on off ;;
	hook) echo host ingress ;;
	local-addresses) echo none ;;
	helper) echo none ftp ;;
	affinity-by) echo client call-id ;;
	affinity-weightless) echo move keep ;;
	timeout) echo tcp-syn tcp-established tcp-fin tcp-closed udp sctp-init sctp-established sctp-shutdown sctp-closed ;;
	no-server) echo refuse reset drop pass ;;
	one-packet | icmp-schedule | fallback | hash-port) echo on off ;;
	method) echo direct nat tunnel fullnat ;;
	tunnel) echo ipip gue gre ;;
	tunnel-checksum) echo off on remote ;;
	state) echo up down ;;
	policy) echo drain reset keep ;;
	service) _weir_services ;;
	*) return 1 ;;
	esac
}

# What may follow the noun $1 and verb $2.
_weir_words() {
	case $1/$2 in
	service/add | service/set)
		echo scheduler midstream conntrack fast hook helper timeout one-packet icmp-schedule fallback \
			hash-port hash-key no-server affinity affinity-mask affinity-by \
			affinity-weightless affinity-limit local-addresses
		;;
	service/replace) echo server method weight conns-max conns-resume tunnel tunnel-port tunnel-checksum ;;
	server/add) echo method weight conns-max conns-resume tunnel tunnel-port tunnel-checksum ;;
	server/set) echo method weight state policy deadline conns-max conns-resume tunnel tunnel-port tunnel-checksum ;;
	server/drain) echo deadline ;;
	server/remove) echo policy deadline ;;
	conn/list | affinity/list) echo service server client ;;
	conn/kill | affinity/remove) echo all service server client ;;
	config/set) echo conns-max affinity-max fast ;;
	esac
}

_weir() {
	local cur prev words=() cword choices word
	_get_comp_words_by_ref -n : cur prev words cword 2>/dev/null || return
	# -j may stand anywhere and counts for nothing.
	local -a plain=()
	for word in "${words[@]:1:cword-1}"; do
		[[ $word == -j ]] || plain+=("$word")
	done

	case ${#plain[@]}/${plain[0]-} in
	0/*) choices="service server flush show conn affinity stats monitor config import export help -j" ;;
	1/service) choices="add set remove replace help" ;;
	1/server) choices="add set drain remove help" ;;
	1/conn) choices="list kill help" ;;
	1/affinity) choices="list remove help" ;;
	1/stats) choices="drops help" ;;
	1/config) choices="set show help" ;;
	1/import | 1/export) choices="ipvsadm help" ;;
	2/import) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	1/show) choices="$(_weir_services) interval help" ;;
	2/show) choices=interval ;;
	1/*) choices=help ;;
	2/service | 2/server) choices=$(_weir_services) ;;
	3/server) choices=$(_weir_servers "${plain[2]}") ;;
	*)
		choices=$(_weir_value "$prev") ||
			choices=$(_weir_words "${plain[0]}" "${plain[1]}")
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
	__ltrim_colon_completions "$cur" 2>/dev/null
}

complete -F _weir weir
