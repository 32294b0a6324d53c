"""`himaya schemas`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from himaya.commands.arguments import FOLDER


@click.command()
@click.argument("folder", type=FOLDER, default=Path("_build/schemas"))
def schemas(folder: Path) -> None:
    """Write the JSON Schemas of the text formats, for an editor that completes and checks while you write.

    Example: himaya schemas _build/schemas
    """
    from himaya.course.schemas import schemas as all_schemas  # only this command needs models

    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in all_schemas().items():
        (folder / name).write_text(json.dumps(schema, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{folder}: written")
