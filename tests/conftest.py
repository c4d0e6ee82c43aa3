"""Fixtures of every test that needs a host; see `homeroom.testing`."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

pytest_plugins = ["homeroom.testing.plugin"]

# A run in the background may be told to ignore Ctrl-C; what the tests start must heed it, as it does for people.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more about the machine's other work than about the code. The same examples each time:
# a change is not held up by what it did not touch. HOMEROOM_HYPOTHESIS=explore looks for new ones.
settings.register_profile("homeroom", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HOMEROOM_HYPOTHESIS", "homeroom"))
