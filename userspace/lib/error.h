/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What went wrong: the kernel's refusals with their sentence and attribute, and
 * libweir's own. Pure: messages in, struct weir_error out.
 */
#ifndef WEIR_ERROR_H
#define WEIR_ERROR_H

#include <linux/netlink.h>

#include "weir.h"

/**
 * weir_error_clear - forgets the last error
 * @error: emptied
 */
void weir_error_clear(struct weir_error *error);

/**
 * weir_error_fill - notes an error of this side
 * @error: filled
 * @code: positive errno
 * @message: the sentence, or NULL for the one of @code
 *
 * Return: -@code.
 */
int weir_error_fill(struct weir_error *error, int code, const char *message);

/**
 * weir_error_parse - reads a refusal of the kernel
 * @error: filled if it is one
 * @answer: an NLMSG_ERROR or NLMSG_DONE message, nlmsg_len bytes readable
 * @request: what was asked, for the attribute's name; nlmsg_len bytes readable
 *
 * Return: 0 if @answer reports success, else the negative errno in it, -EBADMSG
 * if it is too short to hold one.
 */
int weir_error_parse(struct weir_error *error, const struct nlmsghdr *answer,
		     const struct nlmsghdr *request);

#endif /* WEIR_ERROR_H */
