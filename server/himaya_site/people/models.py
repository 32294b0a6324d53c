"""Trainees, their cards and devices, staff, and notes: tables that Alembic makes and Django only uses.

The database itself removes what belongs to a removed row, so Django does nothing then.
"""

from __future__ import annotations

from django.db import models


class Person(models.Model):
    """A trainee under a pseudonym, which is also the id in folders and gradebook."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey("classes.Class", models.DO_NOTHING, db_column="class_id")
    pseudonym = models.CharField(max_length=40, unique=True)
    language = models.CharField(max_length=10)
    made = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "people"

    @property
    def class_id(self) -> str:
        """The id of the person's class."""
        return self.group_id


class Name(models.Model):
    """A person's name, encrypted under a key outside the database."""

    person = models.OneToOneField(Person, models.DO_NOTHING, primary_key=True)
    sealed = models.BinaryField()

    class Meta:
        managed = False
        db_table = "names"


class Card(models.Model):
    """The hash of a card's token, and of its code; a revoked card stays, so that its use can be told from a guess."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.DO_NOTHING)
    digest = models.BinaryField(max_length=32, unique=True)
    made = models.BigIntegerField()
    revoked = models.BigIntegerField(null=True)
    code = models.BinaryField(max_length=32, null=True)

    class Meta:
        managed = False
        db_table = "cards"


class Staff(models.Model):
    """Who signs in with a password; a coordinator (1) makes classes, sees all of them and adds staff."""

    id = models.BigAutoField(primary_key=True)
    login = models.CharField(max_length=60, unique=True)
    password = models.CharField(max_length=300)
    coordinator = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "staff"


class StaffClass(models.Model):
    """Which classes somebody sees, as `trainer` or `mentor`; a mentor sees neither answers nor people's steps."""

    pk = models.CompositePrimaryKey("staff", "group")
    staff = models.ForeignKey(Staff, models.DO_NOTHING)
    group = models.ForeignKey("classes.Class", models.DO_NOTHING, db_column="class_id")
    role = models.CharField(max_length=10, default="trainer")

    class Meta:
        managed = False
        db_table = "staff_classes"


class Device(models.Model):
    """One device that is signed in: of a person or of staff. `himaya_server.classroom.tables.SessionRow` says more."""

    id = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(Person, models.DO_NOTHING, null=True)
    staff = models.ForeignKey(Staff, models.DO_NOTHING, null=True)
    made = models.BigIntegerField()
    until = models.BigIntegerField()
    allowed = models.BigIntegerField(null=True)
    used = models.BigIntegerField(null=True)
    ended = models.BigIntegerField(null=True)
    since = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "sessions"


class Note(models.Model):
    """What was done with a person's account, by whom: the person reads it, and nothing takes from it."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.DO_NOTHING)
    what = models.CharField(max_length=40)
    who = models.CharField(max_length=60)
    time = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "notes"
