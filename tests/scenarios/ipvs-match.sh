#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The match `-m ipvs` of iptables: each of its options counts the same packets of the
# same traffic, in each chain, while weir_ipvs has it as while ip_vs and xt_ipvs do; and
# the rule that Docker Swarm lives by masks clients with both.
#
#	client ---- director: PREROUTING INPUT FORWARD POSTROUTING ---- s1 s2
#
# Runs once: rules do not see what takes the fast path, so it is off.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}

type iptables >/dev/null 2>&1 || skip_all "no iptables here"
modinfo xt_ipvs >/dev/null 2>&1 || skip_all "no xt_ipvs here"

# --- who is IPVS ------------------------------------------------------------------

unload_ip_vs() { modprobe -r xt_ipvs ip_vs_rr ip_vs; }

ipvs_is() { # ip_vs|weir
	SUBJECT=$1
	if [[ $1 == weir ]]; then insmod "$IPVS_KO"; else modprobe -a ip_vs xt_ipvs; fi
}

ipvs_is_not() {
	ipvsadm -C
	if [[ $SUBJECT == weir ]]; then rmmod weir_ipvs; else busywait 10 unload_ip_vs; fi
}

# --- rules ------------------------------------------------------------------------

iptables() { if [[ $FAMILY == 4 ]]; then command iptables -w "$@"; else command ip6tables -w "$@"; fi; }

# What is asked of packets, a rule each.
questions() {
	local bits=24 host=32
	[[ $FAMILY == 4 ]] || bits=64 host=128
	cat <<-END
		--ipvs
		! --ipvs
		--vproto 6
		! --vproto 6
		--vproto 17
		--vaddr $VIP
		--vaddr $VIP/$bits
		--vaddr ${SERVER[s1]}/$host
		! --vaddr $VIP
		--vport 80
		! --vport 80
		--vport 8080
		--vdir ORIGINAL
		--vdir REPLY
		--vmethod MASQ
		! --vmethod MASQ
		--vmethod GATE
		--vmethod IPIP
		--vportctl 80
		! --vportctl 80
		--vportctl 8080
		--vproto 6 --vaddr $VIP --vport 80 --vmethod MASQ
		--vaddr $VIP ! --vport 8080
	END
}

CHAINS=(PREROUTING INPUT FORWARD POSTROUTING)

# Only TCP and UDP: other packets come and go by themselves.
rules() {
	local chain protocol question
	echo '*mangle'
	for chain in "${CHAINS[@]}"; do
		for protocol in tcp udp; do
			while read -r question; do
				echo "-A $chain -p $protocol -m ipvs $question"
			done < <(questions)
		done
	done
	echo COMMIT
}

rules_in() {
	if [[ $FAMILY == 4 ]]; then rules | iptables-restore -w; else rules | ip6tables-restore -w; fi
}

# Every rule, and before it the packets that it has counted: of TCP, whose
# acknowledgements are a matter of timing, whether there were any.
counts() {
	local save=iptables-save
	[[ $FAMILY == 4 ]] || save=ip6tables-save
	"$save" -c -t mangle | sed -nE 's/^\[([0-9]+):[0-9]+\] /\1 /p' |
		awk '/-p tcp/ && $1 > 0 { $1 = 1 } { print }'
}

# --- traffic ------------------------------------------------------------------------

# at PORT: a port of the VIP as ipvsadm has it
at() { if [[ $FAMILY == 4 ]]; then echo "$VIP:$1"; else echo "[$VIP]:$1"; fi; }

services() {
	ipvsadm -R <<-END
		-A -t $(at 80) -s rr
		-a -t $(at 80) -r $(addr s1 8080) -m
		-a -t $(at 80) -r $(addr s2 8080) -m
		-A -t $(at 8080) -s rr -p 60
		-a -t $(at 8080) -r $(addr s1 80) -m
		-A -u $(at 53) -s rr
		-a -u $(at 53) -r $(addr s2 53) -g
		-A -u $(at 5353) -s rr
		-a -u $(at 5353) -r $(addr s1 53) -m
	END
}

# So that the number of packets is that of the exchanges: a connection at a time.
traffic() {
	local word
	for word in tcp:80 tcp:8080 udp:53 udp:5353; do
		load "${word%:*}" "${word#*:}" --conns 2 --exchanges 3 --parallel 1
		all_served 2 || return
	done
}

# counting CONNTRACK: what the rules count into $TMP/SUBJECT
counting() {
	local status=0
	sysctl -qw net.ipv4.vs.conntrack="$1"
	{ services && rules_in && traffic; } || status=$?
	counts >"$TMP/$SUBJECT"
	iptables -t mangle -F
	return "$status"
}

# same_counts CHAIN: what the rules of a chain have counted
same_counts() { diff <(grep -- "-A $1 " "$TMP/ip_vs") <(grep -- "-A $1 " "$TMP/weir"); }

# some_count CHAIN: whether the comparison could have failed
some_count() { grep -q "^[1-9][0-9]* -A $1 " "$TMP/ip_vs"; }

options() { # CONNTRACK
	local chain
	for SUBJECT in ip_vs weir; do
		ipvs_is $SUBJECT
		check "$SUBJECT forwards what is counted, conntrack $1" counting "$1"
		ipvs_is_not
	done
	for chain in "${CHAINS[@]}"; do
		check "$chain: ip_vs counts, conntrack $1" some_count "$chain"
		check "$chain: weir_ipvs counts the same, conntrack $1" same_counts "$chain"
	done
}

# --- Docker Swarm -------------------------------------------------------------------

# Clients of a marked service are masked as they leave, so that servers answer here.
swarm() { # [OPTION]
	local status=0
	sysctl -qw net.ipv4.vs.conntrack=1
	iptables -t mangle -A PREROUTING -d "$VIP" -p tcp --dport 80 -j MARK --set-mark 256
	iptables -t nat -A POSTROUTING -m ipvs --ipvs -j SNAT --to-source "$DIRECTOR_BACK"
	ipvsadm -R <<-END || status=$?
		-A -f 256 $* -s rr
		-a -f 256 $* -r $(addr s1 0) -m
		-a -f 256 $* -r $(addr s2 0) -m
	END
	load tcp 80 --conns 4 --exchanges 2 --masked --map "$TMP/map" || status=$?
	MASKED=$(iptables -t nat -nvxL POSTROUTING | awk '/SNAT/ { print $1 }')
	SEEN=$(cut -d ' ' -f 1,2 "$TMP/map" | sort | uniq -c | xargs)
	iptables -t nat -F
	iptables -t mangle -F
	return "$status"
}

masks() {
	local options=()
	[[ $FAMILY == 4 ]] || options=(-6)
	for SUBJECT in ip_vs weir; do
		ipvs_is $SUBJECT
		check "$SUBJECT as Docker Swarm uses it serves" swarm "${options[@]}"
		check "$SUBJECT masks each connection" is "$MASKED" 4
		check "$SUBJECT: servers see the director alone" is "$SEEN" \
			"2 s1 $DIRECTOR_BACK 2 s2 $DIRECTOR_BACK"
		check "$SUBJECT: all is answered" all_served 4
		ipvs_is_not
	done
}

body() {
	options 0
	options 1
	masks
}

modprobe x_tables
weir config set fast off
# Connection tracking begins with the first rule that asks for it; weir_ipvs's own
# services ask too, ip_vs's do not.
nft add table inet tracking
nft add chain inet tracking ask '{ type filter hook prerouting priority 0; }'
nft add rule inet tracking ask ct state invalid counter
for_each_family body
