#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tunnel: packets reach the server inside packets of the director's own, IPIP, GUE or
# GRE, of either address family; the server, which has the VIP itself, unwraps them
# and answers the client past the director.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"
# shellcheck source=tests/lib/packet.sh
. "${0%/*}/../lib/packet.sh"
# shellcheck source=tests/lib/tunnel.sh
. "${0%/*}/../lib/tunnel.sh"

# s1 counts outer packets as they come in: what unwraps GUE changes what a tap would
# see. watch_outer SIZE; then outer_seen sized, bare (UDP without a checksum) or summed.
watch_outer() {
	local ip=ip
	[[ $OUTER == 4 ]] || ip=ip6
	inside s1 nft -f - <<-END
		table inet outer {
			counter sized { }
			counter bare { }
			counter summed { }
			chain in {
				type filter hook prerouting priority -300
				$ip saddr != $OUTER_DIRECTOR return
				meta length $1 counter name sized
				udp dport 6080 udp checksum 0 counter name bare
				udp dport 6080 udp checksum != 0 counter name summed
			}
		}
	END
}

unwatch_outer() { inside s1 nft delete table inet outer; }

outer_seen() {
	local said
	said=$(inside s1 nft list counter inet outer "$1")
	[[ $said =~ packets\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# exchanges PROTOCOL PORT WORD...: by a tunnel like that
exchanges() {
	local protocol=$1 port=$2 what="$1 in IPv$OUTER, ${*:3}"
	service "$protocol" "$port" scheduler rr
	tunneled "$protocol" "$port" "s1 s2 s3" "${@:3}"
	packet clear
	watch_outer $((OUTER_HEADER + SHIM + (FAMILY == 4 ? 20 : 40) + 8 + 20 + 100))
	load "$protocol" "$port" --conns 12 --exchanges 8 --size 100 --reply 200
	check "$what: all of 12 connections with 8 exchanges are answered, intact, and servers see the client" \
		all_served 12
	check "$what: every server gets its third" is "${R[s1]} ${R[s2]} ${R[s3]}" "4 4 4"
	check "$what: the service counts exactly the connections, and no answer" \
		is "$(of_service "$protocol" "$port" stats.conns stats.packets_out)" "12 0"
	# shellcheck disable=SC2086
	check "$what: outer packets are the director's, with a TTL of their own" \
		arrives s1 $WRAPPED ttl=64
	if [[ $protocol == udp ]]; then
		check "$what: packets and bytes are counted as the client has sent them" \
			is "$(of_service udp "$port" stats.packets_in stats.bytes_in)" \
			"96 $((96 * ((FAMILY == 4 ? 20 : 40) + 8 + 20 + 100)))"
		check "$what: and arrive with nothing but the outer headers more" is "$(outer_seen sized)" 32
		case "$*" in
		*gue*checksum*) check "$what: the outer packets have a checksum" is "$(outer_seen bare) $(outer_seen summed)" "0 32" ;;
		*gue*) check "$what: the outer packets have no checksum" is "$(outer_seen bare) $(outer_seen summed)" "32 0" ;;
		esac
	fi
	unwatch_outer
}

# transfers WORD...: super-packets too
transfers() {
	local what="tcp in IPv$OUTER, $*"
	tunneled tcp 80 s1 "$@"
	packet clear
	load tcp 80 --size "$SIZE" --reply "$SIZE"
	check "$what: $SIZE bytes arrive intact in each direction" all_served 1
	# No device knows how to cut what leaves a checksum to the server.
	[[ $* != *remote* ]] || return 0
	packet biggest s1
	check "$what: super-packets leave the director whole" atleast "$SAID" 3000
}

every_tunnel() {
	local tunnel number
	SIZE=$(scaled 200000)
	for number in 4 6; do
		outer "$number"
		for tunnel in ipip gue gre; do
			shim_of "$tunnel"
			outer_words "$tunnel"
			exchanges udp 53 tunnel "$tunnel"
			exchanges tcp 80 tunnel "$tunnel"
			transfers tunnel "$tunnel"
			weir flush
		done
	done
}

# Checksums, of the outer header and left to the server.
checksums() {
	local number word
	for number in 4 6; do
		outer "$number"
		for word in "gue on" "gue remote" "gre on"; do
			[[ $word != gre* ]] || unwrap_summed on s1 s2 s3
			# shellcheck disable=SC2086
			set -- tunnel ${word% *} tunnel-checksum ${word#* }
			shim_of "$*"
			outer_words "$*"
			exchanges udp 53 "$@"
			exchanges tcp 80 "$@"
			transfers "$@"
			cut_behind "$@"
			weir flush
			[[ $word != gre* ]] || unwrap_summed off s1 s2 s3
		done
	done
}

# A director whose device can neither cut nor sum up: the kernel does it behind weir.
cut_behind() {
	local what="tcp in IPv$OUTER, $*" name
	for name in tso gso tx; do packet offload "$DIRECTOR_NS" back0 "$name" off; done
	packet clear
	load tcp 80 --size "$SIZE" --reply 2000
	check "$what: $SIZE bytes arrive intact when the director's device does nothing for it" all_served 1
	packet biggest s1
	check "$what: in packets that fit the MTU" atmost "$SAID" 1500
	for name in tx gso tso; do packet offload "$DIRECTOR_NS" back0 "$name" on; done
}

# Each flow of GUE is told from others by its port.
ports() {
	inside s1 nft -f - <<-'END'
		table inet ports {
			set seen { type inet_service; flags dynamic; size 1000; }
			chain in {
				type filter hook prerouting priority -300
				udp dport 6090 add @seen { udp sport }
			}
		}
	END
	outer "$FAMILY"
	inside s1 ip "-$OUTER" fou add port 6090 gue
	service udp 53
	tunneled udp 53 s1 tunnel gue tunnel-port 6090
	load udp 53 --conns 16 --exchanges 4
	check "gue: with another port, if told so, all is answered" all_served 16
	check "gue: flows have source ports of their own" within \
		"$(inside s1 nft -j list set inet ports seen | gojq '.nftables[1].set.elem | length')" 12 16
	inside s1 ip "-$OUTER" fou del port 6090
	inside s1 nft delete table inet ports
	weir flush
}

# seen COUNTER: packets that a counter of s1 has counted, the replies not
seen() {
	local said
	said=$(inside s1 nft list counter inet fields "$1")
	[[ $said =~ packets\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# DSCP and ECN are the inner packet's, outside as inside; its TTL is less by one.
fields() {
	local ip=ip ttl=ttl outer_ip=ip tunnel
	[[ $FAMILY == 4 ]] || { ip=ip6 ttl=hoplimit; }
	inside client nft -f - <<-END
		table inet fields {
			chain out {
				type filter hook output priority mangle
				$ip daddr $VIP $ip dscp set ef
				$ip daddr $VIP $ip ecn set ce
			}
		}
	END
	for number in 4 6; do
		outer "$number"
		[[ $number == 4 ]] || outer_ip=ip6
		for tunnel in ipip gue gre; do
			inside s1 nft -f - <<-END
				table inet fields {
					counter outer { }
					counter inner { }
					chain in {
						type filter hook prerouting priority -300
						$outer_ip saddr $OUTER_DIRECTOR $outer_ip dscp ef $outer_ip ecn ce counter name outer
						$ip daddr $VIP $ip dscp ef $ip ecn ce $ip $ttl 63 counter name inner
					}
				}
			END
			service udp 53
			tunneled udp 53 s1 tunnel "$tunnel"
			load udp 53 --exchanges 6
			check "$tunnel in IPv$OUTER: the outer packet has the DSCP and ECN of the inner one" is "$(seen outer)" 6
			check "$tunnel in IPv$OUTER: the inner packet keeps them, its TTL less by one" is "$(seen inner)" 6
			inside s1 nft delete table inet fields
			weir flush
		done
	done
	inside client nft delete table inet fields
}

# One service may reach one server so and another otherwise, and change its mind.
mixed() {
	local at
	outer "$FAMILY"
	service tcp 80 scheduler rr
	server add direct tcp 80 s1
	server add nat tcp 80 s2
	set_outer_addr s3 80
	at=$ADDR
	weir server add "$(key tcp 80)" "$at" method tunnel
	load tcp 80 --conns 12 --exchanges 4
	check "servers of three methods serve one service" \
		is "${R[s1]} ${R[s2]} ${R[s3]} failed=${R[failed]} wrong=${R[wrong]}" "4 4 4 failed=0 wrong=0"
	load_start held tcp 80 --hold --conns 6
	weir server set "$(key tcp 80)" "$at" tunnel gue
	load_say held go
	check "a change of the tunnel concerns connections that there are" all_served 6
	check "and is shown" is "$(json '.services[0].servers[2] | "\(.tunnel) \(.tunnel_port) \(.tunnel_checksum)"' show interval 0)" \
		"gue 6080 off"
	weir server set "$(key tcp 80)" "$at" method direct
	load_say held "go 3"
	check "a change of the method does not: old connections keep their tunnel" all_served 6
	load tcp 80 --conns 12 --exchanges 4
	check "and new ones take the new method" \
		is "${R[s1]} ${R[s2]} ${R[s3]} failed=${R[failed]} wrong=${R[wrong]}" "4 4 4 failed=0 wrong=0"
	load_end held
	weir flush
}

# Of the ICMP errors about what a server sent, it gets those wrapped too.
errors() {
	local error="type=3 code=1" router=192.0.2.77
	[[ $FAMILY == 4 ]] || { error="type=1 code=3" router=2001:db8::77; }
	outer "$FAMILY"
	service udp 53
	tunneled udp 53 s1
	load udp 53 --sport 40000 --exchanges 3
	packet clear
	# shellcheck disable=SC2086
	packet send client front icmp src="$router" dst="$VIP" $error quote udp src="$VIP" sport=53 \
		dst="$CLIENT" dport=40000 payload=64
	outer_words ipip
	# shellcheck disable=SC2086
	check "an ICMP error about what the server sent reaches the server, wrapped as requests are" \
		arrives s1 $WRAPPED size=$((OUTER_HEADER + (FAMILY == 4 ? 20 + 8 + 20 : 40 + 8 + 40) + 8 + 64))
	weir flush
}

body() {
	every_tunnel
	checksums
	ports
	fields
	mixed
	errors
}

tunnels_need
unwrap s1 s2 s3
taps client front s1
for_each_family body
