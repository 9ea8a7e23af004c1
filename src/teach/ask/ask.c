/* A question -> the rows of questions.def that it means.
 *
 * Of both only the words count: in lower case, without endings, without those that every question has, other
 * words for a thing made one. A word counts the more the fewer rows have it, and a little less where it is
 * spelled otherwise. Nothing is allocated. */
#include "teach/ask/ask.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/core.h"

enum { MOST_WORDS = 40, LONGEST = 24, MOST_FOUND = 8 };

typedef struct row {
    ask_row     is;
    const char *more; /* words that people use for it, beside those of the question */
} row;

static const row rows[] = {
#define QUESTION(QUESTION_, MORE, COMMAND) {{QUESTION_, "dfoo " COMMAND}, MORE},
#include "teach/ask/questions.def"
};

enum { N_ROWS = sizeof rows / sizeof *rows };

ask_row ask_at(size_t i) {
    return i < N_ROWS ? rows[i].is : (ask_row){NULL, NULL};
}

/* ----------------------------------------------------------------------- words */

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

typedef struct words {
    char   at[MOST_WORDS][LONGEST];
    size_t n;
} words;

/* Words that say nothing of what is asked. */
static const char stop_words[] =
    " a an and are as at be been before by can come comes could did do does doing done for from get "
    "gets give go goes had has have here how i if in into is it its itself know like make makes me "
    "mean means must my need needs not of on or our please really same say should so some tell than "
    "that the their them then there they thing this to up us use used using was we were what when "
    "where which who whom why will with without would you your explain understand confused question "
    "help backpropagation backprop neural network networks dfoo ";

/* Other words for a thing, each behind the one that stands for it; a word in a text is looked for as it is
 * without its ending. */
static const char *const same_words[] = {
    " transpos .t t flip ",
    " 1/m mean average one-over-m 1/n divid batch-siz ",
    " elementwis hadamard entrywis star * pointwis ⊙ ",
    " matmul matric matrix @ dot product multipl multipli ",
    " bias broadcast offset intercept ",
    " activ nonlinear squash ",
    " zero equal symmetr symmetri constant ",
    " random initial init start ",
    " jacobian numerator layout ",
    " exampl sampl batch minibatch datapoint vectori record ",
    " gradient grad derivativ deriv slope differenti ",
    " loss cost error objectiv ",
    " log-loss cross-entrop crossentrop bce logloss ",
    " shape dimens dim size ",
    " vanish explod disappear ",
    " check verif gradcheck numerical finit approximat ",
    " penalt regular l2 weight-decay ridg ",
    " weight w parameter param kernel ",
    " wrong mistak bug incorrect error debug fail ",
    " alpha learning-rat lr step stepsiz ",
    " softmax multiclass ",
};

static bool has_word(const char *list, const char *word) {
    size_t len = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at++)
        if (at > list && at[-1] == ' ' && at[len] == ' ') return true;
    return false;
}

static bool ends(const char *word, const char *with) {
    size_t n = strlen(word), k = strlen(with);
    return n > k + 2 && strcmp(word + n - k, with) == 0;
}

/* Without what grammar puts behind it: transposes, transposed and transpose are one word. */
static void cut_ending(char *word) {
    static const char *const endings[] = {
        "isation", "ization", "ations", "ation", "ising", "izing", "ised", "ized", "ises", "izes",
        "ise", "ize", "ions", "ion", "ings", "ing", "ies", "ied", "'s", "es", "ed", "ly", "s", "e",
        "y",
    };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (!ends(word, endings[i])) continue;
        word[strlen(word) - strlen(endings[i])] = 0;
        return;
    }
}

/* A name without the number of its layer: dZ2 and dz[2] are dz. Numbers that begin a word stay: 1/m. */
static void cut_number(char *word) {
    char *to = word;
    if (is_digit(*word)) return;
    for (char *from = word; *from; from++)
        if (!is_digit(*from) && *from != '[' && *from != ']' && *from != '(' && *from != ')')
            *to++ = *from;
    *to = 0;
}

/* How well two words are the same: 1, less where one is misspelled, 0 where they are others. */
static double likeness(const char *a, const char *b) {
    size_t n = strlen(a), k = strlen(b), less = n < k ? n : k;
    if (strcmp(a, b) == 0) return 1;
    if (less >= 4 && strncmp(a, b, less) == 0) return 0.8; /* one begins the other */
    unsigned far = less >= 3 && n - k + 2 <= 4 ? text_distance(a, b) : 100;
    if (less >= 7 && far <= 4) return 0.7;
    return (less >= 6 || (less >= 4 && n != k)) && far <= 2 ? 0.7 : 0; /* bread is not break */
}

/* The word that stands for it, up to a blank; NULL: it is not known under another name. */
static const char *same_word(const char *word) {
    const char *best = NULL;
    double      most = 0.65;
    for (size_t i = 0; i < sizeof same_words / sizeof *same_words; i++) {
        const char *at = same_words[i] + 1;
        for (size_t len; (len = strcspn(at, " ")) > 0; at += len + 1) {
            char other[LONGEST];
            snprintf(other, sizeof other, "%.*s", (int)len, at);
            double now = strcmp(word, other) == 0 ? 1 : len >= 5 ? likeness(word, other) : 0;
            if (now <= most) continue;
            most = now;
            best = same_words[i] + 1;
        }
    }
    return best;
}

static void put(words *out, const char *word) {
    if (!*word || out->n == MOST_WORDS) return;
    char *to = out->at[out->n];
    strncpy(to, word, LONGEST - 1);
    to[LONGEST - 1] = 0;
    cut_number(to);
    bool name = to[0] && to[1] && (to[0] == 'd' || strchr(to, '-')) && strlen(to) <= 4;
    if (!name) cut_ending(to);
    if (!*to || (is_letter(lower(to[0])) && !to[1])) return; /* a single letter says little */
    const char *same = same_word(to);
    if (same) {
        size_t len = strcspn(same, " ");
        memcpy(to, same, len);
        to[len] = 0;
    }
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(out->at[i], to) == 0) return; /* counts once */
    out->n++;
}

/* W2.T is a transpose. */
static void put_word(words *out, char *word) {
    size_t n = strlen(word);
    bool   turned = n > 2 && strcmp(word + n - 2, ".t") == 0;
    if (turned) word[n - 2] = 0;
    if (turned) put(out, ".t");
    while (n && strchr(".,;:?!\"", word[n - 1])) word[--n] = 0;
    if (!has_word(stop_words, word)) put(out, word);
}

static void read_words(const char *text, words *out) {
    char   word[LONGEST];
    size_t n = 0;
    for (; *text || n; text += *text != 0) {
        bool minus = text[0] == ' ' && text[1] == '-' && text[2] == ' '; /* A2 - Y is one word */
        if (minus && n + 1 < LONGEST) {
            word[n++] = '-';
            text += 2;
        } else if (*text && !strchr(" \t\n,;:?!\"=", *text)) {
            if (n + 1 < LONGEST) word[n++] = lower(*text);
        } else if (n) {
            word[n] = 0;
            put_word(out, word);
            n = 0;
        }
    }
}

/* -------------------------------------------------------------------- matching */

static double best_likeness(const words *in, const char *word) {
    double best = 0;
    for (size_t i = 0; i < in->n; i++) best = fmax(best, likeness(in->at[i], word));
    return best;
}

/* What each word of a question is worth: the more the fewer rows have it; little where none has. */
static void weigh(const words *asked, double *worth) {
    double in[MOST_WORDS] = {0};
    for (size_t r = 0; r < N_ROWS; r++) {
        words has = {.n = 0};
        read_words(rows[r].is.question, &has);
        read_words(rows[r].more, &has);
        for (size_t i = 0; i < asked->n; i++) in[i] += best_likeness(&has, asked->at[i]) > 0;
    }
    for (size_t i = 0; i < asked->n; i++) worth[i] = in[i] > 0 ? log((N_ROWS + 1.0) / (in[i] + 0.5)) : 0.7;
}

/* How much of what is asked a row has; words of its own question count a little more. */
static double score_of(const row *r, const words *asked, const double *worth) {
    words  question = {.n = 0}, more = {.n = 0};
    double got = 0, all = 0;
    read_words(r->is.question, &question);
    read_words(r->more, &more);
    for (size_t i = 0; i < asked->n; i++) {
        double own = best_likeness(&question, asked->at[i]), other = best_likeness(&more, asked->at[i]);
        got += worth[i] * fmax(own, 0.9 * other);
        all += worth[i];
    }
    return all > 0 ? got / all : 0;
}

size_t ask_find(const char *question, ask_row *out, size_t most) {
    const double least = 0.4, near_best = 0.75;
    words        asked = {.n = 0};
    double       worth[MOST_WORDS], score[MOST_FOUND] = {0};
    size_t       n = 0;
    ask_row      found[MOST_FOUND];
    read_words(question, &asked);
    if (!asked.n) return 0;
    weigh(&asked, worth);
    for (size_t r = 0; r < N_ROWS; r++) {
        double s = score_of(&rows[r], &asked, worth);
        size_t i = n < MOST_FOUND ? n : MOST_FOUND - 1;
        if (s < least || (n == MOST_FOUND && s <= score[i])) continue;
        n += n < MOST_FOUND;
        for (; i && score[i - 1] < s; i--) {
            score[i] = score[i - 1];
            found[i] = found[i - 1];
        }
        score[i] = s;
        found[i] = rows[r].is;
    }
    size_t good = 0;
    while (good < n && good < most && score[good] >= near_best * score[0]) {
        out[good] = found[good];
        good++;
    }
    return good;
}
