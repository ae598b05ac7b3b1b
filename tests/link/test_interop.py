"""A node of ours at somebody else's fusion node or middleware, when one is running."""

import asyncio
import os
import time

import pytest

from linewatch.link.sapient import Complaint, EdgeClient, Event, Refusal, Ulids
from linewatch.watch.values import Detection, Health, Status
from tests.link.messages import RADAR

PEER = os.environ.get("LINEWATCH_SAPIENT_PEER", "")


@pytest.mark.skipif(not PEER, reason="LINEWATCH_SAPIENT_PEER=host:port is not set")
def test_a_peer_takes_our_node() -> None:
    """Register, report and detect at the peer; it must complain of nothing."""
    host, _, port = PEER.rpartition(":")
    heard: list[Event] = []

    async def test() -> None:
        edge = EdgeClient(RADAR, host=host, port=int(port), on_event=heard.append)
        now_s = time.time()
        await edge.connect(now_s)
        await edge.send_status(
            Status(time_s=now_s, node_id=RADAR.node_id, health=Health.OK)
        )
        ulids = Ulids(RADAR.node_id)
        for at in range(5):
            now_s = time.time()
            seen = Detection(
                time_s=now_s,
                node_id=RADAR.node_id,
                report_id=ulids.at(now_s),
                range_m=1_000.0 + at,
                azimuth_rad=1.0,
            )
            await edge.send_detections([seen])
            await asyncio.sleep(0.3)
        assert edge.connected
        await edge.close(time.time())

    asyncio.run(test())
    assert not [event for event in heard if isinstance(event, (Complaint, Refusal))]
