# SPDX-License-Identifier: EUPL-1.2
"""Printed documents: Typst templates and plain data in, PDF/A with tags for readers out."""

from sprega.foundation.documents.render import STANDARDS, font_folders, printable, render

__all__ = ["STANDARDS", "font_folders", "printable", "render"]
