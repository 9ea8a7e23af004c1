/* What Windows has. Compiled in the tests, with MinGW's headers, and not run there. */
#include "host/os/os.h"

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#define WIN32_LEAN_AND_MEAN /* less of it: its names are many */
#include <windows.h>

/* ----------------------------------------------------------------- numbers */

/* A thread's locale is a text here; before: a copy of it. */
dfoo_status point_locale_begin(point_locale *l) {
    _configthreadlocale(_ENABLE_PER_THREAD_LOCALE);
    *l = (point_locale){.own = "C", .before = _strdup(setlocale(LC_NUMERIC, NULL))};
    if (!l->before) l->own = NULL;
    point_locale_resume(l);
    return l->before ? DFOO_OK : DFOO_ENOMEM;
}

void point_locale_end(point_locale *l) {
    point_locale_pause(l);
    free(l->before);
    *l = (point_locale){0};
}

void point_locale_pause(const point_locale *l) {
    if (l->own) setlocale(LC_NUMERIC, l->before);
}

void point_locale_resume(const point_locale *l) {
    if (l->own) setlocale(LC_NUMERIC, l->own);
}

/* ----------------------------------------------------------------- threads */

struct os_thread {
    dfoo_allocator mem;
    HANDLE         thread;
    void         (*work)(void *arg);
    void          *arg;
};

static DWORD WINAPI thread_main(void *user) {
    os_thread *t = user;
    t->work(t->arg);
    return 0;
}

dfoo_status os_thread_start(const dfoo_allocator *mem, void (*work)(void *arg), void *arg, os_thread **out) {
    *out = NULL;
    os_thread *t = mem_new(mem, sizeof *t);
    if (!t) return DFOO_ENOMEM;
    *t = (os_thread){.mem = *mem, .work = work, .arg = arg};
    t->thread = CreateThread(NULL, 0, thread_main, t, 0, NULL);
    if (!t->thread) {
        mem_free(mem, t, sizeof *t);
        return DFOO_ENOMEM;
    }
    *out = t;
    return DFOO_OK;
}

void os_thread_join(os_thread *t) {
    assert(t);
    dfoo_allocator mem = t->mem;
    WaitForSingleObject(t->thread, INFINITE);
    CloseHandle(t->thread);
    mem_free(&mem, t, sizeof *t);
}

void os_thread_pause(void) {
    YieldProcessor();
}

void os_thread_yield(void) {
    SwitchToThread();
}

struct os_bell {
    dfoo_allocator     mem;
    atomic_uint        count;
    SRWLOCK            lock;
    CONDITION_VARIABLE rung;
};

dfoo_status os_bell_new(const dfoo_allocator *mem, os_bell **out) {
    os_bell *b = *out = mem_new(mem, sizeof *b);
    if (!b) return DFOO_ENOMEM;
    b->mem = *mem;
    InitializeSRWLock(&b->lock);
    InitializeConditionVariable(&b->rung);
    return DFOO_OK;
}

void os_bell_free(os_bell *b) {
    if (!b) return;
    dfoo_allocator mem = b->mem;
    mem_free(&mem, b, sizeof *b);
}

unsigned os_bell_count(os_bell *b) {
    return atomic_load_explicit(&b->count, memory_order_acquire);
}

void os_bell_ring(os_bell *b) {
    AcquireSRWLockExclusive(&b->lock);
    atomic_fetch_add_explicit(&b->count, 1, memory_order_release);
    WakeAllConditionVariable(&b->rung);
    ReleaseSRWLockExclusive(&b->lock);
}

void os_bell_wait(os_bell *b, unsigned count) {
    AcquireSRWLockExclusive(&b->lock);
    while (os_bell_count(b) == count) SleepConditionVariableSRW(&b->rung, &b->lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&b->lock);
}

static SRWLOCK process = SRWLOCK_INIT;

void os_lock(void) {
    AcquireSRWLockExclusive(&process);
}

void os_unlock(void) {
    ReleaseSRWLockExclusive(&process);
}

/* ---------------------------------------------------------- what there is */

double os_seconds(void) {
    LARGE_INTEGER now, second;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&second);
    return (double)now.QuadPart / (double)second.QuadPart;
}

unsigned os_processors(void) {
    DWORD_PTR own, all;
    unsigned  n = 0;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &own, &all)) return 1;
    for (; own; own &= own - 1) n++;
    return n ? n : 1;
}

uint64_t os_memory(void) {
    MEMORYSTATUSEX all = {.dwLength = sizeof all};
    if (!GlobalMemoryStatusEx(&all)) return UINT64_MAX;
    return all.ullAvailPhys < all.ullAvailVirtual ? all.ullAvailPhys : all.ullAvailVirtual;
}

/* ------------------------------------------------------------------- files */

static os_kind kind_of(const struct _stat64 *st) {
    int type = st->st_mode & S_IFMT;
    return type == S_IFREG ? OS_FILE : type == S_IFDIR ? OS_FOLDER : OS_DEVICE;
}

os_kind os_path_kind(const char *path) {
    struct _stat64 st;
    return _stat64(path, &st) == 0 ? kind_of(&st) : OS_NOTHING;
}

int os_open(const char *path, FILE **out, os_kind *kind, uint64_t *size) {
    struct _stat64 st;
    *out = NULL;
    if (os_path_kind(path) == OS_FOLDER) return EISDIR;
    *out = fopen(path, "rb");
    if (!*out || _fstat64(_fileno(*out), &st) != 0) return errno;
    *kind = kind_of(&st);
    *size = *kind == OS_FILE ? (uint64_t)st.st_size : 0;
    return 0;
}

int os_seek(FILE *file, uint64_t at) {
    return at <= INT64_MAX && _fseeki64(file, (int64_t)at, SEEK_SET) == 0 ? 0 : errno ? errno : EINVAL;
}

void os_error_text(int error, char *out, size_t size) {
    if (strerror_s(out, size, error)) snprintf(out, size, "error %d", error);
}

int os_target_begin(os_target *t, const char *path, arena *a) {
    os_kind kind = os_path_kind(path);
    *t = (os_target){.path = path};
    if (kind == OS_FOLDER) return EISDIR;
    if (kind == OS_DEVICE) return 0;
    t->temp = arena_format(a, "%s.%lu.tmp", path, (unsigned long)GetCurrentProcessId());
    if (!t->temp) return ENOMEM;
    FILE *file = fopen(t->temp, "wb");
    if (!file) return errno;
    return fclose(file) == 0 ? 0 : errno;
}

int os_target_replace(os_target *t, arena *a) {
    (void)a;
    if (!t->temp) return 0;
    if (!MoveFileExA(t->temp, t->path, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) return EACCES;
    t->temp = NULL;
    return 0;
}

void os_target_drop(os_target *t) {
    if (t->temp) remove(t->temp);
    t->temp = NULL;
}

/* --------------------------------------------------------------- libraries */

void *os_library(const char *name) {
    return (void *)(name ? LoadLibraryA(name) : GetModuleHandleA(NULL));
}

void *os_library_symbol(void *library, const char *name) {
    return (void *)GetProcAddress((HMODULE)library, name);
}
