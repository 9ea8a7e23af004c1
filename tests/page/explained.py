"""explained.py FOLDER: looks at the pages of `dfoo explain --format html` that lie there, in Chromium, at three widths, light and dark. Prints one JSON
object: for each page and view what is wrong with it."""
import json
import pathlib
import sys

from playwright.sync_api import sync_playwright

# Of what stands above or below a letter: how far from the base's middle, in sizes of its letters. A base that is higher than a letter is no measure.
SET = """() => [...document.querySelectorAll('msub, msup')].filter((x) => !x.textContent.endsWith('′') && x.firstElementChild.matches('mi, mrow:has(> mi:only-child)') && x.getClientRects().length).map((x) => {
    const [base, script] = [...x.children].map((c) => c.getBoundingClientRect()), size = parseFloat(getComputedStyle(x).fontSize);
    return { what: x.textContent, up: x.matches('msup'), far: ((base.top + base.bottom) / 2 - (script.top + script.bottom) / 2) / size };
}).filter((s) => s.up ? s.far < .15 || s.far > .8 : s.far > -.15 || s.far < -.8).slice(0, 5)"""


def looked_at(page):
    wrong = []
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        wrong.append(f"scrolls sideways by {wide} px")
    for font in ("as it is", "without a font of mathematics"):
        if font != "as it is":
            page.add_style_tag(content="math, math mo { font-family: 'dfoo measures', serif !important; }")
        page.evaluate("() => document.fonts.ready")
        wrong += [f"{x['what']} stands at {x['far']:.2f}, {font}" for x in page.evaluate(SET)]
    return wrong


def accessible(page, axe):
    page.add_script_tag(path=axe)
    return page.evaluate("async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 4).join('; '))")


def main():
    import axe_playwright_python

    axe = str(next(pathlib.Path(axe_playwright_python.__file__).parent.glob("**/axe.min.js")))
    found = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        for width, scheme in ((375, "light"), (768, "dark"), (1280, "light")):
            page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
            for file in sorted(pathlib.Path(sys.argv[1]).glob("*.html")):
                page.goto(file.as_uri())
                page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
                found[f"{file.stem} at {width}, {scheme}"] = looked_at(page)
                if file.stem == "logistic" and width < 1280:  # the others are made of the same parts
                    found[f"{file.stem} for everybody at {width}"] = accessible(page, axe)
        browser.close()
    print(json.dumps(found))


main()
