"""What tests of several rooms share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browsers of a session: it keeps an event loop running, beside which a second one cannot start."""
    with sync_playwright() as one:
        yield one
