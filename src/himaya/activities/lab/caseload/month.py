"""One month of a caseload, day by day: people, workers, and a week's plan. Pure; chance comes from a seed.

Nothing here knows a type of incident, a nationality or a name: priority can come from risk and agreed dates only.
Every minute of a worker goes to one thing, and every person is in one place: with the team, waiting, moved or closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.lab.caseload.chance import arrivals, below, draw, per_cent
from himaya.activities.lab.caseload.people import FOLLOW_UP, HIGH, LOW, MEDIUM, REFERRALS, Day, Person, Plan, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from himaya.activities.lab.caseload.people import Priority
    from himaya.activities.lab.caseload.settings import Settings

_ARRIVE, _RISK, _SOONER, _GOALS, _REFERRALS, _AGREE, _RISE, _CRISIS, _FALL, _GOAL, _STAGE = range(11)
_KEYS: dict[str, Callable[[Person], tuple[int, ...]]] = {
    "risk": lambda person: (-person.risk, person.due, person.number),
    "date": lambda person: (person.due, person.number),
    "new": lambda person: (person.stage >= REFERRALS, person.due, person.number),
    "arrival": lambda person: (person.number,),
}


class Month:
    """A month that is played day by day."""

    def __init__(self, settings: Settings, seed: int) -> None:
        """Begin the month: the first people are shared out evenly, each in the middle of their plan.

        Args:
            settings: What the month assumes.
            seed: 0 to 2**31 - 1; the same seed brings the same people on the same days.
        """
        self.settings = settings
        self.seed = seed
        self.today = 0
        self.days: list[Day] = []
        self.people: list[Person] = []
        self.workers = [Worker(settings.strain_start) for _ in range(settings.workers)]
        self.staff_day: int | None = None
        self._gaps = (settings.days_low, settings.days_medium, settings.days_high)
        self._contacts = (settings.intake, settings.assessment, settings.planning, settings.referral)
        for number in range(settings.start_cases):
            person = self._person(settings.start_high, settings.start_medium)
            person.place, person.stage, person.referrals = "open", FOLLOW_UP, 0
            person.due = below(draw(seed, _STAGE, 0, number), self._gap(person))
            self.workers[number % settings.workers].people.append(person)

    def play(self, plan: Plan) -> None:
        """Play one week by `plan`."""
        if plan.staff and self.staff_day is None:
            self.staff_day = self.today + self.settings.staff_days
        for worker in self.workers:
            worker.supervised = False
        offers = self.settings.offers if plan.transfer else 0
        for day in range(self.settings.week_days):
            offers = self._play_day(plan, offers, last=day == self.settings.week_days - 1)

    def _draw(self, question: int, person: Person) -> int:
        return per_cent(draw(self.seed, question, self.today, person.number))

    def _gap(self, person: Person) -> int:
        return max(1, self._gaps[person.risk] - person.sooner)

    def _person(self, high: int, medium: int) -> Person:
        number, settings = len(self.people), self.settings
        level = per_cent(draw(self.seed, _RISK, 0, number))
        person = Person(
            number,
            HIGH if level < high else MEDIUM if level < high + medium else LOW,
            per_cent(draw(self.seed, _SOONER, 0, number)) < settings.sooner,
            1 + below(draw(self.seed, _GOALS, 0, number), settings.goals),
            below(draw(self.seed, _REFERRALS, 0, number), settings.referrals + 1),
            self.today,
        )
        self.people.append(person)
        return person

    def _play_day(self, plan: Plan, offers: int, *, last: bool) -> int:
        settings = self.settings
        if self.today == self.staff_day:
            self.workers.append(Worker(settings.strain_start))
        self._welcome(plan)
        for worker in self.workers:
            cost = settings.strain_minutes if worker.strain >= settings.strain_limit else 0
            worker.left, worker.spent = settings.day_minutes, {}
            worker.spend(min(cost, worker.left), "strain")
        crises = sum(self._answer_crises(worker) for worker in self.workers)
        due, in_time = [0, 0, 0], [0, 0, 0]
        for worker in self.workers:
            if plan.protect:
                self._supervise(worker)
            offers = self._offer_moves(worker, offers)
            self._contact(worker, plan.priority, due, in_time)
            worker.notes += self._notes_of_today(worker)
            minutes = min(worker.notes, worker.left)
            worker.spend(minutes, "notes")
            worker.notes -= minutes
            if last:
                self._supervise(worker)
        self._end_day(due, in_time, crises, last=last)
        return offers

    def _welcome(self, plan: Plan) -> None:
        """Let new people in, or ask them to wait; high risk never waits."""
        settings = self.settings
        for _ in range(arrivals(draw(self.seed, _ARRIVE, self.today), settings.arrivals)):
            self._person(settings.new_high, settings.new_medium)
        for person in self.people:
            if person.place == "waiting" and (person.risk == HIGH or not plan.pause):
                person.place = "open"
                min(self.workers, key=lambda worker: len(worker.people)).people.append(person)
                person.due = self.today + self._gap(person) - 1

    def _answer_crises(self, worker: Worker) -> int:
        """Answer crises before everything else; what does not fit into the day stays for the next."""
        answered = 0
        for person in worker.people:
            if person.crisis and worker.spend(self.settings.crisis, "crisis"):
                person.crisis = False
                answered += 1
        worker.strain = min(100, worker.strain + answered * self.settings.strain_crisis)
        return answered

    def _supervise(self, worker: Worker) -> None:
        if not worker.supervised and worker.spend(self.settings.supervision, "supervision"):
            worker.supervised = True
            worker.strain = max(0, worker.strain - self.settings.strain_supervision)

    def _offer_moves(self, worker: Worker, offers: int) -> int:
        """Offer a move to people at low risk, once in a month. Only who agrees moves; it takes a referral's time."""
        for person in sorted(worker.people, key=_KEYS["arrival"]):
            ready = person.risk == LOW and person.stage == FOLLOW_UP and not person.asked
            if not offers or not ready or worker.left < self.settings.referral:
                continue
            person.asked = True
            offers -= 1
            if per_cent(draw(self.seed, _AGREE, 0, person.number)) < self.settings.agrees:
                worker.spend(self.settings.referral, "moves")
                person.place = "moved"
                worker.people.remove(person)
        return offers

    def _contact(self, worker: Worker, priority: Priority, due: list[int], in_time: list[int]) -> None:
        """Hold the agreed contacts that fit into the day, in the order of the plan."""
        waiting = [person for person in worker.people if person.due <= self.today]
        for person in sorted(waiting, key=_KEYS[priority]):
            follow_up = person.stage == FOLLOW_UP
            minutes = self.settings.follow_up if follow_up else self._contacts[person.stage]
            if not worker.spend(minutes, "follow-up" if follow_up else "new"):
                continue
            level, held_in_time = person.risk, person.due == self.today
            if held_in_time:
                due[level] += 1
                in_time[level] += 1
            self._after_contact(person, in_time=held_in_time)
            if person.place == "closed":
                worker.people.remove(person)

    def _after_contact(self, person: Person, *, in_time: bool) -> None:
        if in_time and person.risk > LOW and self._draw(_FALL, person) < self.settings.fall:
            person.risk -= 1
        if person.stage == FOLLOW_UP:
            if person.goals and self._draw(_GOAL, person) < self.settings.goal_met:
                person.goals -= 1
            if not person.goals and person.risk == LOW:
                person.place = "closed"
        elif person.stage == REFERRALS:
            person.referrals -= 1
        if person.stage != REFERRALS:
            person.stage = min(person.stage + 1, FOLLOW_UP)
        if person.stage == REFERRALS and not person.referrals:
            person.stage = FOLLOW_UP
        person.due = self.today + self._gap(person)

    def _notes_of_today(self, worker: Worker) -> int:
        """Return the minutes of notes that come due today: each case on one day of the week."""
        today = self.today % self.settings.week_days
        cases = sum(1 for person in worker.people if person.number % self.settings.week_days == today)
        return cases * self.settings.documentation

    def _end_day(self, due: list[int], in_time: list[int], crises: int, *, last: bool) -> None:
        late, late_days, settings = [0, 0, 0], 0, self.settings
        for worker in self.workers:
            behind = False
            for person in worker.people:
                is_late = person.due <= self.today
                if is_late:
                    behind = True
                    late[person.risk] += 1
                    late_days += settings.weight_high if person.risk == HIGH else 1
                    if person.due == self.today:
                        due[person.risk] += 1
                if person.risk == HIGH:
                    chance = settings.crisis_late if is_late else settings.crisis_in_time
                    person.crisis = person.crisis or self._draw(_CRISIS, person) < chance
                elif is_late:
                    self._maybe_rise(person)
            step = settings.strain_late if behind else -settings.strain_ease
            worker.strain = max(0, min(100, worker.strain + step))
        for person in self.people:
            if person.place == "waiting":
                late_days += 1
                self._maybe_rise(person)
        places = [person.place for person in self.people]
        self.days.append(
            Day(
                open=places.count("open"),
                waiting=places.count("waiting"),
                moved=places.count("moved"),
                closed=places.count("closed"),
                due=tuple(due),
                in_time=tuple(in_time),
                late=tuple(late),
                late_days=late_days,
                crises=crises,
                supervised=sum(worker.supervised for worker in self.workers) if last else 0,
                supervision_due=len(self.workers) if last else 0,
                cases=tuple(len(worker.people) for worker in self.workers),
                strain=tuple(worker.strain for worker in self.workers),
                minutes=self._minutes(),
            )
        )
        self.today += 1

    def _maybe_rise(self, person: Person) -> None:
        if person.risk < HIGH and self._draw(_RISE, person) < self.settings.rise:
            person.risk += 1

    def _minutes(self) -> dict[str, int]:
        minutes = {"free": sum(worker.left for worker in self.workers)}
        for worker in self.workers:
            for kind, spent in worker.spent.items():
                minutes[kind] = minutes.get(kind, 0) + spent
        return minutes


def play_month(settings: Settings, seed: int, plans: Sequence[Plan]) -> Month:
    """Return a month after the weeks that `plans` has a plan for, at most the month's weeks."""
    month = Month(settings, seed)
    for plan in plans[: settings.weeks]:
        month.play(plan)
    return month
