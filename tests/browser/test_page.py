"""Tests of the page in a real browser: what a watch officer sees and does."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from linewatch.web import LiveFrame, Tracks
from linewatch.web.picture import Stitch
from tests.browser.conftest import Desk
from tests.web.fake import alert, frame, handover

pytestmark = pytest.mark.browser

ABOUT_WEBGL = ("GPU stall", "swiftshader", "SwiftShader", "WebGL")
"""Words of Chromium on its own drawing without a GPU, which is no fault of the page."""


def map_pixels(page: Page) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Read the map's own canvas, as drawn."""
    rows = page.evaluate(
        """() => {
          const map = document.querySelector('[data-testid=map] canvas');
          const copy = new OffscreenCanvas(160, 100);
          const pen = copy.getContext('2d');
          pen.drawImage(map, 0, 0, 160, 100);
          return Array.from(pen.getImageData(0, 0, 160, 100).data);
        }"""
    )
    return np.array(rows, np.uint8).reshape(-1, 4)


def test_page_opens_without_complaint_and_asks_nobody_else(desk: Desk) -> None:
    desk.page.wait_for_timeout(1_500)
    ours = [text for text in desk.complaints if not any(w in text for w in ABOUT_WEBGL)]
    assert ours == []
    strangers = [
        url
        for url in desk.asked
        if not url.startswith((desk.served.url, "blob:", "data:"))
    ]
    assert strangers == []


def test_map_is_drawn(desk: Desk) -> None:
    desk.page.wait_for_timeout(1_000)
    colours = np.unique(map_pixels(desk.page), axis=0)
    assert len(colours) > 50  # water and land alone would make a handful


def test_sectors_are_named_along_the_line(desk: Desk) -> None:
    strip = desk.page.get_by_label("The line by kilometre")
    for name in ("Tucson", "Big Bend", "Rio Grande Valley"):
        expect(strip.get_by_text(name, exact=True)).to_be_visible()


def test_generated_ground_is_said_at_all_times(desk: Desk) -> None:
    expect(desk.page.get_by_test_id("generated")).to_contain_text("Generated relief")


def test_count_of_tracks_is_that_of_the_feed(desk: Desk) -> None:
    count = desk.page.get_by_test_id("track-count")
    expect(count).to_have_text("12")
    desk.served.source.moving = frame(desk.served.source.moving.seq + 1, 345)
    expect(count).to_have_text("345")


def test_ten_thousand_tracks_are_taken(desk: Desk) -> None:
    desk.served.paused.set()
    desk.served.source.moving = frame(10_000, 10_000)
    expect(desk.page.get_by_test_id("track-count")).to_have_text("10000")


def test_strengths_are_told_apart(desk: Desk) -> None:
    expect(desk.page.get_by_test_id("force-line")).to_contain_text(
        "12,200 approved / 9,200 present"
    )
    desk.page.get_by_role("tab", name="Force").click()
    table = desk.page.get_by_role("region", name="Force")
    for word in ("Organic", "Approved", "Sourced", "In transit", "Present"):
        expect(table.get_by_role("rowheader", name=word).first).to_be_visible()


def test_alert_appears_and_an_office_acknowledges_it(desk: Desk) -> None:
    page, source = desk.page, desk.served.source
    expect(page.get_by_test_id("open-alerts")).to_have_text("0")
    one = alert(7, source.moving.time_s)
    source.show(one, handed=(handover(one, received=True),))
    card = page.locator("[data-alert=alert-7]")
    expect(card).to_contain_text("km 700.0, Tucson")
    expect(card).to_contain_text("Received, ref TCA-1")
    page.get_by_label("Acting as").select_option("Sector operations")
    card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_contain_text("Seen by Sector operations")
    expect(page.get_by_test_id("open-alerts")).to_have_text("0")
    assert [(done.alert_id, done.office) for done in source.logged] == [
        ("alert-7", "Sector operations")
    ]


def test_alert_opens_to_its_place(desk: Desk) -> None:
    page, source = desk.page, desk.served.source
    source.show(alert(7, source.moving.time_s))
    card = page.locator("[data-alert=alert-7]")
    card.locator(".card-head").click()
    expect(card).to_contain_text("MGRS")
    expect(card).to_contain_text("right (south) of the line")


def test_track_that_was_lost_leads_on_to_the_one_that_may_be_its_next(
    desk: Desk,
) -> None:
    page, source = desk.page, desk.served.source
    stitch = Stitch(earlier=70, later=7, chance=0.83)
    source.moving = replace(source.moving, stitches=(stitch,))
    source.show(alert(70, source.moving.time_s))
    page.locator("[data-alert=alert-70] .card-head").click()
    card = page.get_by_label("Track", exact=True)
    expect(card).to_contain_text("No longer in the picture.")
    card.get_by_role("button", name="track 7 (83 %)").click()
    expect(card).to_contain_text("Track 7")
    expect(card).to_contain_text("May continue")
    expect(card.get_by_role("button", name="track 70 (83 %)")).to_be_visible()


def test_test_alerts_are_no_work_for_an_officer(desk: Desk) -> None:
    page, source = desk.page, desk.served.source
    proof = replace(alert(1, source.moving.time_s), kind="test", alert_id="test-1")
    source.show(proof, handed=(handover(proof, received=True),))
    expect(page.get_by_text("Handover path proven end to end")).to_be_visible()
    expect(page.get_by_test_id("open-alerts")).to_have_text("0")


def test_picture_that_stops_is_said_to_be_stale(desk: Desk) -> None:
    stale = desk.page.get_by_test_id("stale")
    expect(stale).to_have_count(0)
    desk.served.paused.set()
    expect(stale).to_be_visible(timeout=12_000)
    expect(stale).to_contain_text("Stale picture")
    expect(desk.page.get_by_test_id("age")).to_contain_text("Stale")
    desk.served.paused.clear()
    expect(stale).to_have_count(0, timeout=12_000)


def test_watch_that_has_ended_is_recorded_and_not_stale(desk: Desk) -> None:
    desk.served.paused.set()
    source = desk.served.source
    source.moving = replace(frame(source.moving.seq + 1), ended=True)
    expect(desk.page.get_by_text("Recorded, watch ended")).to_be_visible()
    desk.page.wait_for_timeout(6_500)
    expect(desk.page.get_by_test_id("stale")).to_have_count(0)


def test_site_that_registers_late_is_shown(desk: Desk) -> None:
    desk.page.get_by_role("tab", name="Watch").click()
    row = desk.page.get_by_role("row", name="radar")
    expect(row).to_contain_text("30")
    source = desk.served.source
    more = replace(source.still.sites[0], name="radar-late", node="radar-late")
    source.still = replace(source.still, sites=(*source.still.sites, more))
    expect(row).to_contain_text("31")


def test_strip_is_an_index_by_keyboard(desk: Desk) -> None:
    strip = desk.page.get_by_role("slider", name="Place along the line")
    strip.focus()
    strip.press("Home")
    expect(desk.page.get_by_test_id("readout")).to_contain_text("km 0.0")
    strip.press("PageUp")
    expect(desk.page.get_by_test_id("readout")).to_contain_text("km 100.0")
    expect(desk.page.get_by_test_id("readout")).to_contain_text("El Centro")


def test_tabs_turn_by_keyboard(desk: Desk) -> None:
    desk.page.get_by_role("tab", name="Alerts").focus()
    desk.page.keyboard.press("ArrowRight")
    expect(desk.page.get_by_role("tab", name="Force")).to_be_focused()
    expect(desk.page.get_by_role("tabpanel")).to_contain_text("Five strengths")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900)])
def test_nothing_runs_out_of_the_screen(desk: Desk, width: int, height: int) -> None:
    desk.page.set_viewport_size({"width": width, "height": height})
    size = desk.page.evaluate(
        "() => [document.documentElement.scrollWidth,"
        " document.documentElement.scrollHeight]"
    )
    assert size[0] <= width
    assert size[1] <= height


def test_empty_picture_is_shown_without_complaint(desk: Desk) -> None:
    desk.served.paused.set()
    desk.served.source.moving = LiveFrame(seq=9_999, time_s=0.0, tracks=Tracks.none())
    expect(desk.page.get_by_test_id("track-count")).to_have_text("0")
    expect(desk.page.get_by_text("No alerts.")).to_be_visible()
