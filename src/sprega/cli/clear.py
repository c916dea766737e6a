# SPDX-License-Identifier: EUPL-1.2
"""`sprega clear`: from the workbook of a purchase to the award, the shares and what is written of them."""

from __future__ import annotations

import argparse
import datetime
import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sprega.cli.refusal import DONE, INFEASIBLE, REFUSED, Refusal, reason
from sprega.cli.texts import read_as
from sprega.engines.model import Sentence
from sprega.foundation.language import Language, minor_units

if TYPE_CHECKING:
    from sprega.cli.progress import Progress
    from sprega.engines.award.model import Infeasibility, Purchase
    from sprega.engines.clearing.model import Clearing
    from sprega.formats.purchase_workbook import Fault, Reading

RULES = ("auto", "equal-price", "shapley", "nucleolus")


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("find the best award of a joint purchase and fair shares, and write them down"))
    parser = commands.add_parser("clear", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "workbook",
        type=Path,
        metavar=say(Sentence("PURCHASE.xlsx")),
        help=say(Sentence("the workbook with demands and bids")),
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar=say(Sentence("DIR")),
        help=say(Sentence("a new folder for the result, or one of an earlier result")),
    )
    parser.add_argument(
        "--rule", choices=RULES, help=say(Sentence("rule of sharing, instead of the workbook's"))
    )
    parser.add_argument("--json", action="store_true", help=say(Sentence("print the result as JSON")))
    parser.add_argument(
        "--time-limit",
        type=read_as(seconds, Sentence("write a number of seconds above 0"), language),
        metavar="S",
        help=say(Sentence("seconds after which the best result so far is taken")),
    )
    parser.add_argument(
        "--seed",
        type=read_as(natural, Sentence("write a whole number from 0 on"), language),
        default=0,
        metavar="N",
        help=say(Sentence("seed of the sampling (default 0)")),
    )
    parser.add_argument(
        "--dask",
        metavar=say(Sentence("ADDRESS")),
        help=say(Sentence("sample on the Dask cluster at this address")),
    )
    return parser


def seconds(text: str) -> float:
    """A positive, finite number of seconds."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def natural(text: str) -> int:
    """A whole number from 0 on."""
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def run(options: argparse.Namespace, language: Language) -> int:
    """Read, clear, write all or nothing, and say the answer."""
    from sprega.cli.result_folder import require_free

    try:
        require_free(options.out)
        _require_dask(options.dask)
        reading = _read(options.workbook)
        if reading.purchase is None or reading.faults:
            return _tell_faults(reading, options, language)
        _tell_warnings(reading, language)
        purchase = replace(reading.purchase, rule=options.rule) if options.rule else reading.purchase
        return _clear(purchase, reading, options, language)
    except Refusal as refusal:
        if options.json:
            _print_json({"faults": [_refusal_entry(refusal, language)], "warnings": []})
        raise


def _require_dask(address: str | None) -> None:
    from importlib.util import find_spec

    if address and not find_spec("distributed"):
        raise Refusal(
            Sentence("Sampling on a Dask cluster needs the extra sprega[dask]."),
            Sentence("Install it with: pip install 'sprega[dask]'"),
        )


def _read(path: Path) -> Reading:
    from sprega.formats.purchase_workbook import read_purchase

    try:
        return read_purchase(path)
    except OSError as error:
        raise Refusal(
            Sentence(
                "{file} cannot be read ({reason}).",
                {"file": str(path), "reason": reason(error)},
            ),
            Sentence("Check the name and whether you may read the file."),
        ) from error


def _clear(purchase: Purchase, reading: Reading, options: argparse.Namespace, language: Language) -> int:
    from sprega.cli.progress import shown_progress
    from sprega.cli.result_folder import whole_result
    from sprega.engines.award.model import InfeasibleError
    from sprega.engines.clearing.solve import clear

    try:
        with whole_result(options.out) as folder, shown_progress(language) as progress:
            clearing = clear(
                purchase,
                rule=None,
                time_limit=options.time_limit,
                seed=options.seed,
                digits=minor_units(purchase.currency),
                progress=progress,
                dask=options.dask,
            )
            _write(clearing, reading, folder, language, progress)
    except InfeasibleError as error:
        return _tell_infeasible(error.causes, reading, options, language)
    if options.json:
        from sprega.formats.result_json import summary

        _print_json(summary(clearing) | {"warnings": _warning_entries(reading, language)})
    else:
        from sprega.cli.terminal import print_answer

        print_answer(clearing, options.out, language)
    return DONE


def _write(
    clearing: Clearing, reading: Reading, folder: Path, language: Language, progress: Progress
) -> None:
    """Write every output into the folder."""
    from sprega.cli.result_folder import RESULT, file_names
    from sprega.formats.award_workbook import write_award
    from sprega.formats.ocds import release_package
    from sprega.formats.result_json import dump_result
    from sprega.rooms.buying.member_page import member_page
    from sprega.rooms.buying.report import report_pdf

    now = datetime.datetime.now(ZoneInfo("Europe/Sofia"))
    purchase = clearing.purchase
    progress("report", 0.0)
    software = f"sprega {version('sprega')}"
    _write_json(dump_result(clearing, software=software, warnings=reading.warnings), folder / RESULT)
    _write_json(release_package(clearing, published=now, language=language.code), folder / "release.json")
    write_award(clearing, folder / "award.xlsx", say=language.say, language=language.code)
    warnings = tuple(warning.problem for warning in reading.warnings)
    report = report_pdf(clearing, language=language, day=now.date(), warnings=warnings)
    (folder / "report.pdf").write_bytes(report)
    pages = folder / "members"
    pages.mkdir()
    codes = [purchase.members[member].code for member in purchase.players]
    for count, (member, name) in enumerate(zip(purchase.players, file_names(codes), strict=True), start=1):
        page = member_page(clearing, member, language=language, day=now.date())
        (pages / f"{name}.pdf").write_bytes(page)
        progress("report", count / len(codes))


def _write_json(content: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")


def _print_json(content: dict[str, Any]) -> None:
    print(json.dumps(content, ensure_ascii=False, allow_nan=False))


def _refusal_entry(refusal: Refusal, language: Language) -> dict[str, Any]:
    return _entry(None, None, None, language.say(refusal.problem), language.say(refusal.mend))


def _fault_entry(fault: Fault, language: Language) -> dict[str, Any]:
    return _entry(fault.sheet, fault.row, fault.column, language.say(fault.problem), language.say(fault.mend))


def _warning_entries(reading: Reading, language: Language) -> list[dict[str, Any]]:
    return [_fault_entry(warning, language) for warning in reading.warnings]


def _entry(sheet: str | None, row: int | None, column: str | None, problem: str, mend: str) -> dict[str, Any]:
    return {"sheet": sheet, "row": row, "column": column, "problem": problem, "mend": mend}


def _tell_faults(reading: Reading, options: argparse.Namespace, language: Language) -> int:
    """Every fault at once, on standard error as a table or on standard output as JSON."""
    if options.json:
        entries = {
            "faults": [_fault_entry(fault, language) for fault in reading.faults],
            "warnings": _warning_entries(reading, language),
        }
        _print_json(entries)
        return REFUSED
    from sprega.cli.terminal import print_faults

    title = Sentence("The workbook has faults: {count}. Nothing was written.", {"count": len(reading.faults)})
    print_faults(reading.faults, title, language)
    _tell_warnings(reading, language)
    return REFUSED


def _tell_warnings(reading: Reading, language: Language) -> None:
    if reading.warnings:
        from sprega.cli.terminal import print_faults

        title = Sentence("Warnings: {count}", {"count": len(reading.warnings)})
        print_faults(reading.warnings, title, language)


def _tell_infeasible(
    causes: tuple[Infeasibility, ...], reading: Reading, options: argparse.Namespace, language: Language
) -> int:
    """Why no award exists, and the smallest change that mends it."""
    if options.json:
        from sprega.formats.result_json import infeasible_summary

        told = infeasible_summary(causes, say=language.say)
        _print_json(told | {"warnings": _warning_entries(reading, language)})
        return INFEASIBLE
    from sprega.cli.terminal import print_infeasible

    print_infeasible(causes, language)
    return INFEASIBLE
