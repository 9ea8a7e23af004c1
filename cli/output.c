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
static bool said;
static bool quiet; /* notes are not said */

/* For --json, whose object has it as a text. */
static void keep_output(const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int   len = vsnprintf(NULL, 0, format, again);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    va_end(again);
    if (!text) json_lost();
    if (!text) return;
    vsnprintf(text, (size_t)len + 1, format, args);
    json_output(text);
    free(text);
}

void out_printf(const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (json_asked()) keep_output(format, args);
    else if (vprintf(format, args) < 0 && !write_error) write_error = errno ? errno : EIO;
    va_end(args);
}

bool output_close(void) {
    if (ferror(stdout) && !write_error) write_error = errno ? errno : EIO;
    if (fclose(stdout) != 0 && !write_error) write_error = errno ? errno : EIO;
    if (write_error && write_error != EPIPE) failed("write to", "standard output", write_error);
    return !write_error;
}

dfoo_status wrong(const char *format, ...) {
    char    text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (json_asked()) json_message(&(dfoo_message){.kind = DFOO_ERROR, .text = text});
    else fprintf(stderr, "dfoo: error: %s\n", text);
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
    if (!json_asked()) vfprintf(stderr, format, args);
    va_end(args);
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
        said |= !note;
        text += len + (text[len] == '\n');
    }
}

void say_messages(dfoo *d) {
    for (size_t i = 0; json_asked() && dfoo_message_at(d, i); i++) json_message(dfoo_message_at(d, i));
    const char *text = dfoo_messages(d);
    if (!*text) return;
    if (quiet) {
        say_without_notes(text);
        dfoo_messages_clear(d);
        return;
    }
    if (!is_unread()) say("%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
    said = true;
    dfoo_messages_clear(d);
}

bool said_anything(void) {
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
