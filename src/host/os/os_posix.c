/* What POSIX has: Linux with any C library, macOS, the BSDs. The limits stand in limits_linux.c and
 * limits_posix.c. */
#include "host/os/os.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if __has_include(<xlocale.h>)
#include <xlocale.h>
#endif

/* ----------------------------------------------------------------- numbers */

dfoo_status point_locale_begin(point_locale *l) {
    *l = (point_locale){.own = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0)};
    if (!l->own) return DFOO_ENOMEM;
    l->before = uselocale(l->own);
    return DFOO_OK;
}

void point_locale_end(point_locale *l) {
    if (!l->own) return;
    uselocale(l->before);
    freelocale(l->own);
    *l = (point_locale){0};
}

void point_locale_pause(const point_locale *l) {
    if (l->own) uselocale(l->before);
}

void point_locale_resume(const point_locale *l) {
    if (l->own) uselocale(l->own);
}

/* ----------------------------------------------------------------- threads */

struct os_thread {
    dfoo_allocator mem;
    pthread_t      thread;
    void         (*work)(void *arg);
    void          *arg;
};

static void *thread_main(void *user) {
    os_thread *t = user;
    t->work(t->arg);
    return NULL;
}

dfoo_status os_thread_start(const dfoo_allocator *mem, void (*work)(void *arg), void *arg, os_thread **out) {
    *out = NULL;
    os_thread *t = mem_new(mem, sizeof *t);
    if (!t) return DFOO_ENOMEM;
    t->mem = *mem;
    t->work = work;
    t->arg = arg;
    if (pthread_create(&t->thread, NULL, thread_main, t) != 0) {
        mem_free(mem, t, sizeof *t);
        return DFOO_ENOMEM;
    }
    *out = t;
    return DFOO_OK;
}

void os_thread_join(os_thread *t) {
    assert(t);
    dfoo_allocator mem = t->mem;
    pthread_join(t->thread, NULL);
    mem_free(&mem, t, sizeof *t);
}

#if defined(__x86_64__)
void os_thread_pause(void) { __builtin_ia32_pause(); }
#else
void os_thread_pause(void) {}
#endif

void os_thread_yield(void) {
    sched_yield();
}

struct os_bell {
    dfoo_allocator  mem;
    char            apart[64]; /* the count is looked at often: it has a cache line of its own */
    atomic_uint     count;
    char            apart2[64];
    pthread_mutex_t lock;
    pthread_cond_t  rung;
};

dfoo_status os_bell_new(const dfoo_allocator *mem, os_bell **out) {
    os_bell *b = *out = mem_new(mem, sizeof *b);
    if (!b) return DFOO_ENOMEM;
    b->mem = *mem;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->rung, NULL);
    return DFOO_OK;
}

void os_bell_free(os_bell *b) {
    if (!b) return;
    dfoo_allocator mem = b->mem;
    pthread_cond_destroy(&b->rung);
    pthread_mutex_destroy(&b->lock);
    mem_free(&mem, b, sizeof *b);
}

unsigned os_bell_count(os_bell *b) {
    return atomic_load_explicit(&b->count, memory_order_acquire);
}

/* The lock makes sure that nobody falls asleep between its look at the count and its wait. */
void os_bell_ring(os_bell *b) {
    pthread_mutex_lock(&b->lock);
    atomic_fetch_add_explicit(&b->count, 1, memory_order_release);
    pthread_cond_broadcast(&b->rung);
    pthread_mutex_unlock(&b->lock);
}

void os_bell_wait(os_bell *b, unsigned count) {
    pthread_mutex_lock(&b->lock);
    while (os_bell_count(b) == count) pthread_cond_wait(&b->rung, &b->lock);
    pthread_mutex_unlock(&b->lock);
}

static pthread_mutex_t process = PTHREAD_MUTEX_INITIALIZER;

void os_lock(void) {
    pthread_mutex_lock(&process);
}

void os_unlock(void) {
    pthread_mutex_unlock(&process);
}

double os_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ------------------------------------------------------------------- files */

static os_kind kind_of(const struct stat *st) {
    return S_ISREG(st->st_mode) ? OS_FILE : S_ISDIR(st->st_mode) ? OS_FOLDER : OS_DEVICE;
}

os_kind os_path_kind(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 ? kind_of(&st) : OS_NOTHING;
}

int os_open(const char *path, FILE **out, os_kind *kind, uint64_t *size) {
    struct stat st;
    *out = fopen(path, "rb");
    if (!*out || fstat(fileno(*out), &st) != 0) return errno;
    *kind = kind_of(&st);
    *size = *kind == OS_FILE ? (uint64_t)st.st_size : 0;
    return *kind == OS_FOLDER ? EISDIR : 0;
}

int os_seek(FILE *file, uint64_t at) {
    return at <= INT64_MAX && fseeko(file, (off_t)at, SEEK_SET) == 0 ? 0 : errno ? errno : EINVAL;
}

void os_error_text(int error, char *out, size_t size) {
    if (strerror_r(error, out, size)) snprintf(out, size, "error %d", error);
}

/* The folder of a path with its last slash; "." if it has none. NULL without memory. */
static const char *folder_of(const char *path, arena *a) {
    const char *slash = strrchr(path, '/');
    return slash ? arena_text(a, path, (size_t)(slash - path) + 1) : ".";
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What a symbolic link stands for, so that the link survives and its target is replaced. A path
 * that cannot be followed comes back as it is: opening it will tell why. */
static const char *follow_links(arena *a, const char *path) {
    enum { MOST_LINKS = 40, LONGEST = 4096 };
    char link[LONGEST];
    for (int i = 0; path && i < MOST_LINKS; i++) {
        ssize_t len = readlink(path, link, sizeof link);
        if (len <= 0 || len == LONGEST) break;
        int folder = link[0] == '/' ? 0 : (int)(name_of(path) - path);
        path = arena_format(a, "%.*s%.*s", folder, path, (int)len, link);
    }
    return path;
}

/* Is `name` what make_temp calls a temporary file of `base`, base.PID-N.tmp, and that process gone? */
static bool is_left_over(const char *name, const char *base) {
    size_t len = strlen(base);
    char  *end;
    if (strncmp(name, base, len) != 0 || name[len] != '.') return false;
    if (!isdigit((unsigned char)name[len + 1])) return false;
    long process = strtol(name + len + 1, &end, 10);
    if (*end != '-' || !isdigit((unsigned char)end[1])) return false;
    end += 1 + strspn(end + 1, "0123456789");
    return strcmp(end, ".tmp") == 0 && process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

/* What processes that were killed while they wrote left beside the file. */
static void remove_left_overs(const char *path, const char *folder) {
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (is_left_over(e->d_name, name_of(path))) unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) closedir(dir);
}

/* Creates an empty file beside the path; its mode is that of the file it replaces, or follows the umask. */
static int make_temp(os_target *t, bool replaces, arena *a) {
    enum { TRIES = 1000 };
    struct stat st;
    int         file = -1;
    for (int i = 0; file < 0 && i < TRIES; i++) {
        t->temp = arena_format(a, "%s.%ld-%d.tmp", t->path, (long)getpid(), i);
        if (!t->temp) return ENOMEM;
        file = open(t->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST) break;
    }
    if (file < 0) return errno;
    if (!replaces && fstat(file, &st) == 0) t->mode = st.st_mode & 07777;
    close(file);
    return 0;
}

int os_target_begin(os_target *t, const char *path, arena *a) {
    struct stat st;
    *t = (os_target){.path = follow_links(a, path)};
    const char *folder = t->path ? folder_of(t->path, a) : NULL;
    if (!folder) return ENOMEM;
    bool exists = stat(t->path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) return EISDIR;
    if (exists && !S_ISREG(st.st_mode)) return 0;
    t->mode = exists ? st.st_mode & 07777 : 0666;
    remove_left_overs(t->path, folder);
    return make_temp(t, exists, a);
}

/* Makes a rename durable. File systems that cannot do this say EINVAL, and are left alone. */
static int flush_folder(const char *folder) {
    int file = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    int error = fsync(file) != 0 && errno == EIO ? EIO : 0;
    close(file);
    return error;
}

static int flush(const os_target *t) {
    int file = open(t->temp, O_RDWR | O_CLOEXEC);
    if (file < 0) return errno;
    int error = fchmod(file, (mode_t)t->mode) == 0 && fsync(file) == 0 ? 0 : errno;
    return close(file) == 0 || error ? error : errno;
}

int os_target_replace(os_target *t, arena *a) {
    if (!t->temp) return 0;
    int error = flush(t);
    if (!error && rename(t->temp, t->path) != 0) error = errno;
    if (error) return error;
    t->temp = NULL;
    return flush_folder(folder_of(t->path, a));
}

void os_target_drop(os_target *t) {
    if (t->temp) unlink(t->temp);
    t->temp = NULL;
}

/* --------------------------------------------------------------- libraries */

void *os_library(const char *name) {
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

void *os_library_symbol(void *library, const char *name) {
    return dlsym(library, name);
}
