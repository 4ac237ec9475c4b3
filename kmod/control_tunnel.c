// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a request may say of tunnels, and of the address families of services and
 * servers, which only a tunnel lets differ.
 */
#include "control.h"
#include "control_apply.h"
#include "server.h"

static const struct weir_encap default_encap = {
	.tunnel = WEIR_TUNNEL_IPIP,
	.checksum = WEIR_TUNNEL_CHECKSUM_OFF,
	.port = cpu_to_be16(WEIR_GUE_PORT),
};

/**
 * weir_control_overlay_tunnel - what a request makes of a server's encapsulation
 * @encap: what it is now, port 0 if it has never been anything; changed
 * @config: the request
 *
 * Port and checksum are of one tunnel: another one begins with the defaults.
 */
void weir_control_overlay_tunnel(struct weir_encap *encap,
				 const struct weir_server_config *config)
{
	u8 tunnel = encap->tunnel;

	if (config->set & BIT(WEIR_A_SERVER_TUNNEL))
		tunnel = config->encap.tunnel;
	if (!encap->port || tunnel != encap->tunnel)
		*encap = default_encap;
	encap->tunnel = tunnel;
	if (config->set & BIT(WEIR_A_SERVER_TUNNEL_PORT))
		encap->port = config->encap.port;
	if (config->set & BIT(WEIR_A_SERVER_TUNNEL_CHECKSUM))
		encap->checksum = config->encap.checksum;
}

/* Whether a request gives an option that no other method has. */
static int check_absence(const struct weir_server_config *config, struct weir_fault *fault)
{
	for (int id = WEIR_A_SERVER_TUNNEL; id <= WEIR_A_SERVER_TUNNEL_CHECKSUM; id++)
		if (config->set & BIT(id)) {
			fault->id = id;
			fault->sentence =
				"tunnel, tunnel-port and tunnel-checksum are for method tunnel";
			return -EINVAL;
		}
	return 0;
}

static int check_encap(const struct weir_server_config *config, struct weir_encap encap,
		       struct weir_fault *fault)
{
	if ((config->set & BIT(WEIR_A_SERVER_TUNNEL_PORT)) && encap.tunnel != WEIR_TUNNEL_GUE) {
		fault->id = WEIR_A_SERVER_TUNNEL_PORT;
		fault->sentence = "tunnel-port is for tunnel gue, ipip and gre have no ports";
		return -EINVAL;
	}
	fault->id = WEIR_A_SERVER_TUNNEL_CHECKSUM;
	if (encap.checksum != WEIR_TUNNEL_CHECKSUM_OFF && encap.tunnel == WEIR_TUNNEL_IPIP) {
		fault->sentence = "tunnel-checksum is for tunnel gue and gre, ipip has no checksum";
		return -EINVAL;
	}
	if (encap.checksum == WEIR_TUNNEL_CHECKSUM_REMOTE && encap.tunnel != WEIR_TUNNEL_GUE) {
		fault->sentence = "tunnel-checksum remote is for tunnel gue, gre has only on and off";
		return -EINVAL;
	}
	return 0;
}

/**
 * weir_control_check_tunnel - whether a server's tunnel and families go together
 * @service: its service
 * @config: the request
 * @settings: what the server would have
 * @fault: takes what is wrong
 *
 * Return: 0, -EINVAL, -EAFNOSUPPORT.
 */
int weir_control_check_tunnel(const struct weir_service *service,
			      const struct weir_server_config *config,
			      const struct weir_server_settings *settings,
			      struct weir_fault *fault)
{
	if (settings->method == WEIR_METHOD_TUNNEL)
		return check_encap(config, settings->encap, fault);
	if (config->endpoint.family == service->key.vip.family)
		return check_absence(config, fault);
	fault->id = config->set & BIT(WEIR_A_SERVER_METHOD) ? WEIR_A_SERVER_METHOD :
							      WEIR_A_SERVER_ADDRESS;
	fault->sentence =
		"server and service must be of the same address family unless the method is tunnel";
	return -EAFNOSUPPORT;
}
