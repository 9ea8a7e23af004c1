"""PyTorch, scikit-learn's networks, and safetensors."""
import numpy as np
import pytest

import dfoo
from dfoo import neighbours


def test_safetensors(tmp_path):
    random = np.random.default_rng(0)
    arrays = {"W1": random.normal(size=(3, 4)), "b": np.float32(random.normal(size=3)), "n": np.arange(5), "s": np.array(2.5)}
    neighbours.save_safetensors(tmp_path / "p.safetensors", arrays)
    again = neighbours.load_safetensors(tmp_path / "p.safetensors")
    for name, value in arrays.items():
        np.testing.assert_array_equal(again[name], value)
        assert again[name].dtype == np.asarray(value).dtype and again[name].shape == np.shape(value)
    theirs = pytest.importorskip("safetensors.numpy")
    for name, value in theirs.load_file(tmp_path / "p.safetensors").items():
        np.testing.assert_array_equal(value, arrays[name])


@pytest.mark.parametrize("damage", [b"", b"\x08", b"\xff" * 40, b"\x02\0\0\0\0\0\0\0[]", b"\x08\0\0\0\0\0\0\0{\"a\": 1}"])
def test_safetensors_that_are_none(tmp_path, damage):
    (tmp_path / "x").write_bytes(damage)
    with pytest.raises(dfoo.FileError, match="no safetensors file"):
        neighbours.load_safetensors(tmp_path / "x")


def test_from_sklearn():
    network = pytest.importorskip("sklearn.neural_network")
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    theirs = network.MLPClassifier((5,), activation="tanh", max_iter=50, random_state=0).fit(X, y)
    net, start = neighbours.from_sklearn(theirs)
    np.testing.assert_allclose(net.compile("A2")(X=X, **start), theirs.predict_proba(X), rtol=1e-9)
    with pytest.raises(dfoo.ModelError, match="not trained"):
        neighbours.from_sklearn(network.MLPClassifier())


def test_torch():
    torch = pytest.importorskip("torch")
    from dfoo.torch import from_torch, to_torch

    random = np.random.default_rng(0)
    X, Y = torch.tensor(random.normal(size=(2, 9))), torch.tensor(random.integers(0, 2, (1, 9)) * 1.0)
    module = to_torch(dfoo.Model.read("two_layer"), X=X, Y=Y)
    cost = module(X=X, Y=Y)
    cost.backward()
    A1 = torch.tanh(module.W1 @ X + module.b1)
    wanted = torch.nn.functional.binary_cross_entropy(torch.sigmoid(module.W2 @ A1 + module.b2), Y)
    gradients = torch.autograd.grad(wanted, list(module.parameters()))
    assert torch.allclose(cost, wanted)
    for parameter, gradient in zip(module.parameters(), gradients):
        assert torch.allclose(parameter.grad, gradient)
    assert torch.autograd.gradcheck(lambda x, w: _with(module, w)(X=x, Y=Y), (X.clone().requires_grad_(), module.W1.detach().clone().requires_grad_()))
    chain = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1), torch.nn.Sigmoid())
    net, start = from_torch(chain)
    rows = torch.randn(7, 4)
    np.testing.assert_allclose(net.compile("A2", dtype="float32")(X=rows, **start), chain(rows).detach().numpy(), rtol=1e-5)


def _with(module, w):
    def call(**data):
        from dfoo.torch import _Cost

        parameters = {**dict(module.named_parameters()), "W1": w}
        everything = {**data, **{name: p.detach() if name != "W1" else p for name, p in parameters.items()}}
        return _Cost.apply(module.model, "J", tuple(everything), *everything.values())

    return call
