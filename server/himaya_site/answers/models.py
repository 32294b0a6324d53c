"""Journals, their events, and hand-ins: tables that Alembic makes. Events are written by `put` alone."""

from __future__ import annotations

from django.db import models


class Journal(models.Model):
    """A person's answers to one module: how many events and bytes it holds."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey("people.Person", models.DO_NOTHING)
    module = models.CharField(max_length=100)
    rows = models.IntegerField()
    size = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "journals"


class Event(models.Model):
    """One event. Its position is its order of receipt; no clock of a phone has a say."""

    pk = models.CompositePrimaryKey("journal", "position")
    journal = models.ForeignKey(Journal, models.DO_NOTHING)
    position = models.IntegerField()
    event_id = models.CharField(max_length=64)
    body = models.TextField()
    received = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "events"


class HandIn(models.Model):
    """A hand-in and its receipt: the first `rows` events of a journal. `request` makes sending again harmless."""

    id = models.BigAutoField(primary_key=True)
    journal = models.ForeignKey(Journal, models.DO_NOTHING)
    request = models.CharField(max_length=64)
    rows = models.IntegerField()
    answers = models.IntegerField()
    code = models.CharField(max_length=8)
    received = models.BigIntegerField()
    collected = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "handins"
