"""The page as one file, opened from the disk: it trains, rewinds and proves, and asks nobody for anything."""

import base64
import hashlib
import json
import re

import pytest

from browser.page import Page, served
from glassneuron.views.live.lesson_file import new_lesson, read_lesson
from glassneuron.views.live.live_page import live_page
from glassneuron.views.playground.lessons import lessons
from glassneuron.views.playground.runs import Run
from glassneuron.views.playground.specs import read_spec
from glassneuron.views.playground.tables import Tables
from glassneuron.views.playground.verdicts import prove

LARGEST = 300_000  # characters of a file, beside its data


@pytest.fixture
def opened(browser, tmp_path):
    """Open a live file from the disk; only the file itself may be asked for."""
    pages = []

    def open_file(state, *more, text=None):
        path = tmp_path / "lesson.html"
        path.write_text(text or live_page(state, *more), encoding="utf-8")
        page = Page(browser, path.as_uri())
        asked = []
        page.page.on("request", lambda request: asked.append(request.url))
        pages.append((page, asked, path.as_uri()))
        return page.open()

    yield open_file
    for page, asked, uri in pages:
        page.close()  # which looks for errors
        assert set(asked) <= {uri, "about:blank"}


def spec_of(lesson):
    return next(each["spec"] for each in lessons(Tables()) if each["id"] == lesson)


@pytest.mark.parametrize("lesson", ["or", "network"])
def test_a_file_trains_to_the_weights_of_python_and_rewinds(opened, lesson):
    page = opened({"lesson": lesson})
    page.page.get_by_role("button", name="to the end").click()
    page.trained()
    frames = Run(read_spec(spec_of(lesson))).frames(0, 2000)
    assert page.at() == len(frames) - 1
    last = page.frame()["theta"]
    assert last == (frames[-1]["theta"] if lesson == "or" else pytest.approx(frames[-1]["theta"], rel=1e-9))
    page.step(-3)
    assert page.frame()["theta"] == pytest.approx(frames[-4]["theta"], rel=1e-9)
    page.page.get_by_role("button", name="to the start").click()
    assert page.frame()["theta"] == frames[0]["theta"]


def test_a_file_proves_what_it_carries_and_decides_what_is_drawn(opened):
    page, spec = opened({"lesson": "xor"}), spec_of("xor")
    carried = prove({name: spec[name] for name in ("X", "y", "names", "classes")}, {}.__getitem__)
    text = page.page.locator(".proof .verdict-text")
    page.page.locator(".proof[data-separable=false]").wait_for()
    equation = carried["certificate"]["equation"]
    assert page.page.locator(".proof .equation").text_content() == equation
    lines = carried["text"].splitlines()
    assert text.text_content().splitlines() == [line for line in lines if line.strip() != equation]
    moved = page.page.evaluate(
        "([X, y]) => document.getElementById('glassneuron').source.prove(X, y)",
        [[[0, 0], [0, 1], [1, 0], [3, 3]], [0, 1, 1, 1]],
    )
    assert moved["separable"]


def test_a_file_opens_where_the_page_stood(opened):
    page = opened({"lesson": "sigmoid", "hide": ["settings"]})
    assert page.page.locator("[role=tab][aria-selected=true]").get_attribute("data-lesson") == "sigmoid"
    assert page.ask("page.state().hide") == ["settings"]


def test_every_lesson_of_a_file_opens(opened):
    page = opened({})
    for tab in page.page.locator("[role=tab]").all():
        tab.click()
        page.page.wait_for_timeout(30)
    assert page.page.locator("[role=tab]").count() == len(lessons(Tables()))


def test_code_that_is_not_the_files_own_is_refused(browser, tmp_path):
    text = live_page({"lesson": "or"})
    path = tmp_path / "changed.html"
    path.write_text(text.replace("</body>", "<script>window.foreign = 1</script></body>"), encoding="utf-8")
    page = browser.new_context().new_page()
    page.goto(path.as_uri())
    page.locator("[role=tab]").first.wait_for()
    assert page.evaluate("window.foreign") is None
    page.context.close()


def test_the_policy_names_the_code_by_its_hash_and_lets_nothing_else_in():
    text = live_page({"lesson": "or"})
    code = re.search(r'<script type="module">(.*?)</script>', text, re.DOTALL)[1]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    assert f"script-src 'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", text.replace(code, ""))


def test_a_file_is_small_beside_its_data():
    text = live_page({"lesson": "or"})
    data = re.search(r'id="glassneuron-data">(.*?)</script>', text, re.DOTALL)[1]
    assert len(text.encode()) - len(data.encode()) <= LARGEST


def test_no_text_of_a_lesson_ends_the_code_around_it(opened):
    mine = {
        **lessons(Tables())[2],
        "title": "</script><script>window.foreign = 1</script><!--",
        "text": "</style> & <b>",
    }
    page = opened({"lesson": mine["id"]}, [mine])
    assert page.page.evaluate("window.foreign") is None
    assert page.page.locator("h1").inner_text() == mine["title"]
    assert page.page.title() == mine["title"]
    data = page.page.locator("#glassneuron-data").text_content()
    assert json.loads(data)["lessons"][0]["text"] == mine["text"]


def test_a_teachers_questions_want_a_guess_before_they_show_the_answer(opened, tmp_path):
    path = tmp_path / "apples.toml"
    path.write_text(new_lesson(path))
    lesson = read_lesson(path, student=3).to_page()
    page = opened({"lesson": lesson["id"]}, [lesson])
    for n, question in enumerate(lesson["questions"]):
        reveal, shown = (page.page.locator(f"[data-{what}=gn-question-{n}]") for what in ("reveal", "answer"))
        assert reveal.is_disabled()
        assert shown.text_content() == ""
        if question["options"]:
            page.page.locator(f"[name=gn-question-{n}]").first.check()
        else:
            page.page.locator(f"[data-predict=gn-question-{n}]").fill("42")
        assert question["answer"] not in shown.text_content()
        reveal.click()
        assert question["answer"] in shown.text_content()
    assert not page.page.locator(".proof, .fork").first.is_visible()  # as the lesson says


def test_a_lesson_file_is_served_first(browser, tmp_path):
    path = tmp_path / "my apples.toml"
    path.write_text(new_lesson(path))
    with served("--lesson", str(path)) as address:
        page = Page(browser, address).open()
        assert page.page.locator("h1").inner_text() == "Which apples are sweet?"
        assert page.page.locator("[data-part=questions] fieldset").count() == len(read_lesson(path).questions)
        assert not page.page.locator(".fork").first.is_visible()
        page.page.locator("[data-lesson=or]").click()
        assert page.page.locator(".fork").first.is_visible()
        page.close()
