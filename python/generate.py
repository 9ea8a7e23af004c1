#!/usr/bin/env python3
"""generate.py DFOO_H OUT: writes the module that declares the whole of dfoo.h to ctypes.

Types, enums, structs and functions are read from the header each time the package is built, each with the comment above
it, so that the two cannot say different things. What is not understood ends the program with its text.
"""
import pathlib
import re
import sys

HEAD = '''"""Everything that dfoo.h declares, for ctypes. Made by generate.py when the package was built."""
# mypy: ignore-errors
import ctypes as c
import enum
import os

'''

PLAIN = {
    "void": "None", "int": "c.c_int", "unsigned": "c.c_uint", "size_t": "c.c_size_t", "ptrdiff_t": "c.c_ssize_t",
    "double": "c.c_double", "float": "c.c_float", "uint64_t": "c.c_uint64", "uint32_t": "c.c_uint32", "char": "c.c_char",
}


class Header:
    def __init__(self, text):
        text = re.sub(r"#if(?:def|ndef)? __cplusplus.*?#e(?:ndif|lse)", "", text, flags=re.S)
        text = re.sub(r"#if defined\(__GNUC__\).*?#endif", "", text, flags=re.S)
        self.constants = dict(re.findall(r"^#define (DFOO_VERSION\w*) (.+)$", text, re.M))
        text = re.sub(r"^#(?:[^\n\\]|\\\n|\\.)*", "", text, flags=re.M)
        text = text[: text.index("#endif")] if "#endif" in text else text
        self.enums, self.structs, self.handles, self.functions = {}, {}, [], {}
        self.aliases = {}
        for comment, code in self.parts(text):
            self.part(comment, code)

    @staticmethod
    def parts(text):
        """(the comments in front, a declaration with its own comments) in order."""
        comment, position = "", 0
        token = re.compile(r"\s+|/\*.*?\*/|template.*?\n\}", re.S)
        while position < len(text):
            gap = token.match(text, position)
            if gap:
                if gap.group().startswith("/*"):
                    comment = gap.group()
                position = gap.end()
                continue
            depth, end = 0, position
            while depth or text[end] != ";":
                if text.startswith("/*", end):
                    end = text.index("*/", end) + 2
                    continue
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
                if end >= len(text):
                    return
            line = text.find("\n", end)
            trailing = text[end + 1: line].strip()
            while trailing.startswith("/*") and "*/" not in trailing:
                line = text.find("\n", line + 1)
                trailing = text[end + 1: line].strip()
            yield (trailing if trailing.startswith("/*") else comment), text[position:end]
            position = max(end + 1, line)
            if not re.match(r"\n[ \t]*DFOO_API", text[position:]):
                comment = "" if text[position:].lstrip(" ").startswith("\n\n") else comment

    def part(self, comment, code):
        own = code
        code = re.sub(r"/\*.*?\*/", " ", code, flags=re.S)
        code = re.sub(r"\s+", " ", code).strip()
        if code in ("extern \"C\" {", "}", ""):
            return
        enum = re.fullmatch(r"(?:typedef )?enum (\w* ?)\{(.*)\} ?(\w*)", code)
        struct = re.fullmatch(r"typedef struct (\w+) \{.*\} (\w+)", code)
        handle = re.fullmatch(r"typedef struct (\w+) \1", code)
        alias = re.fullmatch(r"typedef (\w+) (\w+)", code)
        function = re.fullmatch(r"DFOO_API (.+?)(\w+)\((.*)\)", code)
        if enum:
            name = enum.group(3)
            values = {}
            for one in enum.group(2).split(","):
                if one.strip():
                    key, value = one.split("=")
                    values[key.strip()] = int(value)
            self.enums.setdefault(name, {}).update(values)
        elif struct:
            self.structs[struct.group(1)] = (prose(comment), fields(own[own.index("{") + 1: own.rindex("}")]))
        elif handle:
            self.handles.append(handle.group(1))
        elif alias:
            self.aliases[alias.group(2)] = alias.group(1)
        elif function:
            arguments = [] if function.group(3).strip() == "void" else [declared(a) for a in function.group(3).split(",")]
            self.functions[function.group(2)] = (function.group(1).strip(), arguments, prose(comment))
        else:
            sys.exit(f"generate.py: not understood: {code}")

    # ---- C types as ctypes

    def type(self, kind):
        kind = re.sub(r"\b(const|struct)\b", " ", kind)
        stars = kind.count("*")
        base = kind.replace("*", " ").strip()
        if base in self.handles:
            return ["c.c_void_p", "c.POINTER(c.c_void_p)"][stars - 1]
        if base in self.structs:
            inner = base
            for _ in range(stars):
                inner = f"c.POINTER({inner})"
            return inner
        if base in ("char",) and stars:
            return ["c.c_char_p", "c.POINTER(c.c_char_p)"][stars - 1]
        if base in ("void", "double", "float") and stars == 1:
            return "c.c_void_p"
        base = self.aliases.get(base, base)
        inner = "c.c_int" if base in self.enums else PLAIN.get(base)
        if inner is None:
            sys.exit(f"generate.py: no such type: {kind}")
        for _ in range(stars):
            inner = f"c.POINTER({inner})"
        return inner


def declared(text):
    """(type, name) of one declarator."""
    match = re.fullmatch(r"\s*(.*?)(\w+)\s*", text)
    return match.group(1).strip(), match.group(2)


def fields(body):
    """(name, type or (result, arguments) of a function pointer, length or None) of a struct's members."""
    body = re.sub(r"/\*.*?\*/", " ", body, flags=re.S)
    for one in body.split(";"):
        one = re.sub(r"\s+", " ", one).strip()
        if not one:
            continue
        pointer = re.fullmatch(r"(.+?)\(\*(\w+)\)\((.*)\)", one)
        if pointer:
            yield pointer.group(2), (pointer.group(1).strip(), [declared(a)[0] for a in pointer.group(3).split(",")]), None
            continue
        base = re.match(r"((?:const )?\w+)\s*(.*)", one)
        for declarator in base.group(2).split(","):
            match = re.fullmatch(r"([*\s]*(?:const\s*)?[*\s]*)(\w+)(?:\[(\w+)\])?", declarator.strip())
            yield match.group(2), base.group(1) + match.group(1), match.group(3)


def prose(comment):
    lines = [re.sub(r"^\s*(/\*+|\*(?!/))? ?", "", line) for line in comment.replace("*/", "").splitlines()]
    return "\n".join(lines).strip().lstrip("-").strip()


def write(header):
    out = [HEAD]
    for name, value in header.constants.items():
        out.append(f"{name.removeprefix('DFOO_')} = {value}\n")
    for name, values in header.enums.items():
        if name:
            out.append(f"\n\nclass {name}(enum.IntEnum):\n")
            out += [f"    {key.removeprefix('DFOO_')} = {value}\n" for key, value in values.items()]
    out.append("\n\n")
    out += [f"{key.removeprefix('DFOO_')} = {value}\n" for key, value in header.enums.get("", {}).items()]
    for name, (text, _) in header.structs.items():
        out.append(f"\n\nclass {name}(c.Structure):\n    {doc(text)}\n")
    for name, (_, members) in header.structs.items():
        out.append(f"\n\n{name}._fields_ = [\n")
        for field, kind, length in members:
            if isinstance(kind, tuple):
                kinds = ", ".join(header.type(k) for k in (kind[0], *kind[1]))
                out.append(f"    ({field!r}, c.CFUNCTYPE({kinds})),\n")
            else:
                times = f" * {length.removeprefix('DFOO_')}" if length else ""
                out.append(f"    ({field!r}, {header.type(kind)}{times}),\n")
        out.append("]\n")
    out.append("\n\nFUNCTIONS = {\n")
    for name, (result, arguments, text) in header.functions.items():
        kinds = ", ".join(header.type(kind) for kind, _ in arguments)
        out.append(f"    {name!r}: ({header.type(result)}, [{kinds}], {text!r}),\n")
    out.append("}\n\n\nlib = c.CDLL(os.path.join(os.path.dirname(__file__), \"libdfoo.so\"))\n"
               "for _name, (_result, _arguments, _doc) in FUNCTIONS.items():\n"
               "    _function = getattr(lib, _name)\n"
               "    _function.restype, _function.argtypes, _function.__doc__ = _result, _arguments, _doc\n")
    return "".join(out)


def doc(text):
    return '"""' + text.replace("\\", "\\\\").replace('"""', "'''") + '"""'


def main():
    source, target = sys.argv[1:]
    text = write(Header(pathlib.Path(source).read_text(encoding="utf-8")))
    pathlib.Path(target).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
