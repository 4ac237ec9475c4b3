# SPDX-License-Identifier: GPL-2.0-only
# bash completion for weir(8)

# Keys of the services there are, and addresses of the servers of one of them.
_weir_services() {
	weir show interval 0 2>/dev/null | awk '/^(tcp|udp):/ { print $1 }'
}

_weir_servers() {
	weir show "$1" interval 0 2>/dev/null |
		awk '/^  [0-9a-f[]/ && $1 !~ /^(timeout|total)$/ { print $1 }'
}

# What may follow the word $1 as its value.
_weir_value() {
	case $1 in
	scheduler) echo rr wrr lc wlc sed nq twos fo ovf sh dh mh ;;
	midstream) echo pass reset drop ;;
	conntrack | fast) echo on off ;;
	hook) echo host ingress ;;
	timeout) echo tcp-syn tcp-established tcp-fin tcp-closed udp ;;
	method) echo direct nat ;;
	state) echo up down ;;
	policy) echo drain reset keep ;;
	service) _weir_services ;;
	*) return 1 ;;
	esac
}

# What may follow the noun $1 and verb $2.
_weir_words() {
	case $1/$2 in
	service/add | service/set) echo scheduler midstream conntrack fast hook timeout ;;
	service/replace) echo server method weight ;;
	server/add) echo method weight ;;
	server/set) echo method weight state policy deadline ;;
	server/drain) echo deadline ;;
	server/remove) echo policy deadline ;;
	conn/list) echo service server client ;;
	conn/kill) echo all service server client ;;
	config/set) echo conns-max fast ;;
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
	0/*) choices="service server flush show conn stats monitor config help -j" ;;
	1/service) choices="add set remove replace help" ;;
	1/server) choices="add set drain remove help" ;;
	1/conn) choices="list kill help" ;;
	1/stats) choices="drops help" ;;
	1/config) choices="set show help" ;;
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
