# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The two paths, sourced by lib.sh. A scenario runs once with the fast path on and once
# with it off, from the same text, unless its head says why it "Runs once".

# Set by tests/lib/guest to fast or slow; empty for a scenario that runs once.
: "${WEIR_PATH:=}"

# on_fast_path: whether packets of known flows may take it
on_fast_path() { [[ $WEIR_PATH != slow ]]; }

# take_path NAME: puts the director, or another one, on the path of this run. That the
# fast path is on is how a namespace begins, and when the module is loaded anew.
take_path() { on_fast_path || inside "$1" "$WEIR" config set fast off; }

# check_path NAME: that packets did take it; the director is asked at the end
check_path() {
	local said
	[[ -n $WEIR_PATH && -d /sys/module/weir ]] || return 0
	said=$(inside "$1" "$WEIR" stats)
	if on_fast_path; then
		check "$1: packets take the fast path" matches "$said" "packets fast +[1-9]"
	else
		check "$1: packets take the slow path, none the fast path" \
			matches "$said" "packets fast +0.*packets slow +[1-9]"
	fi
}
