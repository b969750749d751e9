/* host.c - POSIX: files that are written whole or not at all, temporary folders, other programs. */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* While something unfinished lies on the disk, the signals that end a program wait. */
static sigset_t ending_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

static void hold_signals(sigset_t *before)
{
    const sigset_t set = ending_signals();
    sigprocmask(SIG_BLOCK, &set, before);
}

static void release_signals(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* The program that host_run() waits for, and the signal that came meanwhile. */
static volatile sig_atomic_t running, stopped;

static void stop_running(int number)
{
    stopped = number;
    if (running > 0)
        kill((pid_t)running, SIGTERM);
}

static bool read_all(Text *text, int file, size_t most)
{
    char chunk[1 << 16];
    ssize_t size;
    while ((size = read(file, chunk, sizeof chunk)) != 0) {
        if (size < 0 && errno == EINTR && !stopped)
            continue;
        if (size < 0)
            return false;
        text_add(text, chunk, (size_t)size);
        if (most > 0 && text->size > most) {
            errno = EFBIG;
            return false;
        }
    }
    return true;
}

bool host_drain(Text *text, int file)
{
    return read_all(text, file, 0);
}

/* Opens a file to read. A pipe with a name must not stop everything when nobody writes into it. */
static int open_to_read(const char *path, bool *silent)
{
    enum { WAIT = 5000 };
    struct stat info;
    *silent = false;
    if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0 ||
        stat(path, &info) != 0 || !S_ISFIFO(info.st_mode))
        return open(path, O_RDONLY | O_CLOEXEC);
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct pollfd wait = {.fd = file, .events = POLLIN};
    if (file >= 0 && poll(&wait, 1, WAIT) == 0) {
        *silent = true;
        close(file);
        return -1;
    }
    if (file >= 0)
        fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_NONBLOCK);
    return file;
}

/* Devices and pipes need not end. */
static size_t most_of(int file, size_t most)
{
    static const size_t endless = (size_t)1 << 28;
    struct stat info;
    if (fstat(file, &info) != 0 || S_ISREG(info.st_mode))
        return most;
    return most > 0 && most < endless ? most : endless;
}

Source *host_read(Arena *arena, Diag *diag, const char *path, size_t most)
{
    const bool standard = strcmp(path, "-") == 0;
    bool silent = false;
    const int file = standard ? 0 : open_to_read(path, &silent);
    Text text = {.arena = arena};
    Source *source = ARENA_NEW(arena, Source);
    source->path = path;
    if (file < 0) {
        if (silent)
            diag_system(diag, "%s: is a pipe into which nobody writes", path);
        else if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
            diag_error(diag, (Span){.source = source}, "cannot be opened: %s", strerror(errno));
        else
            diag_system(diag, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    text_add(&text, "", 0);
    const bool ok = read_all(&text, file, most_of(file, most));
    if (!ok && (errno == EISDIR || errno == EFBIG))
        diag_error(diag, (Span){.source = source}, "%s",
                   errno == EISDIR ? "is a folder, not a file" : "is too large");
    else if (!ok)
        diag_system(diag, "%s: cannot be read: %s", path, strerror(errno));
    if (!standard) {
        close(file);
        diag_read(diag, path);
    }
    source->text = text.data;
    source->size = text.size;
    return ok ? source : NULL;
}

static bool write_all(int file, const char *data, size_t size)
{
    while (size > 0) {
        const ssize_t done = write(file, data, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        data += done;
        size -= (size_t)done;
    }
    return true;
}

/* Whether the file already holds exactly these bytes. */
static bool is_same(const char *path, const char *data, size_t size)
{
    struct stat info;
    char chunk[4096];
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || (size_t)info.st_size != size)
        return false;
    FILE *file = fopen(path, "rb");
    bool same = file != NULL;
    while (same && size > 0) {
        const size_t part = size < sizeof chunk ? size : sizeof chunk;
        same = fread(chunk, 1, part, file) == part && memcmp(chunk, data, part) == 0;
        data += part;
        size -= part;
    }
    if (file)
        fclose(file);
    return same;
}

/* A device or pipe cannot be replaced by a rename; it is written directly. */
static bool write_directly(Diag *diag, const char *path, int file, const void *data, size_t size)
{
    const bool ok = file >= 0 && write_all(file, data, size);
    const int error = errno;
    const bool closed = file <= 2 || close(file) == 0;
    return (ok && closed) ||
           diag_system(diag, "%s: cannot be written: %s", path, strerror(ok ? errno : error));
}

static bool replace(Diag *diag, const char *path, const char *temporary, const void *data,
                    size_t size)
{
    const int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return diag_system(diag, "%s: cannot be written: %s", path, strerror(errno));
    bool ok = write_all(file, data, size);
    int error = errno;
    if (close(file) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(temporary, path) != 0) {
        ok = false;
        error = errno;
    }
    if (ok)
        return true;
    unlink(temporary);
    return diag_system(diag, "%s: cannot be written: %s", path, strerror(error));
}

/* Where a symbolic link leads, also to a file that is not there yet: the link stays. */
static const char *follow_links(Arena *arena, const char *path)
{
    char target[PATH_MAX];
    for (int links = 0; links < 40; links++) {
        const ssize_t size = readlink(path, target, sizeof target);
        if (size <= 0 || (size_t)size >= sizeof target)
            return path;
        const char *slash = strrchr(path, '/');
        const int folder = *target != '/' && slash ? (int)(slash - path) + 1 : 0;
        path = arena_printf(arena, "%.*s%.*s", folder, path, (int)size, target);
    }
    return path;
}

bool host_write(Diag *diag, const char *path, const void *data, size_t size)
{
    struct stat info;
    sigset_t before;
    if (strcmp(path, "-") == 0)
        return write_directly(diag, path, 1, data, size);
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return diag_system(diag, "%s: cannot be written: it is a folder", path);
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return write_directly(diag, path, open(path, O_WRONLY | O_CLOEXEC), data, size);
    if (is_same(path, data, size))
        return true;
    path = follow_links(diag->arena, path);
    hold_signals(&before);
    const bool ok = replace(
        diag, path, arena_printf(diag->arena, "%s.%ld.tmp", path, (long)getpid()), data, size);
    release_signals(&before);
    return ok;
}

bool host_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool host_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static sigset_t before_folder;

char *host_temporary_folder(Arena *arena, Diag *diag)
{
    const char *parent = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/cnngen-XXXXXX", parent && *parent ? parent : "/tmp");
    hold_signals(&before_folder);
    if (!mkdtemp(path)) {
        diag_system(diag, "%s: cannot be made: %s", path, strerror(errno));
        release_signals(&before_folder);
        return NULL;
    }
    return path;
}

/* The folder is ours and flat: files only. */
void host_remove_folder(const char *path)
{
    char name[4096];
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
        const int size = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && size > 0 &&
            (size_t)size < sizeof name)
            unlink(name);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
    release_signals(&before_folder);
}

/* Starts the program with its output in the pipe; -1 when that fails. */
static pid_t start(const char *const *argv, const int *ends, const sigset_t *mask)
{
    pid_t child = -1;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, mask);
    if (posix_spawnp(&child, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
                     environ) != 0)
        child = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* Waits with the signals open; one that comes ends the program, too. */
static int wait_for(pid_t child, Text *text, int file, const sigset_t *open)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    enum { COUNT = sizeof numbers / sizeof *numbers };
    struct sigaction before[COUNT], action = {.sa_handler = stop_running};
    int status = -1;
    sigemptyset(&action.sa_mask);
    running = (sig_atomic_t)child;
    for (int i = 0; i < COUNT; i++)
        if (sigaction(numbers[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    release_signals(open);
    text_add(text, "", 0);
    read_all(text, file, 1 << 20);
    close(file); /* what writes on without end gets a signal */
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    hold_signals(NULL);
    for (int i = 0; i < COUNT; i++)
        sigaction(numbers[i], &before[i], NULL);
    running = 0;
    return status;
}

int host_run(Arena *arena, const char *const *argv, const char **output)
{
    int ends[2], status = -1;
    sigset_t before, open;
    const sigset_t ending = ending_signals();
    Text text = {.arena = arena};
    *output = "";
    if (pipe(ends) != 0)
        return -1;
    hold_signals(&before);
    open = before;
    for (int number = 1; number < 32; number++)
        if (sigismember(&ending, number) == 1)
            sigdelset(&open, number);
    const pid_t child = start(argv, ends, &open);
    close(ends[1]);
    if (child > 0)
        status = wait_for(child, &text, ends[0], &open);
    else
        close(ends[0]);
    if (text.data)
        *output = text.data;
    if (stopped)
        raise(stopped); /* waits until nothing unfinished is left */
    stopped = 0;
    release_signals(&before);
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
