// SPDX-License-Identifier: GPL-2.0
/*
 * lab - sets up several network namespaces from one text on stdin, with as few
 * processes as possible: one `ip -batch` a namespace.
 *
 *	@NAME			the lines that follow are for this namespace
 *	= net/ipv4/ip_forward 1	writes a value below /proc/sys
 *	=? PATH VALUE		the same; the file may be missing
 *	anything else		a line for `ip -batch`
 *
 * Values are written as they are read; a namespace's ip lines run together at
 * its end. The exit status is 0 if everything was done.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netns.h"

#define BATCH_MAX 65536

static char batch[BATCH_MAX];
static size_t batch_len;
static int failures;

static void batch_run(void)
{
	int pipefd[2];
	int status;
	pid_t pid;

	if (!batch_len)
		return;
	if (pipe(pipefd))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		dup2(pipefd[0], STDIN_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		execlp("ip", "ip", "-batch", "-", NULL);
		err(127, "ip");
	}
	close(pipefd[0]);
	if (write(pipefd[1], batch, batch_len) != (ssize_t)batch_len)
		err(1, "write to ip");
	close(pipefd[1]);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		failures++;
	batch_len = 0;
}

static void batch_add(const char *line)
{
	size_t len = strlen(line);

	if (batch_len + len + 1 > sizeof(batch))
		errx(1, "more than %d bytes for ip", BATCH_MAX);
	memcpy(batch + batch_len, line, len);
	batch_len += len;
	batch[batch_len++] = '\n';
}

static void value_write(char *line, bool optional)
{
	char *path = strtok(line, " \t");
	char *value = strtok(NULL, "");
	char full[PATH_MAX];
	int fd;

	if (!path || !value)
		errx(1, "not a path and a value: %s", line);
	snprintf(full, sizeof(full), "/proc/sys/%s", path);
	fd = open(full, O_WRONLY);
	if (fd < 0 && optional)
		return;
	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		warn("%s", full);
		failures++;
	}
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *p = line + strspn(line, " \t");

		p[strcspn(p, "\n")] = '\0';
		if (!*p || *p == '#')
			continue;
		if (*p == '@') {
			batch_run();
			netns_enter(p + 1);
		} else if (!strncmp(p, "=? ", 3)) {
			value_write(p + 3, true);
		} else if (!strncmp(p, "= ", 2)) {
			value_write(p + 2, false);
		} else {
			batch_add(p);
		}
	}
	batch_run();
	return failures ? 1 : 0;
}
