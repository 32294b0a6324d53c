"""Quantiles of the normal, t and F distributions, by the regularised incomplete beta function."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Z = NormalDist().inv_cdf(0.975)
"""Of a 95 % interval: 1.959964."""
_TINY = 1e-300
_MOST = 500  # steps of the continued fraction; some ten are needed


def t_quantile(p: float, df: float) -> float:
    """Return the value below which a share `p`, 0.5 to 1, of the t distribution with `df` degrees of freedom lies."""
    tail = 2 * (1 - p)
    if tail >= 1:
        return 0.0
    x = _solve(lambda x: beta_share(x, df / 2, 0.5), tail)
    return math.sqrt(df * (1 - x) / x)


def f_quantile(p: float, df1: float, df2: float) -> float:
    """Return the value below which a share `p` of the F distribution with `df1` and `df2` degrees of freedom lies."""
    x = _solve(lambda x: beta_share(x, df1 / 2, df2 / 2), p)
    return math.inf if x >= 1 else df2 * x / (df1 * (1 - x))


def beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), 0 to 1.

    Source: the continued fraction of Abramowitz and Stegun 26.5.8, evaluated by Lentz's method.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # where the fraction converges slowly, its mirror converges fast
        return 1 - beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    ) / a  # fmt: skip
    c, d, result = 1.0, 0.0, 1.0
    for step in range(_MOST):
        m = step // 2
        if step == 0:
            part = 1.0
        elif step % 2 == 0:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _not_zero(1 + part * d)
        c = _not_zero(1 + part / c)
        result *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * (result - 1)


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _solve(rising: Callable[[float], float], wanted: float) -> float:
    """Return x of 0 to 1 where a rising function has the value `wanted`, by halving."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
