/*
 * A disk that can be told to fail, for the tests in faults/: preloaded into the real executable, between it and
 * the system. It writes down each change below one folder, and when it was synced, so that a test can work out
 * what a loss of power may leave; and it has switches for faults, in a file that the test writes to.
 *
 * FAULTS_FOLDER    changes below this folder are meant, and no others
 * FAULTS_JOURNAL   where they are written down (nowhere if it is not set)
 * FAULTS_SWITCHES  numbers of 8 bytes each, see below
 *
 * The system is called directly, so that nothing here calls itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* What the test writes, and at the end what it reads. */
enum switch_no {
    ROOM,        /* so many bytes may files still grow by; below zero: any */
    WRITE_FAULT, /* the number of the error that each change fails with; 0: none */
    SYNC_DELAY,  /* milliseconds that each sync takes longer */
    SYNC_FAULT,  /* the number of the error that each sync fails with; 0: none */
    CLOCK,       /* seconds by which the clock of the world is wrong */
    SYNC_LIE,    /* 1: no sync is done, and each says that it was; 2: those of the write-ahead log alone */
    STRUCK,      /* how often a fault was given */
    SYNCS,       /* how often was synced */
    SWITCHES
};

enum kind { WRITE = 1, TRUNCATE, SYNC, UNLINK, CREATE, RENAME, FOLDER };

static const char *folder;
static size_t folder_length;
static int journal = -1;
static volatile int64_t *switches;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int64_t told(enum switch_no no) { return switches ? __atomic_load_n(&switches[no], __ATOMIC_SEQ_CST) : 0; }

static void count(enum switch_no no) {
    if (switches) __atomic_add_fetch(&switches[no], 1, __ATOMIC_SEQ_CST);
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_SWITCHES");
    if (path) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
        void *at = mmap(NULL, SWITCHES * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (fd >= 0 && at != MAP_FAILED) switches = at;
    }
    path = getenv("FAULTS_JOURNAL");
    if (path) journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    folder = getenv("FAULTS_FOLDER");
    if (folder) folder_length = strlen(folder);
}

static int ends_in(const char *path, const char *end) {
    size_t length = strlen(path), wanted = strlen(end);
    return length >= wanted && strcmp(path + length - wanted, end) == 0;
}

/* Below the folder, or the folder itself. What SQLite shares in memory is made anew after each start. */
static int is_meant(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0
        && (path[folder_length] == '/' || path[folder_length] == 0)
        && !ends_in(path, "-shm") && !ends_in(path, " (deleted)");
}

static int path_of(int fd, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_meant(path);
}

/* As `open` takes it: from where the process stands. */
static int absolute(const char *path, char whole[PATH_MAX]) {
    if (path[0] == '/') {
        snprintf(whole, PATH_MAX, "%s", path);
    } else {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here)) return 0;
        while (strncmp(path, "./", 2) == 0) path += 2;
        if (snprintf(whole, PATH_MAX, "%s/%s", here, path) >= PATH_MAX) return 0;
    }
    return is_meant(whole);
}

/* One line of the journal. The lock is held. */
static void note(enum kind kind, const char *path, uint64_t at, const void *data, size_t length) {
    if (journal < 0) return;
    struct { uint32_t kind, path; uint64_t at, length; } head = {kind, (uint32_t)strlen(path), at, length};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)data, length}};
    if (syscall(SYS_writev, journal, parts, 3) != (long)(sizeof head + head.path + length)) abort();
}

static int struck(int error) {
    count(STRUCK);
    errno = error;
    return -1;
}

/* Whether a change may be made after which the file has this length at least. */
static int may_change(int fd, int64_t length) {
    int64_t fault = told(WRITE_FAULT);
    if (fault) return struck((int)fault), 0;
    if (!switches || told(ROOM) < 0) return 1;
    struct stat is;
    if (fstat(fd, &is) != 0 || length <= is.st_size) return 1;
    if (__atomic_sub_fetch(&switches[ROOM], length - is.st_size, __ATOMIC_SEQ_CST) >= 0) return 1;
    __atomic_store_n(&switches[ROOM], 0, __ATOMIC_SEQ_CST);
    return struck(ENOSPC), 0;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return syscall(SYS_pwrite64, fd, data, length, at);
    pthread_mutex_lock(&order);
    ssize_t done = -1;
    if (may_change(fd, at + (int64_t)length)) {
        done = syscall(SYS_pwrite64, fd, data, length, at);
        if (done > 0) note(WRITE, path, (uint64_t)at, data, (size_t)done);
    }
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

ssize_t write(int fd, const void *data, size_t length) {
    char path[PATH_MAX];
    if (!folder || !path_of(fd, path)) return syscall(SYS_write, fd, data, length);
    pthread_mutex_lock(&order);
    ssize_t done = -1;
    int flags = fcntl(fd, F_GETFL);
    off_t at = lseek(fd, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
    if (may_change(fd, at + (int64_t)length)) {
        done = syscall(SYS_write, fd, data, length);
        if (done > 0) note(WRITE, path, (uint64_t)at, data, (size_t)done);
    }
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int ftruncate64(int fd, off64_t length) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return (int)syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&order);
    int done = -1;
    if (may_change(fd, length)) {
        done = (int)syscall(SYS_ftruncate, fd, length);
        if (done == 0) note(TRUNCATE, path, (uint64_t)length, "", 0);
    }
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* What was written before it began is safe when it has ended; what came meanwhile is not. */
static int sync_as(long call, int fd) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return (int)syscall(call, fd);
    count(SYNCS);
    int64_t lie = told(SYNC_LIE);
    if (lie == 1 || (lie == 2 && ends_in(path, "-wal"))) return count(STRUCK), 0;
    uint64_t begun = journal < 0 ? 0 : (uint64_t)lseek(journal, 0, SEEK_END);
    int64_t delay = told(SYNC_DELAY);
    if (delay > 0) {
        struct timespec pause = {delay / 1000, delay % 1000 * 1000000};
        count(STRUCK);
        nanosleep(&pause, NULL);
    }
    int64_t fault = told(SYNC_FAULT);
    if (fault) return struck((int)fault);
    int done = (int)syscall(call, fd);
    if (done == 0) {
        pthread_mutex_lock(&order);
        note(SYNC, path, begun, "", 0);
        pthread_mutex_unlock(&order);
    }
    return done;
}

int fsync(int fd) { return sync_as(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_as(SYS_fdatasync, fd); }

/* Whoever copies within the system is told to do it by reading and writing, which is seen here. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *where, size_t length, unsigned flags) {
    char path[PATH_MAX];
    if (!path_of(to, path)) return syscall(SYS_copy_file_range, from, at, to, where, length, flags);
    errno = ENOSYS;
    return -1;
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    char path[PATH_MAX];
    if (!path_of(to, path)) return syscall(SYS_sendfile, to, from, at, length);
    errno = EINVAL;
    return -1;
}

ssize_t sendfile(int to, int from, off_t *at, size_t length) { return sendfile64(to, from, at, length); }

static int open_as(int dir, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    int changes = (flags & O_ACCMODE) != O_RDONLY;
    if (!folder || !changes || (dir != AT_FDCWD && name[0] != '/') || !absolute(name, path))
        return (int)syscall(SYS_openat, dir, name, flags, mode);
    if (told(WRITE_FAULT) == EROFS) return struck(EROFS);
    pthread_mutex_lock(&order);
    struct stat is;
    int is_new = stat(path, &is) != 0;
    int fd;
    if (is_new && (flags & O_CREAT) && switches && told(ROOM) == 0) {
        fd = struck(ENOSPC);
    } else {
        fd = (int)syscall(SYS_openat, dir, name, flags, mode);
        if (fd >= 0 && is_new) note(CREATE, path, 0, "", 0);
        if (fd >= 0 && !is_new && (flags & O_TRUNC)) note(TRUNCATE, path, 0, "", 0);
    }
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return fd;
}

#define MODE(flags)                                                                                                  \
    mode_t mode = 0;                                                                                                 \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                           \
        va_list rest;                                                                                                \
        va_start(rest, flags);                                                                                       \
        mode = va_arg(rest, mode_t);                                                                                 \
        va_end(rest);                                                                                                \
    }

int open(const char *path, int flags, ...) { MODE(flags) return open_as(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_as(AT_FDCWD, path, flags, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE(flags) return open_as(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE(flags) return open_as(dir, path, flags, mode); }

int unlink(const char *name) {
    char path[PATH_MAX];
    if (!absolute(name, path)) return (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
    int64_t fault = told(WRITE_FAULT);
    if (fault) return struck((int)fault);
    pthread_mutex_lock(&order);
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
    if (done == 0) note(UNLINK, path, 0, "", 0);
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int mkdir(const char *name, mode_t mode) {
    char path[PATH_MAX];
    if (!absolute(name, path)) return (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
    int64_t fault = told(WRITE_FAULT);
    if (fault) return struck((int)fault);
    pthread_mutex_lock(&order);
    int done = (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
    if (done == 0) note(FOLDER, path, 0, "", 0);
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int rename(const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    int meant = absolute(from, old) & absolute(to, new);
    pthread_mutex_lock(&order);
    int done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (done == 0 && meant) note(RENAME, old, 0, new, strlen(new));
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return done;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int done = (int)syscall(SYS_clock_gettime, clock, now);
    if (done == 0 && clock == CLOCK_REALTIME) now->tv_sec += told(CLOCK);
    return done;
}
