// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's end of scripts/guest: runs one command after another for the
 * host, over a virtio-serial port.
 *
 *   agent         on the port of scripts/guest itself, which is always open
 *   agent PORT    on a port to which one host process after another attaches
 *   agent /dev/TTY  on a serial line, where no virtio-serial can be
 *
 * A frame is a type (four letters), the length of its payload (32 bits,
 * little-endian), and the payload (at most FRAME_MAX bytes). From the host:
 *
 *   HELO  GREETING, a nonce: begins a session; what ran before is killed
 *   EXEC  rows, columns (16 bits each; 0 rows: no terminal), argc (32 bits),
 *         then strings that end in NUL: argc arguments, and the environment
 *   DATA  for the command's standard input; an empty one ends it
 *   KILL  a signal (32 bits) for the command's process group
 *   SIZE  rows, columns
 *
 * and from here:
 *
 *   REDY  the nonce, then the kernel's boot_id as text
 *   OUT_, ERR_  what the command wrote
 *   TOOK  how many bytes of DATA (32 bits) the command has taken: the host never
 *         has more than INPUT_MAX under way, so that frames behind DATA get through
 *   EXIT  the exit status (32 bits), 128 + signal if it was killed
 *   BOOT  GREETING: on a port for attaching, the agent has only just started; a
 *         host that is in a session learns that the guest started anew
 *
 * The bytes that a reset cut off may still be in the port. So the agent that
 * opens it looks for GREETING first, and the host for REDY with its latest nonce.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PORT_NAME	"fpga-pci.agent"
#define GREETING	"fpga-pci session"
#define GREETING_LEN	16
#define NONCE_LEN	16
#define FRAME_MAX	(256 * 1024)
#define INPUT_MAX	(64 * 1024)
#define OUTPUT_CHUNK	(32 * 1024)

struct frame_header {
	char type[4];
	uint32_t length;
};

struct hello {
	char greeting[GREETING_LEN];
	char nonce[NONCE_LEN];
};

struct terminal_size {
	uint16_t rows, columns;
};

struct exec {
	struct terminal_size size;
	uint32_t argc;
};

static int port = -1;

/* The command that runs, if pid is not 0. A file descriptor of -1 is closed. */
static struct {
	pid_t pid;
	int in, out, err;
	char input[INPUT_MAX];
	size_t input_len;
	int input_ended;
} command = { .in = -1, .out = -1, .err = -1 };

static void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void protocol_error(const char *what)
{
	fprintf(stderr, "agent: the host sent %s\n", what);
	exit(1);
}

/* Ends with what the host ran; init starts another agent for the next one. */
static void host_left(void)
{
	if (command.pid)
		kill(-command.pid, SIGHUP);
	exit(0);
}

static void read_all(void *buffer, size_t len)
{
	char *to = buffer;

	while (len) {
		ssize_t n = read(port, to, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("read");
		if (n == 0)
			host_left();
		to += n;
		len -= n;
	}
}

static void write_all(const void *buffer, size_t len)
{
	const char *from = buffer;

	while (len) {
		ssize_t n = write(port, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("write");
		from += n;
		len -= n;
	}
}

static void send_frame(const char *type, const void *payload, size_t len)
{
	struct frame_header header;

	memcpy(header.type, type, sizeof(header.type));
	header.length = htole32(len);
	write_all(&header, sizeof(header));
	write_all(payload, len);
}

static void send_number(const char *type, uint32_t number)
{
	number = htole32(number);
	send_frame(type, &number, sizeof(number));
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void open_port(const char *wanted)
{
	glob_t names;

	if (glob("/sys/class/virtio-ports/*/name", 0, NULL, &names))
		die("no virtio-serial port");
	for (size_t i = 0; i < names.gl_pathc; i++) {
		char name[64] = "", device[64];
		FILE *file = fopen(names.gl_pathv[i], "r");

		if (!file || fscanf(file, "%63s", name) != 1)
			name[0] = '\0';
		if (file)
			fclose(file);
		if (strcmp(name, wanted))
			continue;
		/* /sys/class/virtio-ports/vport0p1/name */
		*strrchr(names.gl_pathv[i], '/') = '\0';
		snprintf(device, sizeof(device), "/dev/%s",
			 strrchr(names.gl_pathv[i], '/') + 1);
		port = open(device, O_RDWR | O_CLOEXEC);
		if (port < 0)
			die(device);
	}
	globfree(&names);
	if (port < 0) {
		errno = ENODEV;
		die(wanted);
	}
}

/* A serial line carries bytes as they are; BOOT alone tells the host that it was opened. */
static void open_line(const char *path)
{
	struct termios settings;

	port = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (port < 0 || tcgetattr(port, &settings))
		die(path);
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL;
	if (tcsetattr(port, TCSANOW, &settings))
		die(path);
	send_frame("BOOT", GREETING, GREETING_LEN);
}

/* The driver sends SIGIO when a host opens the port; the wait is for one that it missed. */
static void wait_for_host(void)
{
	static const struct timespec a_while = { .tv_sec = 2 };
	struct pollfd state = { port, POLLIN, 0 };
	sigset_t opened;

	sigemptyset(&opened);
	sigaddset(&opened, SIGIO);
	sigprocmask(SIG_BLOCK, &opened, NULL);
	if (fcntl(port, F_SETOWN, getpid()) || fcntl(port, F_SETFL, fcntl(port, F_GETFL) | O_ASYNC))
		die("no signal from the port");
	while (poll(&state, 1, 0) >= 0 && (state.revents & POLLHUP))
		sigtimedwait(&opened, NULL, &a_while);
	fcntl(port, F_SETFL, fcntl(port, F_GETFL) & ~O_ASYNC);
	send_frame("BOOT", GREETING, GREETING_LEN);
}

static void send_ready(const char *nonce)
{
	char payload[NONCE_LEN + 36];
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

	memcpy(payload, nonce, NONCE_LEN);
	if (!file || fread(payload + NONCE_LEN, 36, 1, file) != 1)
		die("boot_id");
	fclose(file);
	send_frame("REDY", payload, sizeof(payload));
}

/* Skips whatever stands before the first HELO. */
static void synchronise(void)
{
	struct {
		struct frame_header header;
		char greeting[GREETING_LEN];
	} window, wanted = {
		.header = { "HELO", htole32(sizeof(struct hello)) },
		.greeting = GREETING,
	};
	char nonce[NONCE_LEN];

	memcpy(wanted.greeting, GREETING, GREETING_LEN);
	read_all(&window, sizeof(window));
	while (memcmp(&window, &wanted, sizeof(window))) {
		memmove(&window, (char *)&window + 1, sizeof(window) - 1);
		read_all((char *)&window + sizeof(window) - 1, 1);
	}
	read_all(nonce, sizeof(nonce));
	send_ready(nonce);
}

/* In the child, which has its own session. Does not return. */
static void become(char **argv, char **environment)
{
	sigset_t none;

	/*
	 * As after login: a shell that starts something in the background leaves SIGINT and
	 * SIGQUIT ignored in it, and what is ignored stays so through exec.
	 */
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (; *environment; environment++)
		putenv(*environment);
	if (chdir("/root"))
		perror("/root");
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void start_on_terminal(const struct terminal_size *size, char **argv, char **environment)
{
	struct winsize ws = {
		.ws_row = le16toh(size->rows),
		.ws_col = le16toh(size->columns),
	};
	int master;

	command.pid = forkpty(&master, NULL, NULL, &ws);
	if (command.pid < 0)
		die("forkpty");
	if (command.pid == 0)
		become(argv, environment);
	command.in = master;
	command.out = fcntl(master, F_DUPFD_CLOEXEC, 0);
	fcntl(master, F_SETFD, FD_CLOEXEC);
}

static void start_on_pipes(char **argv, char **environment)
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe");
	command.pid = fork();
	if (command.pid < 0)
		die("fork");
	if (command.pid == 0) {
		setsid();
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		become(argv, environment);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	command.in = in[1];
	command.out = out[0];
	command.err = err[0];
}

static void set_nonblocking(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void start(char *payload, size_t len)
{
	struct exec *exec = (struct exec *)payload;
	char **strings, *next = payload + sizeof(*exec), *end = payload + len;
	size_t argc, count = 0;

	if (command.pid || len <= sizeof(*exec) || end[-1])
		protocol_error("a wrong EXEC");
	/* Room for each string and for the two NULL that end the lists */
	strings = calloc(len + 2, sizeof(*strings));
	if (!strings)
		die("memory");
	argc = le32toh(exec->argc);
	for (; next < end; next += strlen(next) + 1) {
		if (count == argc)
			count++;
		strings[count++] = next;
	}
	if (!argc || count < argc)
		protocol_error("an EXEC with too few strings");

	command.input_len = 0;
	command.input_ended = 0;
	if (exec->size.rows)
		start_on_terminal(&exec->size, strings, strings + argc + 1);
	else
		start_on_pipes(strings, strings + argc + 1);
	set_nonblocking(command.in);
	set_nonblocking(command.out);
	set_nonblocking(command.err);
	free(strings);
}

static void resize(const struct terminal_size *size)
{
	struct winsize ws = {
		.ws_row = le16toh(size->rows),
		.ws_col = le16toh(size->columns),
	};

	if (command.in >= 0)
		ioctl(command.in, TIOCSWINSZ, &ws);
}

static void feed(void)
{
	ssize_t n = write(command.in, command.input, command.input_len);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {	/* the command reads no more */
		n = command.input_len;
		close_fd(&command.in);
	}
	command.input_len -= n;
	memmove(command.input, command.input + n, command.input_len);
	if (n)
		send_number("TOOK", n);
}

static void queue_input(const char *payload, size_t len)
{
	if (!len) {
		command.input_ended = 1;
	} else if (command.in < 0) {
		send_number("TOOK", len);
	} else {
		if (len > INPUT_MAX - command.input_len)
			protocol_error("more input than agreed");
		memcpy(command.input + command.input_len, payload, len);
		command.input_len += len;
	}
}

/* Passes on what is there; returns how much, 0 for nothing now or for ever. */
static size_t drain(int *fd, const char *type)
{
	char buffer[OUTPUT_CHUNK];
	ssize_t n;

	if (*fd < 0)
		return 0;
	n = read(*fd, buffer, sizeof(buffer));
	if (n > 0) {
		send_frame(type, buffer, n);
		return n;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(fd);
	return 0;
}

/*
 * What the command left in a pipe. Something that runs on in the background may
 * still write into it: no more than a pipe can hold is taken (fs/pipe-max-size).
 */
static void drain_rest(int *fd, const char *type)
{
	size_t n, left = 1024 * 1024;

	while (left && (n = drain(fd, type)))
		left -= n < left ? n : left;
}

static void forget_command(void)
{
	close_fd(&command.in);
	close_fd(&command.out);
	close_fd(&command.err);
	command.pid = 0;
}

static void reap(void)
{
	int status;

	if (!command.pid || waitpid(command.pid, &status, WNOHANG) != command.pid)
		return;
	drain_rest(&command.out, "OUT_");
	drain_rest(&command.err, "ERR_");
	forget_command();
	send_number("EXIT", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void send_signal(int number)
{
	/* It leads no group yet if it has only just been forked. */
	if (command.pid && kill(-command.pid, number))
		kill(command.pid, number);
}

static void begin_session(const struct hello *hello)
{
	if (command.pid) {
		send_signal(SIGKILL);
		waitpid(command.pid, NULL, 0);
		forget_command();
	}
	send_ready(hello->nonce);
}

static void receive(void)
{
	static char payload[FRAME_MAX];
	struct frame_header header;
	uint32_t len;

	read_all(&header, sizeof(header));
	len = le32toh(header.length);
	if (len > sizeof(payload))
		protocol_error("a frame that is too long");
	read_all(payload, len);

	if (!memcmp(header.type, "HELO", 4) && len == sizeof(struct hello))
		begin_session((struct hello *)payload);
	else if (!memcmp(header.type, "EXEC", 4))
		start(payload, len);
	else if (!memcmp(header.type, "DATA", 4))
		queue_input(payload, len);
	else if (!memcmp(header.type, "KILL", 4) && len == sizeof(uint32_t))
		send_signal(le32toh(*(uint32_t *)payload));
	else if (!memcmp(header.type, "SIZE", 4) && len == sizeof(struct terminal_size))
		resize((struct terminal_size *)payload);
	else
		protocol_error("a frame of an unknown type");
}

int main(int argc, char **argv)
{
	sigset_t child;
	int child_fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	child_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (child_fd < 0)
		die("signalfd");

	if (argc > 1 && argv[1][0] == '/') {
		open_line(argv[1]);
	} else {
		open_port(argc > 1 ? argv[1] : PORT_NAME);
		if (argc > 1)
			wait_for_host();
	}
	synchronise();
	for (;;) {
		struct pollfd fds[] = {
			{ port, POLLIN, 0 },
			{ child_fd, POLLIN, 0 },
			{ command.out, POLLIN, 0 },
			{ command.err, POLLIN, 0 },
			{ command.input_len ? command.in : -1, POLLOUT, 0 },
		};
		struct signalfd_siginfo info;

		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0 && errno != EINTR)
			die("poll");
		if (fds[0].revents)
			receive();
		if (fds[2].revents)
			drain(&command.out, "OUT_");
		if (fds[3].revents)
			drain(&command.err, "ERR_");
		if (command.in >= 0 && fds[4].revents)
			feed();
		if (command.input_ended && !command.input_len)
			close_fd(&command.in);
		if (fds[1].revents && read(child_fd, &info, sizeof(info)) > 0)
			reap();
	}
}
