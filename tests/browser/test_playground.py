"""The twenty interactions of the playground, in a real Chromium; every number expected is asked of the engine."""

import re
from itertools import product

import numpy as np
import pytest

import glassneuron as gn
from browser.page import Page, prefix_proxy, served
from glassneuron.engine import kernels
from glassneuron.neurons.explain.numbers import format_short, write_sum
from glassneuron.views.playground.gates import gates
from glassneuron.views.playground.runs import Run
from glassneuron.views.playground.specs import read_spec

ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
OR, XOR = [0, 1, 1, 1], [0, 1, 1, 0]


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


@pytest.fixture
def page(browser, address):
    page = Page(browser, address)
    yield page
    page.close()


def frames_of(spec, upto=20_000):
    """Return the frames that the engine makes of what the page asked for."""
    run, frames = Run(read_spec(spec)), []
    while len(frames) < upto:
        more = run.frames(len(frames), 500)
        if not more:
            break
        frames += more
    return frames


def test_01_toggling_an_input_gives_the_engines_sum_and_output(page):
    page.open("neuron")
    for j, x in ((0, [1, 3]), (1, [1, 1]), (1, [1, 0]), (0, [0, 0])):
        page.page.locator(f"[data-bit='{j}']").click()
        neuron = gn.Neuron([0, 1], 4)
        z, a = neuron.weighted_sum(x), neuron.feedforward(x)
        assert page.part("written-sum").inner_text() == f"sum = {write_sum([0, 1], 4, x, z)}"
        assert format_short(a) in page.part("written-output").inner_text()
        assert page.part("sum").text_content() == format_short(z)
    page.page.locator("[data-input-box='0']").fill("2")
    page.page.keyboard.press("Tab")
    page.page.locator("[data-input-box='1']").fill("3")
    page.page.keyboard.press("Tab")
    assert "0.9990889488055994" in page.part("written-output").inner_text()


def line_ends(page):
    line = page.page.locator("line[data-line=now]")
    return [float(line.get_attribute(name)) for name in ("x1", "y1", "x2", "y2")]


def test_02_a_weight_is_edited_by_number_and_by_drag(page):
    page.open("neuron")
    before = line_ends(page)
    page.page.locator("[data-weight-box='0']").fill("2")
    page.page.keyboard.press("Tab")
    after = line_ends(page)
    assert after != before
    assert page.page.locator("text[data-weight='0']").text_content() == "2·2"
    # in the picture, too, both ends have a sum of 0: the plane is from -5 to 5, its frame from 44 to 390 and 10 to 356
    for px, py in (after[:2], after[2:]):
        x = [-5 + 10 * (px - 44) / 346, 5 - 10 * (py - 10) / 346]
        assert gn.Neuron([2, 1], 4).weighted_sum(x) == pytest.approx(0, abs=1e-9)
    box = page.box(page.page.locator("[data-drag='1']"))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x, y - 60, steps=4)
    page.page.mouse.up()
    weight = float(page.page.locator("[data-weight-box='1']").input_value())
    assert weight > 1
    assert page.page.locator("text[data-weight='1']").text_content() == f"{format_short(weight)}·3"
    assert line_ends(page) != after


def test_03_each_of_the_sixteen_gates_has_the_engines_rows(page):
    page.open("gates")
    page.page.locator("[data-gate]").first.wait_for()
    known = gates()
    assert page.page.locator("[data-gate]").count() == len(known) == 16
    for gate in known:
        page.page.locator(f"[data-gate='{gate['name']}']").click()
        shown = page.page.locator("table.rows tbody tr td:nth-child(4)").all_inner_texts()
        assert [int(text) for text in shown] == gate["table"]
        if gate["neuron"]:
            w, threshold = gate["neuron"]["w"], gate["neuron"]["threshold"]
            for p, value in enumerate([*w, -threshold]):
                page.page.locator(f"[data-parameter='{p}']").fill(str(value))
                page.page.keyboard.press("Tab")
            table = gn.McCullochPitts(w, threshold).truth_table()
            answers = page.page.locator("table.rows tbody tr td:nth-child(6)").all_inner_texts()
            assert [int(text) for text in answers] == list(table.outputs) == gate["table"]
            assert gate["name"] in page.part("solved").inner_text()


def test_04_a_step_shows_the_frame_as_arithmetic(page):
    page.open("or").trained()
    steps = list(gn.watch(gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False), ROWS, OR))
    for k, step in enumerate(steps[:10], 1):
        page.step()
        assert page.at() == k
        frame = page.frame()
        assert (frame["epoch"], frame["row"]) == (step.epoch, step.example)
        assert frame["z"] == [step.weighted_sum]
        assert frame["theta"] == [*step.weights_after.tolist(), step.bias_after]
        words = page.part("arithmetic").inner_text()
        for line in str(step).splitlines()[1:]:
            if "nothing changes" not in line:
                assert line.split(maxsplit=1)[1] in words
        row = page.page.locator("table.rows tr.current").get_attribute("data-row")
        assert int(row) == step.example


def test_05_back_and_forward_come_to_the_same_digits(page):
    page.open("network").trained()
    page.step(7)
    frame = page.frame()
    for k in (1, 5):
        page.step(-k).step(k)
        assert page.frame() == frame
    assert page.at() == 7


COUNT_PICTURES = """() => {
    const seen = (window.seen = { moments: [], times: [] });
    const look = (now) => {
        const at = document.getElementById('glassneuron').page.player().state.at;
        if (seen.moments.at(-1) !== at) { seen.moments.push(at); seen.times.push(now); }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
"""Count pictures, not time that passed: each animation frame that shows another moment is one."""


def test_06_play_runs_at_thirty_frames_a_second_and_pauses(page):
    for lesson in ("xor", "network"):
        page.open(lesson)
        page.until("page.player().state.frames.length > 300")
        page.page.get_by_label("speed", exact=True).select_option("60")
        play = page.page.get_by_role("button", name="Play", exact=True)
        page.page.evaluate(COUNT_PICTURES)
        play.click()
        page.until("page.player().state.at >= 90", 15000)
        page.page.get_by_role("button", name="Pause", exact=True).click()
        stood = page.at()
        moments = page.page.evaluate("() => window.seen.moments")
        assert moments == sorted(moments)
        assert len(set(moments)) >= 20
        page.page.wait_for_timeout(150)
        assert page.at() == stood


def test_07_scrubbing_home_and_end_show_exactly_that_frame(page):
    page.open("or").trained()
    frames = frames_of(page.spec())
    scrub = page.page.locator("input.scrub")
    for k in (17, 3, 29):
        scrub.evaluate("(element, k) => { element.value = k; element.dispatchEvent(new Event('input')); }", k)
        assert (page.at(), page.frame()["theta"]) == (k, frames[k]["theta"])
    page.page.locator("#gn-screen").focus()
    page.page.keyboard.press("Home")
    assert (page.at(), page.frame()["theta"]) == (0, [0, 0, -1])
    page.page.keyboard.press("End")
    page.until(f"page.player().state.at === {len(frames) - 1}")
    assert page.frame()["theta"] == frames[-1]["theta"]
    p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False).fit(ROWS, OR)
    assert page.frame()["theta"] == [*p.coef_[0].tolist(), p.intercept_[0]]
    assert "every row is answered right" in page.part("sentence").inner_text()


def test_08_the_same_seed_gives_the_same_trace_and_another_another(page):
    page.open("network")
    page.until("page.player().state.frames.length > 50")
    trace = page.ask("page.player().state.frames.slice(0, 50).map((frame) => frame.theta)")
    page.step(5)
    page.page.get_by_role("button", name="Reset").click()
    page.until("page.player().state.frames.length > 50 && page.player().state.at === 0")
    assert page.ask("page.player().state.frames.slice(0, 50).map((frame) => frame.theta)") == trace
    page.page.get_by_role("button", name="New seed").click()
    page.until("page.player().state.frames.length > 50")
    other = page.ask("page.player().state.frames.slice(0, 50).map((frame) => frame.theta)")
    assert other[0] != trace[0]
    assert other == [frame["theta"] for frame in frames_of(page.spec(), 50)[:50]]


def point(page, r):
    box = page.box(page.page.locator(f".row-point[data-row='{r}'] .handle"))
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, stop):
    page.page.mouse.move(*start)
    page.page.mouse.down()
    page.page.mouse.move((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
    page.page.mouse.move(*stop)
    page.page.mouse.up()


def test_09_points_are_drawn_moved_and_deleted(page):
    page.open("or").trained()
    (x0, y0), (x1, y1) = point(page, 0), point(page, 3)
    page.page.mouse.click((x0 + x1) / 2, (y0 + y1) / 2)
    page.until("page.player().state.spec.X.length === 5")
    page.part("count").filter(has_text="5 rows").wait_for()
    assert page.spec()["X"][4] == pytest.approx([0.5, 0.5], abs=0.02)
    page.trained()
    assert [frame["theta"] for frame in page.ask("page.player().state.frames")] == [
        frame["theta"] for frame in frames_of(page.spec())
    ]
    drag(page, point(page, 4), (x1, y0))
    page.until("page.player().state.spec.X[4][0] > 0.9")
    assert page.spec()["X"][4] == pytest.approx([1, 0], abs=0.02)
    page.page.locator(".row-point[data-row='4']").focus()
    page.page.keyboard.press("Delete")
    page.until("page.player().state.spec.X.length === 4")
    page.part("count").filter(has_text="4 rows").wait_for()


def paste(page, text):
    page.part("paste").evaluate("(element, text) => { element.value = text; }", text)  # a person pastes it in one go
    page.part("use").click()


def test_10_a_csv_that_is_good_bad_and_too_large(page):
    page.open("data")
    good = "height,weight,animal\n" + "\n".join(f"{i},{i * i % 7},{'cat' if i < 5 else 'dog'}" for i in range(10))
    paste(page, good)
    page.until("page.state().screen.data?.names[0] === 'height'")
    data = page.ask("page.state().screen.data")
    assert data["classes"] == ["cat", "dog"]
    assert data["raw"] == [[i, i * i % 7] for i in range(10)]
    X = np.array(data["raw"])
    np.testing.assert_allclose(data["X"], (X - X.mean(axis=0)) / X.std(axis=0), atol=1e-12)
    for bad, says in (
        ("height,animal\n1,cat\n2,dog,3\n", "row"),
        ("height,animal\n1,cat\n2,cat\n", "cat"),
        ("   ", "no text"),
        ("a,b\n" + "".join(f"{i},{'yes' if i % 2 else 'no'}\n" for i in range(5001)), "5,000"),
    ):
        page.part("problem").evaluate("(element) => { element.textContent = ''; }")
        paste(page, bad)
        page.page.wait_for_timeout(50)
        page.page.locator("[data-part=problem]:not(:empty)").wait_for()
        sentence = page.part("problem").inner_text()
        assert says in sentence
        assert sentence.endswith("The rows you had are kept.")
        assert page.ask("page.state().screen.data") == data
    page.part("problem").evaluate("(element) => { element.textContent = ''; }")
    large = "a,b\n" + "1,2\n" * 300_000
    page.page.locator("input[type=file]").set_input_files(
        {"name": "t.csv", "mimeType": "text/csv", "buffer": large.encode()}
    )
    page.page.locator("[data-part=problem]:not(:empty)").wait_for()
    assert "1 MB" in page.part("problem").inner_text()
    assert page.ask("page.state().screen.data") == data
    page.errors[:] = [
        error for error in page.errors if "422" not in error and "413" not in error
    ]  # Chromium's own words


def test_11_the_proof_of_xor_and_a_point_that_is_dragged(page):
    page.open("xor").trained()
    proof = page.page.locator("section.proof")
    page.page.locator("section.proof[data-separable=false]").wait_for()
    verdict = gn.separability(ROWS, XOR)
    assert verdict.equation in proof.inner_text()
    assert "goes round for ever" in proof.inner_text()
    page.step(6)
    w1, w2, b = page.frame()["theta"]
    lines = proof.locator("tr").all()
    for line, x, fires in zip(lines, ROWS, XOR, strict=True):
        z = gn.Neuron([w1, w2], b, "step").weighted_sum(x)
        text = line.inner_text()
        assert f"= {format_short(z)}" in text
        assert ("✓" in text) == ((z >= 0) == bool(fires))
    assert page.page.locator("circle.crossing").count() == 1
    # (0, 1) is dragged across (0, 0) and beyond: then a line tells the classes apart
    (x0, y0), (_, y1) = point(page, 0), point(page, 1)
    drag(page, point(page, 1), (x0 + 1.2 * (y0 - y1) * 0, y0 + 0.4 * (y0 - y1)))
    page.page.wait_for_timeout(100)
    page.until("page.player().state.spec.X[1][1] < -0.2")
    X = page.spec()["X"]
    expected = gn.separability(X, XOR)
    page.page.locator(f"section.proof[data-separable={str(expected.separable).lower()}]").wait_for()
    drag(page, point(page, 1), (point(page, 2)[0] + 2, point(page, 2)[1] - 2))
    page.until("page.player().state.spec.X[1][0] > 0.9")
    expected = gn.separability(page.spec()["X"], XOR)
    assert expected.separable
    page.page.locator("section.proof[data-separable=true]").wait_for()


def test_12_a_network_solves_xor_and_is_taken_along_as_a_file(page, browser, tmp_path):
    page.open("network")
    page.page.get_by_role("button", name="to the end").click()
    page.until("page.player().state.done && page.player().state.at === page.player().state.frames.length - 1", 20000)
    assert page.page.locator("table.rows caption").inner_text() == "4 of 4 rows right"
    theta = page.frame()["theta"]
    network = gn.Network.of_parameters(np.array(theta), [2, 2, 1], ["tanh", "sigmoid"])
    answers = network.feedforward(ROWS).ravel()
    assert (answers >= 0.5).astype(int).tolist() == XOR
    shown = page.page.locator("table.rows tbody tr td:nth-child(5)").all_inner_texts()
    for text, a in zip(shown, answers.tolist(), strict=True):
        assert f"({format_short(a)})" in text
    page.part("check-slope").click()
    numbers = [float(word.rstrip(".;")) for word in page.part("check").inner_text().split() if word[0] in "-0123456789"]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-5, abs=1e-9)
    # taken along as one file, it trains to the same weights from disk, without a server
    page.page.locator("[role=tab][data-lesson=teach]").click()
    page.part("lesson").select_option("network")
    with page.page.expect_download() as download:
        page.part("export").click()
    path = tmp_path / "network.html"
    download.value.save_as(path)
    alone = Page(browser, path.as_uri())
    alone.page.goto(path.as_uri())
    alone.page.get_by_role("button", name="to the end").click()
    alone.until("page.player().state.done && page.player().state.at === page.player().state.frames.length - 1", 20000)
    assert alone.frame()["theta"] == pytest.approx(theta, rel=1e-12)
    alone.close()


def test_13_a_hint_says_exactly_whether_free_parameters_can_do_it(page):
    page.open("gates")
    page.page.locator("[data-gate]").first.wait_for()
    for name, theta, locked in (
        ("AND", [1, 1, 0], [0, 1]),
        ("OR", [0, 1, -1], [1, 2]),
        ("AND", [-1, 1, 0], [0]),
        ("XOR", [1, 1, 0], []),
    ):
        page.page.locator(f"[data-gate='{name}']").click()
        for p, value in enumerate(theta):
            page.page.locator(f"[data-lock='{p}']").set_checked(False)
            page.page.locator(f"[data-parameter='{p}']").fill(str(value))
            page.page.keyboard.press("Tab")
        for p in locked:
            page.page.locator(f"[data-lock='{p}']").set_checked(True)
        page.part("ask-hint").click()
        page.page.locator("[data-part=hint]:not(:empty)").wait_for()
        y = next(gate["table"] for gate in gates() if gate["name"] == name)
        # by hand: weights of whole and half numbers are enough for two inputs
        steps = np.arange(-3, 3.5, 0.5)
        can = any(
            [int(w1 * x1 + w2 * x2 + b >= 0) for x1, x2 in ROWS] == y
            for w1, w2, b in product(*[[theta[p]] if p in locked else steps for p in range(3)])
        )
        assert page.page.locator(".screen").get_attribute("data-possible") == str(can).lower()
        if can:
            for _ in range(3):
                if page.page.locator(".screen").get_attribute("data-solved") == "true":
                    break
                page.part("follow").click()
                page.part("ask-hint").click()
                page.page.locator("[data-part=hint]:not(:empty)").wait_for()
            assert page.page.locator(".screen").get_attribute("data-solved") == "true"
            values = [float(page.page.locator(f"[data-parameter='{p}']").input_value()) for p in range(3)]
            assert all(values[p] == theta[p] for p in locked)


def test_14_a_fork_is_the_same_before_and_the_engines_after(page):
    page.open("xor").trained()
    page.step(6)
    page.setting("fork").fill("0.3")
    page.part("fork").click()
    page.page.locator(".fork-text:not(:empty)").wait_for()
    page.step(5)
    spec = page.spec()
    forked = frames_of({**spec, "changes": [{"at": 6, "eta": 0.3}]})
    straight = frames_of(spec)
    assert [frame["theta"] for frame in forked[:7]] == [frame["theta"] for frame in straight[:7]]
    assert forked[11]["theta"] != straight[11]["theta"]
    assert page.frame()["theta"] == straight[11]["theta"]
    line = page.page.locator("line[data-line=forked]")
    line.wait_for()
    w1, w2, b = forked[11]["theta"]
    for end in (("x1", "y1"), ("x2", "y2")):
        px, py = (float(line.get_attribute(name)) for name in end)
        x = [-0.5 + 2 * (px - 44) / 346, 1.5 - 2 * (py - 10) / 346]
        assert w1 * x[0] + w2 * x[1] + b == pytest.approx(0, abs=1e-9)


def test_15_a_link_opens_the_same_state(page, browser, address):
    page.open("or").trained()
    page.setting("eta").fill("0.25")
    page.page.keyboard.press("Tab")
    page.until("page.player().state.spec.eta === 0.25 && page.player().state.done")
    page.step(9)
    state, frame = page.ask("page.state()"), page.frame()
    page.part("copy-link").click()
    page.page.locator(".note:not(:empty)").wait_for()
    link = page.page.evaluate("() => location.href")
    assert page.page.evaluate("() => navigator.clipboard.readText()") == link
    assert len(link) < 8192 + 200
    other = Page(browser, address)
    other.open(address=link)
    other.until("page.player() && page.player().state.at === 9")
    assert other.ask("page.state()") == state
    assert other.frame() == frame
    other.close()


def test_17_a_whole_lesson_by_keyboard_alone(page):
    page.open("or").trained()
    keyboard, reached = page.page.keyboard, []
    page.page.evaluate("() => document.activeElement.blur()")
    visible = """() => {
        const element = document.activeElement;
        if (element === document.body) return null;
        const [box, look] = [element.getBoundingClientRect(), getComputedStyle(element)];
        const ring = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0;
        const inside = element.querySelector && element.querySelector('.handle');
        const name = element.getAttribute('aria-label') || element.textContent.trim().slice(0, 40);
        return { name, seen: box.width > 0 && (ring || Boolean(inside)) };
    }"""
    for _ in range(60):
        keyboard.press("Tab")
        found = page.page.evaluate(visible)
        if found is None:
            break
        assert found["seen"], found
        reached.append(found["name"])
    for name in ("OR", "one step forward", "Play", "moment of the training"):
        assert name in reached
    assert any(name.startswith("row 1") for name in reached)  # the points: one stop
    assert sum(name.startswith("row ") and "class" in name for name in reached) == 1
    page.page.locator("[role=tab][aria-selected=true]").focus()
    keyboard.press("ArrowRight")
    assert page.page.locator("[role=tab][aria-selected=true]").inner_text() == "AND"
    page.page.evaluate("() => document.activeElement.blur()")
    page.trained()
    page.page.locator("#gn-screen").focus()
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    assert page.at() == 2
    keyboard.press("ArrowLeft")
    assert page.at() == 1
    keyboard.press(" ")
    assert page.ask("page.player().state.playing")
    keyboard.press(" ")
    assert not page.ask("page.player().state.playing")
    # a row is grabbed, moved, dropped
    page.page.locator(".row-point[tabindex='0']").focus()
    before = page.spec()["X"][0]
    for key in ("Enter", "ArrowRight", "ArrowUp", "Enter"):
        keyboard.press(key)
    page.until(f"page.player().state.spec.X[0][0] > {before[0]}")
    assert page.spec()["X"][0][1] > before[1]


def test_18_behind_a_prefix_proxy_it_needs_the_name_and_then_works(browser):
    prefix = "/user/ann/proxy"
    for allowed in (True, False):
        options = ["--allow-host", "hub.localhost"] if allowed else []
        with served(*options) as address:
            port, query = re.search(r":(\d+)/(\S+)", address).groups()
            with prefix_proxy(int(port), prefix) as own:
                outside = f"http://hub.localhost:{own}{prefix}/{query}"
                page = Page(browser, outside)
                if allowed:
                    page.open("or").trained()
                    page.step(3)
                    assert page.frame()["theta"] == frames_of(page.spec())[3]["theta"]
                    page.close()
                else:
                    page.page.goto(outside)
                    assert "glassneuron play --allow-host hub.localhost" in page.page.locator("body").inner_text()
                    page.context.close()


def test_19_a_lost_socket_is_opened_anew_and_goes_on(page):
    page.open("xor").trained()
    frames = page.ask("page.player().state.frames.length")
    page.page.evaluate("() => document.getElementById('glassneuron').source.drop()")
    page.page.locator("p.lost").wait_for(state="visible")
    page.setting("eta").fill("0.5")
    page.page.keyboard.press("Tab")
    page.page.locator("p.lost").wait_for(state="hidden")
    page.trained()
    assert page.spec()["eta"] == 0.5
    assert page.ask("page.player().state.frames.length") == frames
    assert [frame["theta"] for frame in page.ask("page.player().state.frames")] == [
        frame["theta"] for frame in frames_of(page.spec())
    ]


SCREENS = ("neuron", "gates", "or", "xor", "sigmoid", "network", "data", "row", "teach")


def settled(page, lesson):
    page.open(lesson)
    page.page.wait_for_timeout(600)


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_20_nothing_is_lost_on_a_narrow_page_or_at_twice_the_size(browser, address, width):
    page = Page(browser, address, width, 844)
    for lesson in SCREENS:
        settled(page, lesson)
        wide = page.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (lesson, wide)
    page.close()


def test_axe_finds_nothing(page):
    from axe_playwright_python.sync_playwright import Axe

    for lesson in SCREENS:
        settled(page, lesson)
        found = Axe().run(page.page)
        problems = [
            f"{lesson}: {each['id']}: {node['html'][:160]}"
            for each in found.response["violations"]
            for node in each["nodes"]
        ]
        assert problems == []


def test_numbers_are_written_as_the_package_writes_them(page):
    page.open("neuron")
    rng = np.random.default_rng(0)
    numbers = [0.0, -0.0, 7.0, 0.5, 0.0005, 0.00049, 999.95, 1234.5678, 1e6, -1e-9, 0.0625, 2.5, 0.125, 1e300, 12.345]
    numbers += (10.0 ** rng.uniform(-8, 8, 300) * rng.choice([-1, 1], 300)).tolist()
    numbers += np.round(rng.uniform(-20, 20, 100), 4).tolist()
    shown = page.page.evaluate(
        "async (numbers) => { const m = await import('./format.js'); return numbers.map(m.short); }", numbers
    )
    assert shown == [format_short(v) for v in numbers]


def test_the_page_weighs_less_than_200_kb_with_the_textbook(browser, address):
    page = Page(browser, address)
    sizes = {}
    page.page.on("response", lambda r: sizes.__setitem__(r.url.split("?")[0].rsplit("/", 1)[1], len(r.body())))
    page.open()
    page.page.wait_for_load_state("networkidle")
    assert {"kernels.js", "main.js", "style.css"} <= sizes.keys()
    assert sum(size for name, size in sizes.items() if name != "lessons.json") < 200_000
    page.close()


@pytest.mark.parametrize("variant", ["averaged", "pocket"])
def test_a_variant_answers_with_the_neuron_that_the_engine_says(page, variant):
    page.open("and").trained()
    page.setting("variant").select_option(variant)
    page.until(f"page.player().state.spec.variant === '{variant}' && page.player().state.done")
    frames = frames_of(page.spec())
    page.step(min(9, len(frames) - 1))
    frame = frames[page.at()]
    assert page.frame()["answer"] == frame["answer"]
    w1, w2, b = frame["answer"]
    answers = page.page.locator("table.rows tbody tr td:nth-child(6)").all_inner_texts()
    assert [int(text) for text in answers] == [int(gn.Neuron([w1, w2], b, "step").feedforward(x)) for x in ROWS]


def test_a_table_of_5000_rows_and_50_columns_trains(page):
    page.open("data")
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(2500, 40)), 2)
    y = np.where(X[:, 0] + X[:, 1] > 0.0, "yes", "no")
    names = ",".join([*(f"c{j}" for j in range(40)), "y"])
    paste(page, names + "\n" + "\n".join(",".join([*map(str, x), label]) for x, label in zip(X, y, strict=True)))
    page.page.get_by_label("across", exact=True).locator("option", has_text="c39").wait_for(state="attached")
    assert page.part("problem").inner_text() == ""
    page.until("page.player().state.frames.length > 3", 30000)
    page.page.get_by_role("button", name="one step forward").click()
    assert page.ask("page.player().state.frames[page.player().state.at].epoch") == 1
    page.page.locator("h2", has_text="of 2500 rows right").first.wait_for()


def test_with_less_motion_the_picture_jumps(browser, address):
    page = Page(browser, address, reduced_motion="reduce")
    page.open("xor").trained()
    page.page.get_by_label("speed", exact=True).select_option("60")
    page.page.evaluate(COUNT_PICTURES)
    page.page.get_by_role("button", name="Play", exact=True).click()
    page.until("page.player().state.at >= 100", 15000)
    page.page.get_by_role("button", name="Pause", exact=True).click()
    moments = page.page.evaluate("() => window.seen.moments")
    assert len(moments) <= 8
    page.close()


def test_by_touch_a_person_steps_and_draws(browser, address):
    page = Page(browser, address, 390, 844, has_touch=True, is_mobile=True)
    page.open("or").trained()
    page.page.get_by_role("button", name="one step forward").tap()
    page.page.get_by_role("button", name="one step forward").tap()
    assert page.at() == 2
    page.page.locator(".plane svg").scroll_into_view_if_needed()
    (x0, y0), (x1, y1) = point(page, 0), point(page, 3)
    page.page.touchscreen.tap((x0 + x1) / 2, (y0 + y1) / 2)
    page.until("page.player().state.spec.X.length === 5")
    page.close()


def test_the_code_behind_a_number_is_shown_in_both_languages(page):
    page.open("or").trained()
    page.page.locator("[data-kernel=perceptron_update]").click()
    dialog = page.page.locator("dialog.source")
    dialog.wait_for(state="visible")
    assert "def perceptron_update(" in dialog.inner_text()
    assert "export function perceptron_update(" in dialog.inner_text()
    page.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.page.keyboard.press("ArrowRight")


def test_a_flipped_target_is_learned_anew(page):
    page.open("or").trained()
    page.page.get_by_role("button", name="target of row 4: 1; change it").click()
    page.until("page.player().state.spec.y.join() === '0,1,1,0' && page.player().state.frames.length > 100")
    assert page.spec()["fixed_bias"] == -1
    page.page.locator("section.proof[data-separable=false]").wait_for()


def test_what_moved_an_answer_and_the_change_that_flips_it(page):
    page.open("row")
    page.part("make-change").wait_for(state="visible")
    before = page.page.locator("[data-answer]").first.get_attribute("data-answer")
    page.page.locator("[data-lock-feature='1']").check()
    page.page.wait_for_timeout(400)
    texture = page.page.locator("[data-feature='1']").input_value()
    page.part("make-change").click()
    page.page.wait_for_timeout(400)
    assert page.page.locator("[data-answer]").first.get_attribute("data-answer") != before
    assert page.page.locator("[data-feature='1']").input_value() == texture  # it was locked


def test_a_change_keeps_to_the_ranges_that_are_allowed(page):
    page.open("row")
    page.part("make-change").wait_for(state="visible")
    row = [float(page.page.locator(f"[data-feature='{j}']").input_value()) for j in range(3)]
    for j in (0, 1):  # these two may only grow, whatever would flip the answer
        page.page.locator(f"[data-feature='{j}'] >> xpath=../.. >> summary").click()
        box = page.page.locator(f"[data-range='{j}-0']")
        box.fill(str(row[j]))
        box.press("Tab")
    page.page.wait_for_timeout(500)
    before = page.page.locator("[data-answer]").first.get_attribute("data-answer")
    page.part("make-change").click()
    page.page.wait_for_timeout(300)
    assert page.page.locator("[data-answer]").first.get_attribute("data-answer") != before
    after = [float(page.page.locator(f"[data-feature='{j}']").input_value()) for j in range(3)]
    assert after[0] >= row[0]
    assert after[1] >= row[1]
    assert after[2] != row[2]


def test_a_start_that_fails_is_told_with_its_reason(page):
    page.open("stuck").trained()
    page.page.get_by_role("button", name="to the end").click()
    page.until("page.player().state.at === page.player().state.frames.length - 1")
    spec, theta = page.spec(), np.array(page.frame()["theta"])
    network = gn.Network.of_parameters(theta, [2, 2, 1], ["tanh", "sigmoid"])
    wrong = int(((network.feedforward(ROWS).ravel() >= 0.5) != np.array(XOR)).sum())
    assert wrong > 0
    assert spec["kind"] == "network"
    words = page.part("sentence").inner_text()
    assert "rows are still wrong" in words
    assert "Try a new seed." in words


def test_the_loss_of_a_row_and_its_slope_are_the_engines(page):
    page.open("sigmoid").trained()
    page.step(3)
    frame = page.frame()
    z, y = frame["z"][0], page.spec()["y"][frame["row"]]
    loss = kernels.neuron_loss(kernels.SIGMOID, z, kernels.sigmoid(z), y)
    words = page.page.get_by_label("With target").get_attribute("aria-label")
    assert f"the loss at the sum {format_short(z)} is {format_short(loss)}" in words
    assert f"its slope {format_short(kernels.sigmoid(z) - y)}" in words
