"""Contexts, statuses and messages: how every other module calls the library."""
from __future__ import annotations

import ctypes
import os
import re
import threading
import warnings
import weakref
from typing import Any, Mapping, NamedTuple, Optional

from . import _c

KINDS = ("error", "warning", "note")


class Message(NamedTuple):
    """One message of the library as data.

    Places are counted from 1; `line` 0 means that there is no place. `suggestion` has the lines below the message: what
    was found, and what would fit.
    """

    kind: str
    text: str
    suggestion: str
    file: Optional[str]
    line: int
    column: int
    length: int


class Error(Exception):
    """What the library could not do: its text says what, where, and what would fit. `messages` has the same as data."""

    messages: tuple[Message, ...] = ()


class ModelError(Error, ValueError):
    """A model, an option or data is wrong."""


class FileError(Error, OSError):
    """A file could not be read or written."""

    __str__ = Exception.__str__


class OutOfMemory(Error, MemoryError):
    """There was not enough memory."""


class UseError(Error, TypeError):
    """A function was called in a way that it cannot be called."""


class Note(UserWarning):
    """Something that was done otherwise than one may expect, or that was noticed while training."""


ERRORS: dict[int, type[Error]] = {
    _c.dfoo_status.EINPUT: ModelError,
    _c.dfoo_status.EIO: FileError,
    _c.dfoo_status.ENOMEM: OutOfMemory,
    _c.dfoo_status.EUSE: UseError,
}

generation = 0  # of processes: a fork begins a new one, in which no thread of the library runs


def _forked() -> None:
    global generation
    generation += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def user_level() -> int:
    """How many frames up the caller's own code begins, for warnings."""
    import sys

    here, level = os.path.dirname(__file__), 1
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(here):
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    return level


FLAGS = {"standardize", "flatten", "resume", "restart", "decay_all"}  # said with nothing behind them
CALLS = {"new": "Model.new", "train": "fit"}


def _known() -> set[str]:
    kinds = (_c.dfoo_train_options, _c.dfoo_predict_options, _c.dfoo_new_options, _c.dfoo_plot_options)
    return {field[0] for kind in kinds for field in kind._fields_}


def _argument(option: re.Match[str]) -> str:
    name, value = option[1].replace("-", "_"), option[2]
    if name not in _known():
        return option[0]
    name = {"from": "start"}.get(name, name)
    if value:
        return f'{name}="{value}"' if "/" in value else f"{name}={value}"
    return f"{name}=True" if name in FLAGS else name


OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*[a-z0-9])(?: (\d[\d.e/-]*\d|\d))?")
CALL = re.compile(r"\bdfoo (new|train)((?: --[a-z][a-z0-9-]*(?: \d[\d.]*)?)+)")


def _call(said: re.Match[str]) -> str:
    arguments = [OPTION.sub(_argument, option) for option in re.split(r" (?=--)", said[2].strip())]
    return f"{CALLS[said[1]]}(.., {', '.join(arguments)})"


def in_python(said: str) -> str:
    """What the library says of the program's options, `--learning-rate 0.1`, as arguments: `learning_rate=0.1`."""
    return OPTION.sub(_argument, CALL.sub(_call, said))


class Context:
    """A dfoo_context with the lock that lets several Python threads share what was made with it."""

    def __init__(self) -> None:
        self.pointer = ctypes.c_void_p()
        self.lock = threading.RLock()
        status = _c.lib.dfoo_open(None, ctypes.byref(self.pointer))
        if status:
            raise ERRORS[status](_c.lib.dfoo_status_text(status).decode())
        self.free = weakref.finalize(self, _c.lib.dfoo_close, self.pointer)

    def messages(self) -> tuple[Message, ...]:
        found = []
        for i in range(_c.lib.dfoo_message_count(self.pointer)):
            m = _c.lib.dfoo_message_at(self.pointer, i).contents
            found.append(Message(KINDS[m.kind], in_python(text(m.text)), in_python(text(m.suggestion)), m.file and text(m.file), m.line, m.column,
                                 m.length))
        return tuple(found)

    def settle(self, status: int) -> int:
        """Turns a status into an exception, and what the library has to say besides into warnings."""
        lib = _c.lib
        if lib.dfoo_message_count(self.pointer) == 0 and status <= _c.dfoo_status.NO:
            return status
        messages, whole = self.messages(), in_python(text(lib.dfoo_messages(self.pointer))).rstrip()
        lib.dfoo_messages_clear(self.pointer)
        if status > _c.dfoo_status.NO:
            error = ERRORS.get(status, Error)(whole.removeprefix("error: ") or text(lib.dfoo_status_text(status)))
            error.messages = messages
            raise error
        for message in messages:
            said = message.text + (f"\n{message.suggestion.rstrip()}" if message.suggestion else "")
            warnings.warn(said, Note, stacklevel=user_level())
        return status

    def call(self, name: str, *arguments: Any) -> int:
        with self.lock:
            return self.settle(getattr(_c.lib, name)(*arguments))

    def handle(self, name: str, *arguments: Any) -> ctypes.c_void_p:
        """What a function hands out through its last argument."""
        out = ctypes.c_void_p()
        self.call(name, *arguments, ctypes.byref(out))
        return out

    def text(self, name: str, *arguments: Any) -> tuple[int, str]:
        """The status and the text that a function hands out through its last argument."""
        out = ctypes.c_char_p()
        with self.lock:
            status = getattr(_c.lib, name)(*arguments, ctypes.byref(out))
            written = text(out.value)
            _c.lib.dfoo_text_free(self.pointer, out)
            return self.settle(status), written


def text(value: Optional[bytes]) -> str:
    return (value or b"").decode("utf-8", "replace")


def options(kind: Any, /, **fields: Any) -> Any:
    """An options struct with these fields; None leaves a field at its default. Text is encoded."""
    made, fields_of = kind(size=ctypes.sizeof(kind)), dict(kind._fields_)
    for name, value in fields.items():
        if value is None:
            continue
        written = isinstance(value, (str, bytes, os.PathLike))
        if fields_of[name] is ctypes.c_char_p and not written:  # ctypes takes a number for an address
            raise ModelError(f"{name}={value!r}: a text is expected")
        try:
            setattr(made, name, os.fsencode(value) if written else value)
        except TypeError:
            raise ModelError(f"{name}={value!r}: a number is expected") from None
    return made


def choice(what: str, value: Any, choices: Mapping[str, int]) -> int:
    """The number of a word in a list of options, or an error that says which there are."""
    if value not in choices:
        raise ModelError(f"{what}={value!r}: it can be {', '.join(repr(c) for c in choices)}")
    return choices[value]


class Text(str):
    """A text that is shown as it reads, not as Python would quote it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self).rstrip("\n")


def formats(number: int) -> dict[str, int]:
    """The formats of one list by name."""
    return {word: int(_c.lib.dfoo_word_format(number, i)) for i, word in enumerate(words(number))}


def words(number: int) -> list[str]:
    """The words of one list that the library knows: built-in models, functions, layers, losses, .."""
    found: list[str] = []
    while (word := _c.lib.dfoo_word(number, len(found))) is not None:
        found.append(word.decode())
    return found
