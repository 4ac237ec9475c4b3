// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family and what its handlers share. Here alone control meets the
 * two families of addresses; the handlers see endpoints.
 */
#include "netlink.h"

/**
 * weir_netlink_init - opens the netlink family
 *
 * Return: 0, or a negative errno. From here on requests arrive.
 */
int weir_netlink_init(void)
{
	return genl_register_family(&weir_nl_family);
}

/**
 * weir_netlink_exit - closes the netlink family
 *
 * Waits for running requests; a dump in progress holds the module.
 */
void weir_netlink_exit(void)
{
	genl_unregister_family(&weir_nl_family);
}

/**
 * weir_nl_refuse - says why a request is refused
 * @extack: where to say it
 * @attr: the attribute at fault, or NULL
 * @sentence: the rule that is broken; a constant, for it is not copied
 *
 * The same as NL_SET_ERR_MSG_ATTR(), which takes literals only.
 *
 * Return: -EINVAL
 */
int weir_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, const char *sentence)
{
	if (extack)
		extack->_msg = sentence;
	NL_SET_BAD_ATTR(extack, attr);
	return -EINVAL;
}

/**
 * weir_nl_refuse_others - refuses all attributes but those allowed
 * @extack: where to say why
 * @attrs: the attributes by id
 * @max: the last id
 * @allowed: BIT(id) of those that may be there
 * @sentence: the rule
 *
 * Return: 0 or -EINVAL
 */
int weir_nl_refuse_others(struct netlink_ext_ack *extack, struct nlattr **attrs, int max,
			  u32 allowed, const char *sentence)
{
	for (int id = 1; id <= max; id++) {
		if (attrs[id] && !(allowed & BIT(id)))
			return weir_nl_refuse(extack, attrs[id], sentence);
	}
	return 0;
}

/**
 * weir_nl_refuse_rules - refuses attributes that each have a rule of their own
 * @extack: where to say why
 * @attrs: the attributes by id
 * @rules: attributes and sentences
 * @count: number of @rules
 *
 * Return: 0 or -EINVAL
 */
int weir_nl_refuse_rules(struct netlink_ext_ack *extack, struct nlattr **attrs,
			 const struct weir_nl_rule *rules, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (attrs[rules[i].id])
			return weir_nl_refuse(extack, attrs[rules[i].id], rules[i].sentence);
	}
	return 0;
}

/**
 * weir_nl_address_parse - reads an address, whose length says its family
 * @address: the attribute
 * @endpoint: takes address and family, the port becomes 0
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL
 */
int weir_nl_address_parse(const struct nlattr *address, struct weir_endpoint *endpoint,
			  struct netlink_ext_ack *extack)
{
	memset(endpoint, 0, sizeof(*endpoint));
	switch (nla_len(address)) {
	case sizeof(struct in_addr):
		endpoint->family = AF_INET;
		break;
	case sizeof(struct in6_addr):
		endpoint->family = AF_INET6;
		break;
	default:
		return weir_nl_refuse(extack, address,
				      "an address is 4 bytes (IPv4) or 16 bytes (IPv6)");
	}
	nla_memcpy(&endpoint->addr, address, sizeof(endpoint->addr));
	return 0;
}

/**
 * weir_nl_family_parse - reads a family that no address tells
 * @family: the attribute
 * @endpoint: takes the family; the rest becomes 0
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL
 */
int weir_nl_family_parse(const struct nlattr *family, struct weir_endpoint *endpoint,
			 struct netlink_ext_ack *extack)
{
	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->family = nla_get_u8(family);
	if (endpoint->family != AF_INET && endpoint->family != AF_INET6)
		return weir_nl_refuse(extack, family, "a family is AF_INET or AF_INET6");
	return 0;
}

/**
 * weir_nl_endpoint_fill - writes an address and a port
 * @skb: the message
 * @address_id: attribute of the address
 * @port_id: attribute of the port
 * @endpoint: what to write
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_endpoint_fill(struct sk_buff *skb, int address_id, int port_id,
			  const struct weir_endpoint *endpoint)
{
	if (nla_put(skb, address_id, weir_addr_len(endpoint->family), &endpoint->addr))
		return -EMSGSIZE;
	return nla_put_be16(skb, port_id, endpoint->port);
}

/**
 * weir_nl_stats_fill - writes counters as a nest
 * @skb: the message
 * @id: attribute of the nest
 * @totals: the counters
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_stats_fill(struct sk_buff *skb, int id, const struct weir_totals *totals)
{
	struct nlattr *nest = nla_nest_start(skb, id);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, WEIR_A_STATS_CONNS, totals->conns, WEIR_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, WEIR_A_STATS_PACKETS_IN, totals->packets[WEIR_DIR_REQUEST],
			      WEIR_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, WEIR_A_STATS_BYTES_IN, totals->bytes[WEIR_DIR_REQUEST],
			      WEIR_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, WEIR_A_STATS_PACKETS_OUT, totals->packets[WEIR_DIR_REPLY],
			      WEIR_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, WEIR_A_STATS_SHED, totals->shed, WEIR_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, WEIR_A_STATS_PACKETS_FAST, totals->packets_fast,
			      WEIR_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, WEIR_A_STATS_BYTES_OUT, totals->bytes[WEIR_DIR_REPLY],
			      WEIR_A_STATS_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weir_nl_dump_put - begins a message of a dump
 * @skb: where the dump goes
 * @cb: the dump
 * @cmd: the command that is answered
 *
 * Return: the message's header, or NULL if @skb is full.
 */
void *weir_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &weir_nl_family,
			   NLM_F_MULTI, cmd);
}

/**
 * weir_nl_dump_end - ends a message of a dump
 * @skb: where the dump goes
 * @cb: the dump, its seq up to date
 * @header: from weir_nl_dump_put()
 *
 * The message is marked here and not when it begins: one that is cancelled for
 * lack of room would take the mark of an interruption with it.
 */
void weir_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb, void *header)
{
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
}

/**
 * weir_nl_dump_result - what a dumpit callback returns
 * @skb: where the dump goes
 * @err: 0 at the end of the dump, -EMSGSIZE when @skb is full, or an error
 *
 * Return: the length of @skb to be called again, 0 at the end, or an error. An
 * object that does not fit an empty @skb is one.
 */
int weir_nl_dump_result(const struct sk_buff *skb, int err)
{
	if (err == -EMSGSIZE && skb->len)
		return skb->len;
	return err;
}

/**
 * weir_nl_answer_u32 - prepares an answer that is a number
 * @info: the request
 * @cmd: WEIR_CMD_* that it was
 * @id: attribute of the answer
 * @number: where the number is to be written before the answer is sent
 *
 * What cannot be undone is begun when this has succeeded, lest it be done and the
 * request fail for want of memory.
 *
 * Return: the answer for genlmsg_reply(), which the caller owns, or an ERR_PTR().
 */
struct sk_buff *weir_nl_answer_u32(struct genl_info *info, u8 cmd, int id, u32 **number)
{
	struct sk_buff *skb = genlmsg_new(nla_total_size(sizeof(**number)), GFP_KERNEL);
	struct nlattr *attr = NULL;
	void *header;

	if (!skb)
		return ERR_PTR(-ENOMEM);
	header = genlmsg_put_reply(skb, info, &weir_nl_family, 0, cmd);
	if (header)
		attr = nla_reserve(skb, id, sizeof(**number));
	if (!attr) {
		nlmsg_free(skb);
		return ERR_PTR(-EMSGSIZE);
	}
	genlmsg_end(skb, header);
	*number = nla_data(attr);
	return skb;
}
