/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options of a service as text, in the words of the command line: what show,
 * monitor and export have in common.
 */
#ifndef WEIR_OPTIONS_H
#define WEIR_OPTIONS_H

#include "text.h"

/** OPTIONS_TEXT_SIZE - room for any text made here */
#define OPTIONS_TEXT_SIZE (2 * WEIR_TIMEOUTS * WEIR_TEXT_SIZE)

/**
 * options_affinity - the options of affinity, as far as they make a difference
 * @service: the service
 * @text: takes the text, OPTIONS_TEXT_SIZE bytes
 *
 * Return: @text, " affinity 5m ..." or "" if clients are not remembered.
 */
const char *options_affinity(const struct weir_service *service, char *text);

/**
 * options_timeouts - the timeouts that the service's protocol has
 * @service: the service
 * @before: what stands before each
 * @text: takes the text, OPTIONS_TEXT_SIZE bytes
 *
 * Return: @text, "@before udp 5m", of a service by firewall mark all of them.
 */
const char *options_timeouts(const struct weir_service *service, const char *before, char *text);

/**
 * options_print_local_addresses - prints " local-addresses A,B", or nothing
 * @service: the service
 */
void options_print_local_addresses(const struct weir_service *service);

#endif /* WEIR_OPTIONS_H */
