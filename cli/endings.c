/* What the ending of an output's name says: which format is written, where that is open, and that another was
 * meant, where none of ours is called so. */
#include "cli.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_ENDING = 10 };

/* The letters behind the last dot of a file's name; "" where there are none, or what is no ending: of
 * run_0.01, and of .profile. */
static const char *ending_of(const char *path) {
    const char *name = base_name(path), *dot = strrchr(name, '.');
    if (!dot || dot == name || !isalpha((unsigned char)dot[1])) return "";
    for (const char *p = dot + 1; *p; p++)
        if (!isalnum((unsigned char)*p)) return "";
    return dot;
}

/* Word i of those between blanks. */
static bool word_of(const char *words, size_t i, char out[LONGEST_ENDING]) {
    while (*words == ' ') words++;
    for (; i; i--) {
        words += strcspn(words, " ");
        words += strspn(words, " ");
    }
    snprintf(out, LONGEST_ENDING, "%.*s", (int)strcspn(words, " "), words);
    return *out;
}

/* Ending i of an output: those that its row of the table has, or those of the words of --format. */
static bool output_ending(const command *c, const option *o, size_t i, char out[LONGEST_ENDING]) {
    const option *format = option_called(c, "format");
    if (o->endings) return word_of(o->endings, i, out);
    const char *ending = format && format->list ? dfoo_word_ending((dfoo_words)(format->list - 1), i) : NULL;
    snprintf(out, LONGEST_ENDING, "%s", ending ? ending : "");
    return ending;
}

static int find_ending(const command *c, const option *o, const char *ending) {
    char own[LONGEST_ENDING];
    for (size_t i = 0; output_ending(c, o, i, own); i++)
        if (strcasecmp(own, ending) == 0) return (int)i;
    return -1;
}

int format_of(const request *r, command_id id) {
    const command *c = command_at(id);
    const option  *o = option_called(c, "output");
    if (!o || !r->output || r->ascii || was_given(r, id, "format")) return r->format;
    int found = find_ending(c, o, ending_of(r->output));
    return found < 0 ? r->format : found;
}

/* ------------------------------------------------------------- other formats */

static bool is_foreign(const char *ending) {
    static const char *const all[] = {
        "pdf",  "png",  "jpg",  "jpeg", "gif",    "webp", "bmp",     "tif",  "tiff", "eps", "ps",  "doc",
        "docx", "xls",  "xlsx", "ods",  "odt",    "ppt",  "pptx",    "pkl",  "pt",   "pth", "gz",  "zip",
        "onnx", "h5",   "hdf5", "npy",  "pickle", "mat",  "parquet", "toml", "yaml", "yml", "xml", "tsv",
        "py",   "ipynb", "c",   "h",    "tex",    "typ",  "rtf",     "tar",  "htm"};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (strcasecmp(ending + 1, all[i]) == 0) return true;
    return false;
}

/* Is it what another output of ours is called? */
static bool is_others(const char *ending) {
    for (size_t i = 0; command_at(i); i++)
        EACH_OPTION(o, command_at(i))
            if (o->writes && find_ending(command_at(i), o, ending) >= 0) return true;
    return false;
}

/* ".csv, .html or .md" */
static void list_endings(const command *c, const option *o, char *text, size_t size) {
    char   own[LONGEST_ENDING], next[LONGEST_ENDING], behind[LONGEST_ENDING];
    size_t len = 0;
    bool   more = output_ending(c, o, 0, own);
    for (size_t i = 1; more && len < size; i++) {
        more = output_ending(c, o, i, next);
        bool last = more && !output_ending(c, o, i + 1, behind);
        len += (size_t)snprintf(text + len, size - len, "%s%s", own, last ? " or " : more ? ", " : "");
        snprintf(own, sizeof own, "%s", next);
    }
}

/* Where the ending chooses, one that says nothing is a mistake; else one that says something else. */
dfoo_status ending_check(const command *c, const request *r, const option *o, const char *path) {
    char          text[128], letter[] = {o->letter, 0};
    const char   *ending = ending_of(path);
    const option *format = option_called(c, "format");
    if (!*ending || is_device(path) || find_ending(c, o, ending) >= 0) return DFOO_OK;
    if (format && r->given[option_number(format)]) return DFOO_OK;
    if (!o->chooses && !is_foreign(ending) && !is_others(ending)) return DFOO_OK;
    list_endings(c, o, text, sizeof text);
    return wrong("%s%s %s: dfoo %s writes %s there, not %s%s", o->letter ? "-" : "--",
                 o->letter ? letter : o->name, path, c->name, text, ending,
                 format ? "; --format chooses one of them for a file of any name" : "");
}
