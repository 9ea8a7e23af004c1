"""Wrong use of every function of include/dfoo.h, found by walking the header: NULL for each pointer, a number that an
enum has not for each enum and for each field of options that is one, options that were not begun or are longer than the
library knows. Each call is made in a child process: it has to come back with DFOO_EUSE and a message, or NULL has to be
one of the cases below, which the header says are fine."""
import os
import re
import subprocess

import pytest

# What may be NULL. Options may be always.
FINE = {
    "mem": "the C library's allocator", "data": "zeros, or the function's own memory", "out": "not wanted",
    "title": "a title is made", "last": "not wanted", "metric": "not wanted", "start": "the default", "step": "row by row",
    "curve": "not wanted", "svg": "not wanted", "batch": "its own data", "now": "not wanted", "run": "not wanted", "name": "the whole model", "text": "nothing to free", "len": "not wanted", "confusion": "nothing to free",
}
FINE_IN = {
    "mem": ["dfoo_open"], "data": ["dfoo_arrays_add", "dfoo_arrays_add_f32", "dfoo_arrays_add_matrix",
                                   "dfoo_function_bind_output", "dfoo_function_bind_output_strided"],
    "out": ["dfoo_arrays_add", "dfoo_arrays_add_f32", "dfoo_arrays_add_matrix", "dfoo_arrays_borrow"],
    "title": ["dfoo_plot_confusion", "dfoo_plot_log"], "last": ["dfoo_train", "dfoo_trainer_end"],
    "curve": ["dfoo_find_rate"], "svg": ["dfoo_find_rate"], "batch": ["dfoo_trainer_step"], "now": ["dfoo_trainer_step", "dfoo_trainer_epoch", "dfoo_trainer_score"],
    "run": ["dfoo_trainer_end"], "metric": ["dfoo_predict"],
    "start": ["dfoo_build_param"], "step": ["dfoo_arrays_borrow"], "name": ["dfoo_explain", "dfoo_use_isa"],
    "text": ["dfoo_text_free"], "len": ["dfoo_text_read"], "confusion": ["dfoo_confusion_free"],
}
VALUES = {
    "dfoo *": "d", "dfoo_model *": "model", "dfoo_arrays *": "set", "dfoo_function *": "f", "dfoo_builder *": "b",
    "dfoo_trainer *": "t", "dfoo_predictor *": "p",
    "dfoo_confusion *": "&confusion", "dfoo_answer *": "answers", "dfoo_judgement *": "NULL", "dfoo_allocator *": "NULL", "char *": '"X"', "double *": "numbers",
    "float *": "floats", "size_t *": "sizes", "ptrdiff_t *": "steps", "void *": "numbers", "dfoo_progress *": "&progress", "dfoo_rate *": "&rate",
    "size_t": "1", "int": "1", "double": "0.5", "unsigned": "1", "dfoo_term": "1", "uint64_t": "1", "ptrdiff_t": "1",
}
# Reads what the caller's own memory says, or would write: these are called in other tests.
ELSEWHERE = {"dfoo_close", "dfoo_model_free", "dfoo_arrays_free", "dfoo_function_free", "dfoo_build_free", "dfoo_trainer_close",
             "dfoo_predictor_close", "dfoo_judgement_free"}


def header(root):
    text = (root / "include/dfoo.h").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"#if(def|ndef)? __cplusplus.*?#e(ndif|lse)", "", text, flags=re.S)


def functions(text):
    for result, name, inside in re.findall(r"DFOO_API\s+([\w\s*]+?)(\w+)\(([^)]*)\);", text):
        arguments = []
        for one in inside.split(","):
            kind, argument = re.fullmatch(r"\s*(.*?)(\w+)\s*", one).groups() if one.strip() != "void" else ("", "")
            if argument:
                arguments.append((re.sub(r"\bconst\b", "", kind).replace("  ", " ").strip(), argument))
        yield result.strip(), name, arguments


def enums(text):
    return set(re.findall(r"typedef enum (\w+)", text))


def fields(text, struct):
    return re.search(r"typedef struct %s \{(.*?)\n\}" % struct, text, re.S).group(1)


def value(kind, known_enums):
    if kind in known_enums:
        return "0"
    if kind.endswith("**"):
        return f"({kind})&handle"
    if kind.endswith("_options *"):
        return "NULL"
    return VALUES[kind]


def is_fine(function, kind, argument):
    return kind.endswith("_options *") or function in FINE_IN.get(argument, [])


def call(name, arguments):
    return f"{name}({', '.join(arguments)})"


def cases(text):
    """(label, C that sets `status`, wanted): wanted is EUSE, FINE (anything but EUSE), or ANY (it only has to come back)."""
    known = enums(text)
    for result, name, arguments in functions(text):
        usual = [value(kind, known) for kind, _ in arguments]
        gives_status = result == "dfoo_status"
        for i, (kind, argument) in enumerate(arguments):
            def with_value(x):
                made = call(name, usual[:i] + [x] + usual[i + 1:])
                return f"status = {made};" if gives_status else f"(void){made};"
            owner = name == "dfoo_open" or i == 0 and kind in ("dfoo *", "dfoo_model *", "dfoo_arrays *", "dfoo_function *", "dfoo_builder *",
                                                                "dfoo_trainer *", "dfoo_predictor *")
            if kind.endswith("*"):
                fine = is_fine(name, kind, argument) or not gives_status
                yield (f"{name}({argument} = NULL)", with_value("NULL"), "ANY" if fine else "OWNER" if owner else "EUSE")
            if kind in known and gives_status:
                yield (f"{name}({argument} = 99)", with_value(f"({kind})99"), "EUSE")
            if not kind.endswith("_options *"):
                continue
            struct = kind[:-2]
            begun = f"{struct} how = DFOO_INIT({struct}); "
            yield (f"{name}(size = 0)", begun + "how.size = 0; " + with_value("&how"), "EUSE")
            yield (f"{name}(longer)", f"struct {{ {struct} how; char more[40]; }} x = {{ .how = DFOO_INIT({struct}) }}; "
                   "x.how.size = sizeof x; x.more[20] = 1; " + with_value("&x.how"), "EUSE")
            for field_kind, field in re.findall(r"^\s+(\w+)\s+(\w+);", fields(text, struct), re.M):
                if field_kind in known:
                    yield (f"{name}(.{field} = 99)", begun + f"how.{field} = ({field_kind})99; " + with_value("&how"),
                           "EUSE")


PROGRAM = r"""
#include <dfoo.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static dfoo *d;
static dfoo_model *model;
static dfoo_arrays *set;
static dfoo_function *f;
static dfoo_builder *b;
static dfoo_trainer *t;
static dfoo_predictor *p;
static double numbers[16];
static float floats[16];
static size_t sizes[8] = {1, 1, 1, 1, 1, 1, 1, 1};
static ptrdiff_t steps[8] = {1, 1, 1, 1, 1, 1, 1, 1};
static void *handle;
static dfoo_progress progress = DFOO_INIT(dfoo_progress);
static dfoo_rate rate = DFOO_INIT(dfoo_rate);
static const char *const names[] = {"0", "1"};
static const char text[] = "input X : (2, m)\nparam w : (1, 2)\nP = w @ X\nJ = 1/m * sum(P**2)\nminimize J\npredict P\n";
static const size_t counts[4] = {1, 1, 1, 1};
static dfoo_confusion confusion = {2, names, counts};
static dfoo_answer answers[4];

static int told(const char *function) {
    const dfoo_message *m = dfoo_message_at(d, 0);
    return m && strstr(m->text, function);
}

/* A trainer, and a predictor from a run. */
static int make_handles(void) {
    dfoo_model  *line;
    dfoo_arrays *data, *run;
    return dfoo_model_parse(d, "line", text, strlen(text), &line) || dfoo_arrays_new(d, &data) ||
           dfoo_arrays_add_matrix(data, "X", 2, 3, numbers, NULL) ||
           dfoo_train(line, DFOO_WITH(dfoo_train_options, .arrays = data, .epochs = 1), &run, NULL) ||
           dfoo_predictor_new(d, run, DFOO_F64, &p) ||
           dfoo_trainer_open(line, DFOO_WITH(dfoo_train_options, .arrays = data, .gradients = 1), &t);
}

int main(void) {
    if (dfoo_open(NULL, &d) || dfoo_model_read(d, "two_layer", &model) || dfoo_arrays_new(d, &set) ||
        dfoo_compile(model, NULL, &f) || dfoo_build_begin(d, "b", &b) || make_handles()) return 2;
    dfoo_messages_clear(d);
    dfoo_build_input(b, "X", "n", "m");
    (void)numbers, (void)floats, (void)sizes, (void)steps, (void)handle, (void)progress, (void)rate, (void)confusion, (void)answers;
%s
    return 0;
}
"""
CASE = r"""    fflush(stdout);
    if (fork() == 0) {
        dfoo_status status = DFOO_OK;
        { %s }
        printf("%s\t%%d\t%%d\n", (int)status, told("%s") != 0);
        fflush(stdout);
        _exit(0);
    } else { int how; wait(&how); if (how) printf("%s\tCRASH %%d\t0\n", how); }
"""


@pytest.fixture(scope="module")
def results(root, build, tmp_path_factory):
    text = header(root)
    listed = list(cases(text))
    body = "".join(CASE % (code, label.replace('"', "'"), label.split("(")[0], label) for label, code, _ in listed)
    work = tmp_path_factory.mktemp("use")
    (work / "use.c").write_text(PROGRAM % body)
    sanitize = re.search(r"^DFOO_SANITIZE:.*?=(.+)$", (build / "CMakeCache.txt").read_text(), re.M)
    flags = [f"-fsanitize={sanitize.group(1)}"] if sanitize else []
    coverage = re.search(r"^DFOO_COVERAGE:BOOL=ON", (build / "CMakeCache.txt").read_text(), re.M)
    flags += ["--coverage"] if coverage else []
    made = subprocess.run(["cc", "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wno-nonnull", f"-I{root}/include", work / "use.c", "-o",
                           work / "use", f"-L{build}", "-ldfoo", f"-Wl,-rpath,{build}", *flags], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    done = subprocess.run([work / "use"], capture_output=True, text=True, cwd=work, stdin=subprocess.DEVNULL, timeout=300,
                          env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))
    assert done.returncode == 0, done.stderr
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in done.stdout.splitlines() if line.count("\t") == 2}
    return listed, rows, done.stderr


def test_the_header_is_walked(root):
    text = header(root)
    named = {name for _, name, _ in functions(text)}
    assert named == set(re.findall(r"\b(dfoo_\w+)\(", text)) - {"dfoo_init"} and len(named) > 60
    assert len(list(cases(text))) > 150


def test_what_is_fine_is_there(root):
    there = {(name, argument) for _, name, arguments in functions(header(root)) for _, argument in arguments}
    assert {(name, argument) for argument, names in FINE_IN.items() for name in names} - there == set()
    assert set(FINE) == set(FINE_IN)


def test_every_call_comes_back(results):
    listed, rows, errors = results
    assert [label for label, _, _ in listed if label not in rows or rows[label][0].startswith("CRASH")] == [], errors


def test_wrong_use_is_told(results):
    listed, rows, _ = results
    wrong = [(label, rows.get(label)) for label, _, wanted in listed
             if wanted == "EUSE" and rows.get(label) != ["5", "1"] or wanted == "OWNER" and rows.get(label, [""])[0] != "5"]
    assert wrong == []
