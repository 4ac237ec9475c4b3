/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of the netlink attributes, for telling which one a refusal is
 * about. The tables are generated.
 */
#ifndef WEIR_ATTRS_H
#define WEIR_ATTRS_H

#include <stddef.h>

struct weir_attrs;

/**
 * struct weir_attr - an attribute's name
 * @name: the spec's word; NULL for a number that is not used
 * @nested: the set it nests, or NULL
 */
struct weir_attr {
	const char *name;
	const struct weir_attrs *nested;
};

/**
 * struct weir_attrs - an attribute set
 * @attrs: its attributes, by number
 * @count: entries of @attrs
 */
struct weir_attrs {
	const struct weir_attr *attrs;
	unsigned int count;
};

extern const struct weir_attrs weir_stats_attrs;
extern const struct weir_attrs weir_timeouts_attrs;
extern const struct weir_attrs weir_local_addresses_attrs;
extern const struct weir_attrs weir_service_attrs;
extern const struct weir_attrs weir_server_attrs;
extern const struct weir_attrs weir_conn_attrs;
extern const struct weir_attrs weir_drop_attrs;
extern const struct weir_attrs weir_namespace_attrs;
extern const struct weir_attrs weir_message_attrs;

#endif /* WEIR_ATTRS_H */
