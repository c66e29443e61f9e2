"""The account of people: in = out + lost, at every stage, or the run stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slgeo.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE: Final = 1e-6
"""Share of the people that sums of fractions may be apart by."""


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One stage of the account.

    Parameters
    ----------
    stage
        What was done, in words.
    people_in, people_out
        People who entered and left it.
    lost
        Reason in words, and people, in the order given.
    """

    stage: str
    people_in: float
    people_out: float
    lost: tuple[tuple[str, float], ...]

    @property
    def people_lost(self) -> float:
        """Everyone lost in the stage."""
        return sum(people for _, people in self.lost)


@dataclass(frozen=True, slots=True)
class Ledger:
    """
    People in and out of every stage of a run.

    Parameters
    ----------
    entries
        The stages so far.

    Examples
    --------
    >>> ledger = Ledger().stage("read areas", people_in=100, people_out=100)
    >>> ledger = ledger.stage("placed", people_in=100, people_out=97, lost={"no postcode": 3})
    >>> ledger.entries[-1].people_lost
    3.0
    """

    entries: tuple[Entry, ...] = ()

    def stage(
        self,
        name: str,
        *,
        people_in: float,
        people_out: float,
        lost: Mapping[str, float] | None = None,
    ) -> Ledger:
        """
        Add a stage, and check that nobody disappeared in it.

        Parameters
        ----------
        name
            What was done, in words.
        people_in, people_out
            People who entered and left it.
        lost
            People by reason; a reason with nobody is left out.

        Returns
        -------
        Ledger
            A new one; this one is not changed.

        Raises
        ------
        TableError
            Where people in are not people out and people lost, or a number is no count.
        """
        reasons = {reason: float(people) for reason, people in (lost or {}).items()}
        for people in (people_in, people_out, *reasons.values()):
            if not 0 <= people < float("inf"):
                raise TableError(f"people: {name}: {people} is no number of people")
        kept = tuple((reason, people) for reason, people in reasons.items() if people > 0)
        entry = Entry(name, float(people_in), float(people_out), kept)
        astray = entry.people_in - entry.people_out - entry.people_lost
        if abs(astray) > TOLERANCE * max(1.0, entry.people_in):
            raise TableError(
                f"people: {name}: {people_in:,.1f} in, {people_out:,.1f} out and"
                f" {entry.people_lost:,.1f} lost: {abs(astray):,.1f}"
                f" {'unaccounted for' if astray > 0 else 'too many'}"
            )
        return Ledger((*self.entries, entry))

    def lines(self) -> list[str]:
        """
        Write the account as lines of text, at most 100 characters wide.

        Returns
        -------
        list of str
            A heading, a line for each stage and, indented, one for each reason people were lost.
        """
        made = [f"{'':48}{'people in':>12}{'people out':>12}{'lost':>10}"]
        for entry in self.entries:
            made.append(
                f"  {entry.stage[:45]:46}{entry.people_in:>12,.0f}{entry.people_out:>12,.0f}"
                f"{entry.people_lost:>10,.0f}"
            )
            made += [f"    {reason[:67]:68}{people:>10,.0f}" for reason, people in entry.lost]
        return made
