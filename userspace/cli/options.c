// SPDX-License-Identifier: GPL-2.0-only
/* Options of a service as text. */
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

const char *options_affinity(const struct weir_service *service, char *text)
{
	const struct weir_affinity *affinity = &service->affinity;
	uint8_t whole = service->key.at.addr.family == AF_INET ? 32 : 128;
	char timeout[WEIR_TEXT_SIZE], mask[WEIR_TEXT_SIZE] = "";

	*text = '\0';
	if (!affinity->timeout)
		return text;
	if (affinity->mask != whole)
		snprintf(mask, sizeof(mask), " affinity-mask %u", affinity->mask);
	snprintf(text, OPTIONS_TEXT_SIZE, " affinity %s%s%s%s",
		 weir_format_duration(affinity->timeout, timeout), mask,
		 affinity->by == WEIR_AFFINITY_BY_CALL_ID ? " affinity-by call-id" : "",
		 affinity->weightless == WEIR_AFFINITY_WEIGHTLESS_KEEP ?
			 " affinity-weightless keep" : "");
	return text;
}

const char *options_timeouts(const struct weir_service *service, const char *before, char *text)
{
	const char *protocol = weir_protocol_word(service->key.protocol);
	char duration[WEIR_TEXT_SIZE];
	size_t length = 0;

	*text = '\0';
	for (unsigned int i = 0; i < WEIR_TIMEOUTS; i++) {
		const char *name = weir_word(&weir_timeouts_words, i);

		if (!service->key.fwmark && strncmp(name, protocol, strlen(protocol)) != 0)
			continue;
		weir_format_duration(service->timeouts[i], duration);
		length += (size_t)snprintf(text + length, OPTIONS_TEXT_SIZE - length, "%s %s %s",
					   before, name, duration);
	}
	return text;
}

void options_print_local_addresses(const struct weir_service *service)
{
	char text[WEIR_TEXT_SIZE];

	for (uint32_t i = 0; i < service->local_count; i++)
		printf("%s%s", i ? "," : " local-addresses ",
		       weir_format_addr(&service->local_addresses[i], text));
}
