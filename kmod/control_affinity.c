// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validates and applies how a service remembers its clients, which is part of every
 * change of a service.
 */
#include "affinity.h"
#include "control.h"

/* The refusal of an option of affinity. */
static int refuse(const struct weir_service_config *config, int id, int error,
		  const char *sentence, struct netlink_ext_ack *extack)
{
	if (extack) {
		extack->_msg = sentence;
		NL_SET_BAD_ATTR(extack, config->affinity_attrs[id]);
	}
	return error;
}

/* The options that @config makes of those that @service has. */
static struct weir_affinity_options plan(const struct weir_service *service,
					 const struct weir_service_config *config)
{
	struct weir_affinity_options options = service->affinity_options;

	if (config->affinity_set & BIT(WEIR_A_AFFINITY_TIMEOUT))
		options.timeout = config->affinity_timeout_ms / MSEC_PER_SEC;
	if (config->affinity_set & BIT(WEIR_A_AFFINITY_MASK))
		options.prefix = config->affinity.prefix;
	if (config->affinity_set & BIT(WEIR_A_AFFINITY_BY))
		options.by = config->affinity.by;
	if (config->affinity_set & BIT(WEIR_A_AFFINITY_WEIGHTLESS))
		options.weightless = config->affinity.weightless;
	if (config->affinity_set & BIT(WEIR_A_AFFINITY_LIMIT))
		options.limit = config->affinity.limit;
	return options;
}

static int check_timeout(const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	u32 ms = config->affinity_timeout_ms;

	if (!(config->affinity_set & BIT(WEIR_A_AFFINITY_TIMEOUT)) || !ms)
		return 0;
	if (ms < WEIR_TIMEOUT_MIN_MS || ms > WEIR_AFFINITY_TIMEOUT_MAX_MS)
		return refuse(config, WEIR_A_AFFINITY_TIMEOUT, -ERANGE,
			      "the timeout of affinity is between 1 second and 31 days, or 0 for off",
			      extack);
	if (ms % MSEC_PER_SEC)
		return refuse(config, WEIR_A_AFFINITY_TIMEOUT, -EINVAL,
			      "a timeout is a whole number of seconds", extack);
	return 0;
}

/*
 * Entries are made by packets, on nobody's account: root of a user namespace may
 * not hold more of the machine's memory than anybody gets by default.
 */
static int check_limit(const struct weir_service *service,
		       const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	if (!(config->affinity_set & BIT(WEIR_A_AFFINITY_LIMIT)))
		return 0;
	if (!config->affinity.limit)
		return refuse(config, WEIR_A_AFFINITY_LIMIT, -ERANGE,
			      "the limit of affinity is at least 1", extack);
	if (config->affinity.limit <= WEIR_AFFINITY_LIMIT_DEFAULT ||
	    service->net->user_ns == &init_user_ns || capable(CAP_NET_ADMIN))
		return 0;
	return refuse(config, WEIR_A_AFFINITY_LIMIT, -EPERM,
		      "a limit above 1048576 takes CAP_NET_ADMIN outside the user namespace",
		      extack);
}

/* Calls are known by what the first packet of a conn holds. */
static int check_calls(const struct weir_service *service,
		       const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	switch (service->key.protocol) {
	case IPPROTO_TCP:
		return refuse(config, WEIR_A_AFFINITY_BY, -EINVAL,
			      "affinity-by call-id and a tcp service exclude each other, since the first packet of a TCP connection holds no SIP message",
			      extack);
	case IPPROTO_SCTP:
		return refuse(config, WEIR_A_AFFINITY_BY, -EINVAL,
			      "affinity-by call-id and an sctp service exclude each other, since the first packet of an association holds no SIP message",
			      extack);
	}
	return 0;
}

/**
 * weir_control_affinity_default - the options of a service that is given none
 * @service: on no list yet; mutex held
 */
void weir_control_affinity_default(struct weir_service *service)
{
	const struct weir_affinity_options options = {
		.limit = WEIR_AFFINITY_LIMIT_DEFAULT,
		.prefix = BITS_PER_BYTE * weir_addr_len(service->key.vip.family),
		.by = WEIR_AFFINITY_BY_CLIENT,
		.weightless = WEIR_AFFINITY_WEIGHTLESS_MOVE,
	};

	weir_affinity_configure(service, &options);
}

/**
 * weir_control_affinity_check - whether a service can have its options of affinity
 * @service: the service, with those it has; mutex held
 * @config: those to change
 * @extack: for the sentence
 *
 * Return: 0, -EINVAL, -ERANGE, -EPERM.
 */
int weir_control_affinity_check(const struct weir_service *service,
				const struct weir_service_config *config,
				struct netlink_ext_ack *extack)
{
	const struct weir_affinity_options options = plan(service, config);
	int err;

	err = check_timeout(config, extack) ?: check_limit(service, config, extack);
	if (err)
		return err;
	if (options.prefix > BITS_PER_BYTE * weir_addr_len(service->key.vip.family))
		return refuse(config, WEIR_A_AFFINITY_MASK, -ERANGE,
			      "an affinity-mask is at most 32 bits for IPv4 and 128 for IPv6",
			      extack);
	if (options.by == WEIR_AFFINITY_BY_CALL_ID)
		return check_calls(service, config, extack);
	return 0;
}

/**
 * weir_control_affinity_prepare - gets what applying will need
 * @service: the service; mutex held
 * @config: checked; not to be applied if this fails
 *
 * Return: 0 or -ENOMEM.
 */
int weir_control_affinity_prepare(struct weir_service *service,
				  const struct weir_service_config *config)
{
	const struct weir_affinity_options options = plan(service, config);

	return options.timeout ? weir_affinity_open(service) : 0;
}

/**
 * weir_control_affinity_apply - changes options of affinity
 * @service: the service; mutex held
 * @config: checked and prepared for
 */
void weir_control_affinity_apply(struct weir_service *service,
				 const struct weir_service_config *config)
{
	const struct weir_affinity_options options = plan(service, config);

	if (config->affinity_set)
		weir_affinity_configure(service, &options);
}
