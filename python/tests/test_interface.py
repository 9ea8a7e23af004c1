"""The whole of dfoo.h is in the package: each function has a counterpart with a docstring, or a reason why it has none."""
import doctest
import importlib
import inspect
import json
import pathlib
import subprocess
import sys

import pytest

import dfoo
from dfoo import _c

# What a Python program uses instead. Functions that only give memory back have garbage collection.
COUNTERPARTS = {
    "dfoo_version": "__version__", "dfoo_judge": "judge", "dfoo_diagnose": "Model.diagnose", "dfoo_mistakes": "mistakes", "dfoo_practice": "Model.practice", "dfoo_judgement_free": "Judgement", "dfoo_word_format": "Model.derive", "dfoo_status_text": "Error", "dfoo_open": "Model", "dfoo_close": "Model",
    "dfoo_messages": "Error", "dfoo_messages_clear": "Error", "dfoo_message_count": "Message", "dfoo_message_at": "Message",
    "dfoo_text_free": "Text", "dfoo_arrays_new": "Values", "dfoo_arrays_free": "Values", "dfoo_arrays_borrow": "Model.grad",
    "dfoo_arrays_get": "Values", "dfoo_arrays_count": "Values", "dfoo_arrays_at": "Values", "dfoo_arrays_write": "Run.save",
    "dfoo_word": "functions", "dfoo_model_parse": "Model", "dfoo_model_read": "Model.read", "dfoo_model_free": "Model",
    "dfoo_model_text": "Model", "dfoo_new_model": "Model.new", "dfoo_builtin_name": "models", "dfoo_model_set": "Model.set",
    "dfoo_show": "Model.show", "dfoo_show_run": "Run.show", "dfoo_derive": "Model.derive", "dfoo_explain": "Model.explain", "dfoo_explain_function": "explain", "dfoo_ask": "ask",
    "dfoo_check": "Model.check", "dfoo_grad": "Model.grad", "dfoo_entry": "Model.entry", "dfoo_compile": "Model.compile", "dfoo_function_free": "Function",
    "dfoo_function_bind": "Function", "dfoo_function_bind_strided": "Function", "dfoo_function_bind_output": "Objective",
    "dfoo_function_run": "Function.run", "dfoo_function_get": "Function", "dfoo_function_shape": "Function",
    "dfoo_train": "Model.fit", "dfoo_trainer_open": "Model.trainer", "dfoo_trainer_close": "Trainer.close",
    "dfoo_trainer_step": "Trainer.step", "dfoo_trainer_epoch": "Trainer.epoch", "dfoo_trainer_score": "Trainer.score",
    "dfoo_trainer_parameters": "Trainer.parameters", "dfoo_trainer_gradients": "Trainer.gradients",
    "dfoo_trainer_set_parameters": "Trainer.set_parameters", "dfoo_trainer_learning_rate": "Trainer.learning_rate",
    "dfoo_trainer_set_learning_rate": "Trainer.learning_rate", "dfoo_trainer_save": "Trainer.save",
    "dfoo_trainer_end": "Trainer.end", "dfoo_model_from_run": "Run.read", "dfoo_optimizer_name": "optimizers",
    "dfoo_schedule_name": "schedules", "dfoo_confusion_free": "Confusion", "dfoo_confusion_text": "Run.confusion",
    "dfoo_predict": "Run.predict", "dfoo_plot_model": "Run.plot", "dfoo_plot_log": "Run.plot", "dfoo_plot_run": "Run.plot",
    "dfoo_use_isa": "use_isa", "dfoo_find_rate": "Model.find_rate", "dfoo_metric_sign": "note", "dfoo_use_memory": "use_memory", "dfoo_word_note": "note", "dfoo_show_optimizer": "show_optimizer",
    "dfoo_builtin_text": "Model.read", "dfoo_builtin_like": "Model.read", "dfoo_plot_confusion": "Confusion.plot",
}
ELSEWHERE = {
    "dfoo_text_write": "open(..).write", "dfoo_text_read": "open(..).read", "dfoo_word_ending": "a program names its files", "dfoo_arrays_add": "arrays are numpy's", "dfoo_arrays_add_matrix": "arrays are numpy's",
    "dfoo_arrays_add_f32": "arrays are numpy's", "dfoo_arrays_read": "numpy.load", "dfoo_function_bind_output_strided":
    "outputs are dense", "dfoo_build_": "a model is a text, which Python puts together", "dfoo_predictor_":
    "net.compile('A2') is one: it is called with the run's parameters",
}


def found(path):
    thing = dfoo
    for part in path.split("."):
        thing = getattr(thing, part)
    return thing


@pytest.mark.parametrize("function", sorted(_c.FUNCTIONS))
def test_counterparts(function):
    assert _c.FUNCTIONS[function][2], "the header says nothing about it"
    if function in COUNTERPARTS:
        thing = found(COUNTERPARTS[function])
        assert isinstance(thing, str) or inspect.getdoc(thing), COUNTERPARTS[function]
    else:
        assert any(function == name or name.endswith("_") and function.startswith(name) for name in ELSEWHERE), function


def test_all_is_documented():
    for name in dfoo.__all__:
        thing = getattr(dfoo, name)
        if inspect.isclass(thing):
            for key, value in vars(thing).items():
                if not key.startswith("_") and (callable(value) or isinstance(value, property)):
                    assert inspect.getdoc(getattr(thing, key)), f"{name}.{key}"
        if not isinstance(thing, str):
            assert inspect.getdoc(thing), name


@pytest.mark.parametrize("module", ["__init__", "model", "function", "_arrays", "training", "sklearn", "neighbours", "weights", "judging", "practice"])
def test_examples(module):
    if module == "sklearn":
        pytest.importorskip("sklearn")
    name = "dfoo" if module == "__init__" else f"dfoo.{module}"
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


def test_types(tmp_path):
    mypy = pytest.importorskip("mypy.api")
    (tmp_path / "use.py").write_text(USE)
    said, wrong, status = mypy.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "use.py")])
    assert status == 0, said + wrong


def test_types_by_another_hand(tmp_path):
    """pyright's rules (basedpyright: PyPI has all of it, node too): the package's files, and a program that uses it, strictly."""
    pytest.importorskip("basedpyright")
    (tmp_path / "use.py").write_text(USE)
    own = [str(p) for p in sorted(pathlib.Path(dfoo.__file__).parent.glob("*.py")) if p.name not in ("_c.py", "torch.py")]
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(
        {"typeCheckingMode": "standard", "include": [*own, "use.py"], "strict": ["use.py"], "pythonVersion": "3.9"}))
    said = subprocess.run([sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "-p", str(tmp_path)], capture_output=True,
                          text=True, cwd=tmp_path, timeout=600)
    assert said.returncode == 0 and "0 errors, 0 warnings" in said.stdout, said.stdout + said.stderr


USE = '''
import dfoo
import numpy as np

net = dfoo.Model.new("relu 4, sigmoid 1")
line: str = net.derive(wrt="dW1")
v = net.grad(X=np.eye(2), Y=np.ones((1, 2)))
f: dfoo.Function = net.compile("J, dW1", dtype="float32")
run: dfoo.Run = net.fit(np.eye(2), np.ones(2), epochs=3)
picture: dfoo.Picture = run.plot()
report: dfoo.Report = net.check()
ok: bool = bool(report)
held: "dict[str, float]" = run.metrics(np.eye(2), np.ones(2), part="all")
'''


def test_import_is_quick():
    code = "import sys, dfoo; print('numpy' in sys.modules, 'IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split() == ["False", "False"]


def test_the_library_is_the_package_s():
    assert pathlib.Path(_c.lib._name).parent == pathlib.Path(dfoo.__file__).parent
    assert _c.lib.dfoo_version().decode() == dfoo.__version__ == _c.VERSION


@pytest.mark.parametrize("page", ["python.md", "from-others.md"])
def test_documents(page):
    """Every example of the documents, in order."""
    pytest.importorskip("sklearn")
    path = pathlib.Path(__file__).resolve().parents[2] / "docs" / page
    result = doctest.testfile(str(path), module_relative=False)
    assert result.attempted > 5 and result.failed == 0
