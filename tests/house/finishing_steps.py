"""The same worker, which finishes its step when whoever asked has ended."""

from __future__ import annotations

from himaya.worker import serve
from tests.house.worker_steps import STEPS

if __name__ == "__main__":
    serve(STEPS, at_end="finish")
