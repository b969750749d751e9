/* host.c - POSIX: files that are written whole or not at all, temporary folders, other programs. */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool read_all(Text *text, int file, size_t most)
{
    char chunk[1 << 16];
    ssize_t size;
    while ((size = read(file, chunk, sizeof chunk)) != 0) {
        if (size < 0 && errno == EINTR)
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

Source *host_read(Arena *arena, Diag *diag, const char *path, size_t most)
{
    const bool standard = strcmp(path, "-") == 0;
    const int file = standard ? 0 : open(path, O_RDONLY | O_CLOEXEC);
    Text text = {.arena = arena};
    Source *source = ARENA_NEW(arena, Source);
    source->path = path;
    if (file < 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
            diag_error(diag, (Span){.source = source}, "cannot be opened: %s", strerror(errno));
        else
            diag_system(diag, "%s: cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    text_add(&text, "", 0);
    const bool ok = read_all(&text, file, most);
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

bool host_write(Diag *diag, const char *path, const void *data, size_t size)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return write_directly(diag, path, 1, data, size);
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return diag_system(diag, "%s: cannot be written: it is a folder", path);
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return write_directly(diag, path, open(path, O_WRONLY | O_CLOEXEC), data, size);
    if (is_same(path, data, size))
        return true;
    return replace(diag, path, arena_printf(diag->arena, "%s.%ld.tmp", path, (long)getpid()), data,
                   size);
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

char *host_temporary_folder(Arena *arena, Diag *diag)
{
    const char *parent = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/cnngen-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(path)) {
        diag_system(diag, "%s: cannot be made: %s", path, strerror(errno));
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
}

int host_run(Arena *arena, const char *const *argv, const char **output)
{
    int ends[2], status = 0;
    pid_t child;
    posix_spawn_file_actions_t actions;
    Text text = {.arena = arena};
    *output = "";
    if (pipe(ends) != 0)
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    const int failed =
        posix_spawnp(&child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (!failed) {
        text_add(&text, "", 0);
        read_all(&text, ends[0], 1 << 20);
        *output = text.data;
    }
    close(ends[0]);
    if (failed)
        return -1;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
