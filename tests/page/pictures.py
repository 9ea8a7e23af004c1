"""pictures.py PAGE FOLDER: the pictures of the page that README shows, page-derive.png and page-by-hand.png, taken in Chromium. Run by a Python that
has playwright; tests/page/test_page.py runs it and asks whether those in docs/pictures are of this size."""
import pathlib
import sys

from playwright.sync_api import sync_playwright


def derive(page):
    page.wait_for_selector("#graph svg")


def by_hand(page):
    page.click("#tab-numbers")
    page.click('#forward button[data-name="Z1"][data-i="3"]')
    page.wait_for_function("() => document.querySelectorAll('#numbers button.part').length >= 5")
    page.mouse.move(0, 0)


def main():
    address, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        for take, name, scheme in ((derive, "page-derive", "light"), (by_hand, "page-by-hand", "dark")):
            page = browser.new_context(viewport={"width": 1280, "height": 880}, color_scheme=scheme, reduced_motion="reduce").new_page()
            page.goto(address)
            page.wait_for_selector("body.ready", timeout=60000)
            take(page)
            page.screenshot(path=str(folder / f"{name}.png"))
        browser.close()


main()
