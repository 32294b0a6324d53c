"""Faulty pictures: each edit is named after the fault that it makes in the prose or in its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = {
    "image-from-elsewhere": [
        (
            "module.md:35: the image '../chairs.png' is no drawing in media/. An image is ![what it shows, in "
            "words](media/a-name.svg)."
        ),
    ],
    "image-that-is-missing": [
        ("module.md:35: the image 'media/chair.svg' does not exist; draw it, or remove the line."),
    ],
    "image-without-alt": [
        (
            "module.md:35: this image has no alt text; say in words what it shows. An image is ![what it shows, "
            "in words](media/a-name.svg)."
        ),
    ],
    "drawing-that-is-none": [
        ("media/chairs.svg:1: this is not an SVG drawing in UTF-8 without a document type."),
    ],
    "drawing-with-a-handler": [
        ("media/chairs.svg:1: 'onclick=\"1\"' can run or fetch something; allowed: shapes and colours only."),
    ],
    "drawing-with-a-link": [
        (
            "media/chairs.svg:1: 'href=\"https://example.org/\"' can run or fetch something; allowed: shapes and "
            "colours only."
        ),
    ],
    "drawing-with-a-title": [
        (
            "media/chairs.svg:1: the drawing holds 'title'; allowed: svg, g, defs, marker, path, rect, circle, "
            "ellipse, line, polyline, polygon, text, tspan, style."
        ),
        (
            "media/chairs.svg:1: the drawing holds the word 'Chairs'; allowed: single letters and numbers. Words "
            "go into the prose."
        ),
    ],
    "drawing-with-a-word": [
        (
            "media/chairs.svg:1: the drawing holds the word 'One'; allowed: single letters and numbers. Words go "
            "into the prose."
        ),
    ],
    "drawing-with-an-outside-fill": [
        (
            "media/chairs.svg:1: 'fill=\"url(https://example.org/a#b)\"' can run or fetch something; allowed: "
            "shapes and colours only."
        ),
    ],
    "drawing-with-an-outside-style": [
        ("media/chairs.svg:1: the style of the drawing fetches something; allowed: colours only."),
    ],
    "drawing-with-entities": [
        ("media/chairs.svg:1: this is not an SVG drawing in UTF-8 without a document type."),
    ],
    "drawing-with-foreign-object": [
        (
            "media/chairs.svg:1: the drawing holds 'foreignObject'; allowed: svg, g, defs, marker, path, rect, "
            "circle, ellipse, line, polyline, polygon, text, tspan, style."
        ),
    ],
    "drawing-with-script": [
        (
            "media/chairs.svg:1: the drawing holds 'script'; allowed: svg, g, defs, marker, path, rect, circle, "
            "ellipse, line, polyline, polygon, text, tspan, style."
        ),
    ],
    "drawing-without-viewbox": [
        ("media/chairs.svg:1: the drawing needs a viewBox and a width in whole pixels."),
    ],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fixture_gives_these_problems(fault: str, checked_with: Callable[..., list[str]]) -> None:
    assert checked_with(fault) == [f"modules/sound-module/{problem}" for problem in FAULTS[fault]]
