"""Decays: the checked values of docs/measures.md, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from slgeo.access import decay
from slgeo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_step_gives_its_checked_values():
    made = decay.step({20: 1, 40: 0.68, 60: 0.22})
    expected = [1, 1, 1, 0.68, 0.68, 0.22, 0.22, 0]

    assert made(np.arange(0, 80, 10)).tolist() == expected


def test_power_gives_its_checked_values():
    made = decay.power(2, nearest=1, scale=20)

    weights = made(np.array([0.0, 1, 2, 20, 40, 60]))

    np.testing.assert_allclose(weights, [400, 400, 100, 1, 0.25, 0.111111], atol=5e-7)


def test_gaussian_gives_its_checked_values():
    weights = decay.gaussian(20)(np.array([0.0, 20, 40, 60]))

    np.testing.assert_allclose(weights, [1, 0.60653, 0.13534, 0.01111], atol=5e-6)


def test_truncated_gaussian_of_dai_gives_its_checked_values():
    weights = decay.truncated_gaussian(30)(np.arange(0, 35, 5))

    np.testing.assert_allclose(weights, [1, 0.9649, 0.8627, 0.7014, 0.4936, 0.2544, 0], atol=5e-5)
    assert decay.truncated_gaussian(30)([30.0, 31.0]).tolist() == [0, 0]


def test_binary_includes_its_boundary():
    assert decay.binary(30)([0, 30, 30.001]).tolist() == [1, 1, 0]


def test_linear_exponential_epanechnikov_by_hand():
    times = np.array([0.0, 15, 30, 45])

    np.testing.assert_allclose(decay.linear(30)(times), [1, 0.5, 0, 0])
    np.testing.assert_allclose(decay.exponential(0.1)(times), np.exp([0, -1.5, -3, -4.5]))
    np.testing.assert_allclose(decay.epanechnikov(30)(times), [0.75, 0.5625, 0, 0])


def test_logistic_is_one_at_the_doorstep_and_never_overflows():
    median, deviation = 20.0, 8.0
    times = np.array([0.0, 20.0, 1e6])

    weights = decay.logistic(median, deviation)(times)

    at_zero = 1 + np.exp(np.pi * (0 - median) / (deviation * np.sqrt(3)))
    np.testing.assert_allclose(weights, [1, at_zero / 2, 0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: decay.step({}),
        lambda: decay.step({10: 1, 20: -0.1}),
        lambda: decay.step({10: 0.5, 20: 1}),
        lambda: decay.step({-1: 1}),
        lambda: decay.binary(0),
        lambda: decay.gaussian(float("nan")),
        lambda: decay.exponential(-1),
        lambda: decay.power(1, nearest=0),
    ],
    ids=["no band", "negative", "growing", "before 0", "no time", "missing", "rising", "infinite"],
)
def test_a_decay_that_cannot_be_one_is_refused(make: Callable[[], decay.Decay]) -> None:
    with pytest.raises(AccessError):
        make()


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda t: t, "growing with time at"),
        (lambda t: -t, "negative at"),
        (lambda t: t * np.nan, "missing or infinite at"),
        (lambda _: 1.0, "must take an array of minutes"),
    ],
    ids=["growing", "negative", "missing", "scalar"],
)
def test_any_function_may_be_a_decay_but_a_wrong_answer_is_explained(
    function: decay.DecayFunction, words: str
) -> None:
    with pytest.raises(AccessError, match=words):
        decay.weigh(function, np.array([1.0]))


def test_a_plain_function_is_a_decay():
    def halves(minutes: decay.Floats) -> decay.Floats:
        return 0.5 ** (minutes / 10)

    assert decay.weigh(halves, np.array([0.0, 10.0])).tolist() == [1, 0.5]
    assert decay.label_of(halves) == "halves"
    assert decay.label_of(decay.gaussian(10)) == "gaussian(sigma 10 min)"
