# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For scenarios in which servers know nothing of clients, but only of the director.

# masquerade: the director's own source NAT, in the table inet outgoing
masquerade() {
	nft -f - <<'END'
table inet outgoing {
	chain post {
		type nat hook postrouting priority srcnat
		oifname back0 masquerade
	}
}
END
}
