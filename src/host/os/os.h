/* What a platform has beside the C library: threads, a clock, how many processors and how much memory
 * there are, files that are replaced as a whole, libraries that are loaded when they are needed.
 *
 * One sibling per platform defines all of it and the build chooses: os_posix.c (with limits_linux.c or
 * limits_posix.c), os_windows.c, and os_none.c for what has nothing but C. What a platform lacks it says
 * to lack: a thread that cannot be started, a count that is not known. Functions that return an int
 * return 0 or the errno. */
#ifndef OS_OS_H
#define OS_OS_H

#include <stdatomic.h>
#include <stdio.h>

#include "core/core.h"

/* ----------------------------------------------------------------- numbers */

/* Between begin and end printf and strtod write and read a point, whatever locale the program has set;
 * for this thread only. Calls may be nested. After a failed begin, end does nothing. */
typedef struct point_locale {
    void *own, *before;
} point_locale;

dfoo_status point_locale_begin(point_locale *l);
void        point_locale_end(point_locale *l);

/* Between pause and resume numbers look as the program wants them: around a call of its own functions. */
void point_locale_pause(const point_locale *l);
void point_locale_resume(const point_locale *l);

/* ----------------------------------------------------------------- threads */

typedef struct os_thread os_thread;

/* DFOO_ENOMEM: no memory, or no more threads, or none at all on this platform. */
dfoo_status os_thread_start(const dfoo_allocator *mem, void (*work)(void *arg), void *arg, os_thread **out);

/* Waits for its end and frees it. */
void os_thread_join(os_thread *t);

/* Lets other threads come: for a moment on this processor, or on it at all. */
void os_thread_pause(void);
void os_thread_yield(void);

/* A counter that threads sleep at until it goes on. */
typedef struct os_bell os_bell;

dfoo_status os_bell_new(const dfoo_allocator *mem, os_bell **out);
void        os_bell_free(os_bell *b); /* NULL is fine */
unsigned    os_bell_count(os_bell *b);
void        os_bell_ring(os_bell *b); /* counts on, and wakes all; what was written before is seen then */
void        os_bell_wait(os_bell *b, unsigned count); /* sleeps while the count is this one */

/* One lock for what there is once per process. */
void os_lock(void);
void os_unlock(void);

/* ---------------------------------------------------------- what there is */

/* Seconds since some moment. */
double os_seconds(void);

/* The processors that this process may use: at least 1. */
unsigned os_processors(void);

/* The bytes of memory that this process may still take; UINT64_MAX where that is not known. */
uint64_t os_memory(void);

/* ------------------------------------------------------------------- files */

typedef enum { OS_NOTHING, OS_FILE, OS_FOLDER, OS_DEVICE } os_kind; /* a device is a pipe, too */

os_kind os_path_kind(const char *path);

/* Opens a file for reading; its size if it is a regular file. A folder is EISDIR. */
int os_open(const char *path, FILE **out, os_kind *kind, uint64_t *size);
int os_seek(FILE *file, uint64_t at);

/* The text of an errno. */
void os_error_text(int error, char *out, size_t size);

/* A file that takes the place of another when it is complete. Whoever looks sees the old one or the new
 * one, also after a crash. `path` and `temp` live in the arena. */
typedef struct os_target {
    const char *path; /* symbolic links followed */
    const char *temp; /* exists and is empty; NULL: `path` is a device, and is written to itself */
    unsigned    mode; /* permissions of the result */
} os_target;

int  os_target_begin(os_target *t, const char *path, arena *a);
int  os_target_replace(os_target *t, arena *a); /* after a failure the target is to be dropped */
void os_target_drop(os_target *t);

/* --------------------------------------------------------------- libraries */

/* A shared library by its name; the name NULL is what the program itself is linked with. NULL: it is not
 * there, or the platform loads none. */
void *os_library(const char *name);
void *os_library_symbol(void *library, const char *name);

#endif
