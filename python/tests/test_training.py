"""Training, predictions, weights of examples, and pictures."""
import pickle
import signal
import threading
import xml.etree.ElementTree

import numpy as np
import pytest

import dfoo


def test_fit_and_predict(net, xor):
    X, y = xor
    run = net.fit(X, y, epochs=300, learning_rate=1, optimizer="momentum", seed=1)
    assert run.cost < 0.3 and run.last.metric_name == "accuracy" and run.score(X, y).metric == run.last.metric
    assert run.predict(X).shape == (60, 1) and set(run.classify(X)) == {0, 1}
    named = run.predict(X=X.T)
    np.testing.assert_array_equal(named.A2.T, run.predict(X))
    A1 = np.tanh(run.W1 @ X.T + run["b1"])
    np.testing.assert_allclose(run.predict(X).T, 1 / (1 + np.exp(-(run.W2 @ A1 + run.b2))), rtol=1e-12)
    assert len(run.history.cost) == 300 and "W1 4x2" in repr(run)


def test_parts_and_metrics(net, xor, tmp_path):
    """The parts that training had, as the run file's readers find them again; every measure that suits the labels."""
    X, y = xor
    run = net.fit(X, y, epochs=300, learning_rate=1, split=0.25, seed=3)
    parts = {part: run.predict(X, y, part=part) for part in ("all", "train", "test")}
    assert [len(found) for found in parts.values()] == [60, 45, 15]
    assert sorted(np.concatenate([parts["train"], parts["test"]]).ravel()) == sorted(parts["all"].ravel())
    assert len(run.classify(X, y, part="test")) == 15
    whole, held = run.score(X, y), run.score(X, y, part="test")
    assert held.metric == run.last.test_metric != whole.metric and run.score(X, y, part="train").metric == run.last.metric
    said, labels = run.metrics(X, y), y > 0.5
    guessed = run.predict(X)[:, 0] > 0.5
    hits = (guessed & labels).sum()
    assert said["accuracy"] == (guessed == labels).mean() and run.metrics(X, y, part="test")["accuracy"] == held.metric
    assert said["F1"] == pytest.approx(2 * hits / (guessed.sum() + labels.sum()))
    assert {"precision", "recall", "AUC", "log-loss"} <= set(said) and "R2" not in said
    with pytest.raises(dfoo.ModelError, match="all.*train.*test"):
        run.predict(X, y, part="tset")
    plain = net.fit(X, y, epochs=3)
    with pytest.raises(dfoo.ModelError):
        plain.predict(X, y, part="test")


def test_predict_reads_as_the_program_does(net, xor, tmp_path):
    """Every option of reading that `dfoo predict` has: which columns, which labels, a first line of names, images, numbers of half the size."""
    X, y = xor
    run = net.fit(X, y, epochs=30, learning_rate=1)
    table = tmp_path / "other.csv"
    np.savetxt(table, np.c_[y, X[:, 1], X[:, 0], 7 + y], delimiter=",", header="kind,second,first,noise", comments="", fmt="%.17g")
    for how in ({"map": "X=first,second", "labels": "kind"}, {"map": {"X": "first,second"}, "labels": ["kind"], "header": "yes"}):
        np.testing.assert_allclose(run.predict(table, **how), run.predict(X), rtol=1e-12)
        assert run.score(table, **how).metric == run.score(X, y).metric
        assert run.metrics(table, **how)["accuracy"] == run.metrics(X, y)["accuracy"]
        np.testing.assert_array_equal(run.confusion(table, **how).count, run.confusion(X, y).count)
        assert "<svg" in run.plot(table, **how).svg
    np.savez(tmp_path / "other.npz", inputs=X.T, kinds=y[None, :])
    np.testing.assert_array_equal(run.classify(tmp_path / "other.npz", map={"X": "inputs", "Y": "kinds"}), run.classify(X))
    with pytest.raises(dfoo.ModelError):
        run.predict(tmp_path / "other.npz", map="X=nosuch")
    small = run.predict(X, dtype=np.float32)
    assert 0 < np.abs(small - run.predict(X)).max() < 1e-5
    np.testing.assert_array_equal(small, run.predict(X, dtype="float32"))
    for wrong, says in (({"dtype": "float16"}, "float64"), ({"header": "maybe"}, "auto"), ({"flaten": True}, "did you mean flatten"), ({"part": "tset"}, "test")):
        with pytest.raises(dfoo.ModelError, match=says):
            run.predict(X, **wrong)
    images = np.moveaxis(X[:, :, None], 2, 1)  # an example is 1 x 2
    np.savez(tmp_path / "images.npz", X=images, Y=y[None, :])
    with pytest.warns(dfoo.Note, match="flatten=True"):
        noted = run.predict(tmp_path / "images.npz")
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(run.predict(tmp_path / "images.npz", flatten=True), noted)


def test_a_variable_keeps_its_name(xor):
    """A model whose label is called like an option."""
    X, y = xor
    net = dfoo.Model("input X : (n, m)\nlabel labels : (1, m)\nparam w : (n, 1)\nA = sigmoid(w.T @ X)\n"
                     "J = -1/m * sum(labels * log(A) + (1 - labels) * log(1 - A))\nminimize J\npredict A\n")
    run = net.fit(X, y, epochs=5)
    assert run.score(X=X.T, labels=y[None, :]).cost == run.score(X, y).cost


def test_parts_of_pictures_and_confusion(net, xor):
    """Of the part that was held back: as many examples, and the same as by hand."""
    X, y = xor
    run = net.fit(X, y, epochs=200, learning_rate=1, split=0.25, seed=3)
    counts = {part: run.confusion(X, y, part=part).count for part in ("all", "train", "test")}
    assert [c.sum() for c in counts.values()] == [60, 45, 15]
    np.testing.assert_array_equal(counts["train"] + counts["test"], counts["all"])
    whole, held = run.plot(X, y).svg, run.plot(X, y, part="test").svg
    assert len(whole) > len(held), "fewer signs of examples"
    for kind in ("roc", "calibration", "confusion"):
        assert run.plot(X, y, part="test", kind=kind).svg != run.plot(X, y, kind=kind).svg
    assert "15" in run.confusion(X, y, part="test").plot("held back").svg or counts["test"].max() < 15


def test_orientations_agree(net, xor):
    X, y = xor
    rows = net.fit(X, y, epochs=20, learning_rate=1)
    named = net.fit(X=X.T, Y=y[None, :], epochs=20, learning_rate=1)
    np.testing.assert_array_equal(rows.W1, named.W1)
    with pytest.raises(dfoo.ModelError, match="60 examples"):
        net.fit(X, y[:50])


def test_classes_with_names():
    random = np.random.default_rng(0)
    centres = {"cat": (0, 3), "dog": (3, 0), "eel": (-3, -3)}
    y = np.array(list(centres) * 20)
    X = np.array([centres[name] for name in y]) + random.normal(size=(60, 2))
    run = dfoo.Model.new("tanh 6, softmax 3").fit(X, y, epochs=200, learning_rate=0.5)
    assert (run.classify(X) == y).mean() > 0.9
    assert run.confusion(X, y).classes == ["cat", "dog", "eel"]
    again = pickle.loads(pickle.dumps(run))
    np.testing.assert_array_equal(again.classify(X), run.classify(X))
    with pytest.raises(dfoo.ModelError, match="fox"):
        run.score(X, np.array(["fox"] * 60))


def test_callbacks_and_early_end(net, xor):
    X, y = xor
    seen = []

    def watch(trainer, now):
        seen.append(now.epoch)
        trainer.learning_rate = 0.5
        return now.epoch < 5

    run = net.fit(X, y, epochs=100, callbacks=[watch])
    assert seen == [1, 2, 3, 4, 5] and run.last.epoch == 5


def test_a_failing_callback_is_told(net, xor):
    X, y = xor
    with pytest.raises(ZeroDivisionError):
        net.fit(X, y, callbacks=[lambda trainer, now: 1 / 0])


def test_interrupt_keeps_the_run(net, xor):
    X, y = xor
    timer = threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGINT))

    def late(trainer, now):
        if now.epoch == 3:
            timer.start()

    was = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and this would never end
    try:
        with pytest.warns(dfoo.Note, match="interrupted"):
            run = net.fit(X, y, epochs=10**8, callbacks=[late], progress=False)
    finally:
        signal.signal(signal.SIGINT, was)
    assert run.interrupted and run.last.epoch >= 3 and run.predict(X).shape == (60, 1)


def test_trainer(net, xor):
    X, y = xor
    with net.trainer(X, y, epochs=10, batch=20, gradients=True, learning_rate=0.1) as t:
        before = t.parameters()
        t.step()
        after, gradients = t.parameters(), t.gradients()
        for name in before:
            np.testing.assert_allclose(after[name], before[name] - 0.1 * gradients["d" + name], rtol=1e-12, atol=1e-15)
        t.set_parameters(**before)
        np.testing.assert_array_equal(t.parameters()["W1"], before["W1"])
        count = 0
        while t.epoch():
            count += 1
    assert count == 10 and t.end().last.epoch == 10
    with pytest.raises(dfoo.ModelError, match="has ended"):
        t.step()


def test_start_is_where_fit_begins(net, xor):
    X, y = xor
    start = net.start(X, y, seed=5)
    run = net.fit(X, y, epochs=0, seed=5)
    np.testing.assert_array_equal(run.W1, start["W1"])
    other = net.fit(X, y, epochs=0, start={name: value + 1 for name, value in start.items()})
    np.testing.assert_array_equal(other.W1, start["W1"] + 1)


def test_files(net, xor, tmp_path):
    X, y = xor
    run = net.fit(X, y, epochs=30, learning_rate=1)
    run.save(tmp_path / "run.npz")
    again = dfoo.load(tmp_path / "run.npz")
    np.testing.assert_array_equal(again.predict(X), run.predict(X))
    np.savetxt(tmp_path / "xor.csv", np.c_[X, y], delimiter=",", header="a,b,class", comments="")
    of_file = net.fit(tmp_path / "xor.csv", epochs=30, learning_rate=1, prepare="none")
    np.testing.assert_allclose(of_file.W1, run.W1, rtol=1e-9)


def test_options_that_are_none(net, xor):
    with pytest.raises(dfoo.ModelError, match="did you mean epochs"):
        net.fit(*xor, epoch=3)
    with pytest.raises(dfoo.ModelError, match="adm"):
        net.fit(*xor, optimizer="adm")
    for wrong, says in (({"epochs": "many"}, "epochs='many': a number"), ({"epochs": 2.5}, "epochs=2.5: a number"),
                        ({"optimizer": 3}, "optimizer=3: a text"), ({"learning_rate": [1]}, "learning_rate=.*a number")):
        with pytest.raises(dfoo.ModelError, match=says):
            net.fit(*xor, **wrong)


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("layers", ["tanh 4, sigmoid 1", "tanh 4, softmax 3", "tanh 4, linear 2"])
def test_weights_are_repetitions(layers, rows):
    random = np.random.default_rng(2)
    X, times = random.normal(size=(30, 3)), random.integers(0, 4, size=30)
    y = {"sigmoid 1": random.integers(0, 2, 30), "softmax 3": np.arange(30) % 3, "linear 2": random.normal(size=(30, 2))}[
        layers.split(", ")[1]]
    net = dfoo.Model.new(layers, rows=rows)
    how = {"epochs": 40, "learning_rate": 0.5, "seed": 3}
    weighted = net.fit(X, y, sample_weight=times, **how)
    repeated = net.fit(np.repeat(X, times, axis=0), np.repeat(y, times, axis=0), **how)
    np.testing.assert_allclose(weighted.W1, repeated.W1, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-9, atol=1e-12)
    assert "sum(w * L)" in repr(weighted.model)
    assert net.weighted("c").check()


def test_class_weights(net, xor):
    X, y = xor
    rare = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:5]]
    X, y = X[rare], y[rare]
    plain, balanced = (net.fit(X, y, epochs=100, learning_rate=0.1, class_weight=w) for w in (None, "balanced"))
    assert balanced.predict(X).mean() > plain.predict(X).mean()
    by_hand = net.fit(X, y, epochs=100, learning_rate=0.1, class_weight={0.0: 1, 1.0: (y == 0).sum() / 5})
    np.testing.assert_allclose(balanced.W1, by_hand.W1, rtol=1e-9)
    with pytest.raises(dfoo.ModelError, match="balanced"):
        net.fit(X, y, class_weight="heavy")


def test_pictures(net, xor, tmp_path):
    run = net.fit(*xor, epochs=30, learning_rate=1)
    for picture in (run.plot(), run.plot(*xor), run.plot(kind="rate"), run.plot(*xor, kind="roc"), net.find_rate(*xor).picture):
        picture.save(tmp_path / "p.svg")
        assert xml.etree.ElementTree.parse(tmp_path / "p.svg").getroot().tag.endswith("svg")
        assert picture._repr_svg_() == picture.svg


def test_two_models_train_in_two_threads(xor):
    X, y = xor
    runs = [None, None]

    def train(i):
        runs[i] = dfoo.Model.read("two_layer").fit(X, y, epochs=200, seed=1)

    threads = [threading.Thread(target=train, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(runs[0].W1, runs[1].W1)


@pytest.mark.parametrize("said, here", [
    ("a smaller --learning-rate than 0.1, --scale 1/255; or --standardize", 'a smaller learning_rate than 0.1, scale="1/255"; or standardize=True'),
    ("--epochs 90, or --patience 20 to end", "epochs=90, or patience=20 to end"),
    ("a penalty (dfoo new --l2 0.1 --dropout 0.8), or more", "a penalty (Model.new(.., l2=0.1, dropout=0.8)), or more"),
    ("`dfoo train --split 0.2` does", "`fit(.., split=0.2)` does"),
    ("x --y is x, --nosuch 3 and a--epochs stay", "x --y is x, --nosuch 3 and a--epochs stay")])
def test_what_is_said_is_pythons(said, here):
    """The library speaks of the program's options; in Python they are arguments."""
    from dfoo._core import in_python

    assert in_python(said) == here


def test_lessons_speak_of_arguments(net, xor):
    X, y = xor
    with pytest.warns(dfoo.Note) as noted:
        net.fit(1000 * X, y, epochs=20, learning_rate=5)
    said = "\n".join(str(note.message) for note in noted)
    assert "standardize=True" in said and "--" not in said
    with pytest.raises(dfoo.ModelError) as wrong:
        net.fit(X, y, epochs=5, patience=3)
    assert "--" not in str(wrong.value) and "give test or split" in str(wrong.value)
