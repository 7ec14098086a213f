"""Stub."""

from .wire import Reply


def answer(emulator, call):
    return Reply(404)
