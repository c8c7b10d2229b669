"""Failures a test orders: the next calls of a method answer wrongly, late or not at all."""

from dataclasses import dataclass, field


@dataclass
class Fault:
    """`after`: the work is done first and only the answer fails, as when a connection breaks."""

    method: str
    times: int
    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    delay_ms: int = 0
    drop: bool = False
    after: bool = False

    @property
    def lets_work(self) -> bool:
        """Whether the method still does its work: always if the fault is only a delay."""
        spoiled = self.drop or (self.error, self.status, self.retry_after) != (None, None, None)
        return self.after or not spoiled


@dataclass
class Faults:
    _ordered: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        self._ordered.append(fault)

    def take(self, method: str) -> Fault | None:
        """The first fault that is due for this method, used up by one."""
        fault = next((each for each in self._ordered if each.method in (method, "*")), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            self._ordered.remove(fault)
        return fault

    def clear(self) -> None:
        self._ordered.clear()
