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
    """People who take one course together. `himaya_server.classroom.tables.ClassRow` says more."""

    id = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=200)
    course = models.CharField(max_length=1000)
    made = models.BigIntegerField()
    ends = models.BigIntegerField()
    language = models.CharField(max_length=10, default="")
    begins = models.BigIntegerField(null=True)
    region = models.CharField(max_length=20, default="")
    join_code = models.CharField(max_length=8, null=True, unique=True)
    join_until = models.BigIntegerField(null=True)
    join_most = models.IntegerField(null=True)

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


class Job(models.Model):
    """One long step of a class, as a command takes it. `himaya_server.classroom.tables.Job` says more."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Class, models.DO_NOTHING, db_column="class_id", null=True)
    step = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    said = models.TextField(default="")
    begun = models.BigIntegerField(null=True)
    ended = models.BigIntegerField(null=True)
    who = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "jobs"
