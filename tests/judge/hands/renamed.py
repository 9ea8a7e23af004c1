"""A program with one of its names changed, for each of its names: variables, parameters, functions, attributes."""
import ast
import re

WORDS = "thing", "other", "q7", "zeta", "bee", "wow", "inp", "kernel2"  # bee and wow begin as biases and weights do


def names(text):
    nodes = list(ast.walk(ast.parse(text)))
    found = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    found |= {n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    found |= {n.arg for n in nodes if isinstance(n, ast.arg)} | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
    return sorted(x for x in found if x not in ("self", "_") and not x.startswith("__"))


def renamed(text):
    """(its own name, the new one, the program), each name to two words."""
    for k, own in enumerate(names(text)):
        for word in (WORDS[k % len(WORDS)], WORDS[(k + 3) % len(WORDS)]):
            word += "9" if re.search(rf"\b{word}\b", text) else ""
            yield own, word, re.sub(rf"\b{own}\b", word, text)
