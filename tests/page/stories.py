"""stories.py PAGE BIN FOLDER [STORY ..]: what people do on the page, done in Chromium at three widths, light and dark. Prints one JSON object: for
each story what went wrong, an empty list if nothing did. Run by a Python that has playwright; FOLDER gets pictures of each tab if DFOO_PICTURES is set."""
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

from playwright.sync_api import sync_playwright

PAGE, BIN, FOLDER, ONLY = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4:]
WIDTHS, SCHEMES = (360, 800, 1400), ("light", "dark")
stories = []


def story(function):
    stories.append(function)
    return function


def wait(page, what, *values):
    page.wait_for_function(what, arg=values[0] if values else None, timeout=60000)


def lines(page):
    return page.eval_on_selector_all("#lines button", "list => list.map(b => b.title)")


def native(*words):
    return subprocess.run([BIN, *words], capture_output=True, text=True).stdout


# ---------------------------------------------------------------- a learner

@story
def reads_the_backward_pass(page):
    assert lines(page)[3] == "dZ1 = W2.T @ dZ2 * (1 - A1**2)", lines(page)
    page.click('#lines [data-name="dZ1"]')
    wait(page, "() => document.querySelector('#told').shadowRoot?.textContent.includes('row of')")
    assert page.get_attribute('#lines [data-name="dZ1"]', "aria-expanded") == "true"
    page.click('[data-by="1"]')
    wait(page, "() => document.querySelector('#told').shadowRoot.textContent.includes('no transpose here')")


@story
def changes_the_activation(page):
    text = page.input_value("#editor")
    page.fill("#editor", text.replace("tanh(Z1)", "relu(Z1)"))
    wait(page, "() => document.querySelector('#lines [data-name=dZ1]')?.title.includes('(Z1 > 0)')")
    page.fill("#editor", text.replace("W2 @ A1", "A1 @ W2"))
    wait(page, "() => document.querySelector('#said .error')")
    assert "inner dimensions differ" in page.inner_text("#said"), page.inner_text("#said")
    page.click("#said button[data-line]")
    marked = page.evaluate("() => { const e = document.querySelector('#editor'); return e.value.slice(e.selectionStart, e.selectionEnd); }")
    assert marked == "A1 @ W2", marked
    assert lines(page), "the lines of the model before stay"
    page.fill("#editor", text)
    wait(page, "() => !document.querySelector('#said .error')")


@story
def every_built_in_model(page):
    for name in page.eval_on_selector_all("#builtin option:not([hidden])", "list => list.map(o => o.value)"):
        page.select_option("#builtin", name)
        text = page.input_value("#editor")
        wait(page, "text => state.good === text && !document.body.classList.contains('stale')", text)
        shown = [f"{g['name']} = {g['expression']}" for g in json.loads(native("derive", name, "--format", "json"))["gradients"] if g["shown"]]
        wait(page, "list => JSON.stringify([...document.querySelectorAll('#lines button')].map(b => b.title)) === JSON.stringify(list)", shown)
    page.select_option("#builtin", "two_layer")
    wait(page, "() => document.querySelector('#lines [data-name=dZ1]')")


@story
def moves_a_weight(page):
    page.click("#tab-numbers")
    wait(page, "() => document.querySelector('#backward button[data-name=dW1]')")
    before = page.inner_text('#backward button[data-name="dW1"][data-i="0"]')
    page.click('#forward button[data-name="W1"][data-i="0"]')
    wait(page, "() => document.querySelector('#proof').textContent.includes('at the rate')")
    said = page.inner_text("#proof")
    derived, measured = float(said.split("= ")[1].split(";")[0]), float(said.rsplit(" ", 1)[1])
    assert abs(derived - measured) <= 1e-4 * max(abs(derived), 1e-3), said
    page.locator("#value").evaluate("e => { e.value = 2.5; e.dispatchEvent(new Event('input')); }")
    wait(page, "before => document.querySelector('#backward button[data-name=dW1][data-i=\"0\"]').textContent !== before", before)
    page.click('#forward button[data-name="Z1"][data-i="0"]')
    wait(page, "() => document.querySelectorAll('#numbers button.part').length >= 5")
    parts = page.eval_on_selector_all("#numbers button.part", "list => list.map(b => b.dataset.name)")
    assert set(parts) <= {"W1", "X", "b1"}, parts
    wait(page, "() => document.querySelectorAll('#proof .sum').length === 3")  # the sum, term by term, and in numbers
    said, numbers, value = page.eval_on_selector_all("#proof .sum", "list => list.map((c) => c.textContent.trim())")
    assert said == "Z1[1,1] = W1[1,1]*X[1,1] + W1[1,2]*X[2,1] + b1[1]", said
    assert re.fullmatch(r"= [-()\d.*+ ]+", numbers) and abs(eval(numbers[2:]) - float(value[2:])) < 0.01, (numbers, value)
    page.click('#backward button[data-name="db1"][data-i="0"]')  # far down, on a telephone: what is said of it is in sight
    wait(page, "() => document.querySelector('#proof .sum')?.textContent.startsWith('db1[1] =')")
    assert page.evaluate("() => { const box = document.querySelector('#proof').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }")
    page.click('#backward button[data-name="dA1"][data-i="0"]')
    wait(page, "() => document.querySelector('#proof .sum')?.textContent.startsWith('dA1[1,1] = W2[1,1]*dZ2[1,1]')")
    page.click('#forward button[data-name="A1"][data-i="0"]')
    wait(page, "() => document.querySelector('#proof .sum')?.textContent === 'A1[1,1] = tanh(Z1[1,1])'")
    page.click("#tab-derive")


@story
def starts_from_zeros(page):
    page.click("#tab-numbers")
    wait(page, "() => document.querySelector('#backward button[data-name=dW1]')")
    page.click("#zeros")
    wait(page, "() => [...document.querySelectorAll('#backward button[data-name=dW1]')].every(b => Number(b.textContent) === 0)")
    page.click("#tab-derive")


def set_field(page, field, value):
    page.eval_on_selector(field, "(e, v) => { e.value = v; for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, { bubbles: true })); }", str(value))


@story
def drags_a_weight(page):
    """It follows the pointer, and stays what the slider moves whatever the pointer goes over; numbers are those of a model that is derived anew."""
    page.click("#tab-numbers")
    wait(page, "() => document.querySelector('#backward button[data-name=dW1]')")
    weight = '#forward button[data-name="W1"][data-i="0"]'
    page.locator(weight).scroll_into_view_if_needed()
    box, before = page.locator(weight).bounding_box(), page.evaluate("() => byHand.given.W1.data[0]")
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 22, box["y"] + 10, steps=4)
    page.mouse.up()
    wait(page, "x => Math.abs(Number(document.querySelector('#forward button[data-name=W1]').textContent) - x) < 1e-6", before + 0.2)
    page.hover('#forward button[data-name="X"][data-i="0"]')
    wait(page, "() => document.querySelector('#numbers .chosen')?.dataset.name === 'X'")
    assert page.inner_text("#which") == "W1[1, 1]" and page.is_visible("#shown")
    page.mouse.move(0, 0)
    wait(page, "() => document.querySelector('#numbers .chosen')?.dataset.name === 'W1'")
    page.fill("#shown", "-1.25")
    wait(page, "() => document.querySelector('#forward button[data-name=W1]').textContent === '-1.25' && byHand.given.W1.data[0] === -1.25 && !byHand.isCatching")
    kept, anew = page.evaluate("""async () => {
        const ask = async () => JSON.parse((await library.send("at", [byHand.given, "page_grad", 0])).text).values;
        await ask();
        const kept = await ask();
        await library.ask("page_model", "two_layer.eq", state.good);
        return [kept, await ask()];
    }""")
    assert kept == anew and "dW1" in kept and "A2" in kept
    page.click("#tab-derive")


@story
def writes_what_does_not_fit(page):
    """Each field says what would; nothing hangs and nothing is silently taken for something else."""
    page.click("#tab-numbers")
    for bad in ("-1", "1e9", "1.5", ""):
        set_field(page, "#m", bad)
        assert page.inner_text("#proof") == "examples: a whole number from 1 to 6 fits here"
    set_field(page, "#m", "2")
    page.click("#tab-train")
    for field, bad, good in (("rate", "0", "0.03"), ("batch", "-1", "32"), ("seed", "1.5", "1")):
        set_field(page, "#" + field, bad)
        wait(page, "() => document.querySelector('#training').textContent.includes('fits here')")
        set_field(page, "#" + field, good)
        wait(page, "() => document.querySelector('#training').textContent === 'Ready.'")
    for text, says in ((b"", "nothing in this file"), (b"a,b,c\n", "no examples"), (b"1\n2\n", "one column"), (b"a,b,c\n1,,0\n2,3,1\n", "line 2, column b: nothing"),
                       (b"\0PNG", "no text"), (b"a,b,c\n1,2\n", "line 2 has 2 fields"), (b"a,b,c\n1,2,A\n2,1,B\n3,3,C\n", "start from softmax")):
        page.set_input_files("#file", {"name": "bad.csv", "mimeType": "text/csv", "buffer": text})
        wait(page, "says => document.querySelector('#training').textContent.includes(says)", says)
    page.set_input_files("#file", {"name": "own.csv", "mimeType": "text/csv", "buffer": b'"a";"b";"y"\r\n"1,5";2;0\r\n-1;0,5;1\r\n'})
    wait(page, "() => document.querySelector('#training').textContent === 'Ready.'")
    assert page.evaluate("() => training.points.rows") == [[1, 1, 0], [-1, -1, 1]]  # 1.5 and -1, 2 and 0.5: around their means
    page.select_option("#data", "circles")
    page.click("#tab-practice")
    set_field(page, "#exercise", "-3")
    wait(page, "() => document.querySelector('#question').textContent.includes('fits here')")
    set_field(page, "#exercise", "1")
    page.click("#tab-derive")
    text = page.input_value("#editor")
    page.fill("#editor", text.replace("n1 = 4", "n1 = 100000000"))
    wait(page, "() => state.good.includes('100000000')")
    page.click("#tab-numbers")
    wait(page, "() => document.querySelector('#proof').textContent.includes('too many to be read by hand')")
    page.click("#tab-derive")
    page.fill("#editor", text)
    wait(page, "text => state.good === text", text)


@story
def looks_into_the_layers(page):
    """Histograms that move, at each speed; the flower; digits for a model of several classes, and what to do with another one."""
    page.click("#tab-train")
    for data in ("flower", "digits"):
        page.select_option("#data", data)
        if data == "digits":
            wait(page, "() => document.querySelector('#training').textContent.includes('start from softmax')")
            page.select_option("#builtin", "softmax")
        wait(page, "() => document.querySelector('#training').textContent === 'Ready.'")
        wait(page, "() => document.querySelectorAll('#inside .pair').length === 4")
        before = page.inner_html("#inside")
        page.select_option("#speed", "fast")
        page.click("#play")
        wait(page, "before => Number(document.querySelector('#training').textContent.match(/accuracy ([\\d.]+)/)?.[1]) > 75 && document.querySelector('#inside').innerHTML !== before", before)
        page.click("#play")
        page.select_option("#speed", "steady")
    wait(page, "() => / of 64 images/.test(document.querySelector('#regions').getAttribute('aria-label'))")
    page.select_option("#builtin", "two_layer")
    page.select_option("#data", "circles")
    page.check("#from-zeros")  # the examples stay while parameters are set
    wait(page, "() => document.querySelector('#training').textContent === 'Ready.'")
    page.click("#step")
    wait(page, "() => document.querySelector('#training').textContent.includes('cost 0.69')")
    page.uncheck("#from-zeros")
    page.click("#tab-derive")


@story
def trains(page):
    page.click("#tab-train")
    wait(page, "() => document.querySelector('#training').textContent === 'Ready.'")
    page.click("#play")
    wait(page, "() => Number(document.querySelector('#training').textContent.match(/accuracy ([\\d.]+)/)?.[1]) > 90")
    page.click("#play")
    assert page.get_attribute("#play", "aria-pressed") == "false"
    assert page.locator("#layers .heat").count() == 4
    page.set_input_files("#file", {"name": "own.csv", "mimeType": "text/csv", "buffer": b"a,b,kind\n" + b"".join(
        b"%d,%d,%s\n" % (i % 7, i % 5, b"x" if i % 7 > 3 else b"y") for i in range(70))})
    wait(page, "() => document.querySelector('#training').textContent === 'Ready.'")
    page.click("#step")
    wait(page, "() => document.querySelector('#training').textContent.startsWith('epoch 1')")
    page.set_input_files("#file", {"name": "bad.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\nx,3\n"})
    wait(page, "() => document.querySelector('#training').textContent.includes('no number')")
    page.select_option("#data", "circles")
    page.click("#tab-derive")


WRONG = """def backward(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["A1"].T
    return {"dW2": dW2}
"""


@story
def has_her_own_code_judged(page):
    page.click("#tab-code")
    page.fill("#source", WRONG)
    page.click("#judge")
    wait(page, "() => document.querySelector('#verdicts .wrong')")
    assert "dW2" in page.inner_text("#verdicts .wrong") and "line 4" in page.inner_text("#verdicts .wrong")
    little = page.inner_text("#judged")
    page.click("#more")
    page.click("#more")
    wait(page, "n => document.querySelector('#judged').innerText.length > n", len(little))
    page.click("#verdicts .wrong button")
    marked = page.evaluate("() => { const e = document.querySelector('#source'); return e.value.slice(e.selectionStart, e.selectionEnd); }")
    assert marked.strip().startswith("dW2 ="), marked
    page.fill("#source", WRONG.replace("dZ2 @", "1/m * dZ2 @"))
    page.click("#judge")
    wait(page, "() => document.querySelector('#verdicts') && !document.querySelector('#verdicts .wrong:not(:empty)')?.textContent.includes('dW2')")
    page.click("#tab-derive")


@story
def has_a_few_lines_judged(page):
    """Without the forward pass, which is given; the lines are told as they were pasted."""
    page.click("#tab-code")
    for text, wrong in (("dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T", "dW2 wrong line 2"), ("dZ2 = A2 - Y\ndW2 = dZ2 @ A1.T / m\ndb2 = np.sum(dZ2) / m", "db2 another shape line 3")):
        page.fill("#source", text)
        page.click("#judge")
        wait(page, "wrong => [...document.querySelectorAll('#verdicts .wrong')].some((x) => x.textContent === wrong)", wrong)
    for text, says in (("", "Paste your backward pass"), ("print(1)", "No gradient of the equations")):
        page.fill("#source", text)
        page.click("#judge")
        wait(page, "says => document.querySelector('#judged').textContent.startsWith(says)", says)
    page.click("#tab-derive")


def exercise(seed, kind, *more):
    return json.loads(native("practice", "two_layer", "--seed", str(seed), "--kind", kind, "--format", "json", *more))["exercises"][0]


@story
def practises_a_missing_line(page):
    page.click("#tab-practice")
    page.select_option("#kind", "1")
    seed = next(n for n in range(40) if exercise(n, "blank")["asked"] == "dW1")
    page.fill("#exercise", str(seed))
    there = exercise(seed, "blank", "--hint", "line")
    wait(page, "asked => !practice.isBusy() && document.querySelector('#answer')?.closest('li').dataset.name === asked && document.querySelectorAll('#answers .line').length === 5", there["of"])
    page.fill("#answer", "dZ1 @ X.T")
    page.keyboard.press("Enter")
    wait(page, "() => document.querySelector('#verdict.wrong')?.textContent.includes('scale')")
    page.fill("#answer", "dZ1 @ X")
    page.click("#check")
    wait(page, "() => document.querySelector('#verdict.wrong')?.textContent.includes('inner dimensions differ')")
    for i, hint in enumerate(there["hints"][:3]):
        page.click("#hint")
        wait(page, "said => document.querySelector('#hints').textContent.endsWith(said)", hint)
    assert there["solution"] not in page.inner_text("#hints") and page.is_hidden("#solved")
    page.fill("#answer", "(X @ dZ1.T).T / m")
    page.click("#check")
    wait(page, "() => document.querySelector('#verdict.fine')?.textContent.includes('dW1 = 1/m * dZ1 @ X.T')")
    page.click("#solved")
    wait(page, "() => document.querySelector('#why-title').textContent === 'Why dW1'")
    page.click("#close-why")
    page.click("#tab-derive")


@story
def finds_the_wrong_line(page):
    page.click("#tab-practice")
    page.select_option("#kind", "2")
    page.fill("#exercise", "3")
    there = exercise(3, "mistake", "--hint", "line")
    wait(page, "n => !practice.isBusy() && document.querySelectorAll('#answers .choice').length === n", len(there["backward"]))
    right = next(g["name"] for g in there["backward"] if g["name"] != there["of"])
    page.click(f'#answers [data-name="{right}"] button')
    wait(page, "() => document.querySelector('#verdict.wrong')?.textContent.includes('is right')")
    page.focus(f'#answers [data-name="{there["of"]}"] button')
    page.keyboard.press("Enter")
    wait(page, "() => document.querySelector('#answer') === document.activeElement")
    assert there["wrong"][0]["line"].endswith(page.input_value("#answer"))
    page.fill("#answer", there["solution"].split(" = ", 1)[1])
    page.keyboard.press("Enter")
    wait(page, "() => document.querySelector('#verdict.fine')?.textContent.includes('right') && !document.querySelector('#solved').hidden")
    page.click("#next")
    wait(page, "() => document.querySelector('#verdict').textContent === '' && document.querySelectorAll('#answers li').length")
    page.click("#tab-derive")


@story
def is_not_told_the_answer_by_what_was_open(page):
    page.click('#lines [data-name="dW1"]')
    wait(page, "() => document.querySelector('#why-title').textContent === 'Why dW1' && !document.querySelector('#why').hidden")
    page.click("#tab-practice")
    assert page.is_hidden("#why")
    page.click("#tab-derive")
    wait(page, "() => !document.querySelector('#why').hidden")
    page.click("#close-why")


LONG = """input features_of_the_patient : (number_of_features, m)
label outcome : (1, m)
param weights_first_layer : (12, number_of_features)
param weights_second_layer : (1, 12)
hidden_activations = relu(weights_first_layer @ features_of_the_patient)
prediction_probability = sigmoid(weights_second_layer @ hidden_activations)
J = -1/m * sum(outcome * log(prediction_probability) + (1 - outcome) * log(1 - prediction_probability))
minimize J
"""


@story
def writes_long_names_and_goes_back(page):
    page.fill("#editor", LONG)
    wait(page, "text => state.good === text && document.querySelector('#others').textContent.includes('Z1 = weights_first_layer @ features_of_the_patient')", LONG)
    assert page.input_value("#builtin") == ""  # so that two_layer can be chosen again
    for tab in ("numbers", "practice", "train", "derive"):
        page.click(f"#tab-{tab}")
        page.wait_for_timeout(200)
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, tab
    page.select_option("#builtin", "two_layer")
    wait(page, "() => document.querySelector('#lines [data-name=dZ1]')?.title.includes('A1**2')")


@story
def sees_numbers_that_say_something(page):
    """The first numbers drawn for this model fit its data exactly: every gradient would be 0."""
    text = "input X : (n, m)\nlabel y : (1, m)\nparam w : (n, 1)\nf = w.T @ X\nJ = 1/(2*m) * sum((f - y)**2)\nminimize J\n"
    page.fill("#editor", text)
    wait(page, "text => state.good === text", text)
    page.evaluate("() => { byHand.draw = 1; }")
    page.click("#tab-numbers")
    wait(page, "() => [...document.querySelectorAll('#backward button[data-name=dw]')].some(b => Number(b.textContent) !== 0)")
    page.click("#tab-derive")
    page.select_option("#builtin", "two_layer")
    wait(page, "() => document.querySelector('#lines [data-name=dZ1]')")


# ------------------------------------------------------- teachers, authors

@story
def copies_the_graph(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    wait(page, "() => document.querySelectorAll('#graph svg [data-name]').length === 12")
    page.evaluate("() => { document.querySelectorAll('.copied').forEach(x => { x.textContent = ''; }); document.querySelector('#said').textContent = ''; }")
    page.select_option("#copy", "graph")
    wait(page, "() => document.querySelector('.copied').textContent === 'copied' || document.querySelector('#said').textContent.includes('copy this')")
    svg = ET.fromstring(page.evaluate("() => graphAsFile()"))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg" and svg.find("{http://www.w3.org/2000/svg}style") is not None
    assert sum(1 for _ in svg.iter("{http://www.w3.org/2000/svg}rect")) == 12 and "(n1, m)" in "".join(svg.itertext())
    page.evaluate("() => { document.querySelector('#said').textContent = ''; }")
    page.click('#graph [data-name="Z1"]')
    wait(page, "() => document.querySelector('#why-title').textContent === 'Why dZ1' && !document.querySelector('#why').hidden")
    page.click("#close-why")


@story
def makes_a_worksheet_and_a_link_to_an_exercise(page):
    page.click("#tab-practice")
    page.fill("#exercise", "7")
    page.select_option("#kind", "1")
    wait(page, "() => document.querySelector('#answer')")
    asked = page.get_attribute("#answers li:has(#answer)", "data-name")
    with page.expect_download() as download:
        page.click("#sheet")
    sheet = pathlib.Path(download.value.path()).read_text()
    assert sheet == native("practice", "two_layer", "--seed", "7", "--kind", "blank", "--count", "6", "--format", "html", "--hint", "line")
    page.click("#hint")
    page.click("#hint")
    wait(page, "() => document.querySelectorAll('#hints p').length === 2")
    link = page.evaluate("() => remember()")
    other = page.context.new_page()
    other.goto(link)
    other.wait_for_selector("body.ready")
    wait(other, "() => document.querySelectorAll('#hints p').length === 2")  # as many as the teacher wants told at once
    wait(other, "name => document.querySelector('#answer')?.closest('li').dataset.name === name", asked)
    assert other.input_value("#exercise") == "7"
    other.close()
    page.click("#tab-derive")


@story
def a_link_brings_it_all_back(page):
    text = page.input_value("#editor").replace("tanh(Z1)", "sigmoid(Z1)")
    page.fill("#editor", text)
    wait(page, "text => state.good === text", text)
    page.select_option("#convention", "1")
    page.click('#lines [data-name="dW1"]')
    wait(page, "() => document.querySelector('#why-title').textContent === 'Why dW1'")
    page.wait_for_timeout(200)
    link = page.evaluate("() => remember()")
    other = page.context.new_page()
    other.goto(link)
    other.wait_for_selector("body.ready")
    wait(other, "() => document.querySelector('#why-title').textContent === 'Why dW1'")
    assert other.input_value("#editor") == text and other.input_value("#convention") == "1"
    other.goto(PAGE + "#no-such-state")
    other.reload()
    other.wait_for_selector("body.ready")
    assert "link was cut off" in other.inner_text("#said") or lines(other)
    other.close()
    page.select_option("#convention", "0")
    page.select_option("#builtin", "two_layer")
    page.fill("#editor", page.input_value("#editor").replace("sigmoid(Z1)", "tanh(Z1)"))


@story
def copies_for_authors(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for value, sign in (("3", "\\begin{align*}"), ("7", "frac("), ("2", "def backward"), ("5", "<math>"), ("markdown", "\n$$\n\\begin{aligned}")):
        page.evaluate("() => { document.querySelector('.copied').textContent = document.querySelector('#said').textContent = ''; }")  # what the copy before said
        page.select_option("#copy", value)
        wait(page, "() => document.querySelector('.copied').textContent === 'copied' || document.querySelector('#said').textContent.includes('copy this')")
        said = page.evaluate("async () => { try { return await navigator.clipboard.readText(); } catch { return document.querySelector('#said pre')?.textContent || ''; } }")
        assert sign in said, (value, said[:200])


# ------------------------------------------------------------- by keyboard alone

@story
def by_keyboard(page):
    page.focus("#tab-derive")
    page.keyboard.press("ArrowRight")
    wait(page, "() => !document.querySelector('#numbers').hidden")
    page.keyboard.press("ArrowLeft")
    wait(page, "() => !document.querySelector('#derive').hidden")
    page.focus('#lines [data-name="dW2"]')
    page.keyboard.press("Enter")
    wait(page, "() => document.querySelector('#why-title').textContent === 'Why dW2'")
    page.focus("#tab-numbers")
    page.keyboard.press("Enter")
    wait(page, "() => document.querySelector('#forward button[data-name=W1]')")
    page.focus('#forward button[data-name="W1"][data-i="0"]')
    before = float(page.inner_text('#forward button[data-name="W1"][data-i="0"]'))
    page.keyboard.press("ArrowUp")
    wait(page, "value => Number(document.querySelector('#forward button[data-name=W1][data-i=\"0\"]').textContent) === value", before + 0.5)
    page.focus("#tab-derive")
    page.keyboard.press("Enter")


# ------------------------------------------------------------------- once

def same_as_native(page):
    """What the page's library says is what the program says, to the last letter (but where a check's largest difference lies)."""
    bad = []
    for name in page.evaluate("() => [...document.querySelectorAll('#builtin option:not([hidden])')].map(o => o.value)"):
        text = native("show", name).split("\n# ")[0] + "\n"
        page.evaluate("async ([name, text]) => { await library.ask('page_model', name, text); }", [name + ".eq", text])
        for words, ask in ((["derive", name], ["page_derive", 0, 0, 0]), (["derive", name, "--format", "json"], ["page_derive", 4, 0, 0]),
                           (["explain", name, "--all"], ["page_explain", "", 0, 0, 0, 0])):
            here = page.evaluate("async (ask) => (await library.ask(...ask)).text", ask)
            there = native(*words)
            if here.strip() != there.strip():
                bad.append(f"{' '.join(words)}: {first_difference(here, there)}")
    return bad


def first_difference(a, b):
    for x, y in zip(a.splitlines(), b.splitlines()):
        if x != y:
            return f"{x!r} and {y!r}"
    return f"{len(a)} and {len(b)} characters"


def memory_stays(page):
    """Requests give back what they took."""
    page.select_option("#builtin", "two_layer")
    work = """async (n) => { for (let i = 0; i < n; i++) { await library.ask('page_model', 'm', state.text + '\\n# ' + i);
        await library.ask('page_derive', 4, 0, 0); await library.ask('page_explain', 'dZ1', i % 3, 0, 5, 0);
        await library.ask('page_model', 'm', 'input X : ('); } return (await library.send('memory', [])).data; }"""
    first = page.evaluate(work, 30)
    last = page.evaluate(work, 120)
    return [] if last == first else [f"{first} bytes became {last}"]


def random_typing(page):
    """Whatever is typed, the page stays: no error, and it derives again."""
    page.evaluate("""async () => {
        const editor = document.querySelector('#editor'), good = state.good, next = random(7), signs = ' \\n()@*+-=:,.#TZ1W2x9éσ~';
        for (let i = 0; i < 300; i++) {
            const at = Math.floor(next() * editor.value.length), cut = Math.floor(next() * 4);
            editor.value = editor.value.slice(0, at) + signs[Math.floor(next() * signs.length)] + editor.value.slice(at + cut);
            await library.ask('page_model', 'm', editor.value);
            if (i % 40 === 39) editor.value = good;
        }
        editor.value = good; editor.dispatchEvent(new Event('input'));
    }""")
    wait(page, "() => !document.body.classList.contains('stale') && document.querySelector('#lines [data-name=dZ1]')")
    return []


def accessible(page, axe):
    page.add_script_tag(path=axe)
    found = page.evaluate("async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 4).join('; '))")
    return found


def main():
    import axe_playwright_python

    axe = str(next(pathlib.Path(axe_playwright_python.__file__).parent.glob("**/axe.min.js")))
    wrong = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        for width in WIDTHS:
            for scheme in SCHEMES:
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
                page, errors = context.new_page(), []
                page.on("pageerror", lambda e, errors=errors: errors.append(str(e)))
                page.on("console", lambda m, errors=errors: m.type == "error" and errors.append(m.text))
                page.goto(PAGE)
                page.wait_for_selector("body.ready", timeout=60000)
                first = (width, scheme) == (WIDTHS[0], SCHEMES[0])
                mine = [s for s in stories if s.__name__ in ONLY] if ONLY else [s for i, s in enumerate(stories) if first or scheme == "dark" or i < 4]
                for one in mine:
                    label = f"{one.__name__} at {width}, {scheme}"
                    try:
                        one(page)
                        wrong[label] = []
                    except Exception as reason:  # a story that fails does not end the others
                        wrong[label] = [f"{type(reason).__name__}: {reason}"[:1500]]
                wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
                wrong[f"no scrolling sideways at {width}, {scheme}"] = [f"{wide} px"] if wide > 0 else []
                for tab in ("derive", "numbers", "code", "practice", "train"):
                    page.click(f"#tab-{tab}")
                    page.wait_for_timeout(300)
                    wrong[f"accessible {tab} at {width}, {scheme}"] = accessible(page, axe)
                    if "DFOO_PICTURES" in os.environ:  # to be looked at: without a graphics card they take a third of the time
                        page.screenshot(path=str(FOLDER / f"{tab}-{width}-{scheme}.png"), full_page=True)
                page.click("#tab-derive")
                if first:
                    for one in (same_as_native, memory_stays, random_typing):
                        try:
                            wrong[one.__name__] = one(page)
                        except Exception as reason:
                            wrong[one.__name__] = [str(reason)[:1500]]
                wrong[f"no errors at {width}, {scheme}"] = errors
                context.close()
        browser.close()
    print(json.dumps(wrong))


began = time.monotonic()
main()
print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
