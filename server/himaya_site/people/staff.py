"""Who signs in with a password, and which classes each sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from himaya_site import clock
from himaya_site.classes.models import Class
from himaya_site.people.models import Device, Staff, StaffClass
from himaya_site.writing import writing

ROLES = ("trainer", "mentor")


@dataclass(frozen=True)
class Member:
    """Who signs in with a password; `roles` holds id, title and role of each class that is theirs."""

    id: int
    login: str
    coordinator: bool
    roles: list[tuple[str, str, str]] = field(default_factory=list)


def set_staff(
    login: str, password: str, class_id: str | None = None, *, role: str = "trainer", coordinator: bool = False
) -> None:
    """Give a staff member a (hashed) password, and a class more or what coordinators may do; sign them out."""
    given: dict[str, Any] = {"password": password} | ({"coordinator": 1} if coordinator else {})
    with writing():
        found, _ = Staff.objects.update_or_create(login=login, defaults=given)
        if class_id is not None:
            _set_role(found.id, class_id, role)
        Device.objects.filter(staff=found).update(ended=clock.now())


def _set_role(staff_id: int, class_id: str, role: str) -> None:
    # No `update_or_create`: Django would look for the two columns of the key as one.
    if not StaffClass.objects.filter(staff=staff_id, group=class_id).update(role=role):
        StaffClass.objects.create(staff_id=staff_id, group_id=class_id, role=role)


def staff() -> dict[str, list[str]]:
    """Return who signs in with a password, and which classes each sees."""
    found: dict[str, list[str]] = {login: [] for login in Staff.objects.values_list("login", flat=True)}
    for login, class_id in StaffClass.objects.values_list("staff__login", "group_id").order_by("group_id"):
        found[login].append(class_id)
    return dict(sorted(found.items()))


def members() -> list[Member]:
    """Return everybody of staff, by login."""
    found = {each.id: Member(each.id, each.login, bool(each.coordinator)) for each in Staff.objects.order_by("login")}
    for each in StaffClass.objects.select_related("group").order_by("group_id"):
        found[each.staff_id].roles.append((each.group_id, each.group.title, each.role))
    return list(found.values())


def team_of(class_id: str) -> list[tuple[str, str]]:
    """Return login and role of everybody who has one in a class, trainers first."""
    found = StaffClass.objects.filter(group=class_id).values_list("staff__login", "role")
    return sorted(found, key=lambda each: (ROLES.index(each[1]), each[0]))


def add_member(login: str, password: str, class_id: str | None, role: str) -> bool:
    """Make an account with a (hashed) password, a coordinator's without a class; return whether the login was free."""
    with writing():
        if Staff.objects.filter(login=login).exists():
            return False
        made = Staff.objects.create(login=login, password=password, coordinator=int(class_id is None))
        if class_id is not None:
            _set_role(made.id, class_id, role)
    return True


def give_role(login: str, class_id: str, role: str) -> bool:
    """Give somebody a role in a class; return False where there is no such login, or nobody would train the class."""
    with writing():
        found = Staff.objects.filter(login=login).first()
        if found is None or (role != "trainer" and not _others_train(class_id, login)):
            return False
        _set_role(found.id, class_id, role)
    return True


def take_role(login: str, class_id: str) -> bool:
    """Take somebody's role in a class; return False where they have none, or nobody would train the class."""
    with writing():
        if not _others_train(class_id, login):
            return False
        return bool(StaffClass.objects.filter(staff__login=login, group=class_id).delete()[0])


def hand_over(giver: int, login: str, class_id: str) -> bool:
    """Make somebody a trainer of a class in the place of another one; return whether there is such a login."""
    with writing():
        taker = Staff.objects.filter(login=login).exclude(id=giver).first()
        if taker is None:
            return False
        _set_role(taker.id, class_id, "trainer")
        StaffClass.objects.filter(staff=giver, group=class_id).delete()
    return True


def _others_train(class_id: str, login: str) -> bool:
    """Return whether a class keeps a trainer, or a coordinator who sees it, without somebody."""
    trainers = StaffClass.objects.filter(group=class_id, role="trainer").exclude(staff__login=login)
    return trainers.exists() or Staff.objects.filter(coordinator=1).exists()


def change_password(staff_id: int, password: str) -> None:
    """Give somebody another (hashed) password, and sign them out everywhere."""
    with writing():
        Staff.objects.filter(id=staff_id).update(password=password)
        Device.objects.filter(staff=staff_id).update(ended=clock.now())


def coordinators() -> list[str]:
    """Return who makes classes, sees all of them and adds staff."""
    return list(Staff.objects.filter(coordinator=1).order_by("login").values_list("login", flat=True))


def remove_staff(login: str) -> bool:
    """Remove a staff member and their sessions; return whether there was one."""
    return bool(Staff.objects.filter(login=login).delete()[0])


def remove_member(remover: int | None, login: str) -> bool:
    """Remove a staff member for a coordinator, who is one still: of two who remove each other, one is left."""
    with writing():
        still = Staff.objects.select_for_update().filter(coordinator=1).order_by("id").values_list("id", flat=True)
        return remover in list(still) and remove_staff(login)


def staff_password(login: str) -> str | None:
    """Return the hash of a staff member's password."""
    return Staff.objects.filter(login=login).values_list("password", flat=True).first()


def is_coordinator(staff_id: int | None) -> bool:
    """Return whether a staff member makes classes, sees all of them and adds staff."""
    return staff_id is not None and Staff.objects.filter(id=staff_id, coordinator=1).exists()


def role_in(staff_id: int | None, class_id: str) -> str | None:
    """Return what a staff member is to a class: `coordinator`, `trainer`, `mentor`, or nothing."""
    if is_coordinator(staff_id):
        return "coordinator"
    return StaffClass.objects.filter(staff=staff_id, group=class_id).values_list("role", flat=True).first()


def classes_of(staff_id: int | None) -> list[Class]:
    """Return the classes that a staff member sees: all of them as a coordinator."""
    if is_coordinator(staff_id):
        return list(Class.objects.order_by("id"))
    return list(Class.objects.filter(staffclass__staff=staff_id).order_by("id"))
