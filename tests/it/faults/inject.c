/* Makes calls to the file system fail, in the program that loads this library (LD_PRELOAD).
 *
 * What fails is said in a file that FAULTS_CONTROL names, as sixty-four-bit numbers in the order of
 * `struct control`; whoever writes it there is obeyed at once. Without the file nothing fails.
 * FAULTS_CONTROL is read once, when the program starts. tests/it/faults/injector.rs is the other side.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, READ = 4, TRUNCATE = 8 };
enum { DATABASE = 1, JOURNAL = 2, INDEX = 4 };

struct control {
    int64_t calls; /* Which calls fail; 0: none. */
    int64_t files; /* On which files. */
    int64_t error; /* With which errno. */
    int64_t skip;  /* How many of them go well before. */
    int64_t times; /* How many then fail; negative: all. */
    int64_t nth;   /* Only the so manyeth since the file was last synced; 0: each. */
    int64_t ahead; /* By how many nanoseconds the monotonic clock is ahead. */
    int64_t fired; /* How many failed: written here, read there. */
    int64_t since; /* How many since the last sync: used here alone. */
};

static volatile struct control *control;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_CONTROL");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) control = memory;
    close(file);
}

static int ends(const char *path, size_t length, const char *end) {
    size_t tail = strlen(end);
    return length >= tail && memcmp(path + length - tail, end, tail) == 0;
}

/* Which of the database's files this is; 0: none of them. */
static int kind(int file) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    if (length <= 0) return 0;
    if (ends(path, length, ".db")) return DATABASE;
    if (ends(path, length, ".db-wal")) return JOURNAL;
    if (ends(path, length, ".db-shm")) return INDEX;
    return 0;
}

/* The errno with which this call must fail; 0: it is made. */
static int fails(int call, int file) {
    volatile struct control *now = control;
    if (!now || !now->calls) return 0;
    int before = errno;
    int of = kind(file);
    errno = before;
    if (!(of & now->files)) return 0;
    if (now->nth && call == SYNC) __atomic_store_n(&now->since, 0, __ATOMIC_SEQ_CST);
    if (!(call & now->calls)) return 0;
    if (now->nth) {
        if (__atomic_add_fetch(&now->since, 1, __ATOMIC_SEQ_CST) != now->nth) return 0;
        __atomic_store_n(&now->since, 0, __ATOMIC_SEQ_CST);
    }
    if (now->skip > 0 && __atomic_fetch_sub(&now->skip, 1, __ATOMIC_SEQ_CST) > 0) return 0;
    if (now->times >= 0 && __atomic_fetch_sub(&now->times, 1, __ATOMIC_SEQ_CST) <= 0) {
        __atomic_store_n(&now->times, 0, __ATOMIC_SEQ_CST);
        return 0;
    }
    __atomic_add_fetch(&now->fired, 1, __ATOMIC_SEQ_CST);
    return (int)now->error;
}

/* A function that fails, or is the one of this name that would be called without this library. */
#define WRAP(result, name, call, file, parameters, arguments)                   \
    result name parameters {                                                    \
        static result(*made) parameters;                                        \
        if (!made) made = (result(*) parameters)dlsym(RTLD_NEXT, #name);        \
        int error = fails(call, file);                                          \
        if (error) {                                                            \
            errno = error;                                                      \
            return -1;                                                          \
        }                                                                       \
        return made arguments;                                                  \
    }

WRAP(ssize_t, write, WRITE, f, (int f, const void *b, size_t n), (f, b, n))
WRAP(ssize_t, pwrite, WRITE, f, (int f, const void *b, size_t n, off_t o), (f, b, n, o))
WRAP(ssize_t, pwrite64, WRITE, f, (int f, const void *b, size_t n, off64_t o), (f, b, n, o))
WRAP(ssize_t, read, READ, f, (int f, void *b, size_t n), (f, b, n))
WRAP(ssize_t, pread, READ, f, (int f, void *b, size_t n, off_t o), (f, b, n, o))
WRAP(ssize_t, pread64, READ, f, (int f, void *b, size_t n, off64_t o), (f, b, n, o))
WRAP(int, fsync, SYNC, f, (int f), (f))
WRAP(int, fdatasync, SYNC, f, (int f), (f))
WRAP(int, ftruncate, TRUNCATE, f, (int f, off_t o), (f, o))
WRAP(int, ftruncate64, TRUNCATE, f, (int f, off64_t o), (f, o))

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*made)(clockid_t, struct timespec *);
    if (!made) made = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = made(clock, time);
    if (result == 0 && clock == CLOCK_MONOTONIC && control && control->ahead) {
        int64_t all = time->tv_nsec + control->ahead;
        time->tv_sec += all / 1000000000;
        time->tv_nsec = all % 1000000000;
    }
    return result;
}
