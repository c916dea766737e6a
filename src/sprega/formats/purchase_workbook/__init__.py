# SPDX-License-Identifier: EUPL-1.2
"""The workbook of a joint purchase, read and written."""

from sprega.formats.purchase_workbook.model import Fault, Reading
from sprega.formats.purchase_workbook.read import read_purchase
from sprega.formats.purchase_workbook.write import write_purchase

__all__ = ["Fault", "Reading", "read_purchase", "write_purchase"]
