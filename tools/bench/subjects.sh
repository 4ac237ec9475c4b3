# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What is compared. up SUBJECT METHOD PROTOCOL [SCHEDULER] makes the director
# balance (or forward) PROTOCOL on the VIP; down takes all of it away, flows too.

schedulers=(ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs_mh)

# ports METHOD: nat sends to another port, direct cannot
ports() {
	PORT=53 BACKEND=53
	[[ $1 == direct ]] || BACKEND=5353
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
	if ! WHY=$(weir service add "$at" scheduler "${4-rr}" "${OPTIONS[@]}" 2>&1); then
		WHY="not built: ${WHY##*$'\n'}"
		return 1
	fi
	weir server add "$at" "$server" method "$2"
}

ipvs_up() { # METHOD PROTOCOL [SCHEDULER]
	local letter=u method=-g at
	at=$(bracket "$VIP"):$PORT
	[[ $2 == udp ]] || letter=t
	[[ $1 == direct ]] || method=-m
	modprobe ip_vs
	ipvsadm -A -$letter "$at" -s "${3-rr}"
	ipvsadm -a -$letter "$at" -r "$(bracket "$SERVER"):$BACKEND" $method
}

# Only unloading makes ip_vs forget its connections.
ipvs_down() {
	[[ ! -d /sys/module/ip_vs ]] || ipvsadm -C
	modprobe -rqa "${schedulers[@]}" ip_vs || die "ip_vs is in use outside the benchmark"
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
	case $1 in
	fast | slow | ingress) weir flush ;;
	ip_vs) ipvs_down ;;
	flowtable) nft delete table "$(nft_family)" bench_nat; vip_unrouted ;;
	forward) vip_unrouted ;;
	fwd) nft delete table netdev bench_fwd ;;
	esac
	settle
}

# open_flows WAYS PROTOCOL: 1 000 flows as far as their second packet; WAYS is both
# where the replies come through the director
open_flows() {
	if [[ $2 == udp ]]; then
		send request udp 1000 1000 || return 1
		[[ $1 != both ]] || send reply udp 1000 1000
		return
	fi
	send request tcp 1000 1000 S || return 1
	[[ $1 != both ]] || send reply tcp 1000 1000 SA || return 1
	send request tcp 1000 1000 A
}
