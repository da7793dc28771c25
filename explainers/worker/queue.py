"""The model in a process of its own, behind one small interface, and the line of visitors in front of it.

    queue = JobQueue(MODEL, "embedded")       # MODEL: "module:class", imported and made there; see `Worker`
    await queue.start()                        # returns at once; queue.facts is None until the model is open
    async for event in queue.run(visitor, job):
        ...                                   # Opening and Place, then what the job yields, then Done
    # leaving the loop early, by break or because the visitor is gone, cancels the job within one step

The process may die: of a job that needs too much memory, or by a hand. Whoever's job was being worked on is told so;
the model is opened again, and those who waited go on waiting for their turn.

A page must not freeze while torch is imported or a step is computed, and torch holds Python's lock for much of both: so
nothing of torch lives in the page's process. What runs there instead is a worker, "something that records":

    class Worker:
        facts: dict                           # what the page needs to know about the model
        def work(self, job): ...              # a generator: yields as it goes, once a step; returns the result

Long jobs (films, cuts, whatever runs the model many times) stand in a bounded queue, one at a time, one a visitor.
Short ones (a map of attention for a click) don't queue behind films: they are served between two steps.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import logging
import multiprocessing
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol

from explainers.kit.refused import Refused
from explainers.note import Note, Noted
from explainers.worker.logs import begin

MODEL = "explainers.worker.model_process:ModelProcess"  # a name, so that the page's process imports no torch
LOG = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds between two signs of life to somebody who waits; each finds out whether they are still there


class Worker(Protocol):
    """Something that records."""

    facts: dict[str, Any]

    def work(self, job: Any) -> Generator[Any, None, Any]: ...


@dataclass(frozen=True)
class Place:
    """So many films are made before yours; 0 means that it is being made."""

    ahead: int


@dataclass(frozen=True)
class Opening:
    """The model is not there yet, or was lost and is being opened `again`."""

    again: bool


@dataclass(frozen=True)
class Done:
    value: Any
    kept: bool = False  # it was measured beforehand


@dataclass(eq=False)
class _Ticket:
    number: int
    visitor: str
    job: Any
    long: bool
    news: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)


class JobQueue:
    def __init__(self, made_by: str, *arguments: Any, waiting: int = 16, short: int = 64) -> None:
        self.made_by, self.arguments = made_by, arguments
        self.waiting, self.short = waiting, short  # how many may wait, and how many short jobs may be under way
        self.facts: dict[str, Any] | None = None
        self.broken: Note | str = ""  # why the model could not be opened
        self.ready = asyncio.Event()  # open, or known to be broken
        self._numbers = itertools.count()
        self._tickets: dict[int, _Ticket] = {}
        self._queue: deque[_Ticket] = deque()  # long jobs; the first one is being worked on
        self._process: Any = None
        self._connection: Connection | None = None

    async def start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would copy the server's threads and sockets
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.made_by, self.arguments), daemon=True)
        self._process.start()
        theirs.close()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(self._connection, loop), daemon=True).start()

    def stop(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.terminate()
            process.join(5)

    @property
    def open(self) -> bool:
        """Whether the model is there: not still being opened, nor broken, nor opened again after its process died."""
        return self.ready.is_set() and not self.broken

    @property
    def length(self) -> int:
        """How many films and cuts are in line, the one that is being made among them."""
        return len(self._queue)

    @property
    def pid(self) -> int | None:
        """Of the model's process."""
        return None if self._process is None else self._process.pid

    async def run(self, visitor: str, job: Any, long: bool = True) -> AsyncGenerator[Any]:
        """Events of a job until `Done`. Raises Refused; without Done it was cancelled, or a newer run began."""
        async for opening in self.opened():
            yield opening
        ticket = self._enter(visitor, job, long)
        try:
            while True:
                try:
                    event = await asyncio.wait_for(ticket.news.get(), PATIENCE)
                except TimeoutError:
                    place = Place(self._queue.index(ticket) if ticket in self._queue else 0)
                    yield place if self.ready.is_set() else Opening(again=True)
                    continue
                if event is None:
                    return
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, Done):
                    return
        finally:
            self._leave(ticket)

    async def opened(self) -> AsyncIterator[Opening]:
        """Until the model is open, a sign of life now and then. Raises Refused where it can't be opened."""
        while not self.ready.is_set():
            yield Opening(again=self.facts is not None)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ready.wait(), PATIENCE)
        if self.broken:
            raise Refused("broken", why=self.broken)

    async def result(self, visitor: str, job: Any, long: bool = False) -> Any:
        """The result of a job alone."""
        async for event in self.run(visitor, job, long):
            if isinstance(event, Done):
                return event.value
        return None

    def cancel(self, visitor: str) -> None:
        """End the visitor's long job: its `run` ends without Done, after all that it said before."""
        for ticket in [t for t in self._queue if t.visitor == visitor]:
            ticket.news.put_nowait(None)
            self._leave(ticket)

    def _enter(self, visitor: str, job: Any, long: bool) -> _Ticket:
        if long:
            self.cancel(visitor)
            if len(self._queue) > self.waiting:
                raise Refused("line_is_full", waiting=self.waiting)
        elif sum(not t.long for t in self._tickets.values()) >= self.short:
            raise Refused("busy")
        ticket = _Ticket(next(self._numbers), visitor, job, long)
        self._tickets[ticket.number] = ticket
        if not long:
            self._send("job", ticket)
            return ticket
        self._queue.append(ticket)
        ticket.news.put_nowait(Place(len(self._queue) - 1))
        if len(self._queue) == 1:
            self._begin()
        return ticket

    def _begin(self) -> None:
        """The first in the queue has their turn, once the model is there."""
        if self._queue and self.ready.is_set():
            self._send("job", self._queue[0])

    def _leave(self, ticket: _Ticket) -> None:
        """Take a ticket out, whether its job is done or not, and let the next one in."""
        if self._tickets.pop(ticket.number, None) is None:
            return
        first = bool(self._queue) and self._queue[0] is ticket
        if not ticket.long or first:
            self._send("cancel", ticket)
        if ticket.long:
            self._queue.remove(ticket)
            self._tell_places()
            if first:
                self._begin()

    def _tell_places(self) -> None:
        for ahead, waiting in enumerate(self._queue):
            waiting.news.put_nowait(Place(ahead) if self.ready.is_set() else Opening(again=True))

    def _send(self, what: str, ticket: _Ticket) -> None:
        with suppress(OSError):  # the process is gone: `_lost` tells everybody
            assert self._connection is not None
            self._connection.send((what, ticket.number, ticket.job if what == "job" else None))

    def _listen(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: bring what the process says into the event loop."""
        with suppress(RuntimeError):  # the loop is closed: the app ends
            try:
                while True:
                    loop.call_soon_threadsafe(self._heard, *connection.recv())
            except (EOFError, OSError):
                loop.call_soon_threadsafe(self._lost)

    def _heard(self, what: str, number: int, value: Any) -> None:
        if what == "facts":
            opened = not self.ready.is_set()  # else another model is open, and the first in the queue at work
            self.facts, self.broken = value, ""
            self.ready.set()
            if opened:
                self._begin()
                self._tell_places()
        elif what == "broken":
            self.broken = value
            self._refuse(Refused("broken", why=value), self._tickets.values())
            self.ready.set()
        elif number in self._tickets:  # else it was cancelled meanwhile
            self._tickets[number].news.put_nowait(Done(value) if what == "done" else value)

    def _lost(self) -> None:
        """The process died. Tell those whose jobs it had, and start another, if it could ever open the model."""
        if self._process is None:
            return  # we stopped it
        at_work = self.ready.is_set()  # else it died while it was being opened, and nobody's job is to blame
        self.ready.clear()
        waiting = list(self._queue)[1 if at_work else 0 :]
        self._refuse(Refused("lost"), [ticket for ticket in self._tickets.values() if ticket not in waiting])
        for ticket in waiting:
            ticket.news.put_nowait(Opening(again=True))
        if self.facts is None and not self.broken:
            self.broken = Note("ended", "its process ended")
        if self.broken:
            self._refuse(Refused("broken", why=self.broken), self._tickets.values())
            self.ready.set()
        else:
            asyncio.ensure_future(self.start())  # noqa: RUF006  (lives as long as the loop does)

    def _refuse(self, why: Refused, tickets: Iterable[_Ticket]) -> None:
        """Their `run` ends with it."""
        for ticket in list(tickets):
            ticket.news.put_nowait(why)
            del self._tickets[ticket.number]
            if ticket.long:
                self._queue.remove(ticket)


def _serve(connection: Connection, made_by: str, arguments: tuple[Any, ...]) -> None:
    """The process beside the page: opens the model, then works on jobs in turns, one yield each."""
    begin()
    try:
        module, _, name = made_by.partition(":")
        at: Worker = getattr(importlib.import_module(module), name)(*arguments)
    except Exception as error:
        LOG.exception("the model could not be opened")
        own = type(error).__module__.startswith("explainers.")  # that says it to a person
        why = str(error) if own else f"{type(error).__name__}: {error}"
        connection.send(("broken", -1, error.note if isinstance(error, Noted) else why))
        return
    told = at.facts
    connection.send(("facts", -1, told))
    jobs: deque[tuple[int, Generator[Any, None, Any]]] = deque()
    try:
        while True:
            while not jobs or connection.poll():
                what, number, job = connection.recv()
                if what == "job":
                    jobs.append((number, at.work(job)))
                else:
                    for cancelled in [entry for entry in jobs if entry[0] == number]:
                        jobs.remove(cancelled)
                        cancelled[1].close()
            number, work = jobs.popleft()
            how, value = _advance(work)
            if how == "event":
                jobs.append((number, work))  # behind the others: nobody waits for more than one step of each
            if at.facts is not told:  # another model is open
                told = at.facts
                connection.send(("facts", -1, told))
            if value is not None or how == "done":
                connection.send((how, number, value))
    except (EOFError, OSError, KeyboardInterrupt):
        return  # the app is gone


def _advance(job: Generator[Any, None, Any]) -> tuple[str, Any]:
    try:
        return "event", next(job)
    except StopIteration as end:
        return "done", end.value
    except Refused as refusal:
        return "failed", refusal
    except Exception:
        LOG.exception("a job failed")  # for the operator; a visitor learns that it failed, not where
        return "failed", Refused("failed")
