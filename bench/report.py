"""The results on the screen, as ``results.json``, and as ``RESULTS.md`` for people."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

HERE: Final = Path(__file__).resolve().parent
JSON: Final = HERE / "results.json"
MARKDOWN: Final = HERE / "RESULTS.md"
LISTS_LIMIT: Final = 1.3

Results = Mapping[str, object]


class Target(NamedTuple):
    key: str
    words: str
    bound: float
    at_least: bool = False

    def met(self, results: Results) -> bool | None:
        value = results.get(self.key)
        if not isinstance(value, int | float):
            return None
        return value >= self.bound if self.at_least else value <= self.bound

    def said(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


TARGETS: Final = (
    Target("intake.ratio", "requests a second by pgbench transactions a second", 0.22, at_least=True),
    Target("intake.service_cpu_ms", "CPU of the service per intake, ms", 1.3),
    Target("engine.us_60", "routing with all reasons, 60 programmes, µs", 25),
    Target("engine.growth", "the same with 1,000 programmes, times that", 17),
    Target("sweep.seconds_100k", "sweep of 100,000 due clocks, alone, s", 200),
    Target("sweep.intake_kept", "intake beside the sweep by intake alone", 0.5, at_least=True),
    Target("tries.seconds_per_million", "trying a draft on a million past cases, s", 180),
    Target("reconcile.seconds", "a list of 100,000 against a million, tolerant for each twentieth, s", 60),
    Target("import.check_ratio", "check of a registry list by a raw copy of its rows", 1.3),
    Target("import.commit_ratio", "taking it in by the same", 1.7),
    Target("import.rss_growth_mb", "memory that a check takes, its child included, MB", 60),
    Target("import.lookup_buffers", "buffers of a look-up by NIK", 8),
    Target("import.lookup_ratio", "a look-up beside a check by one alone, p50", 3),
    Target("diff.seconds", "comparison of two snapshots, s", 6),
    Target("sync.cpu_by_single", "CPU of an opening in a batch of 500 by one alone", 0.5),
    Target("sync.per_second", "openings a second in batches", 300, at_least=True),
    Target("webhooks.by_bare", "events pushed to one endpoint by a bare loop of httpx", 0.6, at_least=True),
    Target("webhooks.per_second", "events pushed a second by two workers", 200, at_least=True),
    Target("webhooks.good_delay_median_s", "age of an event at 900 endpoints beside 100 that hang, s", 2),
    Target(
        "feed.per_second", "events a second that one reader takes of a feed of a million", 5000, at_least=True
    ),
    Target("figures.rebuild_1m_s", "figures of a million cases counted anew, s", 120),
    Target("figures.read_growth", "a split of figures at a million cases by the same at 100k", 1.5),
    Target("figures.live_by_read", "the same asked of the cases themselves, in times", 500, at_least=True),
    Target("uploads.photo_cpu_seconds", "CPU of cleaning a photo of 12 Mpx, s", 1.5),
    Target("uploads.intake_kept", "intake beside ten senders of photos by intake alone", 0.6, at_least=True),
    Target("service.rss_mb", "memory of the service after the run, MB", 220),
)


def show(results: Results) -> None:
    console = Console()
    goals = Table("Key", "Value", "Target", "Met", title="Goals")
    for target in TARGETS:
        met = target.met(results)
        if met is not None:
            goals.add_row(
                target.key, str(results[target.key]), target.said(), "[green]yes[/]" if met else "[red]no[/]"
            )
    console.print(goals)
    rest = Table("Key", "Value", title="Everything else")
    shown = {target.key for target in TARGETS}
    for key, value in results.items():
        if key not in shown and not key.startswith(("lists.", "versions.")):
            rest.add_row(key, str(value))
    console.print(rest)
    pages = Table("List", "100k", "1M", "Ratio", title="Buffers of a page")
    for name in _lists(results):
        small, large, ratio = _of_list(results, name)
        pages.add_row(
            name, str(small), str(large), f"[{'green' if ratio <= LISTS_LIMIT else 'red'}]{ratio:.2f}[/]"
        )
    console.print(pages)
    if results.get("intake.noisy"):
        console.print("[bold red]Noisy:[/] others used the machine during the intake runs.")


def write(results: Results, *, whole: bool) -> None:
    """Keep the figures; a run of parts only replaces the parts that it measured."""
    kept = json.loads(JSON.read_text("utf-8")) if not whole and JSON.exists() else {}
    merged = {**kept, **results}
    JSON.write_text(json.dumps(merged, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    MARKDOWN.write_text(_markdown(merged), encoding="utf-8")


def _lists(results: Results) -> list[str]:
    return [key.split(".")[1] for key in results if key.startswith("lists.") and key.endswith(".ratio")]


def _of_list(results: Results, name: str) -> tuple[object, object, float]:
    found = (results[f"lists.{name}.{part}"] for part in ("buffers_100k", "buffers_1m", "ratio"))
    small, large, ratio = found
    return small, large, float(str(ratio))


def _markdown(results: Results) -> str:
    lines = [
        "# Results of the benchmark",
        "",
        f"Measured {results.get('at')} by `make bench`. {_noise(results)}",
        "",
    ]
    lines += ["| goal | key | value | target | met |", "|---|---|---|---|---|"]
    for target in TARGETS:
        met = {True: "yes", False: "**no**", None: "not measured"}[target.met(results)]
        lines.append(
            f"| {target.words} | `{target.key}` | {results.get(target.key)} | {target.said()} | {met} |"
        )
    over = [name for name in _lists(results) if _of_list(results, name)[2] > LISTS_LIMIT]
    lines.append(
        f"| buffers of a page at 1M by those at 100k, each list | `lists.*.ratio` | {len(over)} of "
        f"{len(_lists(results))} above | ≤ {LISTS_LIMIT} | {'**no**' if over else 'yes'} |"
    )
    lines += ["", "## Intake, engine, sweep, import", "", "| key | value |", "|---|---|"]
    lines += [
        f"| `{key}` | {value} |"
        for key, value in sorted(results.items())
        if key.startswith(("intake.", "engine.", "sweep.", "import.", "diff."))
    ]
    lines += ["", "## Buffers of a page", "", "| list | 100k | 1M | ratio |", "|---|---|---|---|"]
    for name in sorted(_lists(results)):
        small, large, ratio = _of_list(results, name)
        lines.append(
            f"| {name} | {small} | {large} | {f'**{ratio:.2f}**' if name in over else f'{ratio:.2f}'} |"
        )
    lines += ["", "## With", "", "| what | version |", "|---|---|"]
    lines += [
        f"| {key.removeprefix('versions.')} | {value} |"
        for key, value in sorted(results.items())
        if key.startswith("versions.")
    ]
    return "\n".join([*lines, "", _HOW])


def _noise(results: Results) -> str:
    if results.get("intake.noisy") is None:
        return "The intake was not measured."
    cores = results.get("intake.others_cores")
    if results["intake.noisy"]:
        return f"**Noisy**: others kept {cores} cores busy in the middle run; read the ratios with care."
    return f"Others kept {cores} cores busy in the middle run."


_HOW: Final = """## How

Both arms work on one database of 1M registry entries, 500k persons and 1M cases with their events, clocks,
routing records and referrals, with fsync on, on one machine, in turns. The service is `puskesos serve`, one
process, everything on. Its load comes from a client that sends prebuilt bytes. pgbench sends the same three
statements with the values of a real request inside BEGIN and COMMIT, prepared; what must be new in each
transaction (ids, key, digest) is made in the statement, which costs it a few microseconds. Half of the
people have been at a desk before, in both arms. Buffers are those of `EXPLAIN (ANALYZE, BUFFERS)` of the SQL
that the service itself sends, the second time. The smaller database is the same two years with a tenth of the
cases a day; where it has no full page, buffers are counted by row. See `docs/performance.md`.
"""
