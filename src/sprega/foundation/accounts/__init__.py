# SPDX-License-Identifier: EUPL-1.2
"""Persons and how they sign in."""
