"""Classes, facts about the database, and who was forgotten: tables that Alembic makes and Django only uses."""

from __future__ import annotations

from django.db import models


class About(models.Model):
    """One row for each fact about the database itself, such as its `epoch`."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.TextField()

    class Meta:
        managed = False
        db_table = "about"


class Class(models.Model):
    """People who take one course together; `course` is its folder."""

    id = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=200)
    course = models.CharField(max_length=1000)
    made = models.BigIntegerField()
    ends = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "classes"


class Tombstone(models.Model):
    """The hash of what was forgotten: no restored backup and no roster brings it back."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    time = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "tombstones"
