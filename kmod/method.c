// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of methods.
 */
#include "method.h"

static const struct weir_method_ops *const methods[] = {
	[WEIR_METHOD_DIRECT] = &weir_method_direct,
	[WEIR_METHOD_NAT] = &weir_method_nat,
};

/**
 * weir_method_of - the method a conn was born with
 * @conn: found under RCU
 *
 * Return: its operations.
 */
const struct weir_method_ops *weir_method_of(const struct weir_conn *conn)
{
	return methods[conn->method];
}
