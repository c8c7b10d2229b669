import io

import pytest

from ops.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def capable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def test_on_a_terminal_the_bar_is_drawn_over_itself_and_wiped_at_the_end(clock: Clock) -> None:
    terminal = Terminal()
    with Progress("Moving", 4, stream=terminal, clock=clock) as bar:
        bar.step("T1")
        clock.now += 1
        bar.step("T2")
    drawn = terminal.getvalue().split("\r\033[K")
    assert drawn == [
        "",
        f"  Moving {'▓' * 6}{'░' * 18} 1 of 4 T1",
        f"  Moving {'▓' * 12}{'░' * 12} 2 of 4 T2",
        "",
    ]


def test_it_is_redrawn_ten_times_a_second_at_most(clock: Clock) -> None:
    terminal = Terminal()
    with Progress("Moving", 1000, stream=terminal, clock=clock) as bar:
        for _ in range(1000):
            clock.now += 0.001
            bar.step()
    assert 8 <= terminal.getvalue().count("\r") <= 13


def test_elsewhere_it_is_a_line_every_ten_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("Moving", 100, stream=io.StringIO(), clock=clock) as bar:
        for _ in range(100):
            clock.now += 0.25
            bar.step()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines] == ["40 of 100", "80 of 100"]


def test_a_line_said_meanwhile_stands_above_the_bar(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    with Progress("Moving", 2, stream=terminal, clock=clock) as bar:
        bar.step()
        bar.say("T1 is broken")
        assert terminal.getvalue().endswith("\r\033[K")
    assert capsys.readouterr().err == "T1 is broken\n"


@pytest.mark.parametrize(("done", "total"), [(0, 0), (3, 2), (5, None)])
def test_a_total_that_was_wrong_or_is_unknown_does_no_harm(
    clock: Clock, done: int, total: int | None
) -> None:
    bar = Progress("Moving", total, stream=Terminal(), clock=clock)
    bar.step(by=done)
    assert f"{done}" in bar.line()


def test_a_terminal_that_was_closed_does_not_end_the_work(clock: Clock) -> None:
    terminal = Terminal()
    with Progress("Moving", 2, stream=terminal, clock=clock) as bar:
        terminal.write = lambda text: (_ for _ in ()).throw(BrokenPipeError())  # type: ignore[method-assign]
        bar.step()
        clock.now += 1
        bar.step()
