/* What is written, and where: results to standard output, all else to standard error.
 *
 * A failed write is remembered and told once, at the end; a closed pipe is nobody's mistake
 * and told by the status alone. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int  write_error; /* errno of the first failed write to standard output */
static bool said;  /* what is wrong */
static bool quiet; /* notes are not said */
static dfoo_message place = {.kind = DFOO_ERROR}; /* where what is wrong stands */

/* A text of printf's, to be freed; NULL: there is no memory for it. */
static char *print(const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int   len = vsnprintf(NULL, 0, format, again);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    va_end(again);
    if (text) vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

/* The one way of words to a terminal, whoever they come from: what it would obey is shown as \x1B, unless it
 * is one of `ours`. False: it was not written. */
static bool put_shown(FILE *to, const char *text, const char *ours) {
    bool written = true;
    while (*text) {
        size_t run = 0;
        for (size_t n; text[run] && (n = utf8_length(text + run)); run += n)
            if (!is_shown(text + run, n) && !strchr(ours, text[run])) break;
        written = fwrite(text, 1, run, to) == run && written;
        text += run;
        if (*text) written = fprintf(to, "\\x%02X", (unsigned char)*text++) > 0 && written;
    }
    return written;
}

void out_printf(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = print(format, args);
    va_end(args);
    if (json_asked() && text) json_output(text);
    else if (json_asked()) json_lost();
    else if ((!text || !put_shown(stdout, text, "\n\t")) && !write_error)
        write_error = !text ? ENOMEM : errno ? errno : EIO;
    free(text);
}

bool output_close(void) {
    if (ferror(stdout) && !write_error) write_error = errno ? errno : EIO;
    if (fclose(stdout) != 0 && !write_error) write_error = errno ? errno : EIO;
    if (write_error && write_error != EPIPE) failed("write to", "standard output", write_error);
    return !write_error;
}

/* A message is one line, whatever the words have in them that it quotes. */
static void put_message(const char *text) {
    fputs("dfoo: error: ", stderr);
    put_shown(stderr, text, "");
    fputs("\n", stderr);
}

void wrong_at(const char *file, size_t line) {
    place = (dfoo_message){.kind = DFOO_ERROR, .file = file, .line = line};
}

dfoo_status wrong(const char *format, ...) {
    char         text[2048];
    int          len = 0;
    dfoo_message m = place;
    va_list      args;
    if (place.file && !json_asked())
        len = snprintf(text, sizeof text / 2, "%s:%zu: ", place.file, place.line);
    if (len < 0 || len >= (int)sizeof text / 2) len = 0;
    va_start(args, format);
    vsnprintf(text + len, sizeof text - (size_t)len, format, args);
    va_end(args);
    m.text = text;
    if (json_asked()) json_message(&m);
    else put_message(text);
    said = true;
    return DFOO_EINPUT;
}

dfoo_status failed(const char *what, const char *path, int error) {
    wrong("cannot %s %s: %s", what, path, strerror(error));
    return DFOO_EIO;
}

void say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = json_asked() ? NULL : print(format, args);
    va_end(args);
    if (text) put_shown(stderr, text, "\n\t");
    else if (!json_asked()) fputs("dfoo: error: out of memory\n", stderr);
    free(text);
}

/* Does nobody read standard output any more? Then what went wrong with it is nobody's mistake. */
static bool is_unread(void) {
    struct pollfd reader = {.fd = STDOUT_FILENO};
    return poll(&reader, 1, 0) > 0 && reader.revents & POLLERR;
}

void say_no_notes(void) {
    quiet = true;
}

/* What begins a line without a blank begins a message: those that are no notes. */
static void say_without_notes(const char *text) {
    bool note = false;
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (*text != ' ') note = strncmp(text, "note: ", 6) == 0;
        if (!note) say("%.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

void say_messages(dfoo *d) {
    const dfoo_message *m;
    const char         *text = dfoo_messages(d);
    for (size_t i = 0; (m = dfoo_message_at(d, i)); i++) {
        said |= m->kind == DFOO_ERROR && (json_asked() || *text); /* without memory there may be no text */
        if (json_asked()) json_message(m);
    }
    if (!*text) return;
    if (quiet) {
        say_without_notes(text);
        dfoo_messages_clear(d);
        return;
    }
    if (!is_unread()) say("%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
    dfoo_messages_clear(d);
}

bool said_what_is_wrong(void) {
    return said;
}

bool is_standard(const char *path) {
    return !path || strcmp(path, "-") == 0;
}

dfoo_status answer(dfoo *d, dfoo_status status, char *text, const char *path) {
    say_messages(d);
    if (text && is_standard(path)) {
        size_t len = strlen(text);
        out_printf("%s%s", text, len && text[len - 1] != '\n' ? "\n" : "");
    } else if (text) {
        dfoo_status written = dfoo_text_write(d, path, text);
        if (written != DFOO_OK) status = written;
        say_messages(d);
        result_text("file", path);
    }
    dfoo_text_free(d, text);
    return status;
}

/* Is `part`, in lower case, somewhere in the text? */
static bool contains(const char *text, const char *part) {
    for (; *text; text++) {
        size_t i = 0;
        while (part[i] && tolower((unsigned char)text[i]) == part[i]) i++;
        if (!part[i]) return true;
    }
    return false;
}

bool locale_is_utf8(void) {
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) return contains(value, "utf-8") || contains(value, "utf8");
    }
    return false;
}
