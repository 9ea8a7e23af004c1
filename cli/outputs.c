/* What a command is going to write, looked at before it does any work: each output can be written, none is a
 * file that is read, and no two are the same.
 *
 * Files are the same if they have the same device and inode, whatever their names are; one that is not there
 * yet is known by its folder and its name. To /dev/null and the like anything may be written. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Which file a path means. */
typedef struct place {
    bool  known;
    dev_t device;
    ino_t node;
    char  name[256]; /* of a file that is not there, in the folder device:node; else "" */
} place;

/* A file of the command line, and what names it: "-o", "--data", "MODEL". */
typedef struct mention {
    const char *path;
    char        by[32];
    place       at;
} mention;

/* ------------------------------------------------------------------- places */

static place place_of(const struct stat *at, const char *name) {
    place p = {.known = !S_ISCHR(at->st_mode), .device = at->st_dev, .node = at->st_ino};
    snprintf(p.name, sizeof p.name, "%s", name);
    return p;
}

static bool same(const place *x, const place *y) {
    return x->known && y->known && x->device == y->device && x->node == y->node &&
           strcmp(x->name, y->name) == 0;
}

/* The folder of a path as a path, "." if none is named. */
static bool folder_of(const char *path, char *out, size_t size) {
    size_t len = (size_t)(base_name(path) - path);
    return snprintf(out, size, "%.*s", len ? (int)len : 1, len ? path : ".") < (int)size;
}

/* What a symbolic link to nothing stands for, into `path`. */
static bool follow(char *path, size_t size) {
    char    folder[4096], link[4096];
    ssize_t len = readlink(path, link, sizeof link - 1);
    if (len <= 0 || !folder_of(path, folder, sizeof folder)) return false;
    link[len] = 0;
    return snprintf(path, size, "%s%s%s", link[0] == '/' ? "" : folder, link[0] == '/' ? "" : "/", link) <
           (int)size;
}

/* The folder and the file that a path ends at. */
static bool resolve(const char *path, char *folder, char *file, size_t size) {
    enum { MOST_LINKS = 40 };
    if (snprintf(file, size, "%s", path) >= (int)size) return false;
    for (int i = 0; i < MOST_LINKS && follow(file, size);) i++;
    return folder_of(file, folder, size);
}

static place find_place(const char *path) {
    struct stat at;
    char        file[4096], folder[4096];
    if (stat(path, &at) == 0) return place_of(&at, "");
    bool found = resolve(path, folder, file, sizeof file) && stat(folder, &at) == 0;
    return found ? place_of(&at, base_name(file)) : (place){0};
}

/* The file of a standard stream, which a shell may have made. */
static place stream_place(int fd) {
    struct stat at;
    return fstat(fd, &at) == 0 && S_ISREG(at.st_mode) ? place_of(&at, "") : (place){0};
}

/* ----------------------------------------------------------------- mentions */

void option_paths(const request *r, const option *o, see_path *what, void *user) {
    char        by[32];
    const void *at = (const char *)r + o->at;
    if (!r->given[option_number(o)]) return;
    if (o->letter) snprintf(by, sizeof by, "-%c", o->letter);
    else snprintf(by, sizeof by, "--%s", o->name);
    if (o->type == TYPE_WORDS) {
        const words *list = at;
        for (size_t i = 0; i < list->n; i++) what(user, list->at[i], by);
        return;
    }
    what(user, *(const char *const *)at, by);
    const char *const *rest = o->type == TYPE_FILES ? *(const char *const *const *)((const char *)r + o->rest)
                                                    : NULL;
    for (; rest && *rest; rest++) what(user, *rest, by);
}

static void see_outputs(const command *c, const request *r, see_path *what, void *user) {
    EACH_OPTION(o, c)
        if (o->writes) option_paths(r, o, what, user);
}

/* The arguments are files as well, but for the names of what is explained. */
static void see_arguments(const command *c, const request *r, see_path *what, void *user) {
    bool function = takes(c, "FUNCTION") && !r->args[1] && !r->all;
    if (r->args[0] && takes(c, "MODEL") && !function && !builtin_of(r->args[0]))
        what(user, r->args[0], "MODEL");
    if (r->args[1] && takes(c, "FILE")) what(user, r->args[1], "FILE");
}

static void see_inputs(const command *c, const request *r, see_path *what, void *user) {
    see_arguments(c, r, what, user);
    EACH_OPTION(o, c)
        if (o->reads || o->may_read) option_paths(r, o, what, user);
}

/* -------------------------------------------------------------------- looks */

typedef struct look {
    const command *c;
    const request *r;
    mention        out;   /* the output at hand */
    bool           later; /* have we come to it among the outputs? */
    dfoo_status    status;
} look;

/* FILE:PART, where FILE is there and the whole is not. */
static place input_place(const char *path) {
    char file[4096];
    if (strcmp(path, "-") == 0) return stream_place(STDIN_FILENO);
    place p = find_place(path);
    for (const char *colon = strchr(path, ':'); p.name[0] && colon; colon = strchr(colon + 1, ':')) {
        snprintf(file, sizeof file, "%.*s", (int)(colon - path), path);
        if (access(file, F_OK) == 0) p = find_place(file);
    }
    return p;
}

/* Is it a program in this folder, which `grade` reads? */
static bool lies_in(const mention *out, const place *folder) {
    char   path[4096];
    bool   there = !out->at.name[0];
    place  p = folder_of(out->path, path, sizeof path) ? find_place(path) : (place){0};
    return there && is_program(out->path) && same(&p, folder);
}

/* --restart --from: the run begins with the numbers of the file that it replaces. */
static bool may_replace(const look *l, const char *by) {
    return l->r->force || (l->r->train.restart && strcmp(by, "--from") == 0);
}

static void see_input(void *user, const char *path, const char *by) {
    look *l = user;
    place p = input_place(path);
    bool  hit = !p.name[0] && (same(&p, &l->out.at) || lies_in(&l->out, &p));
    if (hit && l->status == DFOO_OK && !may_replace(l, by))
        l->status = wrong("%s %s would overwrite what %s reads; name another file, or say --force", l->out.by,
                          l->out.path, by);
}

static void see_other(void *user, const char *path, const char *by) {
    look *l = user;
    if (path == l->out.path) l->later = true;
    if (path == l->out.path || !l->later || l->status != DFOO_OK) return;
    place p = find_place(path);
    bool  both = strcmp(path, "-") == 0 && strcmp(l->out.path, "-") == 0;
    if (both || (strcmp(path, "-") != 0 && same(&p, &l->out.at)))
        l->status = wrong("%s and %s both write to %s; name two files", l->out.by, by, path);
}

static void see_streams(look *l) {
    static const char *const names[] = {"standard output", "standard error"};
    for (int i = 0; i < 2 && l->status == DFOO_OK; i++) {
        place p = stream_place(i ? STDERR_FILENO : STDOUT_FILENO);
        if (same(&p, &l->out.at))
            l->status = wrong("%s %s is the file that %s goes to; name another", l->out.by, l->out.path,
                              names[i]);
    }
}

/* A file is replaced by another of its folder, a device is written to. */
static dfoo_status can_write(const char *path) {
    struct stat at;
    char        folder[4096], file[4096];
    bool        there = stat(path, &at) == 0;
    bool        through = there && !S_ISREG(at.st_mode);
    if (!there && errno == ELOOP) return failed("write", path, errno);
    if (!resolve(path, folder, file, sizeof file)) return failed("write", path, ENAMETOOLONG);
    if (there && S_ISDIR(at.st_mode)) return failed("write", path, EISDIR);
    if (there && access(path, W_OK) != 0) return failed("write", path, errno);
    if (!through && access(folder, W_OK) != 0) return failed("write", path, errno);
    return DFOO_OK;
}

static void see_output(void *user, const char *path, const char *by) {
    look *l = user;
    if (l->status != DFOO_OK) return;
    l->out = (mention){.path = path};
    snprintf(l->out.by, sizeof l->out.by, "%s", by);
    bool standard = strcmp(path, "-") == 0;
    if (!standard) l->out.at = find_place(path);
    if (!standard) l->status = can_write(path);
    if (!standard && l->status == DFOO_OK) see_streams(l);
    l->later = false;
    if (l->status == DFOO_OK) see_outputs(l->c, l->r, see_other, l);
    if (l->status == DFOO_OK) see_inputs(l->c, l->r, see_input, l);
}

/* An NPZ file is nothing for a terminal. */
static dfoo_status fits_terminal(const command *c, const request *r) {
    EACH_OPTION(o, c) {
        if (o->writes != WRITES_ARRAYS || !r->given[option_number(o)]) continue;
        const char *path = *(const char *const *)((const char *)r + o->at);
        if (is_standard(path) && isatty(STDOUT_FILENO))
            return wrong("-o -: an NPZ file is nothing for a terminal; name a file");
    }
    return DFOO_OK;
}

static dfoo_status have_endings(const command *c, const request *r) {
    dfoo_status status = DFOO_OK;
    EACH_OPTION(o, c) {
        const char *path = o->writes ? *(const char *const *)((const char *)r + o->at) : NULL;
        if (status == DFOO_OK && !is_standard(path)) status = ending_check(c, r, o, path);
    }
    return status;
}

dfoo_status outputs_check(const command *c, const request *r) {
    look        l = {.c = c, .r = r};
    dfoo_status status = fits_terminal(c, r);
    if (status != DFOO_OK) return status;
    see_outputs(c, r, see_output, &l);
    return l.status == DFOO_OK ? have_endings(c, r) : l.status;
}
