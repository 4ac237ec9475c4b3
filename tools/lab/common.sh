# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the lab's scripts share: messages, the cache folder, locking.

# The variables below are read by the scripts that source this file.
# shellcheck disable=SC2034
cache=${XDG_CACHE_HOME:-$HOME/.cache}/weir

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

have() { command -v "$1" >/dev/null 2>&1; }

# package_version NAME: the installed version, or nothing
package_version() {
	# shellcheck disable=SC2016
	dpkg-query -W -f '${db:Status-Abbrev} ${Version}' "$1" 2>/dev/null | sed -n 's/^ii  *//p'
}

# with_lock FILE COMMAND...: one process at a time; the lock dies with its holder
with_lock() {
	local lock=$1
	shift
	mkdir -p "${lock%/*}"
	(
		flock -n 9 || { say "waiting for another process that holds $lock"; flock 9; }
		"$@" 9>&-
	) 9>"$lock"
}
