"""An event loop of its own for each test."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def run(test, seconds=120):
    """In a thread of its own: browser tests before this one may have left an event loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(test, seconds)).result()


async def all_of(events):
    return [event async for event in events]
