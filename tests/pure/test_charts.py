from engine.charts import draw
from lxml import etree


def test_bars_are_as_high_as_their_values():
    svg = etree.fromstring(draw(["a", "b"], [("One", [100.0, 50.0])]))
    bars = [float(bar.get("height")) for bar in svg.iter("{*}rect") if bar.get("width") != "11"]
    assert round(bars[0] / bars[1], 2) == 2


def test_negative_values_hang_below_the_line():
    svg = etree.fromstring(draw(["a", "b"], [("One", [100.0, -100.0])]))
    up, down = (bar for bar in svg.iter("{*}rect") if bar.get("width") != "11")
    assert float(up.get("y")) + float(up.get("height")) == float(down.get("y"))


def test_lines_have_a_point_per_value():
    svg = etree.fromstring(draw(["a", "b", "c"], [("One", [1.0, 2.0, 3.0])], "lines"))
    assert len(list(svg.iter("{*}circle"))) == 3


def test_names_are_text_not_markup():
    svg = draw(["<b>&", "b"], [("<script>", [1.0, 2.0])])
    assert "<script>" not in svg
    etree.fromstring(svg)


def test_nothing_to_draw():
    assert draw([], []) == ""
    assert draw(["a", "b"], [("One", [0.0, 0.0])]) == ""
    assert draw(["a"], [("One", [5.0])]) == ""


def test_long_names_leave_room_for_their_neighbours():
    labels = ["长沙重机制造有限责任公司分公司"] * 10
    texts = [t.text for t in etree.fromstring(draw(labels, [("One", [1.0] * 10)])).iter("{*}text")]
    assert texts.count("长沙重机…") == 10
