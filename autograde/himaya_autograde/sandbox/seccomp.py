"""System calls that code in the sandbox may not make, as a filter for the kernel.

Without it a process could hold memory that no limit counts (anonymous files, System V segments), open kernel
interfaces that pandas never needs, or make sockets that no network namespace holds: AF_VSOCK reaches a virtual
machine's host.
"""

from __future__ import annotations

import platform
import socket
import struct

# Numbers by name: (x86-64, arm64). Source: Linux, arch/x86/entry/syscalls/syscall_64.tbl and asm-generic/unistd.h.
_DENIED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
_CLONE = (56, 220)
_CLONE3 = 435
_SOCKETS = ((41, 198), (53, 199))  # socket, socketpair
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)  # held by the network namespace, or by the file system
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above; AUDIT_ARCH_*

_NAMESPACES = 0x7E02_0080  # every CLONE_NEW* flag
_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # struct seccomp_data
_ALLOW, _NOT_PERMITTED, _NOT_THERE = 0x7FFF_0000, 0x0005_0001, 0x0005_0026  # errno 1 and 38
_OTHER_TABLE = 0x4000_0000  # x32 calls on x86-64


def program() -> bytes | None:
    """Return the filter as bubblewrap's `--seccomp` reads it, or None on a machine whose numbers are not known here."""
    if platform.machine() not in _MACHINES:
        return None
    column, machine = _MACHINES[platform.machine()]
    denied = [numbers[column] for numbers in _DENIED.values()]
    rules = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _NOT_PERMITTED),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_ABOVE, 0, 1, _OTHER_TABLE),
        (_RETURN, 0, 0, _NOT_PERMITTED),
    ]
    for number in denied:
        rules += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _NOT_PERMITTED)]
    # Its flags lie in memory that a filter cannot read; the C library then uses `clone`, whose flags do not.
    rules += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _NOT_THERE)]
    # The kernel, too, reads the address family as 32 bits, so higher bits can hide nothing.
    for numbers in _SOCKETS:
        rules += [(_EQUAL, 0, len(_FAMILIES) + 3, numbers[column]), (_LOAD, 0, 0, _FIRST_ARGUMENT_AT)]
        rules += [(_EQUAL, len(_FAMILIES) - at, 0, family) for at, family in enumerate(_FAMILIES)]
        rules += [(_RETURN, 0, 0, _NOT_PERMITTED), (_RETURN, 0, 0, _ALLOW)]
    rules += [
        (_EQUAL, 0, 3, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_ANY_BIT, 0, 1, _NAMESPACES),
        (_RETURN, 0, 0, _NOT_PERMITTED),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *rule) for rule in rules)
