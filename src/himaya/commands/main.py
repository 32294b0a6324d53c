"""The `himaya` command: one file for each of its commands."""

from __future__ import annotations

import os
import sys

import click

from himaya import __version__
from himaya.commands.apps import apps
from himaya.commands.build import build
from himaya.commands.check import check
from himaya.commands.class_ import class_
from himaya.commands.class_desk import desk
from himaya.commands.class_hub import hub, notebooks
from himaya.commands.class_keep import keep
from himaya.commands.collect import collect
from himaya.commands.dossier import dossier, review
from himaya.commands.export import export
from himaya.commands.feedback import feedback
from himaya.commands.findings import findings
from himaya.commands.grade import grade
from himaya.commands.import_answers import import_answers
from himaya.commands.new import new
from himaya.commands.pages import pages
from himaya.commands.rehearsal import rehearsal
from himaya.commands.release import release
from himaya.commands.schemas import schemas
from himaya.commands.sign import sign
from himaya.commands.start import start
from himaya.commands.translate import translate
from himaya.errors import HimayaError
from himaya.languages.readable import readable


class _Sentences(click.Group):
    """Shows what went wrong as a sentence, never as a traceback: content 1, usage 2, stopped by hand 130."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command and turn our own errors into messages."""
        try:
            return super().invoke(ctx)
        except HimayaError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            sys.exit(130)
        except Exception as error:
            if (
                isinstance(error, OSError) and error.filename is not None
            ):  # a folder that may not be written, a full disk
                message = f"{readable(os.fsdecode(error.filename), 1000)}: {error.strerror}."
                raise click.ClickException(message) from error
            raise


@click.group(cls=_Sentences)
@click.version_option(__version__, prog_name="himaya")
def main() -> None:
    """Build, check, run and grade protection courses.

    Example: himaya start
    """


for _command in (
    apps,
    build,
    check,
    class_,
    collect,
    dossier,
    export,
    feedback,
    findings,
    grade,
    import_answers,
    new,
    pages,
    rehearsal,
    release,
    review,
    schemas,
    sign,
    start,
    translate,
):
    main.add_command(_command)
for _step in (notebooks, hub, keep, desk):
    class_.add_command(_step)
