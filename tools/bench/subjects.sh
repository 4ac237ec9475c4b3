# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What is compared. up SUBJECT METHOD PROTOCOL [SCHEDULER] makes the director
# balance (or forward) PROTOCOL on the VIP; down takes all of it away, flows too.

schedulers=(ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sed ip_vs_nq ip_vs_twos ip_vs_fo ip_vs_ovf
	ip_vs_sh ip_vs_dh ip_vs_mh ip_vs_lblc ip_vs_lblcr)

# Of every server.
WEIGHT=1

# A METHOD is weir's word, or that of a tunnel: ipip, gue, gre.
TUNNEL_PORT=6080

# ports METHOD: nat and fullnat send to another port, the others cannot
ports() {
	PORT=53 BACKEND=53
	[[ $1 != *nat ]] || BACKEND=5353
}

weir() { "$WEIR" "$@"; }

# weir_words fast|slow|ingress: the options of a service, in OPTIONS
weir_words() {
	case $1 in
	fast) OPTIONS=(fast on hook host) ;;
	slow) OPTIONS=(fast off hook host) ;;
	ingress) OPTIONS=(fast on hook ingress) ;;
	esac
}

weir_up() { # fast|slow|ingress METHOD PROTOCOL [SCHEDULER]
	local at server
	at=$3:$(bracket "$VIP"):$PORT server=$(bracket "$SERVER"):$BACKEND
	weir_words "$1"
	[[ $2 != fullnat ]] || OPTIONS+=(local-addresses "$LOCAL")
	if ! WHY=$(weir service add "$at" scheduler "${4-rr}" "${OPTIONS[@]}" 2>&1); then
		WHY="not built: ${WHY##*$'\n'}"
		return 1
	fi
	method_words "$2"
	weir server add "$at" "$server" "${WORDS[@]}" weight "$WEIGHT"
}

# method_words METHOD: in weir's words, in WORDS
method_words() {
	case $1 in
	ipip | gre) WORDS=(method tunnel tunnel "$1") ;;
	gue) WORDS=(method tunnel tunnel gue tunnel-port $TUNNEL_PORT) ;;
	*) WORDS=(method "$1") ;;
	esac
}

# method_options METHOD: in ipvsadm's, in WORDS
method_options() {
	case $1 in
	direct) WORDS=(-g) ;;
	ipip | gre) WORDS=(-i --tun-type "$1") ;;
	gue) WORDS=(-i --tun-type gue --tun-port $TUNNEL_PORT) ;;
	*) WORDS=(-m) ;;
	esac
}

ipvs_up() { # METHOD PROTOCOL [SCHEDULER]
	local letter=u at
	at=$(bracket "$VIP"):$PORT
	[[ $2 == udp ]] || letter=t
	modprobe ip_vs
	if ! ipvsadm -A -$letter "$at" -s "${3-rr}" 2>/dev/null; then
		WHY="this kernel's ip_vs has no scheduler ${3-rr}"
		ipvs_down
		return 1
	fi
	method_options "$1"
	ipvsadm -a -$letter "$at" -r "$(bracket "$SERVER"):$BACKEND" "${WORDS[@]}" -w "$WEIGHT"
}

# Only unloading makes ip_vs forget its connections. modprobe complains of schedulers
# that the kernel does not have, too.
ipvs_down() {
	[[ ! -d /sys/module/ip_vs ]] || ipvsadm -C
	modprobe -rqa "${schedulers[@]}" ip_vs || [[ ! -d /sys/module/ip_vs ]] ||
		die "ip_vs is in use outside the benchmark"
}

nft_family() { if [[ $FAMILY == 4 ]]; then echo ip; else echo ip6; fi; }

flowtable_up() { # PROTOCOL
	local ip
	ip=$(nft_family)
	vip_routed
	nft -f - <<-END
		table $ip bench_nat {
			flowtable fast { hook ingress priority 0; devices = { front, back }; }
			chain in {
				type nat hook prerouting priority dstnat;
				$ip daddr $VIP $1 dport $PORT dnat to $(bracket "$SERVER"):$BACKEND;
			}
			chain through { type filter hook forward priority 0; flow add @fast; }
		}
	END
}

# The floor: a rule each way that forwards whatever matches, and changes no port.
fwd_up() { # PROTOCOL
	local ip client=192.0.2.1
	ip=$(nft_family)
	[[ $FAMILY == 4 ]] || client=2001:db8::1
	nft -f - <<-END
		table netdev bench_fwd {
			chain in {
				type filter hook ingress device front priority 0;
				$ip daddr $VIP $1 dport $PORT fwd $ip to $SERVER device back;
			}
			chain out {
				type filter hook ingress device back priority 0;
				$ip saddr $SERVER $1 sport $BACKEND fwd $ip to $client device front;
			}
		}
	END
}

# up SUBJECT METHOD PROTOCOL [SCHEDULER]: fails if there is no such thing, with the
# reason in WHY
up() {
	ports "$2"
	case $1 in
	fast | slow | ingress) weir_up "$@" ;;
	ip_vs) ipvs_up "${@:2}" ;;
	flowtable) flowtable_up "$3" ;;
	forward) vip_routed ;;
	fwd) fwd_up "$3" ;;
	esac
}

down() { # SUBJECT
	MASK='' MASK_PORTS=''
	case $1 in
	fast | slow | ingress) weir flush ;;
	ip_vs) ipvs_down ;;
	flowtable) nft delete table "$(nft_family)" bench_nat; vip_unrouted ;;
	forward) vip_unrouted ;;
	fwd) nft delete table netdev bench_fwd ;;
	esac
	settle
}

# mask_take: whom the server of 1 000 flows sees, in MASK; their ports are in a row,
# unless they happened to reach the last and begin anew, in MASK_PORTS
mask_take() {
	local ports
	mapfile -t ports < <(weir -j conn list | grep -o '"local_port":[0-9]*' | cut -d: -f2 | sort -n)
	MASK=$LOCAL MASK_PORTS=${ports[0]}-${ports[-1]}
	WHY="local ports $MASK_PORTS are not in a row"
	((ports[-1] - ports[0] == 999))
}

# The next ports come after those that were taken last.
mask_again() {
	weir conn kill all >/dev/null
	send request udp 1000 1000 && mask_take
}

# open_flows WAYS PROTOCOL: 1 000 flows as far as their second packet; WAYS is both
# where the replies come through the director, masked where they come to itself
open_flows() {
	if [[ $2 == udp ]]; then
		send request udp 1000 1000 || return 1
		[[ $1 != masked ]] || mask_take || mask_again || return 1
		[[ $1 == one ]] || send reply udp 1000 1000
		return
	fi
	send request tcp 1000 1000 S || return 1
	[[ $1 != both ]] || send reply tcp 1000 1000 SA || return 1
	send request tcp 1000 1000 A
}
