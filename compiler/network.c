/* network.c - compiles a generated network with the user's compiler and loads it.
 *
 * No -std is given: under the GNU dialects gcc may contract a*b + c to one fused operation, which
 * is most of a network's speed. */
#define _POSIX_C_SOURCE 200809L
#include "network.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

enum { ALIGNMENT = 64 };
static const char openmp[] = "-fopenmp";

void *network_memory(size_t bytes)
{
    size_t size = (bytes / ALIGNMENT + 1) * ALIGNMENT;
    void *memory = aligned_alloc(ALIGNMENT, size);
    if (!memory) {
        fprintf(stderr, "cnngen: error: no memory for %zu bytes\n", size);
        exit(STATUS_SYSTEM);
    }
    return memset(memory, 0, size);
}

unsigned network_flush_denormals(void)
{
#if defined(__SSE__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); /* flush results to zero, take denormal operands as zero */
    return before;
#else
    return 0;
#endif
}

void network_restore_denormals(unsigned before)
{
#if defined(__SSE__)
    _mm_setcsr(before);
#else
    (void)before;
#endif
}

/* Appends the words of `text`, separated by spaces. */
static int add_words(Arena *arena, const char *text, const char **words, int count)
{
    static const char blanks[] = " \t\n";
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        const size_t size = strcspn(text, blanks);
        words[count++] = arena_copy(arena, text, size);
        text += size;
    }
    return count;
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && value[strspn(value, " \t\n")] ? value : otherwise;
}

static bool compile(Arena *arena, Diag *diag, const Network *network, const char *source,
                    const char *library)
{
    const char *cc = setting("CC", "cc"), *flags = setting("CFLAGS", "-O3 -march=native");
    const char *tail[] = {"-shared", "-fPIC", "-o", library, source}, *output = "";
    const char **words = ARENA_ARRAY(arena, strlen(cc) + strlen(flags) + 10, const char *);
    int count = add_words(arena, cc, words, 0);
    count = add_words(arena, flags, words, count);
    for (size_t i = 0; i < sizeof tail / sizeof *tail; i++)
        words[count++] = tail[i];
    if (network->threads > 1)
        words[count++] = openmp;
    words[count] = NULL;
    int status = host_run(arena, words, &output);
    if (status == 0)
        return true;
    if (status < 0)
        diag_system(diag, "the C compiler %s could not be run; CC chooses another", words[0]);
    else
        diag_system(diag, "the C compiler %s refused the generated code (status %d)", words[0],
                    status);
    if (output && *output)
        diag_note(diag, "%s", output);
    if (network->threads > 1)
        diag_note(diag, "--threads needs a compiler that knows %s: gcc, or clang with libomp",
                  openmp);
    return false;
}

/* C has no conversion from an object pointer to a function pointer; the bytes are the same. */
static void find(const Network *network, const char *what, void *function)
{
    char name[256];
    snprintf(name, sizeof name, "%s_%s", network->graph->name, what);
    void *symbol = dlsym(network->library, name);
    memcpy(function, &symbol, sizeof symbol);
}

/* gcc's OpenMP lets a thread that waits spin for milliseconds, which stops a training step whenever
 * something else has the other processor; a step is worth some microseconds. */
static void calm_threads(void)
{
    if (!getenv("OMP_WAIT_POLICY"))
        setenv("GOMP_SPINCOUNT", "1000", false);
}

static bool load(Diag *diag, Network *network, const char *library)
{
    if (network->threads > 1)
        calm_threads();
    network->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!network->library)
        return diag_system(diag, "the compiled network cannot be loaded: %s", dlerror());
    find(network, "init", &network->init);
    find(network, "predict", &network->predict);
    find(network, "forward", &network->forward);
    find(network, "backward", &network->backward);
    find(network, "update", &network->update);
    find(network, "train_step", &network->train_step);
    find(network, "import", &network->import);
    find(network, "export", &network->export);
    if (network->predict && network->import)
        return true;
    return diag_system(diag, "the compiled network lacks %s_predict or %s_import",
                       network->graph->name, network->graph->name);
}

bool network_open(Arena *arena, Diag *diag, Network *network, const char *source,
                  const char *header)
{
    const char *name = network->graph->name;
    network->folder = host_temporary_folder(arena, diag);
    if (!network->folder)
        return false;
    char *source_path = arena_printf(arena, "%s/%s.c", network->folder, name);
    char *header_path = arena_printf(arena, "%s/%s.h", network->folder, name);
    char *library = arena_printf(arena, "%s/%s.so", network->folder, name);
    bool good = host_write(diag, source_path, source, strlen(source)) &&
                host_write(diag, header_path, header, strlen(header)) &&
                compile(arena, diag, network, source_path, library) && load(diag, network, library);
    host_remove_folder(network->folder); /* what is loaded needs no file */
    network->folder = NULL;
    if (!good)
        network_close(network);
    return good;
}

void network_close(Network *network)
{
    if (network->library && network->threads <= 1) /* else threads of OpenMP sleep in there */
        dlclose(network->library);
    network->library = NULL;
}
