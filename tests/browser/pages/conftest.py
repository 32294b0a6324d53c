"""One module as pages, written once: English, Arabic, for practice, and a newer edition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.load import LoadedModule, load_module
from himaya.publish.assignment import compile_module
from tests.browser.conftest import MODULE, ROOT
from tests.browser.offline_pages import Site, served, write

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def loaded() -> LoadedModule:
    return load_module(ROOT / "modules" / MODULE)


@pytest.fixture(scope="module")
def whole(loaded: LoadedModule) -> dict[str, Any]:
    return compile_module(loaded)


@pytest.fixture(scope="module")
def site(loaded: LoadedModule, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pages")
    write(loaded, folder / "en")
    write(loaded, folder / "ar", language="ar")
    write(loaded, folder / "practice", practice=True)
    newer = replace(loaded, module=loaded.module.model_copy(update={"version": loaded.module.version + 1}))
    write(newer, folder / "newer")
    with served(folder) as site:
        yield site
