"""Who signs in with a password, and which classes each sees."""

from __future__ import annotations

from typing import Any

from himaya_site import clock
from himaya_site.classes.models import Class
from himaya_site.people.models import Device, Staff, StaffClass
from himaya_site.writing import writing


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


def remove_staff(login: str) -> bool:
    """Remove a staff member and their sessions; return whether there was one."""
    return bool(Staff.objects.filter(login=login).delete()[0])


def staff_password(login: str) -> str | None:
    """Return the hash of a staff member's password."""
    return Staff.objects.filter(login=login).values_list("password", flat=True).first()


def is_coordinator(staff_id: int | None) -> bool:
    """Return whether a staff member makes classes, sees all of them and adds staff."""
    return Staff.objects.filter(id=staff_id, coordinator=1).exists()


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
