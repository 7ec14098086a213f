"""Runs the emulator as a process of its own: python -m google_emulator --port 8090 ..."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from . import state
from .emulator import Emulator

EXAMPLE = "Sam Sales:sam@example.com"


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="google_emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free one")
    parser.add_argument(
        "--user", action="append", metavar="NAME:ADDRESS", help="default: " + EXAMPLE
    )
    parser.add_argument("--time-zone", default="Europe/Berlin", help="of the users' calendars")
    parser.add_argument("--latency-ms", type=float, default=0, help="of each HTTP answer")
    parser.add_argument(
        "--client",
        action="append",
        default=[],
        metavar="ID:SECRET:REDIRECT",
        help="with it, other OAuth clients are unknown; may be repeated",
    )
    parser.add_argument("--quota", type=int, help="calls per user and minute, e.g. 600")
    parser.add_argument("--http-channels", action="store_true", help="push to http://127.0.0.1")
    parser.add_argument("--state", type=Path, metavar="FILE", help="kept there between starts")
    return parser.parse_args(argv)


def build(args: argparse.Namespace) -> Emulator:
    emulator = Emulator(host=args.host, port=args.port)
    emulator.configure(
        latency_ms=args.latency_ms,
        quota_per_minute=args.quota,
        allow_http_channels=args.http_channels,
        open_clients=not args.client,
    )
    for user in args.user or [EXAMPLE]:
        name, _, email = user.rpartition(":")
        emulator.add_user(email, name, args.time_zone)
    if args.state:
        state.load(emulator, args.state)
    for client in args.client:  # what is asked for now goes before what was remembered
        emulator.register_client(*client.split(":", 2))
    return emulator


def main() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    args = arguments()
    with build(args) as emulator:
        print(f"listening on {emulator.url}", flush=True)
        stop.wait()
    if args.state:
        state.save(emulator, args.state)


if __name__ == "__main__":
    main()
