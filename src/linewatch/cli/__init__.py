"""The command line: each command reads files, calls one function and prints."""

import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from cyclopts import App, CycloptsError

import linewatch
from linewatch.errors import LinewatchError

BAD_DATA: Final = 1
BAD_WORDS: Final = 2
UNREAD: Final = 141
"""What a shell tells of a command whose answer nobody reads on: 128 + SIGPIPE."""

app = App(
    name="linewatch",
    help="Plan and run the watch over a long line.",
    version=linewatch.__version__,
    suppress_keyboard_interrupt=False,  # main says what is kept
)
plan = App(name="plan", help="Propose where, what and when; a person decides.")
log = App(name="log", help="Check and read the mission log.")
key = App(name="key", help="Make keys that offices sign with.")
lever = App(name="lever", help="Work out what levers outside the mission do.")
request = App(name="request", help="Requests for assistance, from draft to close.")
report = App(name="report", help="Write what to tell, to whom.")

# Named by path, so that --help never waits for Numba, the solver or the web server.
for name, path, told in (
    ("demo", "demo:demo", "Run the main job end to end on the built-in border."),
    ("area", "area:area", "Show the line, its sectors, ports, zones and demand."),
    ("force", "force:force", "Count the force on a date, by strength and status."),
    ("may", "may:may", "Ask whether a status may do a task, and by which rule."),
    ("decide", "decide:commands", "Record who decided; lay options side by side."),
    ("see", "see:see", "Write what each observer sees as a GeoTIFF."),
    ("looks", "looks:looks", "Find a watch's looks at a receiver that was carried."),
    ("calibrate", "calibrate:calibrate", "Fit sensor kinds to looks of known outcome."),
    ("profile", "profile:profile", "Show the ground under a line of sight."),
    ("candidates", "candidates:candidates", "List places where a sensor could stand."),
    ("demand", "demand:demand", "List the cells beside a line that are to be seen."),
    ("cover", "cover:cover", "Look from every candidate at every cell of demand."),
    ("site", "site:site", "Choose sites from a cover table."),
    ("track", "track:track", "Turn detections into tracks."),
    ("watch", "watch:watch", "Run the watch: take SAPIENT nodes in and keep the log."),
    ("serve", "serve:serve", "Show the picture of a log in a browser."),
    ("sim", "sim:sim", "Run a simulated world against a watch."),
    ("replay", "replay:replay", "Play a mission log again and compare."),
):
    app.command(f"linewatch.cli.{path}", name=name, help=told)
for name, path, told in (
    ("sites", "plan_sites:plan_sites", "Propose sites for the sensors of the force."),
    ("deploy", "plan_deploy:plan_deploy", "Propose arrival by week within lift."),
    ("works", "plan_works:plan_works", "Propose works along the line with crews."),
    ("cost", "plan_cost:plan_cost", "Cost days of people and kit, and actuals."),
    ("readiness", "plan_readiness:plan_readiness", "Tell what units that give lose."),
):
    plan.command(f"linewatch.cli.{path}", name=name, help=told)
log.command("linewatch.cli.log_verify:log_verify", name="verify", help="Find any edit.")
log.command(
    "linewatch.cli.log_checkpoint:checkpoint",
    name="checkpoint",
    help="Sign the log up to here.",
)
for name, path, told in (
    ("draft", "draft:draft", "Put requests of a file on record as drafts."),
    ("find", "draft:find", "Say what was found on a request by one criterion."),
    ("validate", "moves:validate", "Say that a request is the department's."),
    ("staff", "moves:staff", "Say that the six criteria were found on."),
    ("decide", "moves:decide", "Grant a request, in whole or in part."),
    ("refuse", "moves:refuse", "Refuse a request, and say why."),
    ("withdraw", "moves:withdraw", "Take a request back, and say why."),
    ("source", "moves:source", "Say that people were sourced, by an order."),
    ("run", "moves:run", "Say that the support began."),
    ("extend", "moves:extend", "Move the end of a granted request."),
    ("close", "moves:close", "End the support, and say what was reached."),
    ("show", "shown:show", "Show a request and how far it is met."),
    ("list", "shown:list_", "List requests: asked, granted, sourced, present."),
    ("link", "shown:link", "Make a proposal answer requests."),
):
    request.command(f"linewatch.cli.request_{path}", name=name, help=told)
key.command("linewatch.cli.key_new:new", name="new", help="Make a key for an office.")
for name, path, told in (
    ("tariff", "lever_tariff:tariff", "Compute duty, import change, exempt shares."),
    ("neighbour", "lever_effort:neighbour", "Tell what a neighbour posts itself."),
    ("posts", "lever_effort:posts", "Tell what more posts along the line do."),
):
    lever.command(f"linewatch.cli.{path}", name=name, help=told)
for name, path, told in (
    ("sitrep", "report_sitrep:sitrep", "Write SITREP."),
    ("perstat", "report_perstat:perstat", "Write PERSTAT: personnel by unit."),
    ("strength", "report_strength:strength", "Write strength over time by status."),
    ("cost", "report_cost:cost", "Write cost by request, unit, status and month."),
    ("authority", "report_authority:authority", "Write what each status may do."),
):
    report.command(f"linewatch.cli.{path}", name=name, help=told)
for part in (plan, log, key, request, lever, report):
    app.command(part)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line: exit 0 when done, 1 on bad data, 2 on bad words."""
    told_to_end: list[int] = []
    try:
        with _ended_like_ctrl_c(told_to_end):
            app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _stop(str(error), BAD_WORDS)
    except LinewatchError as error:
        _stop(str(error), BAD_DATA)
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _unread():
            sys.exit(UNREAD)
        told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _stop(told, BAD_DATA)
    except KeyboardInterrupt:
        status = 143 if told_to_end else 130
        _stop("stopped; logs are kept, and no file is half-written", status)


def _unread() -> bool:
    """Tell whether whoever read the answer, such as `head`, has left; say no more."""
    asked = select.poll()
    asked.register(1, 0)
    if not any(told & select.POLLERR for _, told in asked.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what is still to be flushed
    return True


@contextmanager
def _ended_like_ctrl_c(told: list[int]) -> Iterator[None]:
    """Let SIGTERM unwind the work as Ctrl-C does, not cut it off, and note it."""

    def end(number: int, _frame: object) -> None:
        told.append(number)
        if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
            raise KeyboardInterrupt  # of a job in the background, which Ctrl-C spares
        signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(what: str, status: int) -> None:
    """Say in one line what is wrong, and end."""
    print(f"linewatch: {' '.join(what.split())}", file=sys.stderr)
    sys.exit(status)
