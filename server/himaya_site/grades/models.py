"""Feedback: a table that Alembic makes and Django only uses."""

from __future__ import annotations

from django.db import models


class Feedback(models.Model):
    """The page of feedback on one module, as it was released last."""

    pk = models.CompositePrimaryKey("person", "module")
    person = models.ForeignKey("people.Person", models.DO_NOTHING)
    module = models.CharField(max_length=100)
    page = models.TextField()
    released = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "feedback"
