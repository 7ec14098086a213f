"""Asks what changed in the calendars of many accounts side by side, each account in a thread.

A thread has its own transport and touches nothing else: what it needs comes in as values, and what
it heard goes out as values. So one slow or dead account delays no other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

from google.auth.credentials import Credentials

from . import endpoints
from .client import Changes, Google
from .errors import GoogleError

THREADS = 16
TIMEOUT = 20  # seconds; less than a run's own calls get, since nothing is lost by asking again

Cursor = tuple[str, str | None]  # a calendar's id, and where to go on in it


@dataclass(frozen=True)
class Heard:
    """What Google said of each calendar; refreshed: the credentials have a new access token."""

    credentials: Credentials
    refreshed: bool
    news: Mapping[Cursor, Changes | GoogleError]

    @property
    def nothing_new(self) -> bool:
        """Whether every calendar answered that nothing changed."""
        return all(isinstance(said, Changes) and not said.events for said in self.news.values())


class Ahead:
    """Questions under way, by the caller's own key. Close it; what is unanswered then is lost."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="crm-google")
        self._lock = threading.Lock()  # of the two that follow
        self._idle: list[endpoints.Http] = []  # transports that no thread uses now
        self._closed = False
        self._under_way: dict[int, Future[Heard]] = {}

    @property
    def keys(self) -> list[int]:
        """What is asked and not yet answered."""
        return list(self._under_way)

    def ask(self, key: int, credentials: Credentials, cursors: Iterable[Cursor]) -> None:
        """Ask what changed in one account's calendars since their cursors."""
        asked = tuple(cursors)
        self._under_way[key] = self._pool.submit(self._listen, credentials, asked)

    def answers(self, seconds: float) -> dict[int, Heard | None]:
        """What was answered since the last time; waits so long for the first answer.

        None stands for a fault of ours: the caller asks himself, and meets it.
        """
        wait(self._under_way.values(), timeout=seconds, return_when=FIRST_COMPLETED)
        done = [key for key, future in self._under_way.items() if future.done()]
        futures = {key: self._under_way.pop(key) for key in done}
        return {
            key: None if future.exception() else future.result() for key, future in futures.items()
        }

    def close(self) -> None:
        """Close the connections. Wait for nobody: a thread that still listens ends by its own
        timeout, and closes what it used."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closed = True
            for http in self._idle:
                http.close()

    def _listen(self, credentials: Credentials, cursors: tuple[Cursor, ...]) -> Heard:
        token = credentials.token
        with self._transport() as http:
            news = _news(Google(credentials, http), cursors)
        return Heard(credentials, credentials.token != token, news)

    @contextmanager
    def _transport(self) -> Iterator[endpoints.Http]:
        """One thread's own meanwhile; its connection serves one account after another."""
        with self._lock:
            http = self._idle.pop() if self._idle else endpoints.http(TIMEOUT)
        try:
            yield http
        finally:
            with self._lock:
                if self._closed:
                    http.close()
                else:
                    self._idle.append(http)


def _news(google: Google, cursors: tuple[Cursor, ...]) -> dict[Cursor, Changes | GoogleError]:
    news: dict[Cursor, Changes | GoogleError] = {}
    for calendar_id, cursor in cursors:
        try:
            news[calendar_id, cursor] = google.changes(calendar_id, cursor)
        except GoogleError as error:
            news[calendar_id, cursor] = error
            break  # the run itself decides what that means; it asks for the rest
    return news
