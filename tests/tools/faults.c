// SPDX-License-Identifier: GPL-2.0
/*
 * faults.so, for LD_PRELOAD: makes of a program one that runs again and again, and
 * whose requests of generic netlink the kernel has no memory for. Reads lines from
 * stdin,
 *
 *	NTH WORD...
 *
 * and runs the program with these words; its output goes to the files out and err in
 * the directory FAULTS_DIR. Once, in all its requests, the kernel fails to allocate
 * memory, or to copy: the NTH time that it tries to while one is sent or an answer
 * received (0: never). All other system calls are spared, and so is the look-up of a
 * family. Answers with a line,
 *
 *	STATUS LEFT answered|lost
 *
 * the exit status, how many times were left, 0 if the fault has struck, and whether an
 * answer was lost on its way. Needs CONFIG_FAULT_INJECTION.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORDS_MAX	1024

typedef int main_fn(int argc, char **argv, char **env);
typedef int start_fn(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		     void (*end)(void), void *stack);
typedef ssize_t send_fn(int fd, const struct msghdr *msg, int flags);
typedef ssize_t receive_fn(int fd, struct msghdr *msg, int flags);

/* Of this run: times left until the fault, and whether an answer was lost. */
static long left;
static bool is_lost;

static main_fn *real_main;
static send_fn *real_send;
static receive_fn *real_receive;
static int control = -1;
static bool is_request;

/* --- the fault ---------------------------------------------------------------- */

static void control_write(long value)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%ld", value);

	if (pwrite(control, text, length, 0) != length && errno != EFAULT)
		err(1, "fail-nth");
}

/*
 * Asking how many times are left is a copy itself, and takes one of them; so is
 * setting them to none. Either may be hit, and then none are left.
 */
static void disarm(void)
{
	char text[32] = "1";
	int error = errno;

	if (pread(control, text, sizeof(text) - 1, 0) < 0 && errno != EFAULT)
		err(1, "fail-nth");
	left = atol(text);
	if (left > 1)
		control_write(0);
	errno = error;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	const struct nlmsghdr *request = msg->msg_iov->iov_base;
	ssize_t result;

	is_request = request->nlmsg_type > GENL_ID_CTRL;
	if (!is_request || !left)
		return real_send(fd, msg, flags);
	control_write(left);
	result = real_send(fd, msg, flags);
	disarm();
	return result;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	bool is_armed = is_request && left;
	ssize_t result;

	if (is_armed)
		control_write(left);
	result = real_receive(fd, msg, flags);
	if (is_armed)
		disarm();
	is_lost = is_lost || (is_request && result < 0);
	return result;
}

/* --- the runs ------------------------------------------------------------------ */

static void redirect(const char *dir, const char *name, int to)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || dup2(fd, to) < 0)
		err(1, "%s", path);
	close(fd);
}

static void empty(int fd)
{
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		err(1, "output");
}

/* A run leaves nothing behind, so it needs no process of its own, which would be slow. */
static int run(char *name, char *line, char **env)
{
	char *words[WORDS_MAX + 1];
	int count = 0, status;

	for (char *word = strtok(line, " \n"); word && count < WORDS_MAX; word = strtok(NULL, " \n"))
		words[count++] = word;
	words[count] = NULL;
	if (!count)
		errx(2, "a line is empty");
	left = atol(words[0]);
	is_lost = false;
	words[0] = name;
	empty(STDOUT_FILENO);
	empty(STDERR_FILENO);
	status = real_main(count, words, env);
	fflush(stdout);
	return status;
}

static int serve(int argc, char **argv, char **env)
{
	FILE *answers = fdopen(dup(STDOUT_FILENO), "w");
	const char *dir = getenv("FAULTS_DIR");
	char *line = NULL;
	size_t size = 0;
	int status;

	if (!answers || !dir || argc != 1)
		errx(2, "usage: FAULTS_DIR=DIR LD_PRELOAD=faults.so PROGRAM");
	control = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	redirect(dir, "out", STDOUT_FILENO);
	redirect(dir, "err", STDERR_FILENO);
	while (getline(&line, &size, stdin) > 0) {
		status = run(argv[0], line, env);
		fprintf(answers, "%d %ld %s\n", status, left, is_lost ? "lost" : "answered");
		fflush(answers);
	}
	return 0;
}

/* What a program begins with, in the C library. */
start_fn __libc_start_main;
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*end)(void), void *stack)
{
	start_fn *start = (start_fn *)dlsym(RTLD_NEXT, "__libc_start_main");

	real_send = (send_fn *)dlsym(RTLD_NEXT, "sendmsg");
	real_receive = (receive_fn *)dlsym(RTLD_NEXT, "recvmsg");
	if (!start || !real_send || !real_receive)
		errx(1, "not a program to be run like that");
	real_main = main;
	return start(serve, argc, argv, init, fini, end, stack);
}
