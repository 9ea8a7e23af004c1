/* Loaded before a program (LD_PRELOAD): calls that fail when the plan says so.
 *
 *     FAULTY="malloc 17"              the 17th allocation gets no memory
 *     FAULTY="malloc 17 on"           and none after it does
 *     FAULTY="write 3 28"             the 3rd write fails with errno 28; "write 3 28 on": all from there on
 *     FAULTY="read 2 short"           the 2nd read gets one byte; "write 1 short on": so do all writes
 *     FAULTY="rename 1 kill"          the process is killed before the first rename; "done": behind it
 *     FAULTY_COUNT=FILE               appends "CALL COUNT" for each kind of call when the process ends
 *
 * Several plans stand one behind the other with ; between them. Allocations are seen in place of malloc. System
 * calls are seen by the kernel's own filter, which sends each of them as a signal back to us, so that those
 * inside the C library, behind fwrite or opendir, fail as well. Reads and writes of standard error never fail:
 * what is told is what the tests look at. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#define REGISTER(u, name) ((u)->uc_mcontext.gregs[name])
#define RESULT(u) REGISTER(u, REG_RAX)
#define NUMBER(u) REGISTER(u, REG_RAX)
static long argument(const ucontext_t *u, int i) {
    static const int at[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
    return (long)u->uc_mcontext.gregs[at[i]];
}
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#define RESULT(u) ((u)->uc_mcontext.regs[0])
static long argument(const ucontext_t *u, int i) {
    return (long)u->uc_mcontext.regs[i];
}
#endif

/* ------------------------------------------------------------------- plans */

typedef enum { MALLOC, READ, WRITE, OPEN, FSYNC, RENAME, MMAP, FTRUNCATE, UNLINK, CHMOD, CLOSE, STAT, N_KINDS } kind;

static const char *const names[N_KINDS] = {"malloc", "read", "write", "open", "fsync", "rename", "mmap", "ftruncate",
                                           "unlink", "chmod", "close", "stat"};

typedef enum { FAIL, SHORT, KILL, KILL_BEHIND } deed;

typedef struct plan {
    kind          of;
    unsigned long at; /* from 1; 0: no plan */
    int           error;
    deed          what;
    int           on;
} plan;

enum { MOST_PLANS = 8 };
static plan         plans[MOST_PLANS];
static int          n_plans;
static atomic_ulong calls[N_KINDS];
static const char  *count_file;

static const plan *planned(kind k) {
    unsigned long n = atomic_fetch_add(&calls[k], 1) + 1;
    for (int i = 0; i < n_plans; i++)
        if (plans[i].of == k && (plans[i].at == n || (plans[i].on && n > plans[i].at))) return &plans[i];
    return NULL;
}

static void read_word(const char *word, plan *p) {
    if (strcmp(word, "on") == 0) p->on = 1;
    else if (strcmp(word, "short") == 0) p->what = SHORT;
    else if (strcmp(word, "kill") == 0) p->what = KILL;
    else if (strcmp(word, "done") == 0) p->what = KILL_BEHIND;
    else p->error = atoi(word);
}

static void read_plan(char *text) {
    plan  p = {.of = N_KINDS};
    char *rest, *word = strtok_r(text, " ", &rest);
    for (int i = 0; word; i++, word = strtok_r(NULL, " ", &rest)) {
        for (int k = 0; i == 0 && k < N_KINDS; k++)
            if (strcmp(names[k], word) == 0) p.of = (kind)k;
        if (i == 1) p.at = strtoul(word, NULL, 10);
        if (i > 1) read_word(word, &p);
    }
    if (p.of < N_KINDS && n_plans < MOST_PLANS) plans[n_plans++] = p;
}

/* --------------------------------------------------------------- allocation */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static int ready; /* the program's own allocations count, not those of the loader */

static int refused(void) {
    const plan *p = ready ? planned(MALLOC) : NULL;
    if (p) errno = ENOMEM;
    return p != NULL;
}

void *malloc(size_t size) { return refused() ? NULL : __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return refused() ? NULL : __libc_calloc(n, size); }
void *realloc(void *block, size_t size) { return size && refused() ? NULL : __libc_realloc(block, size); }

/* ------------------------------------------------------------ system calls */

typedef struct call {
    int  number;
    kind of;
} call;

static const call seen[] = {
    {SYS_read, READ}, {SYS_write, WRITE}, {SYS_writev, WRITE}, {SYS_openat, OPEN}, {SYS_fsync, FSYNC},
    {SYS_mmap, MMAP}, {SYS_ftruncate, FTRUNCATE}, {SYS_renameat, RENAME}, {SYS_unlinkat, UNLINK},
    {SYS_fchmod, CHMOD}, {SYS_close, CLOSE}, {SYS_newfstatat, STAT}, {SYS_fstat, STAT},
#ifdef SYS_open
    {SYS_open, OPEN}, {SYS_rename, RENAME}, {SYS_unlink, UNLINK},
#endif
};
enum { N_SEEN = sizeof seen / sizeof seen[0] };


/* A system call that the filter lets through, by the address it comes from. */
extern long again(long number, const long a[6]);

#if defined(__x86_64__)
__asm__(".text\n.globl again\n.hidden again\n.type again,@function\nagain:\n"
        "mov %rdi,%rax\nmov %rsi,%r11\n"
        "mov 0(%r11),%rdi\nmov 8(%r11),%rsi\nmov 16(%r11),%rdx\nmov 24(%r11),%r10\nmov 32(%r11),%r8\n"
        "mov 40(%r11),%r9\n"
        "syscall\n.globl again_end\n.hidden again_end\nagain_end:\nret\n");
#else
__asm__(".text\n.globl again\n.hidden again\nagain:\n"
        "mov x8,x0\nmov x9,x1\n"
        "ldp x0,x1,[x9]\nldp x2,x3,[x9,16]\nldp x4,x5,[x9,32]\n"
        "svc 0\n.globl again_end\n.hidden again_end\nagain_end:\nret\n");
#endif
extern char again_end[];

static kind kind_of(int number) {
    for (int i = 0; i < N_SEEN; i++)
        if (seen[i].number == number) return seen[i].of;
    return N_KINDS;
}

static void die(void) {
    kill(getpid(), SIGKILL);
}

static void on_call(int signal, siginfo_t *info, void *context) {
    ucontext_t *u = context;
    (void)signal;
    int   number = info->si_syscall, saved = errno;
    kind  k = kind_of(number);
    long  a[6];
    for (int i = 0; i < 6; i++) a[i] = argument(u, i);
    int         exempt = (k == WRITE || k == CLOSE) && a[0] == 2;
    const plan *p = exempt ? NULL : planned(k);
    if (p && p->what == KILL) die();
    if (p && p->what == FAIL) {
        RESULT(u) = -p->error;
    } else {
        if (p && p->what == SHORT && number != SYS_writev && a[2] > 1) a[2] = 1;
        RESULT(u) = again(number, a);
        if (p && p->what == KILL_BEHIND) die();
    }
    errno = saved;
}

/* Everything of `seen` becomes a signal, unless it was asked from again(). */
static void install(unsigned kinds) {
    struct sock_filter code[2 * N_SEEN + 16];
    unsigned           n = 0;
    uintptr_t          end = (uintptr_t)again_end;
#define ADD(...) code[n++] = (struct sock_filter)__VA_ARGS__
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)end, 0, 3));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)((uint64_t)end >> 32), 0, 1));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    for (int i = 0; i < N_SEEN; i++) {
        if (!(kinds >> seen[i].of & 1)) continue;
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)seen[i].number, 0, 1));
        ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
    }
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
    struct sigaction  act = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
    sigaction(SIGSYS, &act, NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        static const char text[] = "faulty: this kernel lets us filter nothing\n";
        if (write(2, text, sizeof text - 1) < 0) _exit(98);
        _exit(97);
    }
}

static char words[512];

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("FAULTY");
    unsigned    kinds = 0;
    char       *rest;
    count_file = getenv("FAULTY_COUNT");
    strncpy(words, text ? text : "", sizeof words - 1);
    for (char *one = strtok_r(words, ";", &rest); one; one = strtok_r(NULL, ";", &rest)) read_plan(one);
    for (int i = 0; i < n_plans; i++) kinds |= 1u << plans[i].of;
    if (count_file) kinds = ~0u;
    if (kinds & ~(1u << MALLOC)) install(kinds);
    ready = 1;
}

static size_t put_number(char *to, unsigned long x) {
    char   digits[24];
    size_t n = 0, len = 0;
    do digits[n++] = (char)('0' + x % 10);
    while (x /= 10);
    while (n) to[len++] = digits[--n];
    return len;
}

__attribute__((destructor)) static void end(void) {
    char   text[512];
    size_t len = 0;
    n_plans = 0;
    ready = 0;
    int file = count_file ? open(count_file, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
    for (int k = 0; file >= 0 && k < N_KINDS; k++) {
        size_t n = strlen(names[k]);
        memcpy(text + len, names[k], n);
        len += n;
        text[len++] = ' ';
        len += put_number(text + len, atomic_load(&calls[k]));
        text[len++] = '\n';
    }
    if (file >= 0 && write(file, text, len) < 0) _exit(98);
    if (file >= 0) close(file);
}
