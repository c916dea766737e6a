# SPDX-License-Identifier: EUPL-1.2
"""What is said to a person, in English and Bulgarian: sentences, figures, dates."""

from sprega.foundation.language.figures import Day, Money, Number, Percent
from sprega.foundation.language.language import LANGUAGES, Language, minor_units, spoken_here

__all__ = ["LANGUAGES", "Day", "Language", "Money", "Number", "Percent", "minor_units", "spoken_here"]
