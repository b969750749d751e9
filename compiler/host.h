/* host.h - the outside world: files, folders, other programs. Everything else in the compiler
 * computes. */
#ifndef HOST_H
#define HOST_H

#include "diag.h"

/* Reads a whole file. NULL after a message: a missing file is the user's mistake (status 1), any
 * other refusal the system's. "-" is standard input. Directories and files above `most` bytes (0:
 * no limit; devices and pipes have one of 256 MB) are refused with a message, and so is a pipe with
 * a name into which nobody writes for five seconds. */
Source *host_read(Arena *arena, Diag *diag, const char *path, size_t most);

/* Writes whole or not at all: a temporary file beside `path`, then a rename. Unchanged contents
 * leave the file untouched, a symbolic link stays one, and SIGINT, SIGTERM and SIGHUP wait.
 * "-" or /dev/stdout: standard output. A failed write (full disk, closed pipe, no such folder) is a
 * message, status 3. */
bool host_write(Diag *diag, const char *path, const void *data, size_t size);

bool host_is_folder(const char *path);
bool host_exists(const char *path);

/* A new private folder for temporary files, removed with everything in it by host_remove_folder().
 * Between the two the signals that end a program wait; one folder at a time. NULL after a message.
 */
char *host_temporary_folder(Arena *arena, Diag *diag);
void host_remove_folder(const char *path);

/* Adds all that can be read from the descriptor; false when reading failed. */
bool host_drain(Text *text, int file);

/* Runs a program found on PATH and waits; its standard error (and output) go to *output. Returns
 * its exit status, -1 when it could not be started or died from a signal. argv is NULL-terminated. A
 * signal that ends this program ends that one first. */
int host_run(Arena *arena, const char *const *argv, const char **output);

#endif
