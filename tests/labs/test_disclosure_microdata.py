"""The invented file: the same everywhere, plainly invented, and every surprise is in it."""

from __future__ import annotations

import hashlib
import json
import re

from himaya.activities.lab.find_me.microdata import COLUMNS, COMMENTS, PEOPLE, ROWS, SITES, SMALLEST, microdata

FILE = microdata(7)


def test_one_seed_gives_one_file_on_every_platform() -> None:
    text = json.dumps(FILE, sort_keys=True).encode()
    assert hashlib.sha256(text).hexdigest() == "f97d9dc6c0401a6c3d283a50b0b475ec629b2470e4975a621565aa828ea03038"
    assert microdata(8) != FILE


def test_file_has_600_rows_and_no_violence_question() -> None:
    assert len(FILE) == ROWS == sum(SITES) == 600
    assert all(tuple(row) == COLUMNS for row in FILE)
    assert not re.search("gbv|violence|assault|incident", " ".join(COLUMNS))


def test_every_code_is_plainly_invented() -> None:
    shapes = {"record_id": "P[0-9]{4}", "interviewer_code": "E(0[1-9]|1[0-2])", "governorate_code": "G[ABC]"}
    shapes |= {"site_code": "S(0[1-9]|1[0-4])", "mother_tongue": "L[1-4]", "comment_text": "(c[1-6])?"}
    for column, shape in shapes.items():
        assert all(re.fullmatch(shape, str(row[column])) for row in FILE), column
    assert len({row["record_id"] for row in FILE}) == 600


def test_each_site_lies_in_one_governorate() -> None:
    assert len({(row["site_code"], row["governorate_code"]) for row in FILE}) == 14


def test_weights_are_2_to_40_households_in_tenths() -> None:
    weights = [int(row["weight"] or 0) for row in FILE]
    assert min(weights) >= 20
    assert max(weights) <= 400


def test_one_rare_language_speaker_is_80_or_older() -> None:
    rare = [row for row in FILE if row["mother_tongue"] == "L4"]
    assert 6 <= len(rare) <= 18
    assert [number for number, row in enumerate(FILE) if row in rare and int(row["hh_head_age"] or 0) >= 80] == [
        PEOPLE["old-speaker"]
    ]


def test_one_large_household_has_divorced_head() -> None:
    large = [row for row in FILE if int(row["hh_size"] or 0) >= 9 and row["marital_status"] == "divorced"]
    assert large == [FILE[PEOPLE["large-household"]]]


def test_one_site_has_eight_rows() -> None:
    assert [row["site_code"] for row in FILE].count(SMALLEST) == 8
    assert FILE[PEOPLE["small-site"]]["site_code"] == SMALLEST


def test_identifying_comments_are_planted() -> None:
    found = [row["comment_text"] for row in FILE if row["comment_text"]]
    assert {*COMMENTS} == {*found}
    assert all(found.count(telling) == 1 for telling in COMMENTS[:4])


def test_the_ordinary_person_has_no_comment() -> None:
    assert FILE[PEOPLE["ordinary"]]["comment_text"] == ""


def test_ages_and_sizes_stay_in_their_ranges() -> None:
    assert {int(row["hh_head_age"] or 0) for row in FILE} <= set(range(18, 90))
    assert {int(row["hh_size"] or 0) for row in FILE} <= set(range(1, 15))
    assert all(1 <= int(row["safety_perception"] or 0) <= 5 for row in FILE)
