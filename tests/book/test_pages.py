"""Every page of the site in a real browser: quiet, offline, whole, and readable."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PHONE, DESKTOP = 390, 1280
WIDTHS = (PHONE, DESKTOP)
MATH_DONE = "window.MathJax ? MathJax.startup.promise.then(() => true) : true"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all pages."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab whose network is cut and which writes down every complaint in ``page.complaints``."""
    scheme = getattr(request, "param", "light")
    size = {"width": DESKTOP, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=size)
    tab = context.new_page()
    tab.complaints, tab.scheme = [], scheme
    note = tab.complaints.append
    tab.on("console", lambda m: note(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: note(str(error)))
    tab.on("request", lambda r: None if _local(r.url) else note(f"asked {r.url}"))
    tab.on("requestfailed", lambda r: note(f"failed {r.url}"))
    tab.route(lambda url: not _local(url), lambda route: route.abort())
    yield tab
    context.close()


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_every_page(page: Page, site: Path) -> None:
    """One visit a page and a colour scheme; all faults are reported together."""
    faults = []
    for path in pages(site):
        page.complaints.clear()
        page.goto(path.as_uri())
        page.wait_for_function(MATH_DONE)
        found = [*page.complaints, *_math(page), *_overflow(page), *_images(page)]
        found += _contrast(page) + _links(page, site)
        faults += [f"{path.name} ({page.scheme}): {fault}" for fault in found]
    assert not faults, "\n".join(faults)


def test_front_page_leads_to_the_book(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    assert page.locator("article h1").count() == 1


def test_search_works_from_disk(page: Page, site: Path) -> None:
    page.goto((site / "search.html").as_uri() + "?q=corrugator")
    page.wait_for_selector("#search-results li a")
    assert "Notation" in page.inner_text("#search-results")
    assert not page.complaints


def pages(site: Path) -> list[Path]:
    """The book's pages, at least the prose ones."""
    found = sorted(site.glob("book/*.html"))
    assert {"index", "notation", "about_the_data"} <= {path.stem for path in found}
    return found


def _local(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:"))


def _math(page: Page) -> list[str]:
    """Formulas that MathJax left as text or marked as wrong."""
    raw = page.eval_on_selector_all(
        ".math:not(:has(mjx-container))", "nodes => nodes.map(node => node.textContent)"
    )
    wrong = page.locator("mjx-merror, [data-mml-node='merror']").count()
    return [f"not rendered: {text}" for text in raw] + ["a formula is in error"] * wrong


def _overflow(page: Page) -> list[str]:
    """Widths at which the page scrolls sideways."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        reach = page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{reach} px wide on a screen of {width} px"] * (reach > width)
    return faults


def _images(page: Page) -> list[str]:
    """Images that did not load, or have no words for those who cannot see them.

    A notebook's figure gets its words from its cell's metadata, ``mystnb: {image: {alt: ...}}``;
    without them its file's name stands there, which does not count.
    """
    return page.eval_on_selector_all(
        "article img, article svg:not(mjx-container svg, button svg)",
        r"""images => images.flatMap(image => {
            const name = image.getAttribute("src") || image.getAttribute("class");
            const words = image.getAttribute("alt") || image.getAttribute("aria-label");
            const faults = [];
            if (!words || /\.(png|svg|jpe?g|gif|webp)$/.test(words)) faults.push("no alt text");
            if (image.tagName === "IMG" && !image.naturalWidth) faults.push("not loaded");
            return faults.map(fault => `image ${name}: ${fault}`);
        })""",
    )


def _contrast(page: Page) -> list[str]:
    """Text of the article whose contrast with what lies behind it is under 4.5 (WCAG AA)."""
    return page.evaluate(CONTRAST)


def _links(page: Page, site: Path) -> list[str]:
    """Links within the site that lead nowhere."""
    urls = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    faults = []
    for url in {url for url in urls if url.startswith("file:")}:
        parts = urlsplit(url)
        target = Path(unquote(parts.path))
        if not target.is_file() or site not in target.parents:
            faults.append(f"dead link {url}")
        elif parts.fragment and f'id="{unquote(parts.fragment)}"' not in target.read_text("utf-8"):
            faults.append(f"dead anchor {url}")
    return faults
