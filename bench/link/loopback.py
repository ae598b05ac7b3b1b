"""Messages a second that the fusion server takes on loopback.

    python bench/link/loopback.py [--nodes 50] [--messages 100000] [--json]

The senders run in a process of their own, and their bytes are made before the clock
starts; the server parses, checks and converts each message and hands it to a callback.
The figure that counts is messages per second of the server's own processor time.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence

from linewatch.link.sapient import EdgeSession, Event, FusionServer, Ulids, uuid_from
from linewatch.link.sapient.session import FusionSession
from linewatch.watch.values import Detection, Health, Node, Status, Target

START_S = 1_740_787_200.0
BATCH = 20


def node(number: int) -> Node:
    name = f"radar-{number:03d}"
    return Node(
        node_id=uuid_from(name),
        name=name,
        kind="radar",
        lon_deg=-110.0 + number / 100,
        lat_deg=31.4,
        status_interval_s=60.0,
    )


def detections(of: Node, count: int) -> list[Detection]:
    ulids = Ulids(of.node_id)
    return [
        Detection(
            time_s=START_S + at / 10,
            node_id=of.node_id,
            report_id=ulids.at(START_S + at / 10),
            range_m=1_000.0 + at % 7_000,
            azimuth_rad=at % 628 / 100,
            sigma_range_m=15.0,
            sigma_azimuth_rad=0.01,
            target=Target.WALKER,
            confidence=0.9,
        )
        for at in range(count)
    ]


async def send(port: int, nodes: int, each: int) -> None:
    """Register every node, then send its batches as fast as the server reads."""
    streams = []
    for number in range(nodes):
        of = node(number)
        session = EdgeSession(of)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(session.register(START_S))
        while not session.receive(await reader.read(65536)):
            pass
        first = session.report(
            Status(time_s=START_S, node_id=of.node_id, health=Health.OK)
        )
        seen = detections(of, each)
        batches = [
            session.detect(seen[at : at + BATCH]) for at in range(0, each, BATCH)
        ]
        streams.append((writer, first, batches))
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)

    async def one(writer: asyncio.StreamWriter, pieces: list[bytes]) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    await asyncio.gather(
        *(one(writer, [first, *batches]) for writer, first, batches in streams)
    )
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for writer, _, _ in streams:
        writer.close()


async def measure(nodes: int, messages: int) -> dict[str, float]:
    each = messages // nodes
    handed = 0

    def take(events: Sequence[Event]) -> None:
        nonlocal handed
        handed += sum(type(event) is Detection for event in events)

    async with FusionServer(take) as server:
        sender = await asyncio.create_subprocess_exec(
            sys.executable,
            __file__,
            "--send",
            f"{server.port},{nodes},{each}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert sender.stdout is not None
        assert sender.stdin is not None
        await sender.stdout.readline()
        wall, cpu = time.perf_counter(), time.process_time()
        sender.stdin.write(b"go\n")
        await server.settled({node(n).node_id: each + 2 for n in range(nodes)})
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        sender.stdin.write(b"done\n")
        await sender.wait()
    assert handed == nodes * each
    return {
        "nodes": nodes,
        "messages": handed,
        "per_s_of_wall": round(handed / wall),
        "per_s_of_processor": round(handed / cpu),
    }


def in_session(messages: int) -> float:
    """Messages a second through the session alone, without a socket."""
    of = node(0)
    edge, fusion = EdgeSession(of), FusionSession()
    fusion.receive(edge.register(START_S))
    edge.receive(fusion.outbox())
    fusion.receive(
        edge.report(Status(time_s=START_S, node_id=of.node_id, health=Health.OK))
    )
    stream = edge.detect(detections(of, messages))
    begun = time.process_time()
    for at in range(0, len(stream), 65536):
        fusion.receive(stream[at : at + 65536])
    assert fusion.taken[of.node_id] == messages + 2
    return messages / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--send")
    words = parser.parse_args()
    if words.send:
        asyncio.run(send(*map(int, words.send.split(","))))
        return
    told = asyncio.run(measure(words.nodes, words.messages))
    told["session_per_s"] = round(in_session(words.messages))
    print(json.dumps(told) if words.json else told)


if __name__ == "__main__":
    main()
