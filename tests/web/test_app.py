"""Tests of the web app: what it tells, whom it tells it, and what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from linewatch.web import LiveFrame, Tracks, make_app
from tests.web.fake import FakeSource, alert, frame, handover
from tests.web.plain import unpack

EVIL = {"origin": "http://evil.test"}
HERE = "http://127.0.0.1:8080"


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def client(source: FakeSource, tmp_path: Path) -> TestClient:
    app = make_app(
        source, acknowledge=source.acknowledge, period_s=0.01, folder=tmp_path
    )
    return TestClient(app, base_url=HERE)


def test_static_tells_line_sectors_and_that_the_ground_is_made_up(
    client: TestClient,
) -> None:
    told = client.get("/api/static").json()
    assert told["length_km"] == 3173.0
    assert [sector["name"] for sector in told["sectors"]][3] == "Tucson"
    assert told["terrain"] == {"generated": True, "source": "generated relief, seed 1"}
    assert len(told["line"]["lon_deg"]) == len(told["line"]["chainage_km"])
    assert told["targets"] == ["unknown", "walker", "vehicle", "flyer"]


def test_force_tells_the_five_strengths_apart(client: TestClient) -> None:
    told = client.get("/api/force").json()
    assert told["strength"] == {
        "organic": 14_500,
        "approved": 12_200,
        "sourced": 12_200,
        "in_transit": 400,
        "present": 9_200,
    }
    assert sum(told["by_status"].values()) == told["strength"]["present"]


def test_force_is_null_where_nobody_has_said(
    client: TestClient, source: FakeSource
) -> None:
    source.still = replace(source.still, force=None, coverage=None)
    assert client.get("/api/force").json() is None
    assert client.get("/api/static").json()["coverage"] is None


def test_live_tells_each_track(client: TestClient, source: FakeSource) -> None:
    told = client.get("/api/live").json()
    tracks = source.moving.tracks
    assert [row["track_id"] for row in told["tracks"]] == tracks.track_id.tolist()
    np.testing.assert_allclose(
        [row["lon_deg"] for row in told["tracks"]], tracks.lon_deg, atol=1e-5
    )
    assert told["node_counts"]["silent"] == 8


def test_alerts_come_newest_first_with_sector_handover_and_receipt(
    client: TestClient, source: FakeSource
) -> None:
    old, new = alert(1, 10.0, 50.0), alert(2, 20.0, 700.0)
    source.show(old, new, handed=(handover(old, received=True),))
    told = client.get("/api/alerts").json()["alerts"]
    assert [entry["alert_id"] for entry in told] == ["alert-2", "alert-1"]
    assert [entry["sector"] for entry in told] == ["Tucson", "San Diego"]
    assert told[0]["handover"] is None
    assert told[1]["handover"]["receipt_ref"] == "TCA-1"


def test_acknowledgement_is_logged_and_shown(
    client: TestClient, source: FakeSource
) -> None:
    source.show(alert(1, 10.0))
    answer = client.post("/api/alerts/alert-1/ack", json={"office": "Watch desk"})
    assert answer.status_code == 200
    assert [(one.alert_id, one.office) for one in source.logged] == [
        ("alert-1", "Watch desk")
    ]
    told = client.get("/api/alerts").json()["alerts"]
    assert told[0]["acknowledged"]["office"] == "Watch desk"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("alert-1", {"office": "Somebody's own name"}, 422),
        ("alert-1", {"office": "Watch desk", "name": "x"}, 422),
        ("alert-1", {}, 422),
        ("alert-9", {"office": "Watch desk"}, 404),
    ],
)
def test_acknowledgement_refuses_what_cannot_be(
    client: TestClient,
    source: FakeSource,
    path: str,
    body: dict[str, str],
    status: int,
) -> None:
    source.show(alert(1, 10.0))
    answer = client.post(f"/api/alerts/{path}/ack", json=body)
    assert answer.status_code == status
    assert source.logged == []


def test_acknowledgement_by_a_form_of_another_site_is_refused(
    client: TestClient, source: FakeSource
) -> None:
    source.show(alert(1, 10.0))
    answer = client.post(
        "/api/alerts/alert-1/ack",
        content=json.dumps({"office": "Watch desk"}),
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code in {415, 422}
    assert source.logged == []


def test_picture_without_a_logger_is_read_only(source: FakeSource) -> None:
    source.show(alert(1, 10.0))
    client = TestClient(make_app(source), base_url=HERE)
    answer = client.post("/api/alerts/alert-1/ack", json={"office": "Watch desk"})
    assert answer.status_code == 409
    assert "read-only" in answer.json()["error"]


@pytest.mark.parametrize("verb", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/api/static", "/api/live", "/api/force"])
def test_the_rest_is_read_only(client: TestClient, verb: str, path: str) -> None:
    assert getattr(client, verb)(path).status_code == 405


def test_socket_sends_news_then_tracks_and_only_what_is_new(
    client: TestClient, source: FakeSource
) -> None:
    with client.websocket_connect("ws://127.0.0.1/ws/tracks") as socket:
        news = socket.receive_json()
        head, rows = unpack(socket.receive_bytes())
        assert (news["seq"], head["seq"]) == (0, 0)
        assert news["tracks"] == len(rows) == 12
        source.show(alert(1, 10.0))
        news = socket.receive_json()
        assert [entry["alert_id"] for entry in news["alerts"]] == ["alert-1"]
        head, rows = unpack(socket.receive_bytes())
        assert head["seq"] == 1


def test_socket_of_another_site_is_turned_away(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("ws://127.0.0.1/ws/tracks", headers=EVIL),
    ):
        pass


def test_host_that_is_not_ours_is_turned_away(client: TestClient) -> None:
    assert client.get("/api/live", headers={"host": "evil.test"}).status_code == 403
    assert client.get("/api/live", headers={"host": "localhost:1"}).status_code == 200
    assert client.get("/api/live", headers={"host": "[::1]:8080"}).status_code == 200


def test_every_answer_carries_the_policy(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>")
    for path in ("/", "/api/static", "/none"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_modules_are_javascript_and_kept(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/worker-1a2b.mjs").write_text("export {}")
    headers = client.get("/assets/worker-1a2b.mjs").headers
    assert headers["content-type"].startswith("text/javascript")
    assert "immutable" in headers["cache-control"]


def test_page_that_is_not_built_says_how(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 503
    assert "scripts/web" in answer.text


def test_no_path_leads_out_of_the_page(client: TestClient, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.txt").write_text("secret")
    for path in (
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
    ):
        assert client.get(path).status_code == 404


def test_health_tells_how_far_the_frames_have_come(
    client: TestClient, source: FakeSource
) -> None:
    source.moving = frame(7)
    assert client.get("/api/health").json()["seq"] == 7


def test_empty_picture_is_told_too(client: TestClient, source: FakeSource) -> None:
    source.moving = LiveFrame(seq=3, time_s=0.0, tracks=Tracks.none())
    told = client.get("/api/live").json()
    assert (told["tracks"], told["alerts"], told["nodes"]) == ([], [], {})


def test_nothing_told_has_a_field_for_a_person(
    client: TestClient, source: FakeSource
) -> None:
    one = alert(1, 10.0)
    source.show(one, handed=(handover(one, received=True),))
    told = client.get("/api/live").text + client.get("/api/static").text
    for word in ("person", "face", "nationality", "passport", "photo", "surname"):
        assert f'"{word}' not in told
