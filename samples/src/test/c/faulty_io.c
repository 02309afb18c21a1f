/*
 * A libc whose file calls fail when they are told to: LD_PRELOAD puts it in front of the real one. What is to fail is in a
 * control file that the test maps, too, so it can be changed, watched and healed while the process runs. In contrast to
 * strace's injection the k-th call is counted over all threads, files are chosen by the directory they are in, and a short
 * write really writes what it says.
 *
 * The control file, native byte order; io.emberlog.samples.disk.FaultyIo writes all of it but the counters:
 *
 *    0 i32 armed (0, 1)       4 i32 mask of kinds      8 i32 action        12 i32 times, 0 = for ever
 *   16 i64 k, from 1         24 i64 calls matched     32 i64 calls failed  40 i64 length of the text of the last one
 *   48 directory, ends with 0, at most 903 bytes     952 i64 calls in the directory, of each of the 9 kinds
 * 1024 text: kind and path of the last call that failed
 *
 * action: above 0 an errno | 0 half of it is done (read, write) | -1, -2, -3 SIGKILL before the call, after it, after half
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KIND_OPEN = 1, KIND_CREATE = 2, KIND_READ = 4, KIND_WRITE = 8, KIND_FORCE = 16, KIND_RENAME = 32, KIND_UNLINK = 64, KIND_MAP = 128, KIND_LIST = 256 };
enum { DO_HALF = 0, KILL_BEFORE = -1, KILL_AFTER = -2, KILL_HALF = -3, PASS = INT_MIN };

struct control {
    int32_t armed, mask, action, times;
    int64_t k, matched, failed, text_length;
    char directory[904];
    int64_t calls[9];
    char text[3072];
};

static struct control *control;

#define REAL(type, name, ...)                                                                                          \
    static type (*real_##name)(__VA_ARGS__);                                                                           \
    if (!real_##name) *(void **)&real_##name = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void attach(void) {
    const char *file = getenv("FAULTY_IO_CONTROL");
    if (!file) return;
    REAL(int, open, const char *, int, ...);
    int fd = real_open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    REAL(void *, mmap, void *, size_t, int, int, int, off_t);
    void *page = real_mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (page != MAP_FAILED) control = page;
}

static const char *name_of(int kind) {
    switch (kind) {
        case KIND_OPEN: return "open";
        case KIND_CREATE: return "create";
        case KIND_READ: return "read";
        case KIND_WRITE: return "write";
        case KIND_FORCE: return "force";
        case KIND_RENAME: return "rename";
        case KIND_UNLINK: return "unlink";
        case KIND_LIST: return "list";
        default: return "map";
    }
}

/* What is to become of this call: PASS, or an action. */
static int judge_path(int kind, const char *path) {
    struct control *c = control;
    if (!c || !path || !__atomic_load_n(&c->armed, __ATOMIC_ACQUIRE)) return PASS;
    size_t length = strlen(c->directory);
    if (strncmp(path, c->directory, length) != 0 || (path[length] != 0 && path[length] != '/')) return PASS;
    __atomic_add_fetch(&c->calls[__builtin_ctz(kind)], 1, __ATOMIC_SEQ_CST);
    if (!(c->mask & kind)) return PASS;
    int64_t n = __atomic_add_fetch(&c->matched, 1, __ATOMIC_SEQ_CST);
    if (n < c->k || (c->times > 0 && n >= c->k + c->times)) return PASS;
    int said = snprintf(c->text, sizeof c->text, "%s %s", name_of(kind), path);
    c->text_length = said < (int)sizeof c->text ? said : (int)sizeof c->text - 1;
    __atomic_add_fetch(&c->failed, 1, __ATOMIC_SEQ_CST);
    int action = c->action;
    if (action == KILL_BEFORE) raise(SIGKILL);
    return action;
}

static int judge_fd(int kind, int fd) {
    struct control *c = control;
    if (!c || !__atomic_load_n(&c->armed, __ATOMIC_ACQUIRE)) return PASS;
    int before = errno;
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0) return PASS;
    path[length] = 0;
    return judge_path(kind, path);
}

static int fails(int action) {
    if (action > 0) errno = action;
    return action > 0;
}

/* Behind the real call. */
static void finish(int action) {
    if (action == KILL_AFTER || action == KILL_HALF) raise(SIGKILL);
}

static size_t part(int action, size_t count) {
    return (action == DO_HALF || action == KILL_HALF) && count > 1 ? count / 2 : count;
}

#define OPENING(name)                                                                                                  \
    int name(const char *path, int flags, ...) {                                                                       \
        REAL(int, name, const char *, int, ...);                                                                       \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        int action = judge_path(flags & (O_CREAT | O_TRUNC) ? KIND_CREATE : KIND_OPEN, path);                          \
        if (fails(action)) return -1;                                                                                  \
        int result = real_##name(path, flags, mode);                                                                   \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                                                               \
    int name(int at, const char *path, int flags, ...) {                                                               \
        REAL(int, name, int, const char *, int, ...);                                                                  \
        mode_t mode = 0;                                                                                               \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                                           \
            va_list rest;                                                                                              \
            va_start(rest, flags);                                                                                     \
            mode = va_arg(rest, mode_t);                                                                               \
            va_end(rest);                                                                                              \
        }                                                                                                              \
        int action = judge_path(flags & (O_CREAT | O_TRUNC) ? KIND_CREATE : KIND_OPEN, path);                          \
        if (fails(action)) return -1;                                                                                  \
        int result = real_##name(at, path, flags, mode);                                                               \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
OPENING_AT(openat)
OPENING_AT(openat64)

#define TRANSFER(name, kind, buffer)                                                                                   \
    ssize_t name(int fd, buffer bytes, size_t count) {                                                                 \
        REAL(ssize_t, name, int, buffer, size_t);                                                                      \
        int action = judge_fd(kind, fd);                                                                               \
        if (fails(action)) return -1;                                                                                  \
        ssize_t result = real_##name(fd, bytes, part(action, count));                                                  \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
TRANSFER(read, KIND_READ, void *)
TRANSFER(write, KIND_WRITE, const void *)

#define TRANSFER_AT(name, kind, buffer)                                                                                \
    ssize_t name(int fd, buffer bytes, size_t count, off_t offset) {                                                   \
        REAL(ssize_t, name, int, buffer, size_t, off_t);                                                               \
        int action = judge_fd(kind, fd);                                                                               \
        if (fails(action)) return -1;                                                                                  \
        ssize_t result = real_##name(fd, bytes, part(action, count), offset);                                          \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
TRANSFER_AT(pread, KIND_READ, void *)
TRANSFER_AT(pread64, KIND_READ, void *)
TRANSFER_AT(pwrite, KIND_WRITE, const void *)
TRANSFER_AT(pwrite64, KIND_WRITE, const void *)

#define VECTOR(name, kind, single)                                                                                     \
    ssize_t name(int fd, const struct iovec *parts, int count) {                                                       \
        REAL(ssize_t, name, int, const struct iovec *, int);                                                           \
        int action = judge_fd(kind, fd);                                                                               \
        if (fails(action)) return -1;                                                                                  \
        struct iovec first = count > 0 ? parts[0] : (struct iovec){0};                                                 \
        int some = (action == DO_HALF || action == KILL_HALF) && first.iov_len > 1;                                    \
        first.iov_len /= 2;                                                                                            \
        ssize_t result = some ? real_##name(fd, &first, 1) : real_##name(fd, parts, count);                            \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
VECTOR(readv, KIND_READ, read)
VECTOR(writev, KIND_WRITE, write)

#define OF_FD(name, kind, parameters, arguments)                                                                       \
    int name parameters {                                                                                              \
        static int(*real) parameters;                                                                                  \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name);                                                          \
        int action = judge_fd(kind, fd);                                                                               \
        if (fails(action)) return -1;                                                                                  \
        int result = real arguments;                                                                                   \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
OF_FD(fsync, KIND_FORCE, (int fd), (fd))
OF_FD(fdatasync, KIND_FORCE, (int fd), (fd))
OF_FD(ftruncate, KIND_WRITE, (int fd, off_t length), (fd, length))
OF_FD(ftruncate64, KIND_WRITE, (int fd, off_t length), (fd, length))
OF_FD(fallocate, KIND_WRITE, (int fd, int mode, off_t at, off_t length), (fd, mode, at, length))
OF_FD(fallocate64, KIND_WRITE, (int fd, int mode, off_t at, off_t length), (fd, mode, at, length))

#define OF_PATH(name, kind, parameters, arguments)                                                                     \
    int name parameters {                                                                                              \
        static int(*real) parameters;                                                                                  \
        if (!real) *(void **)&real = dlsym(RTLD_NEXT, #name);                                                          \
        int action = judge_path(kind, path);                                                                           \
        if (fails(action)) return -1;                                                                                  \
        int result = real arguments;                                                                                   \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
OF_PATH(rename, KIND_RENAME, (const char *path, const char *to), (path, to))
OF_PATH(renameat, KIND_RENAME, (int from, const char *path, int at, const char *to), (from, path, at, to))
OF_PATH(unlink, KIND_UNLINK, (const char *path), (path))
OF_PATH(unlinkat, KIND_UNLINK, (int at, const char *path, int flags), (at, path, flags))
OF_PATH(mkdir, KIND_CREATE, (const char *path, mode_t mode), (path, mode))

/* An entry of a directory's listing. */
#define LISTING(name, entry)                                                                                           \
    struct entry *name(DIR *directory) {                                                                               \
        REAL(struct entry *, name, DIR *);                                                                             \
        int action = judge_fd(KIND_LIST, dirfd(directory));                                                            \
        if (fails(action)) return NULL;                                                                                \
        struct entry *result = real_##name(directory);                                                                 \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
LISTING(readdir, dirent)
LISTING(readdir64, dirent64)

#define MAPPING(name)                                                                                                  \
    void *name(void *address, size_t length, int protection, int flags, int fd, off_t offset) {                        \
        REAL(void *, name, void *, size_t, int, int, int, off_t);                                                      \
        int action = fd < 0 ? PASS : judge_fd(KIND_MAP, fd);                                                           \
        if (fails(action)) return MAP_FAILED;                                                                          \
        void *result = real_##name(address, length, protection, flags, fd, offset);                                    \
        finish(action);                                                                                                \
        return result;                                                                                                 \
    }
MAPPING(mmap)
MAPPING(mmap64)
