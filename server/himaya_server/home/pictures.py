"""Pictures of a module in the app: they are inside the text already, so no file is looked for."""

from __future__ import annotations

from nbconvert.filters.markdown_mistune import IPythonRenderer
from voila.exporter import VoilaMarkdownRenderer


class PicturesInText(VoilaMarkdownRenderer):
    """Voilà 0.5.11 asks Jupyter Server's asynchronous contents manager as if it answered at once, and fails."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return the image with its address as it stands."""
        return str(IPythonRenderer.image(self, text, url, title))
