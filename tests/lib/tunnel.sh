# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the scenarios of the method tunnel, sourced after lib.sh: what unwraps packets
# at the servers, and tunnels of each kind, whose outer packets are of a family of
# their own ($OUTER; $FAMILY stays that of service and clients).

tunnels_need() {
	modprobe -a ipip sit ip6_tunnel ip_gre ip6_gre fou fou6 2>"$TMP/modprobe" ||
		skip_all "no tunnel devices: $(tail -n 1 "$TMP/modprobe")"
}

# outer 4|6: the family of the outer packets
outer() {
	OUTER=$1
	if [[ $1 == 4 ]]; then
		OUTER_DIRECTOR=198.51.100.1 OUTER_HEADER=20
		SERVER=([s1]=198.51.100.11 [s2]=198.51.100.12 [s3]=198.51.100.13 [s4]=198.18.5.2)
	else
		OUTER_DIRECTOR=2001:db8:1::1 OUTER_HEADER=40
		SERVER=([s1]=2001:db8:1::11 [s2]=2001:db8:1::12 [s3]=2001:db8:1::13 [s4]=2001:db8:5::2)
	fi
}

# unwrap NAME...: these servers take what comes in by IPIP, GUE and GRE, of any family
# in either. Both directions share the devices, but nothing is sent by them.
unwrap() {
	local name
	for name; do
		outer 4
		inside "$name" ip -batch - <<-END
			link add in44 type ipip local ${SERVER[$name]} remote any
			link add in64 type sit local ${SERVER[$name]} remote any
			link add gre4 type gre local ${SERVER[$name]} remote any
			link set in44 up
			link set in64 up
			link set gre4 up
		END
		outer 6
		inside "$name" ip -6 -batch - <<-END
			link add in6 type ip6tnl mode any local ${SERVER[$name]} remote any
			link add gre6 type ip6gre local ${SERVER[$name]} remote any
			link set in6 up
			link set gre6 up
		END
		inside "$name" ip fou add port 6080 gue
		inside "$name" ip -6 fou add port 6080 gue
	done
}

# unwrap_summed on|off NAME...: the GRE that they take has a checksum, or none
unwrap_summed() {
	local name sum=icsum
	[[ $1 == on ]] || sum=noicsum
	for name in "${@:2}"; do
		inside "$name" ip link set gre4 type gre "$sum"
		inside "$name" ip link set gre6 type ip6gre "$sum"
	done
}

# set_outer_addr NAME PORT: a server's address of the outer family, in ADDR
set_outer_addr() {
	if [[ $OUTER == 4 ]]; then ADDR=${SERVER[$1]}:$2; else ADDR="[${SERVER[$1]}]:$2"; fi
}

# tunneled PROTOCOL PORT "NAME..." WORD...: these servers, by such a tunnel
tunneled() {
	local name words=()
	for name in $3; do
		set_outer_addr "$name" "$2"
		words+=(server "$ADDR" method tunnel "${@:4}")
	done
	set_key "$1" "$2"
	weir service replace "$KEY" "${words[@]}"
}

# shim_of WORD...: bytes between the outer network header and the packet, in SHIM
shim_of() {
	case "$*" in
	*gue*remote*) SHIM=20 ;;
	*gue*) SHIM=12 ;;
	*gre*on*) SHIM=8 ;;
	*gre*) SHIM=4 ;;
	*) SHIM=0 ;;
	esac
}

# outer_words WORD...: how the tap at a server describes what such a tunnel sends, in
# WRAPPED
outer_words() {
	local protocol=$((FAMILY == 4 ? 4 : 41))
	case "$*" in
	*gue*) WRAPPED="udp dport=6080" ;;
	*gre*) WRAPPED="other protocol=47" ;;
	*) WRAPPED="other protocol=$protocol" ;;
	esac
	WRAPPED+=" src=$OUTER_DIRECTOR dst=${SERVER[s1]}"
}
