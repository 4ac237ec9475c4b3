#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# weir_ipvs beside ip_vs: the same commands, legal and illegal, are given to the one
# and then to the other. Exit status and all output are the same, but for what
# ipvs.differences lists with a reason; what it lists must really differ, unless it is
# the order of what ip_vs keeps in a table.
#
#	ipvs.commands ---> ip_vs     ---> answers --.
#	             '---> weir_ipvs ---> answers --'--> compared, one by one
#
# Runs once: both paths answer alike.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

HERE=$(cd "${0%/*}" && pwd)
IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}

modinfo ip_vs >/dev/null 2>&1 || skip_all "no ip_vs here"

# --- programs that read or drive IPVS, as commands ----------------------------

# What dockerd and kube-proxy are built on: Debian's copy of moby/ipvs.
moby() { "$TESTS/tools/build/moby"; }

scraped() { curl -sf http://127.0.0.1:9100/metrics >"$TMP/metrics" && grep -q ipvs "$TMP/metrics"; }

# Prometheus's exporter, of nothing but IPVS
node_exporter() {
	prometheus-node-exporter --collector.disable-defaults --collector.ipvs \
		--web.listen-address=127.0.0.1:9100 >"$TMP/exporter" 2>&1 {PAUSE_FD}>&- &
	busywait 20 scraped || cat "$TMP/exporter"
	grep ^node_ipvs "$TMP/metrics"
	kill $!
	wait $! || :
}

# A file of each kind of number (connections, octets, packets) of each service and server
collected() { (($(find "$TMP/collectd" -name '*-20*' 2>/dev/null | wc -l) >= 12)); }

# collectd's plugin, the one client that knows only the socket options
collectd_ipvs() {
	local pid
	mkdir -p "$TMP/collectd"
	cat >"$TMP/collectd.conf" <<-END
		Hostname director
		FQDNLookup false
		Interval 1
		LoadPlugin csv
		LoadPlugin ipvs
		<Plugin csv>
			DataDir "$TMP/collectd"
		</Plugin>
	END
	collectd -f -C "$TMP/collectd.conf" -P "$TMP/collectd.pid" >"$TMP/collectd.log" 2>&1 {PAUSE_FD}>&- &
	pid=$!
	busywait 20 collected || cat "$TMP/collectd.log"
	kill "$pid"
	wait "$pid" || :
	(cd "$TMP/collectd" && find . -type f | sed 's/-20[0-9-]*$//; s,^\./[^/]*/,,' | sort)
	rm -r "$TMP/collectd"
}

# Both servers: ldirectord runs ipvsadm once for the service and once for each of them.
has_servers_of_ldirectord() { [[ $(ipvsadm -Ln -t 10.9.9.5:80 2>/dev/null | grep -c -- '->.*:80') == 2 ]]; }

# ldirectord, which drives ipvsadm and reads what that prints
ldirectord_once() {
	cat >"$TMP/ldirectord.cf" <<-END
		checktimeout=1
		checkinterval=1
		quiescent=no
		virtual=10.9.9.5:80
		    real=10.9.9.2:80 masq 2
		    real=10.9.9.3:80 gate
		    service=none
		    scheduler=wrr
		    protocol=tcp
		    checktype=on
	END
	ldirectord -d "$TMP/ldirectord.cf" start >"$TMP/ldirectord.log" 2>&1 {PAUSE_FD}>&- &
	busywait 30 has_servers_of_ldirectord || cat "$TMP/ldirectord.log"
	ipvsadm -Ln
	kill $!
	wait $! || :
	ipvsadm -Ln
}

# Raw requests, legal, illegal and malformed, in blocks "## what it is".
wire() { "$TESTS/tools/build/wire" "$@"; }

# --- input that a command line has no room for ------------------------------------

# From a file, as ipvsadm-restore does it.
restore() { ipvsadm -R <"$TMP/restored"; }

# restore_lines LINE/LINE/...: words are parted by commas, lines by slashes
restore_lines() {
	local lines=${1//,/ }
	tr / '\n' <<<"$lines" | ipvsadm -R
}

save() { ipvsadm -S "$@" >"$TMP/restored"; }

# --- who else may look --------------------------------------------------------------

# In another namespace, which has nothing of the director's
elsewhere() { inside switch "$@"; }

# As root of a user namespace of its own, and of a network namespace of that
contained() { unshare -Urn "$@"; }

ipv6() { family 6; "$@"; family 4; }

# --- traffic ------------------------------------------------------------------------

# requests PROTOCOL PORT COUNT [WORD...]: as many connections, whose closing is waited for
requests() {
	local word
	load "$1" "$2" --conns "$3" "${@:4}"
	for word in conns failed moved wrong s1 s2 s3; do echo "$word ${R[$word]}"; done
}

# hold NAME PROTOCOL PORT COUNT [WORD...]: as many that stay open until release
hold() {
	load_start "$1" "$2" "$3" --conns "${@:4}" --hold
	echo "conns ${R[conns]}"
}

release() { load_end "$1"; }

# Text with what no two runs have in common taken out: ports of clients, and times but
# for their order of magnitude; then in order, and counted.
normalized() {
	sed -E 's/ (192\.0\.2\.1|\[2001:db8::1\]):[0-9]+ / \1:PORT /
		s/ C0000201 [0-9A-F]{4} / C0000201 PORT /
		s/( 20010DB80*1| 2001:0db8:[0:]*:0001) [0-9A-Fa-f]{4} /\1 PORT /' |
	awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^[0-9][0-9]:[0-9][0-9]$/) {
			split($i, part, ":"); $i = about(part[1] * 60 + part[2])
	       }
	       if ($NF ~ /^[0-9]+$/) $NF = about($NF)
	       print }
	     function about(seconds,  most) {
		for (most = 10; most < seconds; most *= 2) ;
		return "below-" most "s" }' | sort | uniq -c
}

# Connections as ipvsadm lists them, and as the files do, that have TEXT in their line:
# those of a service that is gone live on with ip_vs.
conns() { ipvsadm -Lnc | grep -F "$*" | normalized; }
conn_files() { cat /proc/net/ip_vs_conn /proc/net/ip_vs_conn_sync | grep -F "$*" | normalized; }

# counted CONNS [PACKETS-IN PACKETS-OUT]: until they are in the counters that all see, to
# which ip_vs adds what it has counted every other second
counted() { busywait 10 has_counted "$@"; }
has_counted() {
	local conns in out
	{ read -r _; read -r _; read -r conns in out _; } </proc/net/ip_vs_stats
	is "$((16#$conns))" "$1" && { (($# == 1)) || is "$((16#$in)) $((16#$out))" "$2 $3"; }
}

# Counters alone: rates are a matter of when one looks.
counters() { head -n 3 /proc/net/ip_vs_stats; }
percpu_sum() { awk '$1 == "~"' /proc/net/ip_vs_stats_percpu | head -n 1; }

# roughly COMMAND [ARG...]: packets and bytes of TCP, whose acknowledgements are a matter
# of timing, are "some" unless there are none
roughly() {
	"$@" | awk '/^(TCP|UDP)/ { tcp = /^TCP/ }
		tcp && NF == 7 { some(4) }
		/^ *[0-9A-F]+( +[0-9A-F]+)( +[0-9A-F]+)( +[0-9A-F]+)( +[0-9A-F]+) *$/ { some(2) }
		{ print }
		function some(i) { for (; i <= NF; i++) if ($i != "0") $i = "some" }'
}

# --- the comparison -------------------------------------------------------------

# answers DIR: gives every command to whoever is IPVS now, answer N into DIR/N
answers() {
	local line number=0 status text
	local -a words
	mkdir -p "$1"
	while read -r line; do
		[[ $line && $line != '#'* ]] || continue
		number=$((number + 1))
		read -ra words <<<"$line"
		status=0
		"${words[@]}" >"$1/$number" 2>"$TMP/stderr" </dev/null || status=$?
		text=$(<"$TMP/stderr")
		{
			echo "exit status $status"
			[[ -z $text ]] || echo "stderr: ${text//$'\n'/$'\n'stderr: }"
		} >>"$1/$number"
	done <"$HERE/ipvs.commands"
}

# Services in ip_vs's table come in the order of its hash: sorted, each with its servers.
by_service() {
	awk '/^ *->/ && NR > 3 { printf "\1%s", $0; next }
	     { if (NR > 1) printf "\n"; printf "%s", $0 }
	     END { printf "\n" }' | sort | tr '\1' '\n'
}

# refused ERRNO...: one did it, or had another objection, and the other refuses it
refused() {
	local errors=$*
	sed -nE "1{s/^error (0|${errors// /|})( .*)?\$/error one of 0 $errors/;p}"
}

# denied TEXT: ipvsadm did it for one, and says so of the other
denied() { sed "/^stderr: $1/d; s/^exit status .*/done or denied/"; }

# Only whether it was done, not what is remembered of it.
outcome() { head -n 1; }

# Every line of ipvs.differences that has been of use, by its number.
declare -A USED=()

# The one difference that is listed for COMMAND: its filter into FILTER, or nothing.
# Lines are COMMAND | FILTER | REASON, where COMMAND is a pattern and FILTER a
# command that makes both answers equal.
listed() {
	local pattern filter reason number=0
	FILTER=''
	while IFS='|' read -r pattern filter reason; do
		number=$((number + 1))
		[[ $pattern && $pattern != '#'* && $reason ]] || continue
		# shellcheck disable=SC2053 # a pattern
		[[ $1 == ${pattern%% } ]] || continue
		FILTER=$filter
		USED[$number]=yes
		return
	done <"$HERE/ipvs.differences"
}

# alike COMMAND: whether THEIRS and OURS, which are not the same, differ as listed
alike() {
	local theirs ours
	listed "$1"
	if [[ $FILTER ]]; then
		theirs=$(eval "$FILTER" <<<"$THEIRS")
		ours=$(eval "$FILTER" <<<"$OURS")
		[[ -z $theirs || $theirs != "$ours" ]] || return 0
		echo "not as listed in ipvs.differences:"
	fi
	echo "$1"
	diff <(echo "$THEIRS") <(echo "$OURS")
}

# Blocks that differ, one a line: name, theirs and ours, parted by \2, their lines by \1.
differing_blocks() {
	awk 'BEGIN { RS = "\n## " }
	     { sub(/^## /, ""); name = $0; sub(/\n.*/, "", name); sub(/^[^\n]*\n/, "") }
	     FNR == NR { theirs[name, ++seen[name]] = $0; names[++count] = name; next }
	     { text = theirs[name, ++again[name]]
	       if (text != $0) {
		gsub(/\n/, "\1", text); gsub(/\n/, "\1")
		print name "\2" text "\2" $0
	       } }
	     END { for (i = 1; i <= count; i++) if (seen[names[i]] != again[names[i]])
			print names[i] "\2" seen[names[i]] " times\2" again[names[i]] + 0 " times" }' "$1" "$2"
}

# compared COMMAND NUMBER: whether both gave the same answer, or differ as listed
compared() {
	local theirs=$TMP/ip_vs/$2 ours=$TMP/weir/$2 name status=0
	THEIRS=$(<"$theirs") OURS=$(<"$ours")
	[[ $THEIRS != "$OURS" ]] || return 0
	if [[ $THEIRS != '## '* ]]; then
		alike "$1"
		return
	fi
	while IFS=$'\2' read -r name THEIRS OURS; do
		THEIRS=${THEIRS//$'\1'/$'\n'} OURS=${OURS//$'\1'/$'\n'}
		alike "$1: $name" || status=1
	done < <(differing_blocks "$theirs" "$ours")
	return "$status"
}

compare_all() {
	local line number=0
	while read -r line; do
		[[ $line && $line != '#'* ]] || continue
		number=$((number + 1))
		check "$number: $line" compared "$line" "$number"
	done <"$HERE/ipvs.commands"
}

# What is listed differs; an order that hangs on a random key may be the same by chance.
all_used() {
	local line number=0 status=0
	while read -r line; do
		number=$((number + 1))
		[[ $line == *'|'* && $line != '#'* && $line != *by_service* && -z ${USED[$number]-} ]] || continue
		echo "$line"
		status=1
	done <"$HERE/ipvs.differences"
	return "$status"
}

unload_ip_vs() { modprobe -r ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh ip_vs_mh ip_vs_lblc \
	ip_vs_lblcr ip_vs_dh ip_vs_sed ip_vs_nq ip_vs_fo ip_vs_ovf ip_vs_ftp ip_vs_pe_sip ip_vs; }

# What waits for processors to have seen a change is not what is compared.
# A kernel for one processor does not wait.
expedite() { echo "$1" >/sys/kernel/rcu_expedited; }
if [[ -e /sys/kernel/rcu_expedited ]]; then
	defer expedite "$(</sys/kernel/rcu_expedited)"
	expedite 1
fi

modprobe ip_vs
answers "$TMP/ip_vs"
unload_ip_vs 2>/dev/null || busywait 5 unload_ip_vs
modprobe x_tables
insmod "$IPVS_KO"
answers "$TMP/weir"
rmmod weir_ipvs
compare_all
check "all that ipvs.differences lists differs" all_used
