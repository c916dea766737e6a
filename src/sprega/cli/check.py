# SPDX-License-Identifier: EUPL-1.2
"""`sprega check`: recheck a result without the solver that found it."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from sprega.cli.refusal import DONE, WRONG, Refusal
from sprega.engines.model import Sentence
from sprega.foundation.language import Language, Money


def add(commands: argparse._SubParsersAction, language: Language) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    say = language.say
    words = say(Sentence("recheck a result independently: sums, shares, stability and the proof"))
    parser = commands.add_parser("check", help=words, description=words, allow_abbrev=False)
    parser.add_argument(
        "result", type=Path, metavar="result.json", help=say(Sentence("a result of sprega clear"))
    )
    return parser


def run(options: argparse.Namespace, language: Language) -> int:
    """Recheck, print both bounds and every finding."""
    from sprega.formats.result_json import UnreadableError, read_result

    say, path = language.say, options.result
    if path.is_dir():
        path = path / "result.json"
    try:
        clearing = read_result(path)
    except UnreadableError as error:
        mend = Sentence("Name the result.json that sprega clear wrote.")
        raise Refusal(error.sentence, mend) from error
    from sprega.engines.clearing.check import recheck

    found = recheck(clearing)
    currency = clearing.purchase.currency
    award = clearing.award
    print(say(Sentence("Cost of the award: {amount}", {"amount": Money(award.payment, currency)})))
    if clearing.purchase.co2_price > 0:
        objective = {"amount": Money(award.objective, currency)}
        print(say(Sentence("Cost with CO2 at its price, to which the bounds belong: {amount}", objective)))
    if math.isfinite(found.certified_bound):
        certified = {"amount": Money(found.certified_bound, currency)}
        print(say(Sentence("Bound recomputed here, by arithmetic alone: {amount}", certified)))
    else:
        print(say(Sentence("The result holds no multipliers, so no bound could be recomputed.")))
    reported = {"amount": Money(found.bound, currency)}
    print(say(Sentence("Bound that the solver reported: {amount}", reported)))
    for finding in found.findings:
        print(f"- {say(finding.sentence)}")
    if found.good:
        print(say(Sentence("The result is right.")))
        return DONE
    wrong = sum(finding.wrong for finding in found.findings)
    print(say(Sentence("The result is wrong. Findings: {count}", {"count": wrong})))
    return WRONG
