/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file asks for, all of it, before anything is sent.
 */
#ifndef WEIR_IMPORT_H
#define WEIR_IMPORT_H

#include <stdio.h>

#include "cli.h"

/**
 * struct import_server - a server of a file
 * @server: the server
 * @line: where the file names it first
 */
struct import_server {
	struct weir_server server;
	unsigned int line;
};

/**
 * struct import_service - a service of a file
 * @service: the service
 * @line: where the file names it first
 * @servers: its servers
 * @count: number of @servers
 * @room: for how many there is memory
 */
struct import_service {
	struct weir_service service;
	unsigned int line;
	struct import_server *servers;
	size_t count;
	size_t room;
};

/**
 * struct import - what a file asks for
 * @name: the file, as it was given
 * @services: its services
 * @count: number of @services
 * @room: for how many there is memory
 */
struct import {
	const char *name;
	struct import_service *services;
	size_t count;
	size_t room;
};

/**
 * import_read_ipvsadm - reads what ipvsadm -S or weir export ipvsadm has written
 * @file: the file
 * @import: its name is known; filled, to be freed by import_free() in any case
 *
 * Return: CLI_DONE; CLI_USAGE for a mistake, CLI_REFUSED for a file that cannot be read,
 * which was told.
 */
int import_read_ipvsadm(FILE *file, struct import *import);

/**
 * import_free - frees what a file asks for
 * @import: it
 */
void import_free(struct import *import);

#endif /* WEIR_IMPORT_H */
