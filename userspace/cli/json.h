/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects as JSON. Field names are the spec's words with '_' for '-'; all of
 * them are listed in doc/json.md.
 */
#ifndef WEIR_JSON_H
#define WEIR_JSON_H

#include <jansson.h>

#include "text.h"
#include "weir_affinity.h"

/* Each returns a new object, NULL without memory. */
json_t *json_of_stats(const struct weir_stats *stats);
json_t *json_of_key(const struct weir_service_key *key);
json_t *json_of_service(const struct weir_service *service);
json_t *json_of_server(const struct weir_server *server);
json_t *json_of_conn(const struct weir_conn *conn);
json_t *json_of_affinity_entry(const struct weir_affinity_entry *entry);

/**
 * json_line - prints an object on one line and lets go of it
 * @object: NULL tells that memory ran out
 *
 * Return: enum cli_exit.
 */
int json_line(json_t *object);

/**
 * json_page - prints an object indented and lets go of it
 * @object: NULL tells that memory ran out
 *
 * Return: enum cli_exit.
 */
int json_page(json_t *object);

#endif /* WEIR_JSON_H */
