// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's extended acknowledgements, read with bounds of our own. */
#include "error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>

#include "attrs.h"

#define ATTR_TYPE(attr) ((attr)->nla_type & NLA_TYPE_MASK)

/* What an extended acknowledgement told; NULL and 0 where it did not. */
struct extack {
	const char *message;
	size_t message_length;
	uint32_t offset;
	uint32_t missing_nest;
	uint32_t missing_type;
};

void weir_error_clear(struct weir_error *error)
{
	memset(error, 0, sizeof(*error));
}

int weir_error_fill(struct weir_error *error, int code, const char *message)
{
	weir_error_clear(error);
	error->code = code;
	snprintf(error->message, sizeof(error->message), "%s", message ? message : strerror(code));
	return -code;
}

/* The attribute at @offset if it lies wholly before @end, else NULL. */
static const struct nlattr *attr_at(const void *base, size_t offset, size_t end)
{
	const struct nlattr *attr = (const struct nlattr *)((const char *)base + offset);

	if (offset > end || end - offset < NLA_HDRLEN || attr->nla_len < NLA_HDRLEN ||
	    attr->nla_len > end - offset)
		return NULL;
	return attr;
}

static void append_name(struct weir_error *error, const char *name)
{
	size_t used = strlen(error->attribute);

	snprintf(error->attribute + used, sizeof(error->attribute) - used, "%s%s",
		 used ? "." : "", name);
}

static const struct weir_attr *attr_name(const struct weir_attrs *set, unsigned int type)
{
	if (!set || type >= set->count || !set->attrs[type].name)
		return NULL;
	return &set->attrs[type];
}

/*
 * Names the attribute of @request at @target: walks down the nests that hold it.
 * The set of what it nests is returned, NULL if it nests nothing.
 */
static const struct weir_attrs *name_path(struct weir_error *error,
					  const struct nlmsghdr *request, size_t target)
{
	const struct weir_attrs *set = &weir_message_attrs;
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	size_t end = request->nlmsg_len;
	unsigned int seen[WEIR_A_MAX + 1] = { 0 };
	const struct nlattr *attr;

	while (target >= at && (attr = attr_at(request, at, end))) {
		const struct weir_attr *known = attr_name(set, ATTR_TYPE(attr));
		size_t next = at + NLA_ALIGN(attr->nla_len);

		if (target >= next) {
			if (set == &weir_message_attrs && known)
				seen[ATTR_TYPE(attr)]++;
			at = next;
			continue;
		}
		if (!known)
			return NULL;
		if (set == &weir_message_attrs)
			error->index = seen[ATTR_TYPE(attr)];
		append_name(error, known->name);
		if (target == at)
			return known->nested;
		set = known->nested;
		end = at + attr->nla_len;
		at += NLA_HDRLEN;
	}
	return NULL;
}

/* Names an attribute the request lacks: the nest it belongs in and its type. */
static void name_missing(struct weir_error *error, const struct nlmsghdr *request,
			 const struct extack *extack)
{
	const struct weir_attrs *set = &weir_message_attrs;
	const struct weir_attr *missing;

	if (extack->missing_nest)
		set = name_path(error, request, extack->missing_nest);
	missing = attr_name(set, extack->missing_type);
	if (missing)
		append_name(error, missing->name);
}

static uint32_t read_u32(const struct nlattr *attr)
{
	uint32_t value = 0;

	if (attr->nla_len >= NLA_HDRLEN + sizeof(value))
		memcpy(&value, (const char *)attr + NLA_HDRLEN, sizeof(value));
	return value;
}

static void read_tlvs(const struct nlmsghdr *answer, size_t at, struct extack *out)
{
	const struct nlattr *attr;

	while ((attr = attr_at(answer, at, answer->nlmsg_len))) {
		switch (ATTR_TYPE(attr)) {
		case NLMSGERR_ATTR_MSG:
			out->message = (const char *)attr + NLA_HDRLEN;
			out->message_length = strnlen(out->message, attr->nla_len - NLA_HDRLEN);
			break;
		case NLMSGERR_ATTR_OFFS:
			out->offset = read_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			out->missing_type = read_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			out->missing_nest = read_u32(attr);
			break;
		}
		at += NLA_ALIGN(attr->nla_len);
	}
}

/*
 * Where the TLVs of an answer start: behind the code, and in an NLMSG_ERROR
 * behind the request's header, or all of the request if it was not capped.
 */
static size_t tlv_start(const struct nlmsghdr *answer)
{
	const struct nlmsgerr *refusal;
	size_t start = NLMSG_HDRLEN + sizeof(int);

	if (answer->nlmsg_type == NLMSG_DONE)
		return start;
	start = NLMSG_HDRLEN + sizeof(*refusal);
	if (answer->nlmsg_len < start || answer->nlmsg_flags & NLM_F_CAPPED)
		return start;
	refusal = NLMSG_DATA(answer);
	if (refusal->msg.nlmsg_len < NLMSG_HDRLEN || refusal->msg.nlmsg_len > INT_MAX)
		return SIZE_MAX;
	return start + NLMSG_ALIGN(refusal->msg.nlmsg_len) - NLMSG_HDRLEN;
}

int weir_error_parse(struct weir_error *error, const struct nlmsghdr *answer,
		     const struct nlmsghdr *request)
{
	struct extack extack = { NULL };
	size_t start;
	int code;

	if (answer->nlmsg_len < NLMSG_HDRLEN + sizeof(code))
		return weir_error_fill(error, EBADMSG, "the kernel's answer is cut short");
	memcpy(&code, NLMSG_DATA(answer), sizeof(code));
	if (code >= 0)
		return 0;
	if (code < -4095)
		code = -EPROTO;

	weir_error_fill(error, -code, NULL);
	start = tlv_start(answer);
	if (answer->nlmsg_flags & NLM_F_ACK_TLVS && start < answer->nlmsg_len)
		read_tlvs(answer, start, &extack);
	if (extack.message_length)
		snprintf(error->message, sizeof(error->message), "%.*s",
			 (int)extack.message_length, extack.message);
	if (extack.missing_type)
		name_missing(error, request, &extack);
	else if (extack.offset)
		name_path(error, request, extack.offset);
	return code;
}
