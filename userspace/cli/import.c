// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir import: services from another program's file. What the kernel refuses is undone,
 * so that a file is applied as a whole or not at all.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "ipvsadm.h"

/**
 * struct before - what there was before the file
 * @services: the services
 * @service_count: number of @services
 * @servers: the servers of all of them
 * @server_count: number of @servers
 */
struct before {
	struct weir_service *services;
	size_t service_count;
	struct weir_server *servers;
	size_t server_count;
};

/**
 * struct target - a service as it shall be
 * @service: the service
 * @now: as it is, or NULL
 * @servers: its servers
 * @count: number of @servers
 */
struct target {
	struct weir_service service;
	const struct weir_service *now;
	struct weir_server *servers;
	size_t count;
};

static const struct weir_service *service_before(const struct before *before,
						 const struct weir_service_key *key)
{
	for (size_t i = 0; i < before->service_count; i++)
		if (weir_service_key_equal(&before->services[i].key, key))
			return &before->services[i];
	return NULL;
}

static const struct weir_server *server_before(const struct before *before,
					       const struct weir_server *server)
{
	for (size_t i = 0; i < before->server_count; i++) {
		const struct weir_server *found = &before->servers[i];

		if (found->state != WEIR_SERVER_STATE_REMOVED &&
		    weir_endpoint_equal(&found->at, &server->at) &&
		    weir_service_key_equal(&found->service, &server->service))
			return found;
	}
	return NULL;
}

/* What IPVS cannot say of a server is not to be changed by what it says. */
static void keep_unsaid(struct weir_server *server, const struct weir_server *now)
{
	if (!now)
		return;
	if (ipvsadm_method(now->method) == ipvsadm_method(server->method) &&
	    server->method != WEIR_METHOD_FULLNAT && server->method != WEIR_METHOD_LOCAL)
		server->set &= ~WEIR_SERVER_SET_METHOD;
	if (now->state == WEIR_SERVER_STATE_DOWN && !(server->set & WEIR_SERVER_SET_STATE))
		server->set &= ~WEIR_SERVER_SET_WEIGHT;
}

/*
 * What IPVS does without a word for it, where that is new to the service: clients of a
 * server of weight 0 stay with it, and dh does without fallback.
 */
static void default_unsaid(struct weir_service *service, const struct weir_service *now)
{
	const struct ipvsadm_hashing *words = ipvsadm_hashing(service->scheduler);
	struct weir_affinity *affinity = &service->affinity;

	if (affinity->timeout && !(affinity->set & WEIR_AFFINITY_SET_WEIGHTLESS) &&
	    !(now && now->affinity.timeout)) {
		affinity->weightless = WEIR_AFFINITY_WEIGHTLESS_KEEP;
		affinity->set |= WEIR_AFFINITY_SET_WEIGHTLESS;
	}
	if (words && !words->fallback && !(service->set & WEIR_SERVICE_SET_FALLBACK) &&
	    !(now && !strcmp(now->scheduler, service->scheduler))) {
		service->fallback = false;
		service->set |= WEIR_SERVICE_SET_FALLBACK;
	}
}

/*
 * The target without the options that the servers of now may exclude: these it gets when
 * it has its own. Local addresses come before the servers that need them, and go after.
 */
static struct weir_service relaxed(const struct target *target)
{
	struct weir_service service = target->service;

	if (!target->now)
		return service;
	service.one_packet &= target->now->one_packet;
	if (service.hook != target->now->hook)
		service.hook = WEIR_HOOK_HOST;
	if (service.helper != target->now->helper)
		service.helper = WEIR_HELPER_NONE;
	if (!service.local_count)
		service.set &= ~WEIR_SERVICE_SET_LOCAL_ADDRESSES;
	return service;
}

static int apply(struct weir *weir, const struct target *target)
{
	struct weir_service first = relaxed(target);
	int err;

	err = target->now ? weir_service_set(weir, &first) : weir_service_add(weir, &first);
	if (!err)
		err = weir_service_replace(weir, &first.key, target->servers, target->count);
	if (!err && memcmp(&first, &target->service, sizeof(first)))
		err = weir_service_set(weir, &target->service);
	return err;
}

static int target_of_file(const struct import_service *service, const struct before *before,
			  struct target *target)
{
	*target = (struct target){
		.service = service->service,
		.now = service_before(before, &service->service.key),
		.servers = calloc(service->count + 1, sizeof(*target->servers)),
		.count = service->count,
	};
	if (!target->servers)
		return -ENOMEM;
	default_unsaid(&target->service, target->now);
	for (size_t i = 0; i < service->count; i++) {
		target->servers[i] = service->servers[i].server;
		if (target->now)
			keep_unsaid(&target->servers[i],
				    server_before(before, &target->servers[i]));
	}
	return 0;
}

/* A server of an answer, as a request that makes it so again. */
static struct weir_server as_request(const struct weir_server *server)
{
	struct weir_server request = *server;

	if (server->state == WEIR_SERVER_STATE_UP)
		request.set &= ~(WEIR_SERVER_SET_POLICY | WEIR_SERVER_SET_DEADLINE);
	return request;
}

/* What was there, which is to be again, whatever was made of it. */
static int target_of_before(const struct weir_service *service, const struct before *before,
			    struct target *target)
{
	static const struct weir_service unknown;

	*target = (struct target){
		.service = *service,
		.now = &unknown,
		.servers = calloc(before->server_count + 1, sizeof(*target->servers)),
	};
	if (!target->servers)
		return -ENOMEM;
	for (size_t i = 0; i < before->server_count; i++)
		if (before->servers[i].state != WEIR_SERVER_STATE_REMOVED &&
		    weir_service_key_equal(&before->servers[i].service, &service->key))
			target->servers[target->count++] = as_request(&before->servers[i]);
	return 0;
}

static int undo_one(struct weir *weir, const struct weir_service_key *key,
		    const struct before *before)
{
	const struct weir_service *service = service_before(before, key);
	struct target target;
	int err;

	if (!service) {
		err = weir_service_remove(weir, key);
		return err == -ENOENT ? 0 : err;
	}
	err = target_of_before(service, before, &target);
	if (!err)
		err = apply(weir, &target);
	free(target.servers);
	return err;
}

/* Makes the first @count services of the file again what they were. */
static void undo(struct cli *cli, const struct import *import, size_t count,
		 const struct before *before)
{
	while (count--) {
		const struct weir_service_key *key = &import->services[count].service.key;
		char text[WEIR_TEXT_SIZE];

		if (!undo_one(cli->weir, key, before))
			continue;
		fprintf(stderr, "weir: %s could not be made again what it was: ",
			weir_format_service_key(key, text));
		fprintf(stderr, "%s\n", weir_last_error(cli->weir)->message);
	}
}

/* Tells a refusal with the line that it is about. */
static int refused(struct cli *cli, const struct import *import,
		   const struct import_service *service, int result)
{
	const struct weir_error *error = weir_last_error(cli->weir);
	unsigned int line = service->line;

	if (!strncmp(error->attribute, "server", strlen("server")) && error->index < service->count)
		line = service->servers[error->index].line;
	cli_place(import->name, line);
	cli_result(cli, result);
	cli_place(NULL, 0);
	return CLI_REFUSED;
}

static int apply_all(struct cli *cli, const struct import *import, const struct before *before)
{
	for (size_t i = 0; i < import->count; i++) {
		struct target target;
		int result = target_of_file(&import->services[i], before, &target);

		if (result)
			fputs("weir: out of memory\n", stderr);
		else if ((result = apply(cli->weir, &target)))
			refused(cli, import, &import->services[i], result);
		free(target.servers);
		if (!result)
			continue;
		undo(cli, import, i + 1, before);
		return CLI_REFUSED;
	}
	return CLI_DONE;
}

/* Not even a signal leaves a file half applied. */
static int send_all(struct cli *cli, const struct import *import)
{
	struct before before = { 0 };
	sigset_t signals;
	int result;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	result = weir_service_collect(cli->weir, NULL, &before.services, &before.service_count);
	if (!result)
		result = weir_server_collect(cli->weir, NULL, &before.servers,
					     &before.server_count);
	result = cli_result(cli, result);
	if (!result) {
		sigprocmask(SIG_BLOCK, &signals, NULL);
		result = apply_all(cli, import, &before);
		sigprocmask(SIG_UNBLOCK, &signals, NULL);
	}
	free(before.services);
	free(before.servers);
	return result;
}

static int import_ipvsadm(struct cli *cli)
{
	struct import import = { .name = cli_next(cli) };
	FILE *file = stdin;
	int status;

	if (!import.name)
		return cli_missing(cli, "a FILE, or - for standard input,");
	if (cli_end(cli))
		return CLI_USAGE;
	if (strcmp(import.name, "-"))
		file = fopen(import.name, "re");
	if (!file)
		return cli_usage(import.name, "%s", strerror(errno));
	status = import_read_ipvsadm(file, &import);
	if (!status)
		status = cli_connect(cli);
	if (!status)
		status = send_all(cli, &import);
	if (file != stdin)
		fclose(file);
	import_free(&import);
	return status;
}

const struct command import_commands[] = {
	{ "ipvsadm", "FILE|-",
	  "creates or changes the services of a file of ipvsadm -S, all of them or none", false,
	  import_ipvsadm },
	{ NULL, NULL, NULL, false, NULL },
};
