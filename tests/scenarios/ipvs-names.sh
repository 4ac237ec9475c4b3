#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who is IPVS: ip_vs and weir_ipvs in each order of loading, by name, by the netlink
# family that a client asks for and by the match that iptables asks for. Whoever comes
# second is turned away in words: after each cell of the matrix the kernel has warned of
# nothing and its taint is what it was.
#
#	             by         insmod  modprobe  modprobe -va  family  match  side modules
#	ip_vs first, then weir     x       x           x           x       x        x
#	weir first, then ip_vs     x       x           x           x       x        x
#	both on disk, neither loaded       x           x           x       x        x
#
# The last without and with the configuration that make install-ipvs installs.
#
# Runs once: no packet is forwarded.

set -euo pipefail
# shellcheck source=tests/lib/lib.sh
. "${0%/*}/../lib/lib.sh"

IPVS_KO=${WEIR_KO%weir*}weir_ipvs${WEIR_KO##*weir}
MODULES=/lib/modules/$(uname -r)
CONFIGURATION=$ROOT/tools/modprobe/weir_ipvs.conf

modinfo ip_vs >/dev/null 2>&1 || skip_all "no ip_vs here"
type iptables >/dev/null 2>&1 || skip_all "no iptables here"

# --- what a cell consists of ------------------------------------------------------

is_loaded() { [[ -d /sys/module/$1 ]]; }
unloads() { modprobe -r "$@" 2>/dev/null || rmmod "$@"; }
answers() { ipvsadm -Ln >/dev/null; }
insert() { insmod "$IPVS_KO" 2>&1; }

since_step() { dmesg | sed "1,\#weir-test $SCENARIO step $STEP\$#d"; }
logged() { since_step | grep -q "$1"; }

# The kernel's ways to complain of a name that is taken, and of anything.
no_complaint() {
	! since_step | grep -E 'WARNING:|BUG:|Call Trace|cut here|Oops|already registered|duplicate'
}

taint_is() { is "$(</proc/sys/kernel/tainted)" "$1"; }

# cell NAME COMMAND...: does that, then asks the kernel
STEP=0
cell() {
	local taint
	CELL=$1
	STEP=$((STEP + 1))
	taint=$(</proc/sys/kernel/tainted)
	echo "weir-test $SCENARIO step $STEP" >/dev/kmsg
	"${@:2}"
	check "$CELL: the kernel has warned of nothing" no_complaint
	check "$CELL: the taint is what it was" taint_is "$taint"
}

# promise TEXT COMMAND...: a check of the cell
promise() { check "$CELL: $1" "${@:2}"; }

# who_is MODULE: this one is IPVS, and not the other
who_is() {
	local other=ip_vs
	[[ $1 == weir_ipvs ]] || other=weir_ipvs
	promise "$1 is IPVS" is_loaded "$1"
	promise "$other is not loaded" fails is_loaded "$other"
	promise "a client gets an answer" answers
}

keeps_service() { ipvsadm -Ln | grep -q '^TCP  10.9.9.1:80 rr'; }
add_service() { ipvsadm -A -t 10.9.9.1:80 -s rr; }

# rule VERB [COMMAND]: an iptables rule with the match, -A or -D
rule() { "${2-iptables}" "$1" OUTPUT -m ipvs --ipvs -j ACCEPT; }

is_unused() { is "$(<"/sys/module/$1/refcnt")" 0; }

# no_rule MODULE [COMMAND]: removes the rule; whose match it was is in use a moment longer
no_rule() {
	rule -D "${2-iptables}"
	busywait 10 is_unused "$1"
}

# on_disk: both modules where modprobe looks, until the end. Of the others depmod reads
# those that might matter: all of them would take longer than the whole matrix.
on_disk() {
	mkdir -p "$MODULES/updates" "$TMP/index"
	cp "$MODULES"/modules.* "$TMP/index/"
	defer cp -r "$TMP/index/." "$MODULES/"
	defer rm -f "$MODULES/updates/weir.ko" "$MODULES/updates/weir_ipvs.ko"
	cp "$WEIR_KO" "$MODULES/updates/weir.ko"
	cp "$IPVS_KO" "$MODULES/updates/weir_ipvs.ko"
	printf '%s\n' 'search updates built-in' 'exclude drivers sound fs mm' >"$TMP/depmod.conf"
	depmod -a -C "$TMP/depmod.conf"
}

# --- ip_vs first --------------------------------------------------------------------

ip_vs_first() {
	modprobe ip_vs
	add_service
	promise "insmod of weir_ipvs is refused" matches "$(insert || true)" "File exists"
	promise "and again" matches "$(insert || true)" "File exists"
	promise "the kernel log says why" logged "ip_vs is loaded and serves IPVS already"
	promise "ip_vs keeps its service" keeps_service
	promise "and its files" test -e /proc/net/ip_vs_conn -a -e /proc/sys/net/ipv4/vs/conntrack
	who_is ip_vs
}

# modprobe takes "it is there already" for success; that it is said is for the log.
ip_vs_first_by_modprobe() {
	local words
	for words in weir_ipvs "-va weir_ipvs" "-va ip_vs weir_ipvs" "-va weir_ipvs ip_vs"; do
		# shellcheck disable=SC2086 # several words
		promise "modprobe $words" modprobe $words
	done
	promise "the kernel log says who is IPVS" logged "ip_vs is loaded and serves IPVS already"
	promise "ip_vs keeps its service" keeps_service
	who_is ip_vs
}

# Services and rules need modules of ip_vs's, which go before it.
ip_vs_first_with_side_modules() {
	modprobe -a ip_vs_wrr xt_ipvs
	promise "iptables takes a rule with the match" rule -A
	promise "insmod of weir_ipvs is refused" fails insert
	promise "ip_vs does not go while its scheduler is used" fails rmmod ip_vs
	no_rule xt_ipvs
	ipvsadm -C
	promise "the side modules unload" rmmod ip_vs_wrr ip_vs_rr xt_ipvs
	promise "and ip_vs" rmmod ip_vs
	promise "then weir_ipvs loads" insert
	who_is weir_ipvs
}

# --- weir_ipvs first -----------------------------------------------------------------

weir_first() {
	local words
	add_service
	for words in ip_vs "-va ip_vs" "-va ip_vs weir_ipvs" "-va weir_ipvs ip_vs"; do
		# shellcheck disable=SC2086 # several words
		promise "modprobe $words says that all is well" modprobe $words
		promise "but loads nothing ($words)" fails is_loaded ip_vs
	done
	promise "the kernel log says so" logged "ip_vs is turned away"
	promise "insmod of ip_vs is turned away in the same way" \
		matches "$(insmod "$(modinfo -n ip_vs)" 2>&1 || true)" "File exists"
	promise "weir_ipvs keeps its service" keeps_service
	who_is weir_ipvs
}

# Without the configuration their names mean those of ip_vs, which find no ip_vs.
weir_first_with_side_modules() {
	local name
	for name in ip_vs_rr ip_vs_ftp ip_vs_pe_sip xt_ipvs; do
		promise "modprobe $name fails" fails modprobe "$name"
		promise "and loads nothing ($name)" fails is_loaded "$name"
	done
	promise "modprobe of several fails too" fails modprobe -va ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh
	promise "weir_ipvs keeps its service" keeps_service
	who_is weir_ipvs
}

# The match is weir_ipvs's own, so no module is asked for.
weir_first_with_rules() {
	local command
	for command in iptables ip6tables; do
		promise "$command takes a rule with the match" rule -A "$command"
		promise "weir_ipvs does not go while it is there ($command)" fails rmmod weir_ipvs
		promise "nor does xt_ipvs come ($command)" fails modprobe xt_ipvs
		no_rule weir_ipvs "$command"
	done
	who_is weir_ipvs
}

# A client need not load anything, and weir_ipvs goes without what it has set.
weir_first_and_gone() {
	promise "weir stays while weir_ipvs needs it" fails rmmod weir
	promise "weir_ipvs unloads" rmmod weir_ipvs
	promise "weir keeps the service" matches "$(weir show tcp:10.9.9.1:80 interval 0)" "10.9.9.1:80"
	promise "then ip_vs loads" modprobe ip_vs
	promise "and does not have it" fails keeps_service
	who_is ip_vs
	promise "and unloads" unloads ip_vs
	promise "then weir_ipvs loads again" insert
	promise "and has the service still" keeps_service
	who_is weir_ipvs
	ipvsadm -C
	rmmod weir_ipvs
}

# --- neither is loaded, and both are on disk --------------------------------------------

# first_wins FIRST MODULE...: modprobe -va of these
first_wins() {
	promise "succeeds" modprobe -va "${@:2}"
	who_is "$1"
	unloads "$1"
}

family_without() {
	promise "the client gets an answer" answers
	who_is ip_vs
	promise "modprobe weir_ipvs beside it changes nothing" modprobe weir_ipvs
	who_is ip_vs
	unloads ip_vs
}

match_without() {
	promise "iptables takes the rule" rule -A
	promise "xt_ipvs is loaded for it" is_loaded xt_ipvs
	promise "modprobe weir_ipvs beside it changes nothing" modprobe weir_ipvs
	who_is ip_vs
	no_rule xt_ipvs
	rmmod xt_ipvs
	unloads ip_vs
}

# --- the same with the configuration -----------------------------------------------------

# Every module that there is of ip_vs's has to have its line.
resolves_all() {
	local file name configuration
	configuration=$(modprobe --show-config)
	while read -r file; do
		name=${file##*/}
		name=${name%%.ko*}
		matches "$configuration" "install $name [^"$'\n'"]*modprobe weir_ipvs;" || return 1
	done < <(find "$MODULES/kernel" -name 'ip_vs_*.ko*')
	for name in ip_vs xt_ipvs ipt_ipvs ip6t_ipvs net-pf-16-proto-16-family-IPVS; do
		is "$name is $(modprobe --resolve-alias "$name")" "$name is weir_ipvs" || return 1
	done
}

names_with() {
	local name
	for name in ip_vs ip_vs_rr ip_vs_wlc xt_ipvs; do
		promise "modprobe $name succeeds" modprobe "$name"
		promise "and loads weir_ipvs ($name)" is_loaded weir_ipvs
		promise "and not ip_vs ($name)" fails is_loaded ip_vs
		rmmod weir_ipvs weir
	done
	promise "modprobe -va of all that kube-proxy asks for succeeds" modprobe -va ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh
	who_is weir_ipvs
	rmmod weir_ipvs
}

family_with() {
	promise "the client gets an answer" answers
	who_is weir_ipvs
	rmmod weir_ipvs
}

match_with() {
	local command
	for command in iptables ip6tables; do
		promise "$command takes the rule" rule -A "$command"
		who_is weir_ipvs
		no_rule weir_ipvs "$command"
		rmmod weir_ipvs
	done
}

# Installed while ip_vs still serves: what its clients ask for is there, and what it
# waits for itself, with all of generic netlink locked.
ip_vs_first_with() {
	local name
	insmod "$(modinfo -n ip_vs)"
	add_service
	promise "ip_vs gets its scheduler" is_loaded ip_vs_rr
	for name in ip_vs ip_vs_rr; do promise "modprobe $name succeeds" modprobe "$name"; done
	promise "ip_vs keeps its service" keeps_service
	who_is ip_vs
	ipvsadm -C
	rmmod ip_vs_rr ip_vs
}

with_configuration() {
	cp "$CONFIGURATION" /etc/modprobe.d/
	defer rm -f /etc/modprobe.d/weir_ipvs.conf
	cell "with the configuration" promise "each name means weir_ipvs" resolves_all
	cell "with the configuration, by name" names_with
	cell "with the configuration, by family" family_with
	cell "with the configuration, by match" match_with
	cell "with the configuration, ip_vs first" ip_vs_first_with
	rm /etc/modprobe.d/weir_ipvs.conf
	cell "without it again, by family" family_without
}

modprobe x_tables
on_disk
cell "ip_vs first, insmod" ip_vs_first
cell "ip_vs first, modprobe" ip_vs_first_by_modprobe
cell "ip_vs first, side modules" ip_vs_first_with_side_modules
cell "weir_ipvs first" weir_first
cell "weir_ipvs first, side modules" weir_first_with_side_modules
cell "weir_ipvs first, iptables" weir_first_with_rules
cell "weir_ipvs first, unloaded" weir_first_and_gone
cell "modprobe -va ip_vs weir_ipvs" first_wins ip_vs ip_vs weir_ipvs
cell "modprobe -va weir_ipvs ip_vs" first_wins weir_ipvs weir_ipvs ip_vs
cell "without configuration, by family" family_without
cell "without configuration, by match" match_without
with_configuration
